"""A pipeline over a fake forge and a store with one opted-in person, walked step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import norms
from app.domain import Account, Comment, CommentRef, Intent
from app.in_force import InForce
from app.intake import Intake
from app.metrics import Metrics
from app.pipeline import Pipeline
from app.platforms import Delivery, Held, Incoming, Reading
from app.store import Store, people, suggestions
from app.store.tables import decisions
from tests.fakes import RememberingChannel, ScriptedJudge

ANNA = Account("forge", "forge.test", 7, "anna")
REF = CommentRef("forge", "forge.test", "note", "1")
STING = "{belittling:so simple a child could} see the leak in `read_all`. Please close the handle."


class FakeForge:
    """Reads back what the delivery carries."""

    name = "forge"

    def accept(self, request: Incoming) -> Delivery | None:
        raise NotImplementedError

    async def read(self, delivery: Delivery, held: Sequence[Held] = ()) -> Reading:
        p = delivery.payload
        assert delivery.subject is not None
        assert delivery.ref is not None
        comment = Comment(
            delivery.ref,
            delivery.subject,
            str(p["text"]),
            "org/repo",
            str(p["thread"]),
            "https://forge.test/1",
            delivery.at,
        )
        return Reading((comment,))


@dataclass
class House:
    pipeline: Pipeline
    channel: RememberingChannel
    person: int
    clock: list[datetime]
    count: int = 0

    def deliver(
        self,
        text: str = "",
        *,
        intent: Intent = Intent.JUDGE,
        ref: CommentRef = REF,
        thread: str = "org/repo#1",
        minutes: int = 0,
    ) -> list[tuple[int, str]]:
        self.count += 1
        at = self.clock[0] + timedelta(minutes=minutes)
        d = Delivery(f"f:{self.count}", "forge", "note", intent, ANNA, ref, at, {"text": text, "thread": thread})
        return self.walk(d)

    def walk(self, delivery: Delivery) -> list[tuple[int, str]]:
        return self.pipeline.walk(self.pipeline.store.vault.seal(delivery.dump()))

    def reasons(self) -> list[str | None]:
        with self.pipeline.store.read() as c:
            return list(c.scalars(sa.select(decisions.c.reason).order_by(decisions.c.id)))

    def inbox(self) -> list[suggestions.Entry]:
        with self.pipeline.store.read() as c:
            return suggestions.inbox(c, self.pipeline.store.vault, self.person)


def build(store: Store, now: datetime) -> House:
    clock = [now]
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
        people.propose(c, person, ANNA, now)
        people.confirm(c, person, people.bindings(c, person)[0].id, now)
        people.opt_in(c, person, now)
        people.change(c, person, email_on=True)
    channel = RememberingChannel()
    pipeline = Pipeline(
        store=store,
        intake=Intake(store, {"forge": FakeForge()}, lambda: clock[0], asyncio.run),
        channels={"email": channel},
        judge=ScriptedJudge(),
        in_force=InForce(store, norms.load()),
        metrics=Metrics(),
        now=lambda: clock[0],
        address="https://tactful.test",
        run=asyncio.run,
    )
    return House(pipeline, channel, person, clock)
