"""Counts of one person's weeks. They go with the person, and leave here in two ways only: to the person themselves
(``my_weeks``), and added up with noise (``of_quarter``, for the releases; nothing else reads ``tallies``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.store import _dialect_insert
from app.store.project_tables import CONSENTS, effects, my_weeks, tallies
from app.store.tables import people

#: How long after a quarter's end its counts are kept, for releases that are late.
LATE = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Consents:
    """What somebody agrees to beyond being read. All of it is off while nothing is read."""

    statistics: bool = False
    tuning: bool = False
    experiment: bool = False
    my_month: bool = False

    @property
    def any_counted(self) -> bool:
        return self.statistics or self.experiment or self.my_month


def consents(c: Connection, person_id: int) -> Consents:
    columns = [people.c[name] for name in CONSENTS]
    row = c.execute(sa.select(people.c.opted_in_at, *columns).where(people.c.id == person_id)).first()
    if row is None or row.opted_in_at is None:
        return Consents()
    return Consents(*(bool(value) for value in row[1:]))


def chosen(c: Connection, person_id: int) -> Consents:
    """What somebody said, also while nothing is read: for their own settings."""
    row = c.execute(sa.select(*(people.c[name] for name in CONSENTS)).where(people.c.id == person_id)).first()
    return Consents(*(bool(value) for value in row)) if row else Consents()


def agree(c: Connection, person_id: int, agreed: Consents) -> None:
    """Put it in force. What was counted under a consent that ended goes at once; releases stay as they are."""
    values = dict(zip(CONSENTS, (agreed.statistics, agreed.tuning, agreed.experiment, agreed.my_month), strict=True))
    c.execute(sa.update(people).where(people.c.id == person_id).values(**values))
    if not agreed.statistics:
        c.execute(sa.delete(tallies).where(tallies.c.person_id == person_id))
    if not agreed.experiment:
        c.execute(sa.delete(effects).where(effects.c.person_id == person_id))
    if not agreed.my_month:
        c.execute(sa.delete(my_weeks).where(my_weeks.c.person_id == person_id))


def add(
    c: Connection,
    agreed: Consents,
    project_id: int | None,
    person_id: int,
    week: str,
    counted: Iterable[tuple[str, str]],
) -> None:
    """Count (kind, label) pairs once each, where the person agreed: for the releases of a project, and for themselves."""
    for kind, label in counted:
        mine = {"person_id": person_id, "week": week, "kind": kind, "label": label}
        if agreed.statistics and project_id is not None:
            _one_more(c, tallies, {"project_id": project_id, **mine})
        if agreed.my_month:
            _one_more(c, my_weeks, mine)


def _one_more(c: Connection, table: sa.Table, keys: dict[str, object]) -> None:
    insert = _dialect_insert(c, table).values(**keys, count=1)
    c.execute(insert.on_conflict_do_update(index_elements=list(keys), set_={"count": table.c.count + 1}))


@dataclass(frozen=True, slots=True)
class Row:
    """As ``stats.shares.Tally``; the store does not know what is made of it."""

    project: int
    week: date
    person: int
    kind: str
    label: str
    count: int


def of_quarter(c: Connection, start: date, end: date) -> list[Row]:
    """Everything counted from ``start`` until before ``end``, of people who agree now, too."""
    agree_now = (
        tallies.c.week >= start.isoformat(),
        tallies.c.week < end.isoformat(),
        people.c.opted_in_at.is_not(None),
        people.c.statistics_on,
    )
    query = sa.select(tallies).join(people, people.c.id == tallies.c.person_id).where(*agree_now)
    return [
        Row(r["project_id"], date.fromisoformat(r["week"]), r["person_id"], r["kind"], r["label"], r["count"])
        for r in c.execute(query).mappings()
    ]


@dataclass(frozen=True, slots=True)
class Mine:
    """A line of somebody's own weeks."""

    week: date
    kind: str
    label: str
    count: int


def mine(c: Connection, person_id: int) -> list[Mine]:
    """One's own weeks, oldest first."""
    query = sa.select(my_weeks).where(my_weeks.c.person_id == person_id).order_by(my_weeks.c.week)
    return [Mine(date.fromisoformat(r["week"]), r["kind"], r["label"], r["count"]) for r in c.execute(query).mappings()]


def forget_my_weeks(c: Connection, person_id: int) -> None:
    c.execute(sa.delete(my_weeks).where(my_weeks.c.person_id == person_id))


def sweep(c: Connection, quarter_began: date, now: datetime) -> int:
    """Let go of quarters that are over; how many counts went. The one before stays for ``LATE``, for a late release."""
    before = quarter_began if now.date() >= quarter_began + LATE else quarter_began - timedelta(weeks=14)
    return c.execute(sa.delete(tallies).where(tallies.c.week < before.isoformat())).rowcount
