"""From a tolerance (false nudges per 1,000 harmless comments) to a threshold, and back to how it was measured.

Where the pool of harmless comments is too small to count (below about ten false nudges), the tail of scores is taken as
exponential in logit space (the peaks-over-threshold method with a shape of zero, Pickands 1975; Coles 2001, ch. 4).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

NEVER: Final = 1.01
"""A threshold no probability reaches."""
GRID: Final = (0.01, 0.02, 0.05, 0.1, 0.125, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
"""Tolerances at which a curve is stored, per 1,000."""
SHARES: Final[Mapping[str, float]] = {
    "belittling": 0.1,
    "feigned_surprise": 0.1,
    "well_actually": 0.1,
    "backseat_driving": 0.1,
    "subtle_ism": 0.05,
    "bare_opposition": 0.2,
    "assumption": 0.05,
    "hostility": 0.3,
}
"""How one overall tolerance is shared out where the most is heard for it; the shipped norms do the same.

``subtle_ism`` gets less than would be heard for it: at three times the share, one in twenty harmless sentences that only
name a group of people would be flagged (identity templates of the model card), at this one a few in two thousand.
"""
_FEWEST: Final = 10
_EDGE: Final = 1e-6


def logit(p: float) -> float:
    """Log-odds, finite at 0 and 1."""
    p = min(max(p, _EDGE), 1.0 - _EDGE)
    return math.log(p / (1.0 - p))


def sigmoid(x: float) -> float:
    """The inverse of :func:`logit`, without overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def curve(scores: Sequence[float], tail: float = 0.005) -> list[tuple[float, float]]:
    """``(tolerance, threshold)`` on :data:`GRID`, thresholds never rising, from probabilities on harmless comments.

    ``tail`` is the share of the pool that the exponential is fitted to. It is small, because only the far tail is
    exponential: curves from either half of the pool, tried on the other, let through 1.3 false nudges per 1,000 where 1
    was asked for and 4.7 for 3 with .5 %, but 1.5 and 6.0 with 3 % (the shipped split, real rows of training left out).
    """
    ordered = sorted((logit(p) for p in scores), reverse=True)
    count = len(ordered)
    size = max(_FEWEST, min(count - 1, int(count * tail)))
    edge = ordered[size]
    spread = max(sum(x - edge for x in ordered[:size]) / size, 0.05)
    found: list[tuple[float, float]] = []
    for tolerance in GRID:
        allowed = tolerance / 1000 * count
        if allowed >= count:
            value = 0.0
        elif allowed >= size:
            value = sigmoid(ordered[int(allowed)])
        else:
            value = sigmoid(edge + spread * math.log(size / allowed))
        found.append((tolerance, min(value, found[-1][1] if found else 1.0)))
    return [(tolerance, round(value, 6)) for tolerance, value in found]


def threshold(points: Sequence[Sequence[float]], tolerance: float) -> float:
    """Interpolate a stored curve, linear in log tolerance and logit; 0 (or less) means never."""
    if not tolerance > 0:
        return NEVER
    at = math.log(tolerance)
    xs = [math.log(t) for t, _ in points]
    ys = [logit(p) for _, p in points]
    if at >= xs[-1]:
        return sigmoid(ys[-1]) if points[-1][1] > 0 else 0.0
    right = next(i for i, x in enumerate(xs) if at < x)
    left = max(right - 1, 0)
    right = max(right, 1)
    slope = (ys[right] - ys[left]) / (xs[right] - xs[left])
    return sigmoid(ys[left] + slope * (at - xs[left]))


def needed(points: Sequence[Sequence[float]], p: float) -> float:
    """The smallest tolerance at which ``p`` counts as heard, per 1,000: the inverse of :func:`threshold`."""
    low, high = math.log(1e-6), math.log(1000.0)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if p >= threshold(points, math.exp(middle)) else (middle, high)
    return math.exp(high)
