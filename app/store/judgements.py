"""Verdicts and decisions: numbers, offsets and reasons, never words. One of each per comment and text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain import Concern, History, Person, Silence, Silent, Span, Speak, Verdict
from app.store import insert_or_ignore
from app.store.tables import comments, decisions, judgements, suggestions


def keep(c: Connection, comment_id: int, digest: str, verdict: Verdict, now: datetime) -> None:
    c.execute(
        insert_or_ignore(c, judgements).values(
            comment_id=comment_id,
            digest=digest,
            model=verdict.model,
            known_language=verdict.known_language,
            concerns=dict(verdict.concerns),
            strengths=dict(verdict.strengths),
            spans=[[s.start, s.end, s.label, s.p] for s in verdict.spans],
            judged_at=now,
        )
    )


def get(c: Connection, comment_id: int, digest: str) -> Verdict | None:
    mine = (judgements.c.comment_id == comment_id) & (judgements.c.digest == digest)
    row = c.execute(sa.select(judgements).where(mine)).mappings().first()
    if row is None:
        return None
    spans = tuple(Span(start, end, label, p) for start, end, label, p in row["spans"])
    return Verdict(row["model"], row["concerns"], row["strengths"], spans, row["known_language"])


@dataclass(frozen=True, slots=True)
class Decided:
    """A line of somebody's own history."""

    at: datetime
    project: str
    thread: str
    url: str
    reason: Silence | None
    label: str | None
    #: what was said, where something was
    suggestion_id: int | None = None


def decide(
    c: Connection,
    comment_id: int,
    digest: str,
    person_id: int,
    outcome: Speak | Silent,
    norms_version: str,
    now: datetime,
) -> None:
    concern: Concern | None = outcome.concern
    c.execute(
        insert_or_ignore(c, decisions).values(
            comment_id=comment_id,
            digest=digest,
            person_id=person_id,
            reason=outcome.reason.value if isinstance(outcome, Silent) else None,
            label=concern.label if concern else None,
            p=concern.p if concern else None,
            threshold=concern.threshold if concern else None,
            norms_version=norms_version,
            decided_at=now,
        )
    )


def decision(c: Connection, comment_id: int, digest: str) -> tuple[Silence | None, Concern | None] | None:
    """What was decided about this text before; ``None`` when nothing was."""
    mine = (decisions.c.comment_id == comment_id) & (decisions.c.digest == digest)
    row = c.execute(sa.select(decisions).where(mine)).mappings().first()
    if row is None:
        return None
    concern = Concern(row["label"], row["p"], row["threshold"]) if row["label"] else None
    return (Silence(row["reason"]) if row["reason"] else None), concern


def decided_before(c: Connection, comment_id: int) -> bool:
    """Whether a comment was decided about, in whatever words."""
    return bool(c.scalar(sa.select(sa.exists().where(decisions.c.comment_id == comment_id))))


def history(
    c: Connection,
    person: Person,
    thread: str,
    digest: str,
    now: datetime,
    *,
    in_shadow: bool = False,
    out: int | None = None,
    draft: int | None = None,
) -> History:
    """What the policy needs to know. Days and weeks are the person's own: midnight and Monday in their zone.

    What was held out counts as if it had been said, or the two arms would not be alike; so does, ``in_shadow``, what
    would have been said: a trial is to show how often one would hear from us. ``out`` is the comment, if others can read it;
    ``draft`` is it, if nobody else can: what was said of it before lets nobody rest, or an edit would end the talk about it.
    """
    midnight = now.astimezone(person.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    as_if = (Silence.HOLD_OUT.value, *((Silence.SHADOW.value,) if in_shadow else ()))
    spoken = (decisions.c.person_id == person.id) & (decisions.c.reason.is_(None) | decisions.c.reason.in_(as_if))
    count = sa.select(sa.func.count()).select_from(decisions)
    in_thread = (
        sa.select(sa.func.max(decisions.c.decided_at))
        .join(comments, comments.c.id == decisions.c.comment_id)
        .where(spoken, comments.c.thread == thread, *([decisions.c.comment_id != draft] if draft is not None else []))
    )
    told = sa.select(decisions.c.label).where(spoken, decisions.c.comment_id == out, decisions.c.label.is_not(None))
    return History(
        spoken_today=c.scalar(count.where(spoken, decisions.c.decided_at >= midnight)) or 0,
        spoken_this_week=c.scalar(count.where(spoken, decisions.c.decided_at >= monday)) or 0,
        last_in_thread=c.scalar(in_thread),
        told_about_this_text=bool(c.scalar(sa.select(sa.exists().where(spoken, decisions.c.digest == digest)))),
        told_in_this_comment=frozenset(c.scalars(told)) if out is not None else frozenset(),
    )


def mine(c: Connection, person_id: int, limit: int, before: datetime | None = None) -> list[Decided]:
    said = (suggestions.c.comment_id == decisions.c.comment_id) & (suggestions.c.digest == decisions.c.digest)
    query = (
        sa.select(decisions, comments.c.project, comments.c.thread, comments.c.url, suggestions.c.id.label("said"))
        .join(comments, comments.c.id == decisions.c.comment_id)
        .outerjoin(suggestions, said)
        # What was held out is told once it is out, or nothing would have been held.
        .where(decisions.c.person_id == person_id, comments.c.published | _not_held_out())
        .order_by(decisions.c.decided_at.desc(), decisions.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(decisions.c.decided_at < before)
    return [
        Decided(
            r["decided_at"],
            r["project"],
            r["thread"],
            r["url"],
            Silence(r["reason"]) if r["reason"] else None,
            r["label"],
            r["said"],
        )
        for r in c.execute(query).mappings()
    ]


def _not_held_out() -> sa.ColumnElement[bool]:
    return decisions.c.reason.is_(None) | (decisions.c.reason != Silence.HOLD_OUT.value)
