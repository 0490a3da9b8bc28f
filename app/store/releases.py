"""Releases: written once, never changed, and kept when a person or a project's settings go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.store import insert_or_ignore
from app.store.project_tables import releases


def keep(c: Connection, made: Mapping[int, Mapping[str, Any]], root: int, now: datetime) -> bool:
    """All documents of a family's release, or none: false where another replica was first.

    The root's row goes first: whoever inserts it, keeps the rest.
    """
    for number in (root, *(one for one in made if one != root)):
        document = made[number]
        start, end = document["period"]
        row = insert_or_ignore(c, releases).values(
            project_id=number,
            period_start=start,
            period_end=end,
            epsilon=document["epsilon"],
            delta=document["delta"],
            k=document["k"],
            cells=dict(document),
            made_at=now,
        )
        if c.scalar(row.returning(releases.c.id)) is None and number == root:
            return False
    return True


def of(c: Connection, project_id: int, since: date | None = None) -> list[dict[str, Any]]:
    """A project's documents, oldest first."""
    query = sa.select(releases.c.cells).where(releases.c.project_id == project_id).order_by(releases.c.period_start)
    if since is not None:
        query = query.where(releases.c.period_end > since.isoformat())
    return [dict(cells) for cells in c.scalars(query)]


def of_all(c: Connection, projects: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    """(project, document) of several projects: for the ledger."""
    query = sa.select(releases.c.project_id, releases.c.cells).where(releases.c.project_id.in_(projects))
    return [(int(row.project_id), dict(row.cells)) for row in c.execute(query)]


def made_at(c: Connection, project_id: int) -> dict[str, datetime]:
    """Period start → when it was released: for the feed."""
    query = sa.select(releases.c.period_start, releases.c.made_at).where(releases.c.project_id == project_id)
    return {row.period_start: row.made_at for row in c.execute(query)}
