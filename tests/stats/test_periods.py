"""Weeks, months of whole weeks, and quarters of such months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.stats.periods import CADENCES, RELEASES_A_YEAR, Cadence, Period, finished, monday, period_of


@pytest.mark.parametrize("cadence", CADENCES)
def test_periods_follow_each_other_without_gap_or_overlap(cadence: Cadence) -> None:
    day, period = date(2020, 1, 1), period_of(date(2020, 1, 1), cadence)
    while day < date(2036, 1, 1):
        day += timedelta(days=1)
        now = period_of(day, cadence)
        assert day in now
        assert now.start.weekday() == now.end.weekday() == 0
        assert now == period or now.start == period.end
        period = now


@pytest.mark.parametrize("cadence", CADENCES)
def test_no_52_weeks_see_more_releases_than_are_budgeted(cadence: Cadence) -> None:
    starts = [period.start for period in finished(cadence, date(2020, 1, 1), date(2036, 1, 1))]
    for start in starts:
        within = [other for other in starts if start <= other < start + timedelta(weeks=52)]
        assert len(within) <= RELEASES_A_YEAR[cadence]


def test_a_week_lies_in_one_month_and_one_quarter() -> None:
    for weeks in range(600):
        day = monday(date(2024, 1, 1)) + timedelta(weeks=weeks)
        month, quarter = period_of(day, "monthly"), period_of(day, "quarterly")
        assert quarter.start <= month.start < month.end <= quarter.end


def test_titles_are_as_people_say_them() -> None:
    assert period_of(date(2026, 3, 4), "monthly").title == "March 2026"
    assert period_of(date(2026, 3, 4), "quarterly").title == "January to March 2026"
    assert period_of(date(2026, 3, 4), "weekly").title == "2 to 8 March 2026"
    assert period_of(date(2026, 4, 1), "weekly").title == "30 March to 5 April 2026"


def test_only_what_has_ended_is_finished() -> None:
    assert finished("weekly", date(2026, 3, 4), date(2026, 3, 8)) == []
    assert finished("weekly", date(2026, 3, 4), date(2026, 3, 9)) == [Period(date(2026, 3, 2), date(2026, 3, 9))]
