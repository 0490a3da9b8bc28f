"""Blind calibrations under way. Their texts are in this process's memory and nowhere else, and go one by one."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.tuning.blind import Question

LASTS: Final = timedelta(hours=2)
MOST_AT_ONCE: Final = 50


@dataclass
class Sitting:
    """What somebody has before them. ``ticket`` names the text shown, so that a page sent twice answers once."""

    waiting: deque[Question] = field(repr=False)
    of: int
    ends_at: datetime
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def number(self) -> int:
        """Of the text shown, counted from 1."""
        return self.of - len(self.waiting) + 1


class Sittings:
    """By (person, project); in one replica only: an answer that comes to another finds nothing, and the page says so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[tuple[int, int], Sitting] = {}

    def begin(self, key: tuple[int, int], questions: list[Question], now: datetime) -> bool:
        """False where more are under way than memory is set aside for."""
        with self._lock:
            self._drop_old(now)
            if key not in self._under_way and len(self._under_way) >= MOST_AT_ONCE:
                return False
            self._under_way[key] = Sitting(deque(questions), len(questions), now + LASTS)
            return True

    def current(self, key: tuple[int, int], now: datetime) -> Sitting | None:
        with self._lock:
            self._drop_old(now)
            return self._under_way.get(key)

    def take(self, key: tuple[int, int], ticket: str, now: datetime) -> Question | None:
        """The question answered by a form with ``ticket``, which is then gone; ``None`` where it was before."""
        with self._lock:
            self._drop_old(now)
            sitting = self._under_way.get(key)
            if sitting is None or not secrets.compare_digest(sitting.ticket.encode(), ticket.encode()):
                return None
            question = sitting.waiting.popleft()
            sitting.ticket = secrets.token_urlsafe(12)
            if not sitting.waiting:
                del self._under_way[key]
            return question

    def end(self, key: tuple[int, int]) -> None:
        with self._lock:
            self._under_way.pop(key, None)

    def _drop_old(self, now: datetime) -> None:
        for key in [key for key, sitting in self._under_way.items() if sitting.ends_at <= now]:
            del self._under_way[key]
