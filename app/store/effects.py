"""What became of a draft that was spoken about, or held out: edited or not, heard more softly or not. Numbers, no words.

A row is opened when a draft is decided about and settled when it is published. It belongs to its person and goes with
them; its only reader is ``counted``, for the releases.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.bands import Band, band
from app.crypto import Vault
from app.stats.arms import HELD, SPOKEN, softer
from app.store import insert_or_ignore
from app.store.project_tables import effects
from app.store.tables import comments, decisions, judgements, people
from app.store.tallies import Row

HELD_OUT = "hold_out"  # domain.Silence.HOLD_OUT, as decisions keep it


def context(vault: Vault, person_id: int, about: str) -> str:
    return vault.digest(f"effect\n{person_id}\n{about}")


def opened(
    c: Connection,
    vault: Vault,
    project_id: int,
    person_id: int,
    week: str,
    about: str,
    label: str,
    arm: str,
    first: Band,
) -> None:
    """Something was said about a draft, or would have been; the first time counts."""
    values = {"project_id": project_id, "person_id": person_id, "week": week, "label": label, "arm": arm}
    row = insert_or_ignore(c, effects).values(context=context(vault, person_id, about), band_first=first, **values)
    c.execute(row)


def settled(
    c: Connection, vault: Vault, person_id: int, about: str, *, edited: bool, published: Band
) -> tuple[str, int, str, str] | None:
    """It is out: (label, project, week, arm) of the row if this is news, ``None`` otherwise."""
    mine = (effects.c.context == context(vault, person_id, about)) & effects.c.band_published.is_(None)
    update = sa.update(effects).where(mine).values(edited=edited, band_published=published)
    row = c.execute(update.returning(effects.c.label, effects.c.project_id, effects.c.week, effects.c.arm)).first()
    return (row.label, row.project_id, row.week, row.arm) if row else None


def counted(c: Connection, start: date, end: date) -> list[Row]:
    """Settled rows as counts by arm and outcome, of people who agree now to the experiment and to statistics."""
    agree_now = (
        effects.c.week >= start.isoformat(),
        effects.c.week < end.isoformat(),
        effects.c.band_published.is_not(None),
        people.c.opted_in_at.is_not(None),
        people.c.statistics_on,
        people.c.experiment_on,
    )
    query = sa.select(effects).join(people, people.c.id == effects.c.person_id).where(*agree_now)
    found = []
    for row in c.execute(query).mappings():
        outcomes = (
            "edited" if row["edited"] else "kept",
            "softer" if softer(row["band_first"], row["band_published"]) else "same",
        )
        found += [
            Row(
                row["project_id"],
                date.fromisoformat(row["week"]),
                row["person_id"],
                f"{row['arm']}_{o}",
                row["label"],
                1,
            )
            for o in outcomes
        ]
    return found


def published_drafts(c: Connection, vault: Vault, since: datetime) -> list[tuple[int, str, bool, Band]]:
    """(person, what it is about, edited, band) of drafts with an open row that are published by now."""
    waiting = sa.select(effects.c.context).where(effects.c.band_published.is_(None))
    open_ones = set(c.scalars(waiting))
    if not open_ones:
        return []
    now = sa.select(comments.c.id, comments.c.person_id, comments.c.digest).where(
        comments.c.published,
        comments.c.gone_at.is_(None),
        comments.c.received_at >= since,
        comments.c.person_id.in_(sa.select(effects.c.person_id).where(effects.c.band_published.is_(None))),
    )
    found = []
    for comment in c.execute(now):
        about = f"comment:{comment.id}"
        if context(vault, comment.person_id, about) not in open_ones:
            continue
        first = c.execute(_first(comment.id)).first()
        last = c.execute(
            sa.select(judgements.c.concerns).where(
                judgements.c.comment_id == comment.id, judgements.c.digest == comment.digest
            )
        ).first()
        if first is not None and last is not None and first.label in last.concerns:
            heard = band(last.concerns[first.label], first.threshold)
            found.append((comment.person_id, about, first.digest != comment.digest, heard))
    return found


def _first(comment_id: int) -> sa.Select[tuple[str, str, float]]:
    """The first time that a comment was spoken about, or held out."""
    spoken = decisions.c.reason.is_(None) | (decisions.c.reason == HELD_OUT)
    query = sa.select(decisions.c.digest, decisions.c.label, decisions.c.threshold)
    return query.where(decisions.c.comment_id == comment_id, spoken).order_by(decisions.c.id).limit(1)


def sweep(c: Connection, now: datetime, keep: timedelta) -> int:
    """Rows over their time go, as scores do."""
    return c.execute(sa.delete(effects).where(effects.c.week < (now - keep).date().isoformat())).rowcount


__all__ = ["HELD", "SPOKEN", "context", "counted", "opened", "published_drafts", "settled", "sweep"]
