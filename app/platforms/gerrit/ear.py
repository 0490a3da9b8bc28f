"""``app.listening.Ear`` for Gerrit: the stream, and what was missed, each with what it needs to sign in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from app.domain import ConfigurationError, NotNow, Server
from app.platforms import Delivery
from app.platforms.gerrit import catch_up, stream
from app.platforms.gerrit.client import Client, GerritRefused


class GerritEar:
    """``private_key`` finds the SSH key of the account that reads on a server."""

    def __init__(self, private_key: Callable[[Server], str | None]) -> None:
        self._private_key = private_key

    async def events(self, server: Server) -> AsyncIterator[bytes | None]:
        key = await asyncio.to_thread(self._private_key, server)
        if key is None:
            raise ConfigurationError(f"There is no SSH key for {server.name}. Connect it again with --stream.")
        async for event in stream.events(server, key):
            yield event

    async def missed(self, server: Server, now: datetime) -> AsyncIterator[Delivery]:
        async with Client(server.url, server.username, server.token) as client:
            try:
                async for delivery in catch_up.missed(client, server, catch_up.since(server, now), now):
                    yield delivery
            except GerritRefused as refused:
                raise NotNow(f"{refused} `tactful gerrit doctor {server.name}` says more.") from None
