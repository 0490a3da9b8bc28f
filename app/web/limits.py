"""How much one client may ask: requests and bytes in a sliding minute, and requests under way at once.

In memory and per process: a client of several replicas may get several times as much, which is a courtesy, not a hole.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WINDOW_S = 60.0
MOST_CLIENTS = 10_000


class TooMuch(Exception):
    """``retry_after_s``: when the same request would pass."""

    def __init__(self, what: str, retry_after_s: float) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after_s = retry_after_s


@dataclass
class _Use:
    spent: deque[tuple[float, int]] = field(default_factory=deque)  # (when, bytes)
    under_way: int = 0


class Limits:
    def __init__(self, requests: int = 120, size: int = 2_000_000, concurrency: int = 4) -> None:
        self.requests = requests
        self.size = size
        self.concurrency = concurrency
        self._uses: dict[str, _Use] = {}
        self._lock = threading.Lock()  # asked from the event loop and from threads

    @contextmanager
    def admit(self, client: str, size: int, now_s: float) -> Iterator[None]:
        """Hold a place for one request of ``size`` bytes. Raises ``TooMuch``."""
        with self._lock:
            use = self._take(client, size, now_s)
        try:
            yield
        finally:
            with self._lock:
                use.under_way -= 1

    def _take(self, client: str, size: int, now_s: float) -> _Use:
        use = self._use(client, now_s)
        while use.spent and use.spent[0][0] <= now_s - WINDOW_S:
            use.spent.popleft()
        if use.under_way >= self.concurrency:
            raise TooMuch(f"{self.concurrency} requests of yours are under way already", 1.0)
        if len(use.spent) >= self.requests:
            raise TooMuch(f"{self.requests} requests a minute are the limit", use.spent[0][0] + WINDOW_S - now_s)
        if use.spent and sum(n for _, n in use.spent) + size > self.size:
            raise TooMuch(f"{self.size:,} bytes a minute are the limit", use.spent[0][0] + WINDOW_S - now_s)
        use.spent.append((now_s, size))
        use.under_way += 1
        return use

    def _use(self, client: str, now_s: float) -> _Use:
        if client not in self._uses and len(self._uses) >= MOST_CLIENTS:
            idle = [
                k
                for k, u in self._uses.items()
                if not u.under_way and (not u.spent or u.spent[-1][0] < now_s - WINDOW_S)
            ]
            for key in idle or [next(iter(self._uses))]:
                del self._uses[key]
        return self._uses.setdefault(client, _Use())
