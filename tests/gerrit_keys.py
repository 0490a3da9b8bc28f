"""A Gerrit of our own for what a person's tokens do: accounts, tokens that end, and a few ways to be difficult."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from fastapi import FastAPI

from app.connected import Connected
from app.domain import Account, Key, NotNow, Server
from app.platforms.keys import Holder, KeyRefused, KeyUnknown
from app.store import servers
from app.web.state import State
from app.wiring import utc_now
from tests.web_app import Service

GERRIT = Server("gerrit", "review.example.org", "https://review.example.org", "tactful-bot", "bot's token")
RITA = Account("gerrit", GERRIT.name, 1000001, "rita")
LIFE = timedelta(days=30)


@dataclass
class FakeKeys:
    """``tokens`` maps (username, token) to the token's id; what is in none of them is unknown."""

    accounts: dict[str, Account] = field(default_factory=lambda: {"rita": RITA})
    names: dict[str, str] = field(default_factory=lambda: {"rita": "Rita Reviewer"})
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    powerful: set[str] = field(default_factory=set)
    unfit: str = ""
    away: bool = False
    keeps_all: bool = False  # does not delete
    numbers: count[int] = field(default_factory=lambda: count(1))

    def make(self, username: str = "rita", token_id: str | None = None) -> Key:
        """A token as the plugin makes it."""
        number = next(self.numbers)
        key = Key(username, token_id or f"tactful-pair-{number}", f"token-{number}")
        self.tokens[username, key.token] = key.token_id
        return key

    def ids(self) -> list[str]:
        return sorted(self.tokens.values())

    def _known(self, key: Key) -> None:
        if self.away:
            raise NotNow("Gerrit could not be reached; it is asked again.")
        if (key.username, key.token) not in self.tokens:
            raise KeyUnknown("Gerrit does not know this token. Nothing was kept.")

    async def prove(self, server: Server, key: Key) -> Holder:
        assert server.url == GERRIT.url
        self._known(key)
        if self.unfit:
            raise KeyRefused(self.unfit)
        return Holder(self.accounts[key.username], self.names.get(key.username, key.username))

    async def refuse_powerful(self, server: Server, key: Key) -> None:
        self._known(key)
        if key.username in self.powerful:
            raise KeyRefused("This account administers Gerrit. Nothing was kept.")

    async def exchange(self, server: Server, key: Key, now: datetime) -> Key:
        self._known(key)
        number = next(self.numbers)
        self.tokens[key.username, f"kept-{number}"] = f"tactful-drafts-{number}"
        return Key(key.username, f"tactful-drafts-{number}", f"kept-{number}", now + LIFE)

    async def end(self, server: Server, key: Key) -> bool:
        if self.away or self.keeps_all or (key.username, key.token) not in self.tokens:
            return False
        for pair, token_id in list(self.tokens.items()):
            if pair[0] == key.username and token_id == key.token_id:
                del self.tokens[pair]
                return True
        return False


def connect(house: Service | FastAPI, **changes: Any) -> FakeKeys:
    """Connect a server, and put a Gerrit of our own behind it."""
    app = house if isinstance(house, FastAPI) else house.app
    keys = FakeKeys()
    state: State = app.state.tactful
    with state.store.begin() as c:
        servers.save(c, state.store.vault, replace(GERRIT, **changes), utc_now())
    connected = Connected(state.store, "gerrit")
    app.state.tactful = replace(state, consents=replace(state.consents, keys=keys), gerrit_servers=connected)
    return keys
