"""No request holds more memory than it may: bodies are cut off while they arrive."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# 64 texts of 60,000 characters, four bytes each, and their JSON. Webhooks have a limit of their own.
MOST_BYTES = 17 * 1024 * 1024
SENTENCE = "This is larger than the 17 MB that are read at once. Send it in parts."


class _TooLarge(Exception):
    pass


class BodyLimit:
    """ASGI middleware: 413 for a body over the limit, whether it says its length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/webhooks/"):
            await self.app(scope, receive, send)
            return
        size = 0
        started = over = False

        async def counted() -> Message:
            nonlocal size, over
            message = await receive()
            size += len(message.get("body", b""))
            if size > MOST_BYTES:
                over = True
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # the framework took our exception for a broken body; what it says of it is replaced below
            started = True
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if length.isdigit() and int(length) > MOST_BYTES:
                raise _TooLarge
            await self.app(scope, counted, noted)
        except _TooLarge:
            over = True
        finally:
            if over and not started:
                await JSONResponse({"message": SENTENCE}, 413)(scope, receive, send)


def announced(request: Request) -> int:
    """How long a body says it is; 0 where it does not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def at_most(request: Request, most_bytes: int) -> bytes | None:
    """The body, or ``None`` as soon as it is too large: for doors with a limit of their own."""
    if announced(request) > most_bytes:
        return None
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most_bytes:
            return None
        parts.append(chunk)
    return b"".join(parts)
