"""Tactful beside a real Gerrit: connected, with Rita signed up, and what a test may want to know of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.crypto import hash_token, new_token
from app.domain import Account, Key, Server
from app.listening import Listening
from app.store import Store, people, servers, suggestions, tokens
from app.store.tables import comments, decisions, metadata
from app.web.state import State
from tests.real.gerrit.people import Somebody
from tests.real.gerrit.server import RealGerrit
from tests.web_app import served

NAME = "review.test"
STING = "{belittling:so simple a child could} see the leak. Please close the handle."
PATIENCE_S = 30.0


@dataclass
class House:
    """``rita`` is the person's number here; her account is confirmed, she opted in and lets drafts be read."""

    gerrit: RealGerrit
    app: FastAPI
    address: str
    secret: str
    rita: int = 0
    handed: list[tuple[Somebody, str]] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.app.state.tactful  # type: ignore[no-any-return]

    @property
    def store(self) -> Store:
        return self.state.store

    @property
    def door(self) -> str:
        return f"{self.address}/webhooks/gerrit/{self.secret}"

    def account(self, who: Somebody) -> Account:
        return Account("gerrit", NAME, who.id, who.username)

    def sign_up(self, who: Somebody, *, opted_in: bool = True) -> int:
        now = datetime.now(UTC)
        with self.store.begin() as c:
            person = people.add(c, f"{who.username}@example.org", now)
            people.propose(c, person, self.account(who), now)
            people.confirm(c, person, people.bindings(c, person)[0].id, now)
            people.change(c, person, daily_budget=10**6, weekly_budget=10**6)
            if opted_in:
                people.opt_in(c, person, now)
        return person

    def keep_token(self, who: Somebody) -> str:
        """Consent to drafts, without the pages: a token of the person's own is kept. Returns its name on Gerrit."""
        token_id = f"kept-{time.time_ns()}"
        self.handed.append((who, token_id))
        now = datetime.now(UTC)
        key = Key(who.username, token_id, who.new_token(token_id), now + timedelta(days=30))
        with self.store.begin() as c:
            binding = people.binding_of(c, self.account(who))
            assert binding is not None
            tokens.keep(c, self.store.vault, binding, key, now, now)
        return token_id

    # --- what came of it --------------------------------------------------------------------------------------------

    def inbox(self, person: int | None = None) -> list[suggestions.Entry]:
        with self.store.read() as c:
            return suggestions.inbox(c, self.store.vault, person or self.rita)

    def said(self) -> list[str | None]:
        """Texts of the notes that still apply, the oldest first."""
        return [entry.text for entry in reversed(self.inbox()) if not entry.withdrawn]

    def reasons(self) -> list[str | None]:
        with self.store.read() as c:
            return list(c.scalars(sa.select(decisions.c.reason).order_by(decisions.c.id)))

    def kept(self) -> Sequence[Any]:
        with self.store.read() as c:
            return c.execute(sa.select(comments).order_by(comments.c.id)).all()

    def rows(self) -> dict[str, int]:
        """How many in every table, the engine's included: to show that nothing was written."""
        with self.store.read() as c:
            found = {n: c.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for n, t in metadata.tables.items()}
            found["workflow_status"] = c.scalar(sa.text("SELECT count(*) FROM workflow_status")) or 0
        return found

    def walks(self) -> list[str]:
        with self.store.read() as c:
            return list(c.scalars(sa.text("SELECT workflow_uuid FROM workflow_status WHERE name = 'walk'")))

    def counted(self, outcome: str) -> float:
        registry = self.state.metrics.registry
        labels = {"platform": "gerrit", "outcome": outcome}
        return registry.get_sample_value("tactful_deliveries_total", labels) or 0

    def settle(self) -> None:
        """Until every event so far was heard and every walk is over."""
        self.gerrit.drain()
        wait_for(lambda: self.state.engine.pending() == 0)

    def post(self, body: bytes, secret: str | None = None) -> int:
        """As anybody could who knows the address."""
        url = f"{self.address}/webhooks/gerrit/{secret or self.secret}"
        return self.gerrit.people.admin.client.post(url, content=body).status_code


def wait_for(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


async def _nothing_missed(self: Listening, name: str) -> None:
    return None


@contextmanager
def house(gerrit: RealGerrit, folder: Path, **settings: Any) -> Iterator[House]:
    gerrit.relay.to_nothing()
    gerrit.drain()  # of what the test before left
    with (
        pytest.MonkeyPatch.context() as patched,
        served(folder, **{"draft_quiet_seconds": 1, **settings}) as (app, address),
    ):
        # What is proved here comes by events; catching up would find the same, and what the test before left.
        patched.setattr(Listening, "catch_up", _nothing_missed)
        opened = House(gerrit, app, address, new_token())
        reader = gerrit.people.reader
        server = Server(
            platform="gerrit",
            name=NAME,
            url=gerrit.url,
            username=reader.username,
            token=reader.token,
            paths=(hash_token(opened.secret),),
            drafts_allowed=True,
        )
        with opened.store.begin() as c:
            servers.save(c, opened.store.vault, server, datetime.now(UTC))
        opened.rita = opened.sign_up(gerrit.people.rita)
        opened.state.gerrit_servers.look_again()
        gerrit.relay.to_nothing()
        gerrit.relay.to = opened.door
        try:
            yield opened
        finally:
            gerrit.relay.to = None
            for who, token_id in opened.handed:
                who.forget_token(token_id)
