"""The registered GitHub Apps, and whose secret a delivery may be signed with. Looked up at most every few seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.connected import Connected
from app.domain import Server
from app.github_app import PLATFORM, GitHubApp, of_server
from app.platforms import Door
from app.store import Store


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

    def look_again(self) -> None:
        """What was changed in this process is seen at the next call."""
        self._connected.look_again()

    def doors(self) -> Sequence[Door]:
        """One for each App that knows its webhook's secret."""
        return [Door(app.server, (app.webhook_secret,)) for app in self.every().values() if app.webhook_secret]
