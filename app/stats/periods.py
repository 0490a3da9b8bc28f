"""Weeks, and periods made of whole weeks. A week belongs to the month and quarter that its Thursday lies in (ISO 8601)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

Cadence = Literal["weekly", "monthly", "quarterly"]
CADENCES: Final[tuple[Cadence, ...]] = get_args(Cadence)
MONTHS: Final = {"monthly": 1, "quarterly": 3}
RELEASES_A_YEAR: Final[dict[Cadence, int]] = {"weekly": 52, "monthly": 12, "quarterly": 4}
"""At most so many periods begin within any 52 weeks."""

_DAY, _WEEK, _TO_THURSDAY = timedelta(days=1), timedelta(days=7), timedelta(days=3)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From one Monday to another, the second not included (UTC)."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def weeks(self) -> int:
        return (self.end - self.start).days // 7

    @property
    def title(self) -> str:
        """ "March 2026", "January to March 2026", or "2 to 8 March 2026"."""
        last = self.end - _DAY
        if self.weeks == 1:
            first = f"{self.start.day}" if self.start.month == last.month else f"{self.start.day} {self.start:%B}"
            return f"{first} to {last.day} {last:%B} {last.year}"
        begins, ends = self.start + _TO_THURSDAY, self.end - _WEEK + _TO_THURSDAY
        return f"{ends:%B %Y}" if begins.month == ends.month else f"{begins:%B} to {ends:%B %Y}"


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(now: datetime) -> str:
    """The week that is counted into at ``now``: its Monday in UTC, as it is stored."""
    return monday(now.date()).isoformat()


def period_of(day: date, cadence: Cadence) -> Period:
    """The period that the week of ``day`` belongs to."""
    if cadence == "weekly":
        return Period(monday(day), monday(day) + _WEEK)
    thursday, months = monday(day) + _TO_THURSDAY, MONTHS[cadence]
    first = thursday.replace(month=(thursday.month - 1) // months * months + 1, day=1)
    after = first
    for _ in range(months):
        after = (after.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period(_first_week(first), _first_week(after))


def _first_week(first_of_month: date) -> date:
    """The Monday of the week with the month's first Thursday."""
    return monday(first_of_month + timedelta(days=(3 - first_of_month.weekday()) % 7))


def finished(cadence: Cadence, since: date, today: date) -> list[Period]:
    """The periods that have ended by ``today``, beginning with the one that ``since`` lies in; oldest first."""
    found, period = [], period_of(since, cadence)
    while period.end <= today:
        found.append(period)
        period = period_of(period.end, cadence)
    return found
