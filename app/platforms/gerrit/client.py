"""A thin client of Gerrit's REST API, for one server: https://gerrit-documentation.storage.googleapis.com/Documentation/3.13.5/rest-api.html

It only ever talks to the address it was built with. The libraries for Gerrit are dead or wrap this much.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from app.domain import NotNow, TactfulError
from app.http import AsyncClient, HTTPError, trusted

MAGIC: Final = ")]}'"
"""First line of every JSON answer, against cross-site inclusion."""
TIMEOUT_S: Final = 10.0
MOST_BYTES: Final = 8_000_000


class GerritRefused(TactfulError):
    """Gerrit answered, and not with what was asked for. ``status`` is its HTTP status; its text is not repeated."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"Gerrit answered {status} to {what}.")
        self.status = status


class Client:
    """Asks as one account, by basic auth with its *username* and a token or HTTP password. Use as ``async with``."""

    def __init__(self, url: str, username: str, token: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._http = AsyncClient(
            base_url=f"{url.rstrip('/')}/a/",
            auth=(username, token),
            timeout=timeout_s,
            follow_redirects=False,
            verify=trusted(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **parameters: str | list[str]) -> Any:
        return await self.ask("GET", path, parameters=parameters)

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self.ask("PUT", path, body)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self.ask("POST", path, body)

    async def post_text(self, path: str, text: str) -> Any:
        """Raw text, which Gerrit wants for SSH keys."""
        kind = {"content-type": "text/plain; charset=utf-8"}
        return await self._send(f"POST {path}", "POST", path, content=text.encode(), headers=kind)

    async def delete(self, path: str) -> None:
        await self.ask("DELETE", path)

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str | list[str]] | None = None,
    ) -> Any:
        """The JSON of the answer, ``None`` where it has none.

        Raises ``GerritRefused`` for 4xx, ``NotNow`` when the server is away, slow, overloaded or broken (408, 429, 5xx).
        """
        what = f"{method} {path.partition('?')[0]}"
        return await self._send(what, method, path, json=body, params=dict(parameters or {}))

    async def _send(self, what: str, method: str, path: str, **request: Any) -> Any:
        try:
            async with self._http.stream(method, path, **request) as answer:
                content = bytearray()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise GerritRefused(answer.status_code, f"{what}, with more than is read at once")
        except HTTPError:
            raise NotNow("Gerrit did not answer in time. Look there whether anything changed, or try again.") from None
        if answer.status_code in (408, 429) or answer.status_code >= 500:
            wait = answer.headers.get("retry-after", "")
            raise NotNow("Gerrit is busy. Try again in a moment.", float(wait) if wait.isdecimal() else None)
        if not 200 <= answer.status_code < 300:
            raise GerritRefused(answer.status_code, what)
        return _parsed(bytes(content), what) if content.strip() else None


def expected(found: Any) -> Any:
    """An answer that must be JSON. Text instead is somebody else's page, of a proxy perhaps: raises ``NotNow``."""
    if isinstance(found, str):
        raise NotNow("Something other than Gerrit answered in its place. Try again in a moment.")
    return found


def _parsed(content: bytes, what: str) -> Any:
    text = content.decode("utf-8", "replace")
    if not text.startswith(MAGIC):
        return text  # plain text: "ok" of capabilities, for instance
    try:
        return json.loads(text[len(MAGIC) :])
    except ValueError:
        raise GerritRefused(200, f"{what}, with something other than JSON") from None


def segment(name: str | int) -> str:
    """``name`` as one segment of a path: a project's slashes are escaped, too."""
    return quote(str(name), safe="")
