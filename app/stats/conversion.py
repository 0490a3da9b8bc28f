"""Between ρ, in which losses add up, and ε and δ, in which they are promised. The tests hold it to OpenDP's own reckoning.

Here, so that pages can say what a plan means without loading OpenDP, which takes a second and many megabytes.
"""

from __future__ import annotations

import math
from functools import lru_cache

_SMALLEST, _GREATEST = math.log(1e-4), math.log(1e7)  # of the order, above one, that is searched for


def sigma(rho: float, most: int) -> float:
    """The standard deviation at which somebody who counts once in at most ``most`` cells loses ``rho`` (zCDP)."""
    return math.sqrt(most / (2 * rho))


def log_delta(rho: float, epsilon: float) -> float:
    """ln δ for a loss of ``rho`` at ``epsilon``: https://arxiv.org/abs/2004.00010, corollary 13."""
    low, high = _SMALLEST, _GREATEST
    for _ in range(100):  # one valley: the interval around its bottom, thirds at a time
        third = (high - low) / 3
        if _at_order(rho, epsilon, low + third) < _at_order(rho, epsilon, high - third):
            high -= third
        else:
            low += third
    return min(_at_order(rho, epsilon, (low + high) / 2), 0.0)


def _at_order(rho: float, epsilon: float, log_above_one: float) -> float:
    above = math.exp(log_above_one)
    order = 1 + above
    return above * (order * rho - epsilon) - log_above_one - order * math.log1p(1 / above)


@lru_cache(maxsize=256)
def rho(epsilon: float, delta: float) -> float:
    """The largest loss whose ε at ``delta`` stays within ``epsilon``."""
    low, high = 0.0, epsilon
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if log_delta(middle, epsilon) <= math.log(delta) else (low, middle)
    return low
