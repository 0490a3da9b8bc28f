"""The servers that administrators connected, looked up at most every few seconds.

So ``tactful gerrit connect`` takes effect in every process without a restart, and a flood at the door is no flood of
queries.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.crypto import hash_token
from app.domain import Server
from app.store import Store, servers

KEEP_S = 5.0


class Connected:
    """Servers of one platform by name. Safe from any thread; reads the database where what it knows is too old."""

    def __init__(self, store: Store, platform: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._platform = platform
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._known: Mapping[str, Server] = MappingProxyType({})
        self._until_s = float("-inf")

    def every(self) -> Mapping[str, Server]:
        """Raises ``ConfigurationError`` when a token is sealed under a key that is not here."""
        with self._lock:
            if self._clock_s() >= self._until_s:
                with self._store.read() as c:
                    self._known = MappingProxyType(servers.every(c, self._store.vault, self._platform))
                self._until_s = self._clock_s() + KEEP_S
            return self._known

    @property
    def is_old(self) -> bool:
        """Whether the next call reads the database."""
        return self._clock_s() >= self._until_s

    def look_again(self) -> None:
        """What was changed in this process is seen at the next call."""
        with self._lock:
            self._until_s = float("-inf")

    def named(self, name: str) -> Server | None:
        return self.every().get(name)

    def behind(self, secret: str) -> Server | None:
        """The server whose secret path this is. Every path is compared, so that how long it takes tells nothing."""
        given = hash_token(secret)
        found = None
        for server in self.every().values():
            for path in server.paths:
                if hmac.compare_digest(path, given):
                    found = server
        return found
