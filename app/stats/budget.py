"""What one person may lose in a year, and how much of it was spent: the ledger of ε."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

from app.stats import conversion
from app.stats.periods import RELEASES_A_YEAR, Cadence, Period

DELTA_A_YEAR: Final = 1e-5
"""The chance, for one person and year, that the bound of ε does not hold. Half for the noise, half for numbers that appear."""

TESTS_A_LEVEL: Final = 2
"""How often a cell may be weighed on each level of a family: as itself, and pooled with others."""

BASE_MOST: Final = {"totals": 5, "norms": 12}
"""In how many cells of a release somebody counts at most; more would need more noise in each."""
EXPERIMENT_MOST: Final = 3
TREND_MOST: Final = 1

YEAR: Final = timedelta(weeks=52)
"""In any 52 weeks begin at most 52 weeks, 12 months or 4 quarters (as ``periods`` reckons them)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one release of a family is made. ``detail`` is "norms" (a cell for each) or "totals" (one for all of them);

    ``levels`` is how deep the family is: one for a project alone.
    """

    period: Period
    cadence: Cadence
    detail: str
    k: int
    rho: float
    most: int
    experiment: bool = False
    levels: int = 1

    @property
    def sigma(self) -> float:
        return conversion.sigma(self.rho, self.most)

    @property
    def z(self) -> float:
        """How many standard deviations a number must lie above k, so that its appearing betrays nobody (δ)."""
        tests = self.most * self.levels * TESTS_A_LEVEL * RELEASES_A_YEAR[self.cadence]
        return NormalDist().inv_cdf(1 - DELTA_A_YEAR / 2 / tests)

    @property
    def trend(self) -> bool:
        """Only a quarter is long enough to compare somebody's own halves."""
        return self.cadence == "quarterly"


@dataclass(frozen=True, slots=True)
class Spent:
    """A release that was made: which period, and its loss."""

    period: Period
    rho: float


def plan(
    period: Period,
    cadence: Cadence,
    epsilon_of_a_year: float,
    k: int,
    *,
    detail: str = "totals",
    experiment: bool = False,
    levels: int = 1,
    already: Iterable[Spent] = (),
) -> Plan | None:
    """The next release; ``None`` where the year's ε is spent, or the period was released in whole or in part."""
    most = BASE_MOST[detail] + EXPERIMENT_MOST * experiment + TREND_MOST * (cadence == "quarterly")
    a_year = conversion.rho(epsilon_of_a_year, DELTA_A_YEAR / 2)
    share = a_year / RELEASES_A_YEAR[cadence]
    spent = list(already)
    if any(one.period.start < period.end and period.start < one.period.end for one in spent):
        return None
    if any(loss + share > a_year * (1 + 1e-9) for loss in _years_with(period, spent)):
        return None
    return Plan(period, cadence, detail, k, share, most, experiment, levels)


def _years_with(period: Period, spent: list[Spent]) -> list[float]:
    """The losses of every year that ``period`` lies in: releases may be made late, and out of order."""
    starts = {period.start, *(one.period.start for one in spent if one.period.start <= period.start)}
    return [
        sum(one.rho for one in spent if start <= one.period.start < start + YEAR)
        for start in starts
        if period.start < start + YEAR
    ]


def spent_within(spent: Iterable[Spent], day: date) -> float:
    """ρ of the year that ended on ``day``."""
    return sum(one.rho for one in spent if day - YEAR < one.period.start <= day)


def bears(people: float, plan: Plan) -> bool:
    """Whether a group of ``people`` is large enough for ``plan``: what half of them do would be shown."""
    return people / 2 >= plan.k + 1 + plan.z * plan.sigma
