"""Histories: scores of comments by project and week, without text, author or link; and how many people stand behind a week.

What people wrote is replayed only for weeks behind which at least k of them stand. That is counted by a digest that
changes with the week, so that the count tells nobody apart. A file that a maintainer supplied is theirs to answer for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.domain import Verdict
from app.store import insert_or_ignore, upsert
from app.store.project_tables import calibrations, contributors, histories, imports
from app.store.tables import people
from classifiers.vectors import Vectors, pack, unpack

LIVE: Final = "live"
SHADOW: Final = "shadow"
FILE: Final = "file"
Kind = Literal["own", "file"]
"""What people wrote while they were read, or a maintainer's file."""


def monday(day: date) -> str:
    """The week of ``day``: its Monday, ISO 8601."""
    return (day - timedelta(days=day.weekday())).isoformat()


def record(
    c: Connection,
    vault: Vault,
    person_id: int,
    project_id: int | None,
    verdict: Verdict,
    norms_version: str,
    now: datetime,
    *,
    shadow: bool,
) -> bool:
    """Keep the scores of one comment where its writer agreed to tuning; whether they did.

    Outside every project, and in a language that was not judged, there is nothing to keep.
    """
    if project_id is None or not verdict.known_language:
        return False
    if not c.scalar(sa.select(people.c.tuning_on).where(people.c.id == person_id, people.c.opted_in_at.is_not(None))):
        return False
    week = monday(now.date())
    add(c, project_id, week, verdict.model, norms_version, SHADOW if shadow else LIVE, [pack(verdict.concerns)])
    somebody = vault.digest(f"contributor:{week}:{person_id}")
    key = vault.digest(f"contributor:{week}:{person_id}:{project_id}")
    row = {"key": key, "project_id": project_id, "week": week, "contributor": somebody}
    c.execute(insert_or_ignore(c, contributors).values(row))
    return True


def add(
    c: Connection, project_id: int, week: str, model: str, norms_version: str, source: str, vectors: Iterable[bytes]
) -> None:
    fixed = {"project_id": project_id, "week": week, "model": model, "norms_version": norms_version, "source": source}
    rows = [{**fixed, "vector": vector} for vector in vectors]
    if rows:
        c.execute(sa.insert(histories), rows)


def mark(c: Connection, project_id: int) -> tuple[tuple[str, int], ...]:
    """Changes whenever the project's rows do: all of them by week, which an index alone can tell."""
    mine = sa.select(histories.c.week, sa.func.count()).where(histories.c.project_id == project_id)
    return tuple((week, count) for week, count in c.execute(mine.group_by(histories.c.week)))


def counted(c: Connection, project_id: int, model: str, kind: Kind) -> dict[str, int]:
    """Comments a week, scored by ``model``; see ``readable`` for which of these weeks may be read."""
    mine = sa.select(histories.c.week, sa.func.count()).where(_of(project_id, model, kind))
    return {week: count for week, count in c.execute(mine.group_by(histories.c.week))}  # noqa: C416  typed


def readable(
    c: Connection, project_id: int, kind: Kind, counted: Mapping[str, int], k: int, now: datetime
) -> dict[str, int]:
    """The weeks that may be read, of those ``counted``.

    Of what people wrote, only weeks that are over and behind which at least ``k`` people stand: a week that still grows
    would show what the last comment added. The rows of projects under this one are not taken in either: with them, one
    project's figures could be taken from another's, and what is left could be a single person's.
    """
    if kind == "file":
        return dict(counted)
    this_week, enough = monday(now.date()), _weeks_with(c, project_id, k)
    return {week: count for week, count in counted.items() if week < this_week and week in enough}


def sizes(c: Connection, project_id: int, model: str, kind: Kind, k: int, now: datetime) -> dict[str, int]:
    """Comments in each week that may be read."""
    return readable(c, project_id, kind, counted(c, project_id, model, kind), k, now)


def vectors(c: Connection, project_id: int, model: str, kind: Kind, weeks: Collection[str]) -> dict[str, Vectors]:
    """The scores of ``weeks``. Ask ``readable`` first which these may be."""
    rows: dict[str, list[bytes]] = {week: [] for week in weeks}
    chosen = _of(project_id, model, kind) & histories.c.week.in_(list(weeks))
    for week, vector in c.execute(sa.select(histories.c.week, histories.c.vector).where(chosen)):
        rows[week].append(vector)
    return {week: unpack(found) for week, found in rows.items()}


def _of(project_id: int, model: str, kind: Kind) -> sa.ColumnElement[bool]:
    return sa.and_(
        histories.c.project_id == project_id,
        histories.c.model == model,
        histories.c.source.in_((FILE,) if kind == "file" else (LIVE, SHADOW)),
    )


def _weeks_with(c: Connection, project_id: int, k: int) -> set[str]:
    query = sa.select(contributors.c.week).where(contributors.c.project_id == project_id)
    return set(c.scalars(query.group_by(contributors.c.week).having(sa.func.count() >= k)))


# --- files that a maintainer supplies -------------------------------------------------------------------------------------


def lines_done(c: Connection, project_id: int, file_digest: str) -> int:
    """How far this file was read before; 0 where it is new."""
    mine = (imports.c.project_id == project_id) & (imports.c.file_digest == file_digest)
    return c.scalar(sa.select(imports.c.lines_done).where(mine)) or 0


def set_lines_done(c: Connection, project_id: int, file_digest: str, lines: int, now: datetime) -> None:
    """In the transaction that adds what these lines held, so that an interrupted file goes on where it was."""
    upsert(c, imports, {"project_id": project_id, "file_digest": file_digest}, {"lines_done": lines, "at": now})


def forget_files(c: Connection, project_id: int) -> int:
    """Take back every file of this project; how many comments that were."""
    c.execute(sa.delete(imports).where(imports.c.project_id == project_id))
    mine = (histories.c.project_id == project_id) & (histories.c.source == FILE)
    return c.execute(sa.delete(histories).where(mine)).rowcount


# --- blind calibration ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """``p`` is the score of ``label`` in a text that is gone; ``answer`` yes, no or unsure."""

    label: str
    p: float
    answer: str


def keep_answer(c: Connection, project_id: int, model: str, answer: BlindAnswer, now: datetime) -> None:
    c.execute(
        sa.insert(calibrations).values(
            project_id=project_id, label=answer.label, model=model, p=answer.p, answer=answer.answer, at=now
        )
    )


def answers(c: Connection, project_id: int, model: str) -> list[BlindAnswer]:
    mine = (calibrations.c.project_id == project_id) & (calibrations.c.model == model)
    query = sa.select(calibrations.c.label, calibrations.c.p, calibrations.c.answer).where(mine)
    return [BlindAnswer(*row) for row in c.execute(query.order_by(calibrations.c.id))]


def forget_answers(c: Connection, project_id: int) -> int:
    return c.execute(sa.delete(calibrations).where(calibrations.c.project_id == project_id)).rowcount
