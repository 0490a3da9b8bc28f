"""Listens to connected servers by stream-events, and catches up with what was said while nobody listened.

One process does it for all replicas. What comes in goes the way of every webhook: whose it is, is looked up first.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog

from app.arrivals import Outcome, take, wanted
from app.connected import Connected
from app.domain import NotNow, RefusedDelivery, Server, TactfulError
from app.metrics import Metrics
from app.platforms import Delivery, Pointing
from app.store import Store, comments, people, servers
from app.store.lease import Lease

CATCH_UP_EVERY: Final = timedelta(hours=1)
LASTED_S: Final = 60.0  # a stream that lasted this long was a good one: the next pause is short again
EVENT_BEHIND: Final = (timedelta(seconds=-2), timedelta(seconds=60))
"""How much later than its message an event says it was made."""
log = structlog.get_logger()


class Ear(Protocol):
    """What a server's adapter offers beside webhooks."""

    def events(self, server: Server) -> AsyncIterator[bytes | None]:
        """``None`` once it listens, then events, until it raises."""

    def missed(self, server: Server, now: datetime) -> AsyncIterator[Delivery]:
        """What was said since ``Server.caught_up_to``."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds. Pauses double from the shortest to the longest; ``jitter`` (0 to 1) keeps many from coming back at once."""

    look_s: float = 5.0
    shortest_pause_s: float = 1.0
    longest_pause_s: float = 300.0
    jitter: Callable[[], float] = random.random

    def pause_s(self, failures: int, *, helpless: bool) -> float:
        """``helpless``: only a person can help, so it is tried at long intervals from the beginning."""
        grown = self.longest_pause_s if helpless else self.shortest_pause_s * 2 ** min(failures, 20)
        return min(self.longest_pause_s, grown) * (0.5 + self.jitter() / 2)


class Listening:
    """``run`` until it is cancelled. ``accept`` is the engine's."""

    def __init__(
        self,
        store: Store,
        connected: Connected,
        platform: Pointing,
        ear: Ear,
        accept: Callable[[Delivery], bool],
        metrics: Metrics,
        now: Callable[[], datetime],
        lease: Lease,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._store = store
        self._connected = connected
        self._platform = platform
        self._ear = ear
        self._accept = accept
        self._metrics = metrics
        self._now = now
        self._lease = lease
        self._rhythm = rhythm or Rhythm()
        self._at_work: dict[str, tuple[Server, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        try:
            while True:
                await self._tend()
                await asyncio.sleep(self._rhythm.look_s)
        finally:
            await self._end(list(self._at_work))
            await asyncio.to_thread(self._lease.release)

    async def _tend(self) -> None:
        """One task for each server as it is connected now; none where another process has the lease."""
        try:
            there = await asyncio.to_thread(self._connected.every) if await asyncio.to_thread(self._lease.hold) else {}
        except Exception as error:  # the database is away, or a key is missing: looked at again
            log.warning("could not look up whom to listen to", error=type(error).__name__)
            return
        await self._end([n for n, (s, _) in self._at_work.items() if _place(there.get(n)) != _place(s)])
        for name, server in there.items():
            if name not in self._at_work:
                self._at_work[name] = (server, asyncio.create_task(self._attend(server)))

    async def _end(self, names: list[str]) -> None:
        tasks = [self._at_work.pop(name)[1] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attend(self, server: Server) -> None:
        jobs = [self._again(server.name, self._catch_up_hourly, server)]
        if server.ssh:
            jobs.append(self._again(server.name, self._stream, server))
        await asyncio.gather(*jobs)

    async def _again(self, name: str, job: Callable[[Server], Any], server: Server) -> None:
        """``job`` until it is cancelled: after a failure again, after longer and longer pauses."""
        failures = 0
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await job(server)
                continue
            except NotNow as error:
                says, helpless = str(error), False
            except TactfulError as error:
                says, helpless = str(error), True
            except Exception as error:  # its message could quote somebody
                says, helpless = type(error).__name__, False
            failures = 0 if clock() - began > LASTED_S else failures + 1
            pause = self._rhythm.pause_s(failures - 1 if failures else 0, helpless=helpless)
            log.warning("not listening for a moment", server=name, why=says, again_in_s=round(pause, 1))
            await asyncio.sleep(pause)

    async def _stream(self, server: Server) -> None:
        events = self._ear.events(server)
        async with contextlib.aclosing(events):  # type: ignore[type-var]  # generators, both of them
            async for event in events:
                if event is None:
                    log.info("listening", server=server.name)
                    await self.catch_up(server.name)  # only now is nothing missed any more
                else:
                    await asyncio.to_thread(self._hear, server, event)

    def _hear(self, server: Server, event: bytes) -> None:
        try:
            for delivery in self._platform.hear(server, event):
                self._take(delivery)
        except RefusedDelivery as refusal:
            self._metrics.deliveries.labels("gerrit", refusal.reason).inc()

    def _take(self, delivery: Delivery) -> None:
        outcome = take(self._store, self._accept, delivery)
        if outcome is Outcome.ACCEPTED:
            self._platform.expect(delivery)
        self._metrics.deliveries.labels("gerrit", outcome.value).inc()

    async def _catch_up_hourly(self, server: Server) -> None:
        await self.catch_up(server.name)
        await asyncio.sleep(CATCH_UP_EVERY.total_seconds())

    async def catch_up(self, name: str) -> None:
        """Everything since it was last done; only when all of it is stored is that noted. Raises ``NotNow``."""
        began = self._now()
        server = await asyncio.to_thread(self._as_it_is, name)
        if server is not None:
            async for delivery in self._ear.missed(server, began):
                await asyncio.to_thread(self._take_if_missed, delivery)
            await asyncio.to_thread(self._caught_up, name, began)

    def _as_it_is(self, name: str) -> Server | None:
        with self._store.read() as c:  # not from memory: the cursor moves
            return servers.find(c, self._store.vault, "gerrit", name)

    def _caught_up(self, name: str, to: datetime) -> None:
        with self._store.begin() as c:
            servers.change(c, "gerrit", name, caught_up_to=to)

    def _take_if_missed(self, delivery: Delivery) -> None:
        found = wanted(self._store, delivery)
        if found is not None and not self._is_held(found):
            self._take(found)

    def _is_held(self, delivery: Delivery) -> bool:
        """Whether its own event came and was walked: then reading it again would only cost requests."""
        assert delivery.subject is not None, "it is about somebody's words"
        assert delivery.ref is not None, "they are in a change"
        earliest, latest = (delivery.at + behind for behind in EVENT_BEHIND)
        with self._store.read() as c:
            person = people.owner(c, delivery.subject)
            rows = comments.held(c, person.id, delivery.ref) if person else []
        return any(row.published and earliest <= row.event_at <= latest for row in rows)


def _place(server: Server | None) -> tuple[str, ...]:
    """What a task depends on: a moved cursor does not start it anew."""
    return (server.url, server.username, server.token, server.ssh, server.ssh_host_key) if server else ()
