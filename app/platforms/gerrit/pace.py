"""How often one change is read, and what need not be read at all because a later look saw it. In memory, per process.

Events come unsigned, and one for every pause in somebody's typing. Forgetting any of this costs a read, never a comment.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from app.domain import NotNow

V = TypeVar("V")

MINUTE_S: Final = 60.0
MOST_READS: Final = 12
MOST_KEYS: Final = 10_000


@dataclass
class Pace:
    """At most ``most`` reads of one change in a minute."""

    most: int = MOST_READS
    _reads: OrderedDict[Hashable, deque[float]] = field(default_factory=OrderedDict, init=False)

    def admit(self, change: Hashable, now_s: float) -> None:
        """Count one read. Raises ``NotNow`` with the seconds until the next one may be."""
        reads = self._reads.setdefault(change, deque())
        self._reads.move_to_end(change)
        if len(self._reads) > MOST_KEYS:
            self._reads.popitem(last=False)
        while reads and reads[0] <= now_s - MINUTE_S:
            reads.popleft()
        if len(reads) >= self.most:
            raise NotNow("This change was read often enough for a minute.", reads[0] + MINUTE_S - now_s)
        reads.append(now_s)


@dataclass(frozen=True, slots=True)
class Look:
    """A reading of what somebody said: for which delivery, begun when (our clock), reaching back to (Gerrit's clock)."""

    delivery: str
    began_at: datetime
    since: datetime


@dataclass
class Looks:
    """The newest look at each (change, account)."""

    _looks: OrderedDict[Hashable, Look] = field(default_factory=OrderedDict, init=False)

    def saw(self, key: Hashable, look: Look) -> None:
        put(self._looks, key, look)

    def covers(self, key: Hashable, delivery: str, heard_at: datetime, since: datetime) -> bool:
        """Whether another delivery's look began after this one came in, and reached back as far: so it saw all of it.

        Its own earlier attempt does not count: it may have failed after looking.
        """
        look = self._looks.get(key)
        return look is not None and look.delivery != delivery and look.began_at > heard_at and look.since <= since


def put(entries: OrderedDict[Hashable, V], key: Hashable, value: V) -> None:
    """Into what is remembered; what was not touched for longest is forgotten."""
    entries[key] = value
    entries.move_to_end(key)
    if len(entries) > MOST_KEYS:
        entries.popitem(last=False)
