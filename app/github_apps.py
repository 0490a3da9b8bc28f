"""The registered GitHub Apps, and whose secret a delivery may be signed with. Looked up at most every few seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.connected import Connected
from app.domain import Server
from app.github_app import PLATFORM, GitHubApp, as_server, of_server
from app.platforms import Door
from app.store import Store, servers


class GitHubApps:
    """By server. Safe from any thread."""

    def __init__(self, store: Store) -> None:
        self._connected = Connected(store, PLATFORM)
        self._read: tuple[Mapping[str, Server], Mapping[str, GitHubApp]] = ({}, {})

    @property
    def is_old(self) -> bool:
        """Whether the next look asks the database: then it is no business of the event loop."""
        return self._connected.is_old

    def every(self) -> Mapping[str, GitHubApp]:
        """Raises ``ConfigurationError`` when one is sealed under a key that is not here."""
        there = self._connected.every()
        known = self._read
        if known[0] is not there:
            self._read = known = (there, {name: of_server(server) for name, server in there.items()})
        return known[1]

    def named(self, server: str) -> GitHubApp | None:
        return self.every().get(server)

    def server(self, name: str) -> Server | None:
        """The same, as what deals with any platform takes it."""
        return self._connected.named(name)

    def look_again(self) -> None:
        """What was changed in this process is seen at the next call."""
        self._connected.look_again()

    def doors(self) -> Sequence[Door]:
        """One for each App that knows its webhook's secret."""
        return [Door(app.server, (app.webhook_secret,)) for app in self.every().values() if app.webhook_secret]


def save(store: Store, app: GitHubApp, now: datetime) -> None:
    """Add or replace the App of that server. How far its log was gone through stays noted as long as it is the same App."""
    with store.begin() as c:
        there = servers.find(c, store.vault, PLATFORM, app.server)
        cursor = there.caught_up_to if there is not None and of_server(there).id == app.id else None
        servers.save(c, store.vault, replace(as_server(app), caught_up_to=cursor), now)
