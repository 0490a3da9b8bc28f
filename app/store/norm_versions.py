"""The norms that a team owns, version by version: text of an office, never of a person who proposed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.domain import TactfulError
from app.store.project_tables import norm_versions, projects

MOST_CHARACTERS = 60_000
_ONE_WRITER = 7412  # an advisory lock: the service's own norms have no row to lock


@dataclass(frozen=True, slots=True)
class NormVersion:
    """Immutable; the newest of a place is in force. ``project_id`` is ``None`` for the norms of the whole service.

    ``toml`` says what differs from the norms above, in the shape of ``norms.toml``.
    """

    id: int
    project_id: int | None
    at: datetime
    role: str
    toml: str
    note: str
    review_on: date | None


def newest(c: Connection, project_id: int | None) -> NormVersion | None:
    return next(iter(versions(c, project_id, 1)), None)


def versions(c: Connection, project_id: int | None, limit: int = 50, *, up_to: int | None = None) -> list[NormVersion]:
    """The newest first; with ``up_to`` from that version on into the past."""
    query = sa.select(norm_versions).where(_of(project_id)).order_by(norm_versions.c.id.desc()).limit(limit)
    if up_to is not None:
        query = query.where(norm_versions.c.id <= up_to)
    return [_version(row) for row in c.execute(query).mappings()]


def add(
    c: Connection,
    project_id: int | None,
    *,
    toml: str,
    role: str,
    note: str,
    review_on: date | None,
    now: datetime,
    after: int | None,
) -> int:
    """A new version on top of the version ``after`` (``None``: of nothing yet); its number.

    Raises ``TactfulError`` where another version came in between, or the text or note does not fit.
    """
    said = " ".join(note.split())
    if not said or len(said) > 1000 or len(toml) > MOST_CHARACTERS:
        raise TactfulError("Say in a sentence why this changes (up to 1,000 characters). Nothing was changed.")
    _take_turns(c, project_id)
    current = newest(c, project_id)
    if (current.id if current else None) != after:
        raise TactfulError("The norms changed while you were writing. Nothing was changed; look at them and try again.")
    row = sa.insert(norm_versions).values(
        project_id=project_id,
        at=now,
        role=role,
        toml=toml,
        note=said,
        review_on=review_on.isoformat() if review_on else None,
        reminded_at=_reminded_at(c, current, review_on),
    )
    return int(c.scalar(row.returning(norm_versions.c.id)) or 0)


def _reminded_at(c: Connection, current: NormVersion | None, review_on: date | None) -> datetime | None:
    """Of a day that stays the same nobody is reminded again."""
    if current is None or current.review_on != review_on:
        return None
    at: datetime | None = c.scalar(sa.select(norm_versions.c.reminded_at).where(norm_versions.c.id == current.id))
    return at


def _take_turns(c: Connection, project_id: int | None) -> None:
    """Until the transaction ends nobody else adds a version here. SQLite has one writer anyway."""
    if project_id is not None:
        c.execute(sa.update(projects).where(projects.c.id == project_id).values(id=project_id))
    elif c.dialect.name == "postgresql":
        c.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})"))


# --- reviews ----------------------------------------------------------------------------------------------------------


def due(c: Connection, today: date) -> list[NormVersion]:
    """The versions in force whose day of review has come, and of which nobody was reminded."""
    last = sa.select(sa.func.max(norm_versions.c.id)).group_by(norm_versions.c.project_id)
    query = sa.select(norm_versions).where(
        norm_versions.c.id.in_(last),
        norm_versions.c.review_on <= today.isoformat(),
        norm_versions.c.reminded_at.is_(None),
    )
    return [_version(row) for row in c.execute(query.order_by(norm_versions.c.id)).mappings()]


def reminded(c: Connection, version_id: int, now: datetime) -> bool:
    """Note that the reminders go out; false where another replica was quicker."""
    mine = (norm_versions.c.id == version_id) & norm_versions.c.reminded_at.is_(None)
    return c.execute(sa.update(norm_versions).where(mine).values(reminded_at=now)).rowcount == 1


def _of(project_id: int | None) -> sa.ColumnElement[bool]:
    return norm_versions.c.project_id.is_(None) if project_id is None else norm_versions.c.project_id == project_id


def _version(row: RowMapping) -> NormVersion:
    review_on = date.fromisoformat(row["review_on"]) if row["review_on"] else None
    return NormVersion(row["id"], row["project_id"], row["at"], row["role"], row["toml"], row["note"], review_on)
