"""Every pause in typing saves a draft and makes an event. Each draft is to be looked at once it rests, in few looks.

In memory, per process: what another process took, or what was before a restart, is simply looked at.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.domain import NotNow
from app.platforms.gerrit.pace import put

#: Between two looks at somebody's drafts in one change.
APART: Final = timedelta(seconds=6)
MOST_SAVES: Final = 200  # remembered of one change

#: When it happened, by Gerrit's clock; and within its second, when it came in, by ours.
Moment = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Look:
    """For which delivery, begun when (our clock), and the last of the saves that rested by then."""

    delivery: str
    began_at: datetime
    up_to: Moment


@dataclass
class Saves:
    """By (change, account). ``quiet`` is how long a draft rests."""

    quiet: timedelta
    _saves: OrderedDict[Hashable, deque[Moment]] = field(default_factory=OrderedDict, init=False)
    _emptied: OrderedDict[Hashable, Moment] = field(default_factory=OrderedDict, init=False)
    _looks: OrderedDict[Hashable, Look] = field(default_factory=OrderedDict, init=False)

    def heard(self, key: Hashable, moment: Moment, *, emptied: bool) -> None:
        """An event is stored, and will be walked."""
        if emptied:
            put(self._emptied, key, max(moment, self._emptied.get(key, moment)))
        else:
            saves = self._saves.get(key, deque(maxlen=MOST_SAVES))
            saves.append(moment)
            put(self._saves, key, saves)

    def is_over(self, key: Hashable, delivery: str, moment: Moment) -> bool:
        """Whether nothing is left to look for: no draft was left afterwards, or another delivery's look saw it rest."""
        if self._emptied.get(key, moment) > moment:
            return True
        look = self._looks.get(key)  # its own earlier attempt does not count: it may have failed after looking
        return look is not None and look.delivery != delivery and look.up_to >= moment

    def look(self, key: Hashable, delivery: str, moment: Moment, now: datetime) -> Look:
        """What a look would see that begins now; ``saw`` it once it did.

        Raises ``NotNow`` where the last look was a moment ago: the next one sees what is saved until then, too.
        """
        last = self._looks.get(key)
        if last is not None and timedelta(0) <= now - last.began_at < APART:
            raise NotNow("These drafts were looked at a moment ago.", (last.began_at + APART - now).total_seconds())
        rested = [save for save in self._saves.get(key, ()) if save[1] + self.quiet <= now]
        return Look(delivery, now, max([moment, *rested]))

    def saw(self, key: Hashable, look: Look) -> None:
        put(self._looks, key, look)
