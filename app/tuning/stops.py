"""Where a slider can stand: tolerances that people can tell apart, and the one in force."""

from __future__ import annotations

from typing import Final

STOPS: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
"""False nudges per 1,000 harmless comments; 0 is never."""


def stops(in_force: float) -> tuple[float, ...]:
    """The stops of one slider, rising."""
    return tuple(sorted({*STOPS, in_force}))


def tolerance(place: str, in_force: float) -> float:
    """What a slider at ``place`` (its number among the stops) means. Raises ``ValueError`` for a place there is not."""
    offered = stops(in_force)
    number = int(place)
    if not 0 <= number < len(offered):
        raise ValueError(place)
    return offered[number]
