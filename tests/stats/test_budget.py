"""The ledger: no year costs more than was said, whatever the cadence and however it changes."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest

from app.stats import budget, conversion, noise
from app.stats.budget import DELTA_A_YEAR, YEAR, Spent, plan
from app.stats.periods import CADENCES, Cadence, finished, period_of

pytest.importorskip("opendp", reason="OpenDP is not here: `pip install '.[stats]'` lets the releases be tested")
SINCE, UNTIL = date(2026, 1, 1), date(2028, 3, 1)


@pytest.mark.parametrize("cadence", CADENCES)
@pytest.mark.parametrize("epsilon", [1.0, 3.0])
def test_two_years_of_releases_stay_within_the_budget_of_each_year(cadence: Cadence, epsilon: float) -> None:
    spent: list[Spent] = []
    for period in finished(cadence, SINCE, UNTIL):
        made = plan(period, cadence, epsilon, 10, already=spent)
        assert made is not None, f"{period.title} should have been affordable"
        spent.append(Spent(period, made.rho))
    for one in spent:
        year = sum(other.rho for other in spent if one.period.start <= other.period.start < one.period.start + YEAR)
        assert noise.epsilon(year, DELTA_A_YEAR / 2) <= epsilon + 1e-6


def test_changes_of_cadence_and_late_releases_cannot_overspend() -> None:
    chance = random.Random(3)
    spent: list[Spent] = []
    periods = [(c, p) for c in CADENCES for p in finished(c, SINCE, UNTIL)]
    chance.shuffle(periods)
    for cadence, period in periods:
        made = plan(period, cadence, chance.choice((1.0, 3.0)), 10, already=spent)
        if made is not None:
            assert all(other.period.end <= period.start or period.end <= other.period.start for other in spent)
            spent.append(Spent(period, made.rho))
    day = SINCE - YEAR
    while day < UNTIL:
        year = sum(one.rho for one in spent if day <= one.period.start < day + YEAR)
        assert year <= conversion.rho(3.0, DELTA_A_YEAR / 2) * (1 + 1e-6)
        day += timedelta(weeks=1)


def test_a_smaller_epsilon_waits_until_what_was_spent_is_a_year_ago() -> None:
    spent: list[Spent] = []
    for period in finished("monthly", SINCE, date(2026, 12, 31)):
        made = plan(period, "monthly", 3.0, 10, already=spent)
        assert made is not None
        spent.append(Spent(period, made.rho))
    soon, later = period_of(date(2027, 1, 15), "monthly"), period_of(date(2028, 1, 15), "monthly")
    assert plan(soon, "monthly", 0.5, 10, already=spent) is None
    assert plan(later, "monthly", 0.5, 10, already=spent) is not None


def test_the_sampler_costs_what_the_ledger_says() -> None:
    made = plan(period_of(SINCE, "monthly"), "monthly", 3.0, 10, detail="norms")
    assert made is not None
    assert noise.cost(made.sigma, made.most) == pytest.approx(made.rho, rel=1e-6)


def test_a_release_of_a_year_costs_less_epsilon_than_the_year() -> None:
    year = conversion.rho(3.0, DELTA_A_YEAR / 2)
    assert noise.epsilon(year, DELTA_A_YEAR / 2) == pytest.approx(3.0, abs=1e-3)
    for epsilon in (0.1, 0.5, 1.0, 2.0, 6.0):
        for delta in (1e-7, 5e-6, 1e-4):  # never more than OpenDP's own reckoning grants
            assert noise.epsilon(conversion.rho(epsilon, delta), delta) == pytest.approx(epsilon, rel=1e-3)
    assert noise.epsilon(year / 12, DELTA_A_YEAR / 2) < 1


def test_noise_is_a_gaussian_of_whole_numbers_around_the_truth() -> None:
    drawn = noise.discrete_gaussian([1000] * 4000, 8.0)
    mean = sum(drawn) / len(drawn)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in drawn) / len(drawn))
    assert mean == pytest.approx(1000, abs=0.7)
    assert deviation == pytest.approx(8.0, rel=0.07)


def test_only_a_large_group_bears_a_finer_plan() -> None:
    made = plan(period_of(SINCE, "monthly"), "monthly", 3.0, 10, detail="norms")
    assert made is not None
    assert not budget.bears(100, made)
    assert budget.bears(300, made)
