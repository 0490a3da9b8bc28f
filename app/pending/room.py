"""How much one process asks at a time, and in a minute. Pure, not for several threads: time is passed in.

GitHub does not say whether its secondary limits count a token, an app or an address, so the strictest reading is kept:
one process stays within what is allowed to one client, whoever it asks for.
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

MINUTE_S: Final = 60.0
POINTS_A_MINUTE: Final = 2_000  # GraphQL
AT_ONCE: Final = 50  # of 100, which other requests of ours share
PATIENCE_S: Final = 60.0
LONGEST_S: Final = 300.0  # one person's own limit may last an hour: the others need not wait for it


@dataclass
class Room:
    """Fewer at once after every refusal, and slowly more again after answers; where even one at a time is too much,
    none for as long as GitHub says, and five minutes at most.
    """

    points_a_minute: int = POINTS_A_MINUTE
    at_once: int = AT_ONCE
    _under_way: int = field(default=0, init=False)
    _allowed: float = field(default=0.0, init=False)
    _spent: deque[tuple[float, int]] = field(default_factory=deque, init=False)
    _points: int = field(default=0, init=False)
    _closed_until_s: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        self._allowed = float(self.at_once)

    def free(self, now_s: float) -> int:
        """How many rounds may begin now. One under way counts as a point until its answer says what it was."""
        while self._spent and self._spent[0][0] <= now_s - MINUTE_S:
            self._points -= self._spent.popleft()[1]
        if now_s < self._closed_until_s:
            return 0
        affordable = self.points_a_minute - self._points - self._under_way
        return max(0, min(int(self._allowed) - self._under_way, affordable))

    def begin(self) -> None:
        self._under_way += 1

    def end(self, now_s: float, points: int, *, limited: bool = False, wait_s: float | None = None) -> None:
        """Counted from its answer on, since GitHub may have counted it as late as then."""
        self._under_way -= 1
        self._spent.append((now_s, points))
        self._points += points
        if not limited:
            self._allowed = min(self.at_once, self._allowed + 1 / self._allowed)
            return
        if self._allowed <= 1:
            wait_s = PATIENCE_S if wait_s is None else min(wait_s, LONGEST_S)
            self._closed_until_s = max(self._closed_until_s, now_s + wait_s)
        self._allowed = max(1.0, self._allowed / 2)
