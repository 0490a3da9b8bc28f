"""Arrivals go first. Whoever delivers waits for an answer; whoever works has the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.25  # under a flood work goes on slowly instead of not at all


class Door:
    """Counts who stands at the door; workers let them pass between two pieces of work."""

    def __init__(self) -> None:
        self._standing = 0
        self._moved = threading.Condition()

    @contextmanager
    def arriving(self) -> Iterator[None]:
        with self._moved:
            self._standing += 1
        try:
            yield
        finally:
            with self._moved:
                self._standing -= 1
                if not self._standing:
                    self._moved.notify_all()

    def let_pass(self) -> None:
        """Return once nobody is at the door, and after ``PATIENCE_S`` in any case."""
        with self._moved:
            self._moved.wait_for(lambda: not self._standing, timeout=PATIENCE_S)
