"""Deliveries that did not arrive: which of a forge's log are asked for again, and what became of the others.

GitHub never delivers again by itself; it does when it is asked, for three days, under the same id, so that a delivery that
arrived after all is walked once. The log is looked through from where it was settled up to; one replica does it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from app.domain import NotNow, Server, TactfulError
from app.metrics import Metrics
from app.platforms.log import Attempt, DeliveryLog
from app.store import Store, servers

REACH: Final = timedelta(days=3)
BEHIND: Final = timedelta(minutes=2)
"""What is newer may still be under way."""
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 30, 120, 360, 720))
"""Between one attempt and the next; after the last of them it is given up."""
MOST_AT_ONCE: Final = 60
BETWEEN_S: Final = 0.5  # GitHub's limit for what changes something is 80 a minute
CLAIM: Final = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Plan:
    """``again`` are attempts to repeat, oldest first; ``settled_to``: nothing before it needs another look."""

    again: tuple[int, ...]
    waiting: int
    recovered: int
    given_up: int
    settled_to: datetime


def plan(attempts: Iterable[Attempt], now: datetime, looked_at: datetime | None) -> Plan:
    """What to do about a log. ``looked_at`` is when that was last asked, so that news is told once; pure."""
    together: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda one: (one.at, one.id)):
        together.setdefault(attempt.guid, []).append(attempt)
    open_: list[list[Attempt]] = []
    recovered = given_up = 0
    for tries in together.values():
        is_news = looked_at is None or tries[-1].at > looked_at
        if any(one.arrived for one in tries):
            recovered += is_news and not tries[0].arrived
        elif len(tries) > len(PAUSES):
            given_up += is_news
        else:
            open_.append(tries)
    due = [tries for tries in open_ if now - tries[-1].at >= PAUSES[len(tries) - 1]]
    settled_to = min([tries[0].at for tries in open_] + [now - BEHIND])
    again = tuple(tries[-1].id for tries in due[:MOST_AT_ONCE])
    return Plan(again, len(open_) - len(again), recovered, given_up, settled_to)


@dataclass(frozen=True, slots=True)
class Missed:
    """``sweep`` is called from a worker's thread; ``run`` runs a coroutine on the service's event loop from one."""

    store: Store
    platform: str
    log: DeliveryLog
    metrics: Metrics
    now: Callable[[], datetime]
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    between_s: float = BETWEEN_S

    def sweep(self) -> dict[str, Counter[str]]:
        """By server: how many were asked for again, wait for it, were recovered, were given up. Counts, no ids."""
        with self.store.read() as c:
            names = list(servers.every(c, self.store.vault, self.platform))
        return {name: found for name in names if (found := self._sweep_one(name)) is not None}

    def _sweep_one(self, name: str) -> Counter[str] | None:
        """``None`` where another replica is at it, or where the forge did not answer."""
        began = self.now()
        with self.store.begin() as c:
            if not servers.claim(c, self.platform, name, began, began + CLAIM):
                return None
            server = servers.find(c, self.store.vault, self.platform, name)
            looked_at = servers.looked_at(c, self.platform, name)
        if server is None:
            return None
        try:
            found: Plan = self.run(self._look(server, began, looked_at))
            requested = self.run(self._ask(server, found))
        except TactfulError as error:
            log.warning(
                "the delivery log could not be looked through; it is done next time", server=name, why=str(error)
            )
            self._let_go(name)
            return None
        self._let_go(name, caught_up_to=found.settled_to, looked_at=began)
        counts = Counter(requested=requested, waiting=found.waiting, recovered=found.recovered, given_up=found.given_up)
        for outcome in ("requested", "recovered", "given_up"):
            self.metrics.missed.labels(self.platform, outcome).inc(counts[outcome])
        if any(counts.values()):
            log.info("missed deliveries", server=name, **counts)
        return counts

    async def _look(self, server: Server, now: datetime, looked_at: datetime | None) -> Plan:
        earliest = now - REACH
        since = max(server.caught_up_to or earliest, earliest)
        attempts = [one async for one in self.log.attempts(server, since) if one.event in self.log.events]
        return plan(attempts, now, looked_at)

    async def _ask(self, server: Server, found: Plan) -> int:
        """How many are on their way again. Where GitHub wants a pause, the rest is asked for next time."""
        requested = 0
        for number, id in enumerate(found.again):
            if number:
                await asyncio.sleep(self.between_s)
            try:
                requested += await self.log.again(server, id)
            except NotNow:
                break
        return requested

    def _let_go(self, name: str, **values: datetime) -> None:
        with self.store.begin() as c:
            servers.change(c, self.platform, name, busy_until=None, **values)
