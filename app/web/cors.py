"""Which pages elsewhere may call /v1: those of connected Gerrit servers, and the origins that are configured."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain import TactfulError

_PORTS: Final = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """The origin (RFC 6454) of pages at ``url``, as browsers write it: without the port that goes without saying."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class ConnectedOrigins(CORSMiddleware):
    """``connected`` gives the addresses of connected servers; it is asked when a page calls, so that connecting one needs
    no restart. No credentials are ever allowed: clients send their token.
    """

    def __init__(self, app: ASGIApp, *, configured: Collection[str], connected: Callable[[], Collection[str]]) -> None:
        super().__init__(
            app,
            allow_origins=tuple(configured),
            allow_methods=("POST", "DELETE"),
            allow_headers=("authorization", "content-type"),
            expose_headers=("retry-after",),
            max_age=600,
        )
        self._connected = connected
        self._origins: frozenset[str] = frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        if any(name == b"origin" for name, _ in scope["headers"]):
            with suppress(SQLAlchemyError, TactfulError):  # a database that is away changes nothing about who may ask
                self._origins = frozenset(map(origin_of, await run_in_threadpool(self._connected)))
        await super().__call__(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        return origin in self._origins or super().is_allowed_origin(origin)
