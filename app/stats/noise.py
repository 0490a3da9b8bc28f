"""The noise, by OpenDP (extra ``stats``): a discrete Gaussian, and what it costs. The only file that names OpenDP."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import util
from typing import Any

from app.domain import ConfigurationError

MISSING = "Statistics are off here: the noise comes from OpenDP, which is not installed. `pip install 'tactful[stats]'` adds it."

#: Counts to the same counts with noise of this standard deviation.
Noise = Callable[[Sequence[int], float], list[int]]


def available() -> bool:
    return util.find_spec("opendp") is not None


@lru_cache(maxsize=1)
def _opendp() -> Any:
    if not available():
        raise ConfigurationError(MISSING)
    import opendp.prelude as dp  # here, since it takes a second, and most processes never need it

    dp.enable_features("contrib")  # what it calls its proven constructors
    return dp


@lru_cache(maxsize=64)
def _gaussian(scale: float) -> Any:
    dp = _opendp()
    return dp.m.make_gaussian(dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64"), scale=scale)


def discrete_gaussian(values: Sequence[int], sigma: float) -> list[int]:
    """Each of ``values`` with independent noise, from the operating system's randomness."""
    return [int(value) for value in _gaussian(sigma)(list(values))] if values else []


def cost(sigma: float, most: int) -> float:
    """ρ as OpenDP reckons it for the sampler above: never less than the formula's, since it rounds against itself."""
    return float(_gaussian(sigma).map(math.sqrt(most)))


@lru_cache(maxsize=256)
def epsilon(rho: float, delta: float) -> float:
    """The ε that a loss of ``rho`` means at ``delta``."""
    dp = _opendp()
    curve = dp.c.make_zCDP_to_approxDP(_gaussian(math.sqrt(1 / (2 * rho)))).map(1.0)
    return float(curve.epsilon(delta))
