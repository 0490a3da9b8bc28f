"""Asks one GitHub with one token, by REST and by GraphQL, and never faster than GitHub wants.

It only ever talks to the addresses of the App it was built with. https://docs.github.com/rest, https://docs.github.com/graphql
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import structlog

from app.domain import NotNow, TactfulError
from app.github_app import GitHubApp
from app.http import HTTPError, Response
from app.platforms.github.transport import EVERYTHING, SECONDARY_S, Budget, Transport

log = structlog.get_logger()

VERSION: Final = "2022-11-28"
MOST_BYTES: Final = 8_000_000
MOST_PAGES: Final = 100

_AWAY: Final = "GitHub did not answer in time. Look there whether anything changed, or try again in a moment."
_BUSY: Final = "GitHub is busy. Try again in a moment."


class GitHubRefused(TactfulError):
    """GitHub answered, and not with what was asked for. ``status`` is its HTTP status; its text is not repeated."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"GitHub answered {status} to {what}.")
        self.status = status


@dataclass(frozen=True, slots=True)
class GraphQLError:
    """Why a part of an answer is missing: ``NOT_FOUND``, ``FORBIDDEN``, … and where. Without its text."""

    type: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    data: Mapping[str, Any]
    errors: tuple[GraphQLError, ...]
    budget: Budget | None


class Client:
    """Paths are those of GitHub's REST documentation, with the slash they begin with. Nothing needs closing.

    Every method raises ``GitHubRefused`` for 4xx, and ``NotNow`` where GitHub is away, slow or broken (408, 5xx) or wants a
    pause; the pause is kept to without another request.
    """

    def __init__(self, app: GitHubApp, token: str, transport: Transport) -> None:
        self._app = app
        self._token = token
        self._transport = transport
        self._authorization = f"Bearer {token}"

    @classmethod
    def of_app(cls, app: GitHubApp, transport: Transport) -> Self:
        """As the App itself, by its client secret: for what concerns people's tokens."""
        made = cls(app, app.client_secret, transport)
        made._authorization = f"Basic {b64encode(f'{app.client_id}:{app.client_secret}'.encode()).decode()}"
        return made

    async def get(self, path: str, **parameters: str | int) -> Any:
        return (await self._rest("GET", path, parameters=parameters))[0]

    async def pages(self, path: str, **parameters: str | int) -> AsyncIterator[Any]:
        """One page after the other, as the ``Link`` header leads; never to another server."""
        found, following = await self._rest("GET", path, parameters=parameters)
        yield found
        for _ in range(MOST_PAGES):
            if not following:
                return
            found, following = await self._rest("GET", following)
            yield found
        if following:
            log.warning("there is more than was read", path=path, pages=MOST_PAGES + 1)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return (await self._rest("POST", path, body))[0]

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return (await self._rest("PATCH", path, body))[0]

    async def delete(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return (await self._rest("DELETE", path, body))[0]

    async def graphql(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """Errors of single nodes come with the data that there is. Raises ``GitHubRefused`` where the whole is refused."""
        what, resource = "a GraphQL document", "graphql"
        self._transport.admit(self._token, resource)
        sent = {"query": document, "variables": dict(variables)}
        answer, content = await self._send("POST", self._app.graphql_url, json=sent)
        budget = self._transport.noted(self._token, resource, answer.headers)
        self._refuse(answer, content, what, resource, budget)
        found = _parsed(content, what)
        if not isinstance(found, dict):
            raise GitHubRefused(200, f"{what}, with something other than an object")
        errors = tuple(_error(one) for one in found.get("errors") or () if isinstance(one, dict))
        if any(error.type == "RATE_LIMITED" for error in errors):
            raise self._pause(resource, self._transport.until(budget.resets_at) if budget else SECONDARY_S)
        data = found.get("data")
        if isinstance(data, dict):
            return Answer(data, errors, budget)
        if any(error.type for error in errors):
            raise GitHubRefused(200, f"{what}, with {', '.join(sorted({error.type for error in errors}))}")
        raise NotNow(_BUSY)  # it gave up half-way, which it does without a type

    # --- within -------------------------------------------------------------------------------------------------------

    async def _rest(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str | int] | None = None,
    ) -> tuple[Any, str]:
        """(the JSON of the answer, or ``None`` where it has none; the path of the next page, if there is one)."""
        what, resource = f"{method} {path.partition('?')[0]}", "core"
        self._transport.admit(self._token, resource)
        request: dict[str, Any] = {} if body is None else {"json": body}
        if parameters:
            request["params"] = parameters
        url = f"{self._app.api_url}{path}"
        place = f"{url}?{sorted((parameters or {}).items())}"
        known = self._transport.known(self._token, place) if method == "GET" else None
        if known is not None:
            request["headers"] = {"If-None-Match": known[0]}
        answer, content = await self._send(method, url, **request)
        budget = self._transport.noted(self._token, resource, answer.headers)
        if known is not None and answer.status_code == 304:
            found, following = known[1]
            return found, following
        self._refuse(answer, content, what, resource, budget)
        found = _parsed(content, what) if content.strip() else None
        if method == "GET" and (etag := answer.headers.get("etag")):
            self._transport.keep(self._token, place, etag, (found, self._next(answer)))
        return found, self._next(answer)

    def _next(self, answer: Response) -> str:
        following = answer.links.get("next", {}).get("url", "")
        return following.removeprefix(self._app.api_url) if following.startswith(f"{self._app.api_url}/") else ""

    async def _send(self, method: str, url: str, **request: Any) -> tuple[Response, bytes]:
        headers = {
            "Authorization": self._authorization,
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "Tactful",
            **request.pop("headers", {}),
        }
        content = bytearray()
        try:
            async with self._transport.http.stream(method, url, headers=headers, **request) as answer:
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise GitHubRefused(answer.status_code, f"{method}, with more than is read at once")
        except HTTPError:
            raise NotNow(_AWAY) from None
        return answer, bytes(content)

    def _refuse(self, answer: Response, content: bytes, what: str, resource: str, budget: Budget | None) -> None:
        """https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately"""
        status = answer.status_code
        if 200 <= status < 300:
            return
        wait = answer.headers.get("retry-after", "")
        if status in (403, 429):
            if wait.isdecimal():
                raise self._pause(EVERYTHING, float(wait))
            if budget is not None and budget.remaining == 0:
                raise self._pause(resource, self._transport.until(budget.resets_at))
            if status == 429 or b"secondary rate limit" in content:
                raise self._pause(EVERYTHING, SECONDARY_S)
        if status == 408 or status >= 500:
            raise NotNow(_BUSY, float(wait) if wait.isdecimal() else None)
        raise GitHubRefused(status, what)

    def _pause(self, resource: str, seconds: float) -> NotNow:
        self._transport.pause(self._token, resource, seconds)
        return NotNow(_BUSY, seconds)


def _parsed(content: bytes, what: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise GitHubRefused(200, f"{what}, with something other than JSON") from None


def _error(raw: Mapping[str, Any]) -> GraphQLError:
    path = raw.get("path")
    steps = path if isinstance(path, list) else []
    return GraphQLError(str(raw.get("type") or ""), tuple(step for step in steps if isinstance(step, str | int)))
