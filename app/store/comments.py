"""Comments of people who opted in. The text is sealed, known by its keyed digest, and goes after its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.domain import Account, Comment, CommentRef
from app.store import upsert
from app.store.tables import comments, decisions, judgements, suggestions


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment as stored. ``text`` is ``None`` once its time is over or the comment is gone."""

    id: int
    person_id: int
    comment: Comment
    digest: str
    text: str | None


def keep(
    c: Connection, vault: Vault, comment: Comment, person_id: int, event_at: datetime, now: datetime
) -> int | None:
    """Store or renew a comment; ``None`` when a newer event about it was seen before (forges deliver out of order)."""
    row = c.execute(sa.select(comments.c.id, comments.c.event_at, comments.c.gone_at).where(_is(comment.ref))).first()
    if row is not None and (row.event_at > event_at or (row.gone_at is not None and row.gone_at >= event_at)):
        return None
    values = {
        "person_id": person_id,
        "project": comment.project,
        "thread": comment.thread,
        "url": comment.url,
        "published": comment.published,
        "written_at": comment.written_at,
        "event_at": event_at,
        "received_at": now,
        "digest": vault.digest(comment.text),
        "sealed": vault.seal(comment.text),
        "gone_at": None,
    }
    upsert(c, comments, _keys(comment.ref), values)
    return int(c.scalar(sa.select(comments.c.id).where(_is(comment.ref))) or 0)


def get(c: Connection, vault: Vault, comment_id: int) -> Kept | None:
    row = c.execute(sa.select(comments).where(comments.c.id == comment_id)).mappings().first()
    if row is None:
        return None
    text = vault.open(row["sealed"]) if row["sealed"] else None
    ref = CommentRef(row["platform"], row["server"], row["kind"], row["key"])
    comment = Comment(
        ref=ref,
        author=Account(ref.platform, ref.server, 0),  # whose it is, is the person; the number is in accounts
        text=text or "",
        project=row["project"],
        thread=row["thread"],
        url=row["url"],
        written_at=row["written_at"],
        published=row["published"],
    )
    return Kept(row["id"], row["person_id"], comment, row["digest"], text)


def gone(c: Connection, ref: CommentRef, person_id: int, event_at: datetime, now: datetime) -> None:
    """Deleted there, so nothing of it stays here but a tombstone without words."""
    row = c.execute(sa.select(comments.c.id, comments.c.event_at).where(_is(ref))).first()
    if row is not None and row.event_at > event_at:
        return
    if row is not None:
        for table in (judgements, decisions, suggestions):
            c.execute(sa.delete(table).where(table.c.comment_id == row.id))
    blank = {"project": "", "thread": "", "url": "", "published": True, "digest": "", "sealed": None}
    times = {"written_at": event_at, "event_at": event_at, "received_at": now, "gone_at": event_at}
    upsert(c, comments, _keys(ref), {"person_id": person_id, **blank, **times})


def overtake(c: Connection, ref: CommentRef, person_id: int, event_at: datetime, now: datetime) -> int | None:
    """No advice fits any more, and none will for what was written before ``event_at``, even if it arrives only now.

    Returns the comment, if it is known and nothing newer was heard of it.
    """
    row = c.execute(sa.select(comments.c.id, comments.c.event_at).where(_is(ref))).first()
    if row is None:
        gone(c, ref, person_id, event_at, now)
        return None
    if row.event_at > event_at:
        return None
    c.execute(sa.update(comments).where(comments.c.id == row.id).values(event_at=event_at))
    return int(row.id)


@dataclass(frozen=True, slots=True)
class Row:
    """A comment that is not gone, without its words; ``event_at`` is how new what is held of it is."""

    ref: CommentRef
    published: bool
    event_at: datetime


def held(c: Connection, person_id: int, within: CommentRef) -> list[Row]:
    """Somebody's comments in one thread: those whose key begins with the thread's and a ``~``."""
    mine = (comments.c.person_id == person_id) & comments.c.gone_at.is_(None)
    there = (comments.c.platform == within.platform) & (comments.c.server == within.server)
    columns = (comments.c.kind, comments.c.key, comments.c.published, comments.c.event_at)
    query = sa.select(*columns).where(mine, there, comments.c.key.startswith(f"{within.id}~", autoescape=True))
    return [
        Row(CommentRef(within.platform, within.server, row.kind, row.key), row.published, row.event_at)
        for row in c.execute(query)
    ]


def publish(c: Connection, ref: CommentRef) -> None:
    """What was a draft is out, with the same words."""
    c.execute(sa.update(comments).where(_is(ref)).values(published=True))


def find(c: Connection, ref: CommentRef) -> int | None:
    """A comment that is held, be it only as a tombstone."""
    found = c.scalar(sa.select(comments.c.id).where(_is(ref)))
    return int(found) if found is not None else None


def _keys(ref: CommentRef) -> dict[str, str]:
    return {"platform": ref.platform, "server": ref.server, "kind": ref.kind, "key": ref.id}


def _is(ref: CommentRef) -> sa.ColumnElement[bool]:
    return sa.and_(*(comments.c[name] == value for name, value in _keys(ref).items()))
