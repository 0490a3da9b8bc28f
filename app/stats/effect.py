"""Does it help? Two arms compared from released counts, with an interval that knows about the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
WORTH_KNOWING: Final = 0.10
"""The smallest difference of two shares that an experiment is planned to find, in points of 1."""
POWER: Final = 0.8
_Z: Final = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_Z_POWER: Final = NormalDist().inv_cdf(POWER)


@dataclass(frozen=True, slots=True)
class Count:
    """A released number of people, and the variance of the noise in it."""

    value: float
    variance: float

    def __add__(self, other: Count) -> Count:
        return Count(self.value + other.value, self.variance + other.variance)


@dataclass(frozen=True, slots=True)
class Arm:
    """How many did (``yes``) and did not (``no``)."""

    yes: Count
    no: Count

    @property
    def people(self) -> float:
        return max(self.yes.value + self.no.value, 1.0)

    @property
    def share(self) -> float:
        return min(max(self.yes.value / self.people, 0.0), 1.0)

    @property
    def variance(self) -> float:
        """Of ``share``: of drawing these people, and of the noise (delta method)."""
        share, people = self.share, self.people
        # Agresti and Coull: a share of 0 or 1 is no certainty.
        drawn = (share * people + 2) / (people + 4)
        noise = (1 - share) ** 2 * self.yes.variance + share**2 * self.no.variance
        return drawn * (1 - drawn) / (people + 4) + noise / people**2

    @property
    def interval(self) -> tuple[float, float]:
        half = _Z * math.sqrt(self.variance)
        return max(self.share - half, 0.0), min(self.share + half, 1.0)


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference of shares, spoken minus held out, with its interval at 95 %."""

    difference: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether the interval leaves only one direction."""
        return self.low > 0 or self.high < 0


def compare(spoken: Arm, held: Arm) -> Effect:
    difference = spoken.share - held.share
    half = _Z * math.sqrt(spoken.variance + held.variance)
    return Effect(difference, max(difference - half, -1.0), min(difference + half, 1.0))


@dataclass(frozen=True, slots=True)
class Needed:
    """What it takes to find a difference of ``WORTH_KNOWING`` four times in five."""

    people: int  # in both arms together
    more_people: int
    weeks: int | None  # at the pace so far; None where there is no pace yet


def needed(hold_out: float, sigma: float, cells: int, people: float, weeks: int, share: float = 0.5) -> Needed:
    """How many people, and how many weeks more, until the question can be answered.

    ``hold_out`` is the share of changes held out, ``sigma`` the noise of one cell and ``cells`` how many are added up for
    each count so far, ``people`` counted in ``weeks`` weeks, ``share`` an estimate of the share that edits.
    """
    held = min(max(hold_out, 0.01), 0.99)
    factor = ((_Z + _Z_POWER) / WORTH_KNOWING) ** 2
    total = factor * share * (1 - share) * (1 / held + 1 / (1 - held))
    # The noise of a count is what it is, and weighs most in the smaller arm: solved by going round a few times.
    for _ in range(30):
        noise = sigma**2 * max(cells, 1) * ((1 - share) ** 2 + share**2)
        drawn = share * (1 - share) * (1 / held + 1 / (1 - held)) / total
        added = noise * (1 / (held * total) ** 2 + 1 / ((1 - held) * total) ** 2)
        total *= math.sqrt(max((drawn + added) * factor, 1e-9)) if drawn + added > 1 / factor else 1.0
    missing = max(math.ceil(total - people), 0)
    pace = people / weeks if weeks and people > 0 else 0.0
    return Needed(math.ceil(total), missing, math.ceil(missing / pace) if pace else None)
