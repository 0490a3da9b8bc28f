"""Pending reviews on a simulated clock: ``python -m benchmarks.pending [--short]``.

The scheduler is the real one with its leases in a real (SQLite) store; GitHub is a simulation of its documented limits,
read as strictly as they can be: they count every process as one client. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import math
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import bindparam

from app.crypto import Vault, new_key
from app.pending.rhythm import JITTER, SOONEST, Asked
from app.pending.scheduling import Scheduler
from app.pending.watching import LOOK_S
from app.store import Store, rounds
from app.store.rounds import Turn
from app.store.tables import accounts, people, platform_tokens
from benchmarks.programs import conditions

T = TypeVar("T")

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE_S = 60.0
MEDIAN_S, SPREAD = 0.4, 0.5  # of an answer: half within 400 ms, one in a hundred beyond 1.3 s
ACTIVE = 0.3  # of the rounds of somebody at work find something new


@dataclass
class GitHub:
    """2,000 points a minute and 100 requests at once for one client, 5,000 points an hour for one person.
    https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """

    minute: dict[int, deque[float]] = field(default_factory=dict)
    hour: Counter[int] = field(default_factory=Counter)
    at_once: Counter[int] = field(default_factory=Counter)
    away: Callable[[float], bool] = lambda _: False

    def begin(self, at_s: float, client: int, person: int) -> Asked:
        """A request arrives; it is over when ``end`` is called."""
        self.at_once[client] += 1
        spent = self.minute.setdefault(client, deque())
        while spent and spent[0] <= at_s - MINUTE_S:
            spent.popleft()
        if self.away(at_s):
            return Asked(failed=True)
        if len(spent) >= 2_000 or self.at_once[client] > 100 or self.hour[person] >= 5_000:
            return Asked(failed=True, wait_s=60)
        spent.append(at_s)
        self.hour[person] += 1
        return Asked(1, 5_000 - self.hour[person], START + timedelta(hours=1))

    def end(self, client: int) -> None:
        self.at_once[client] -= 1


@dataclass
class Seen:
    """What happened, by second. ``doubled``: somebody was asked for by two at once, or again before their pause was over."""

    served: list[tuple[float, int]] = field(default_factory=list)
    begun: dict[int, float] = field(default_factory=dict)
    under_way: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    refused: int = 0
    doubled: int = 0
    own_s: float = 0.0

    def people(self, from_s: float, until_s: float) -> int:
        return len({person for at_s, person in self.served if from_s <= at_s < until_s})


@dataclass
class World:
    """``replicas`` look every second; who is ``active`` finds something new now and then. ``dies``: (replica, when)."""

    store: Store
    replicas: int
    active: bool
    seed: int = 1
    dies: tuple[int, float] | None = None
    github: GitHub = field(default_factory=GitHub)

    def run(self, until_s: float) -> Seen:
        chance, seen, order = random.Random(self.seed), Seen(), itertools.count()
        schedulers = [Scheduler(self.store, "github", chance.random) for _ in range(self.replicas)]
        events: list[tuple[float, int, Callable[[float], None]]] = []

        def at(moment_s: float, do: Callable[[float], None]) -> None:
            heapq.heappush(events, (moment_s, next(order), do))

        def dead(replica: int, now_s: float) -> bool:
            return self.dies is not None and replica == self.dies[0] and now_s >= self.dies[1]

        def look(replica: int, now_s: float) -> None:
            if dead(replica, now_s):
                return
            for turn in self._timed(seen, lambda: schedulers[replica].begin(_moment(now_s))):
                ask(replica, turn, now_s)
            at(now_s + LOOK_S, lambda later_s: look(replica, later_s))

        def ask(replica: int, turn: Turn, now_s: float) -> None:
            person, last = turn.account.id, seen.begun.get(turn.account.id)
            soonest = (SOONEST * (1 - JITTER)).total_seconds()
            seen.doubled += bool(seen.under_way[person]) or (last is not None and now_s - last < soonest)
            seen.begun[person] = now_s
            seen.under_way[person] += 1
            seen.requests += 1
            takes_s = chance.lognormvariate(math.log(MEDIAN_S), SPREAD)
            at(now_s + takes_s / 2, lambda there_s: arrive(replica, turn, there_s, takes_s / 2))

        def arrive(replica: int, turn: Turn, there_s: float, back_s: float) -> None:
            asked = self.github.begin(there_s, replica, turn.account.id)
            at(there_s + back_s, lambda here_s: answered(replica, turn, asked, here_s))

        def answered(replica: int, turn: Turn, asked: Asked, here_s: float) -> None:
            self.github.end(replica)
            seen.under_way[turn.account.id] -= 1
            if dead(replica, here_s):
                return
            seen.refused += asked.wait_s is not None
            if not asked.failed:
                seen.served.append((here_s, turn.account.id))
            news = self.active and not asked.failed and chance.random() < ACTIVE
            self._timed(seen, lambda: schedulers[replica].end(turn, asked, _moment(here_s), found_news=news))

        for replica in range(self.replicas):
            at(chance.random() * LOOK_S, lambda now_s, replica=replica: look(replica, now_s))  # type: ignore[misc]
        while events and events[0][0] < until_s:
            moment_s, _, do = heapq.heappop(events)
            do(moment_s)
        return seen

    @staticmethod
    def _timed(seen: Seen, do: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return do()
        finally:
            seen.own_s += time.perf_counter() - began


def _moment(at_s: float) -> datetime:
    return START + timedelta(seconds=at_s)


@contextmanager
def populated(count: int, *, idle_for: timedelta = timedelta(0)) -> Iterator[Store]:
    """So many people who ticked it, in a store of its own. Idle ones come by somewhere within their five minutes."""
    chance = random.Random(count)
    memory = Path("/dev/shm")  # the clock is simulated, so the disk need not be waited for
    with tempfile.TemporaryDirectory(prefix="tactful-", dir=memory if memory.is_dir() else None) as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'pending.db'}", Vault((new_key(),)))
        numbers, sealed = range(1, count + 1), store.vault.seal("a token, never opened here")
        joined = {"created_at": START, "opted_in_at": START, "norms_off": []}
        bound = {"platform": "github", "server": "github.com", "proposed_at": START, "confirmed_at": START}
        with store.begin() as c:
            c.execute(people.insert(), [{"id": n, **joined} for n in numbers])
            c.execute(accounts.insert(), [{"id": n, "person_id": n, "number": n, **bound} for n in numbers])
            c.execute(platform_tokens.insert(), [{"account_id": n, "sealed": sealed} for n in numbers])
            rounds.enrol(c, "github", START)
            if idle_for:
                spread = [{"who": n, "at": _moment(chance.uniform(0, 300))} for n in numbers]
                idle = rounds.rounds.update().where(rounds.rounds.c.account_id == bindparam("who"))
                c.execute(idle.values(active_at=START - idle_for, due_at=bindparam("at")), spread)
        yield store
        store.close()


def served(people_: int, replicas: int, minutes: int = 3) -> None:
    with populated(people_) as store:
        seen = World(store, replicas, active=True).run(minutes * MINUTE_S + 1)
    each = [seen.people(n * MINUTE_S, (n + 1) * MINUTE_S) for n in range(minutes)]
    own_ms = 1000 * seen.own_s / max(seen.requests, 1)
    minutes_ = " · ".join(f"{n:,}" for n in each)
    print(f"| {people_:,} at work | {replicas} | {minutes_} | {seen.refused} | {seen.doubled} | {own_ms:.1f} ms |")


def idle(people_: int, hours: float) -> None:
    with populated(people_, idle_for=timedelta(days=1)) as store:
        seen = World(store, 1, active=False).run(hours * 3600)
    rate = seen.requests / people_ / hours
    print(f"\nIdle, {people_} people over {hours:g} h: {rate:.1f} requests per person and hour (goal: at most 15).")


def trouble(people_: int) -> None:
    """GitHub is away for a minute, and one of three replicas dies."""
    github = GitHub(away=lambda at_s: 120 <= at_s < 180)
    with populated(people_) as store:
        seen = World(store, 3, active=True, dies=(1, 90.0), github=github).run(600)
    gaps = []
    for person in {person for _, person in seen.served}:
        times = [at_s for at_s, one in seen.served if one == person]
        gaps.append(max(b - a for a, b in itertools.pairwise([0.0, *times, 600.0])))
    print(
        f"\nTrouble, {people_} people, 3 replicas, one dead after 90 s, GitHub away from 120 to 180 s: "
        f"{len(gaps):,} served, the longest anybody waited between two answers {max(gaps):.0f} s, {seen.doubled} asked for twice."
    )


def main(short: bool = False) -> None:
    print("## Pending reviews, simulated clock\n")
    print(conditions())
    print(
        "\n| people | replicas | different people served, by minute | refused | asked for twice | our own work, a round |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    served(2_000, 1)
    served(4_000 if short else 10_000, 1)
    for replicas in (2,) if short else (2, 4):
        served(10_000, replicas)
    idle(200, 2 if short else 6)
    trouble(200 if short else 600)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    main(parser.parse_args().short)
