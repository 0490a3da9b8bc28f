"""When somebody's pending reviews are asked for next. Pure: the time and the dice are passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SOONEST: Final = timedelta(seconds=20)
LATEST: Final = timedelta(minutes=5)
QUIET_PARTS: Final = 6
"""A pause is a sixth of the time that nothing happened: so it grows by itself, and half an hour without a sign of life is
idle."""
JITTER: Final = 0.1
"""How far a pause may be off, either way, so that people who came together do not stay together."""
RESERVE: Final = 500
"""Points of the person's own hour (5,000) that are left to them and their other programs."""
LONGEST_FAILING: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a round ended. ``points`` is what it cost; ``left`` and ``resets_at`` are of the person's own hour, where told.

    ``failed``: the forge was away, refused, or answered with something else; ``wait_s`` is for how long it wants to be
    left alone, where it said so.
    """

    points: int = 1
    left: int | None = None
    resets_at: datetime | None = None
    failed: bool = False
    wait_s: float | None = None


def pause(quiet: timedelta) -> timedelta:
    """Between two rounds of somebody who did nothing for so long."""
    return min(max(quiet / QUIET_PARTS, SOONEST), LATEST)


def next_at(asked: Asked, active_at: datetime, failures: int, now: datetime, dice: float) -> datetime:
    """When to ask again; ``dice`` is from 0 to 1. ``failures`` counts those in a row, this one included.

    Nothing that the forge wants us to wait is ever cut short: there the dice only add.
    """
    spread = 1 - JITTER + 2 * JITTER * dice
    if asked.failed:
        grown = min(SOONEST * (1 << min(failures, 10)), LONGEST_FAILING)
        told = timedelta(seconds=asked.wait_s or 0)
        return now + max(grown * spread, told * (1 + JITTER * dice))
    usual = now + pause(now - active_at) * spread
    if asked.left is not None and asked.left < RESERVE and asked.resets_at is not None:
        return max(usual, asked.resets_at + SOONEST * dice)
    return usual
