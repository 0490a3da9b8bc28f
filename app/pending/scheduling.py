"""Who is asked now, and when again: the decisions of ``rhythm`` and ``room`` over the leases in the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from app.pending.rhythm import SOONEST, Asked, next_at
from app.pending.room import Room
from app.store import Store, rounds
from app.store.rounds import Turn

LEASE: Final = timedelta(seconds=60)
ENROL_EVERY: Final = timedelta(seconds=5)


class Scheduler:
    """One for each process, called from any of its threads. ``dice`` gives numbers from 0 to 1."""

    def __init__(self, store: Store, platform: str, dice: Callable[[], float]) -> None:
        self._store = store
        self._platform = platform
        self._dice = dice
        self._room = Room()
        self._lock = threading.Lock()
        self._enrolled_at: datetime | None = None

    def begin(self, now: datetime) -> list[Turn]:
        """The rounds that are due and fit, for this process alone until ``Turn.until``. Each is to be ended."""
        with self._lock:
            turns = self._claim(now, self._room.free(now.timestamp()))
            for _ in turns:
                self._room.begin()
        return turns

    def end(self, turn: Turn, asked: Asked, now: datetime, *, found_news: bool) -> None:
        """Where something was heard of them during the round, the next one comes soon."""
        with self._lock:
            limited = asked.wait_s is not None
            self._room.end(now.timestamp(), asked.points, limited=limited, wait_s=asked.wait_s)
        failures = turn.failures + 1 if asked.failed else 0
        active_at = now if found_news else turn.active_at
        due_at = next_at(asked, active_at, failures, now, self._dice())
        soon_at = due_at if asked.failed else now + SOONEST
        with self._store.begin() as c:
            rounds.done(c, turn, due_at, soon_at, failures, active_at)

    def _claim(self, now: datetime, most: int) -> list[Turn]:
        if not most:
            return []
        with self._store.read() as c:
            new, due = self._is_new(c, now), rounds.is_due(c, self._platform, now)
        if not (new or due):
            return []
        with self._store.begin() as c:
            if new:
                rounds.enrol(c, self._platform, now)
            return rounds.claim(c, self._platform, now, most, LEASE)

    def _is_new(self, c: Connection, now: datetime) -> bool:
        """Whether there is anybody to enrol; looked up less often, since it goes through all who take part."""
        if self._enrolled_at is not None and timedelta(0) <= now - self._enrolled_at < ENROL_EVERY:
            return False
        self._enrolled_at = now
        return rounds.is_new(c, self._platform)
