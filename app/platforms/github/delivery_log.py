"""The log of an App's webhook: https://docs.github.com/rest/apps/webhooks"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from app.domain import Server
from app.github_app import of_server
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.client import Client, GitHubRefused
from app.platforms.github.events import EVENTS
from app.platforms.github.transport import Transport
from app.platforms.log import Attempt

A_PAGE: Final = 100


class GitHubLog:
    """``app.platforms.log.DeliveryLog`` for every registered App."""

    events = frozenset(EVENTS)

    def __init__(self, auth: AppAuth, transport: Transport) -> None:
        self._auth = auth
        self._transport = transport

    async def attempts(self, server: Server, since: datetime) -> AsyncIterator[Attempt]:
        """Newest first, so that it ends where everything is older."""
        async for page in self._client(server).pages("/app/hook/deliveries", per_page=A_PAGE):
            found = (
                [attempt for raw in page if (attempt := _attempt(raw)) is not None] if isinstance(page, list) else []
            )
            for attempt in found:
                if attempt.at >= since:
                    yield attempt
            if found and found[-1].at < since:
                return

    async def again(self, server: Server, id: int) -> bool:
        try:
            await self._client(server).post(f"/app/hook/deliveries/{id}/attempts")
        except GitHubRefused:
            return False
        return True

    def _client(self, server: Server) -> Client:
        app = of_server(server)
        return Client(app, self._auth.jwt(app), self._transport)


def _attempt(raw: Any) -> Attempt | None:
    """A line that can be read; what an answer of ours was is told by its status."""
    try:
        at = datetime.fromisoformat(raw["delivered_at"]).astimezone(UTC)
        return Attempt(int(raw["id"]), str(raw["guid"]), str(raw["event"]), at, 200 <= int(raw["status_code"]) < 300)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
