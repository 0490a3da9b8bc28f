"""The loop over a hand-made forge and a real store: rounds, what is handed over, and how failures are met."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from app.domain import Account, Comment, CommentRef, Intent, Key, NotNow
from app.metrics import Metrics
from app.pending.scheduling import LEASE
from app.pending.watching import Watching
from app.platforms import Delivery, Pending, Round
from app.store import Store, comments, people, rounds, tokens

ANNA = Account("github", "github.com", 7, "anna")
PULL = "octo/parser#12"
TEXT = "Please close the handle."

pytestmark = pytest.mark.anyio


@dataclass
class Forge:
    """Answers with what a test put there, or raises it; remembers who was asked for what."""

    answer: Round | Exception | None = field(default_factory=Round)
    asked: list[tuple[Account, tuple[str, ...]]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "github"
    kinds: frozenset[str] = frozenset({"review_comment"})

    async def pending(self, account: Account, threads: Sequence[str]) -> Round | None:
        self.asked.append((account, tuple(threads)))
        self.was_asked.set()
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def deliver(self, account: Account, pending: Pending, id: str, at: datetime) -> Delivery:
        ref = CommentRef("github", account.server, "pull_request", pending.thread)
        return Delivery(id, "github", "pending-review", Intent.DRAFTS, account, ref, at, {})


def draft(text: str = TEXT, at: datetime | None = None) -> Comment:
    written_at = at or datetime.fromisoformat("2026-03-04T11:59:00+00:00")
    ref = CommentRef("github", "github.com", "review_comment", "1")
    return Comment(ref, ANNA, text, "octo/parser", PULL, "https://github.com/x", written_at, published=False)


@dataclass
class Desk:
    store: Store
    forge: Forge
    clock: list[datetime]
    accepted: list[Delivery] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)

    def replica(self) -> Watching:
        return Watching(self.store, self.forge, self._accept, self.metrics, lambda: self.clock[0], lambda: 0.5)

    def _accept(self, delivery: Delivery) -> bool:
        self.accepted.append(delivery)
        return True

    def later(self, seconds: float) -> None:
        self.clock[0] += timedelta(seconds=seconds)

    def count(self, outcome: str) -> float:
        return self.metrics.registry.get_sample_value("tactful_pending_rounds_total", {"outcome": outcome}) or 0

    def due_in_s(self) -> float:
        with self.store.read() as c:
            [due_at] = c.execute(rounds.rounds.select().with_only_columns(rounds.rounds.c.due_at)).scalars()
        return (due_at - self.clock[0]).total_seconds()


@pytest.fixture
def desk(store: Store, now: datetime) -> Desk:
    with store.begin() as c:
        person = people.newcomer(c, ANNA, now)
        people.opt_in(c, person, now)
        binding = people.binding_of(c, ANNA)
        assert binding is not None
        tokens.keep(c, store.vault, binding, Key("anna", "t", "token"), now, now)
    return Desk(store, Forge(), [now])


async def one_round(watching: Watching) -> None:
    await watching.look()
    await watching.rest()


async def test_rounds_come_soon_at_first_and_slower_when_nothing_happens(desk: Desk) -> None:
    watching, pauses = desk.replica(), []
    for _ in range(60):
        await one_round(watching)
        pauses.append(desk.due_in_s())
        desk.later(pauses[-1])
    assert pauses[0] == 20
    assert pauses == sorted(pauses)
    assert pauses[-1] == 300
    assert desk.count("nothing_new") == 60
    assert desk.accepted == []


async def test_what_is_new_goes_to_the_walk_and_the_next_round_is_soon(desk: Desk) -> None:
    watching = desk.replica()
    await one_round(watching)
    desk.later(3600)
    desk.forge.answer = Round((Pending(PULL, "octo/parser", (draft(),)),), "anna")
    await one_round(watching)
    [delivery] = desk.accepted
    assert (delivery.intent, delivery.subject) == (Intent.DRAFTS, ANNA)
    assert desk.due_in_s() == 20
    assert desk.count("news") == 1
    keep(desk, draft())
    desk.later(20)
    await one_round(watching)
    assert len(desk.accepted) == 1, "it is known by now"
    assert desk.forge.asked[-1][1] == (PULL,), "where something is held is asked for by name"


def keep(desk: Desk, comment: Comment) -> None:
    with desk.store.begin() as c:
        owner = people.owner(c, ANNA)
        assert owner is not None
        comments.keep(c, desk.store.vault, comment, owner.id, comment.written_at, desk.clock[0])


async def test_the_same_words_again_after_others_are_heard_again(desk: Desk) -> None:
    watching = desk.replica()
    for text in (TEXT, "Others.", TEXT):
        desk.forge.answer = Round((Pending(PULL, "octo/parser", (draft(text),)),), "anna")
        await one_round(watching)
        keep(desk, draft(text))
        desk.later(20)
    assert len({delivery.id for delivery in desk.accepted}) == 3


async def test_whoever_withdrew_meanwhile_is_not_read(desk: Desk) -> None:
    desk.forge.answer = Round((Pending(PULL, "octo/parser", (draft(),)),), "anna")
    desk.forge.gate = asyncio.Event()
    watching = desk.replica()
    await watching.look()
    with desk.store.begin() as c:
        owner = people.owner(c, ANNA)
        assert owner is not None
        people.opt_out(c, owner.id)
    desk.forge.gate.set()
    await watching.rest()
    assert desk.accepted == []


async def test_two_replicas_do_not_ask_for_one_person_twice(desk: Desk) -> None:
    desk.forge.gate = asyncio.Event()
    first, second = desk.replica(), desk.replica()
    await first.look()
    await second.look()
    await asyncio.sleep(0)
    assert len(desk.forge.asked) <= 1
    desk.forge.gate.set()
    await first.rest()
    await second.rest()
    assert len(desk.forge.asked) == 1


async def test_a_replica_that_died_is_followed_by_another(desk: Desk) -> None:
    desk.forge.gate = asyncio.Event()
    running = asyncio.create_task(desk.replica().run())
    await desk.forge.was_asked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    desk.forge.gate = None
    other = desk.replica()
    await one_round(other)
    assert len(desk.forge.asked) == 1
    desk.later(LEASE.total_seconds())
    await one_round(other)
    assert len(desk.forge.asked) == 2


async def test_who_is_told_to_wait_waits(desk: Desk) -> None:
    desk.forge.answer = NotNow("Too much.", 120)
    await one_round(desk.replica())
    assert 120 <= desk.due_in_s() <= 132
    assert desk.count("told_to_wait") == 1


async def test_a_forge_that_is_away_or_answers_nonsense_is_asked_ever_less(desk: Desk) -> None:
    watching, waits = desk.replica(), []
    for error in (NotNow("Away."), ValueError("nonsense"), NotNow("Away.")):
        desk.forge.answer = error
        await one_round(watching)
        waits.append(desk.due_in_s())
        desk.later(waits[-1])
    assert waits == [40, 80, 160]
    desk.forge.answer = Round()
    await one_round(watching)
    assert desk.due_in_s() < 60, "and as before once it answers"


async def test_a_new_login_is_remembered(desk: Desk) -> None:
    desk.forge.answer = Round((), "anna-again")
    await one_round(desk.replica())
    with desk.store.read() as c:
        owner = people.owner(c, ANNA)
        assert owner is not None
        assert people.bindings(c, owner.id)[0].account.login == "anna-again"


async def test_a_low_budget_is_left_to_its_person(desk: Desk) -> None:
    desk.forge.answer = replace(Round(), left=10, resets_at=desk.clock[0] + timedelta(minutes=30))
    await one_round(desk.replica())
    assert desk.due_in_s() >= 1800
