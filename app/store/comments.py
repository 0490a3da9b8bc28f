"""Comments of people who opted in. The text is sealed, known by its keyed digest, and goes after its time."""

from __future__ import annotations

from collections.abc import Collection
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
    known = (comments.c.id, comments.c.event_at, comments.c.gone_at, comments.c.published)
    row = c.execute(sa.select(*known).where(_is(comment.ref))).first()
    if row is not None and (row.event_at > event_at or _is_over(row.gone_at, comment, event_at)):
        return None
    values = {
        "person_id": person_id,
        "project": comment.project,
        "thread": comment.thread,
        "url": comment.url,
        # What is out stays out, whatever was seen of it before and arrives only now.
        "published": comment.published or (row is not None and row.gone_at is None and row.published),
        "written_at": comment.written_at,
        "event_at": event_at,
        "received_at": now,
        "digest": vault.digest(comment.text),
        "sealed": vault.seal(comment.text),
        "gone_at": None,
    }
    upsert(c, comments, _keys(comment.ref), values)
    return int(c.scalar(sa.select(comments.c.id).where(_is(comment.ref))) or 0)


def _is_over(gone_at: datetime | None, comment: Comment, event_at: datetime) -> bool:
    """A draft is taken for deleted where it was not seen: a forge that was behind may show it again, as it was."""
    return gone_at is not None and (gone_at >= event_at if comment.published else gone_at > event_at)


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
    """Somebody's comments in one thread, which ``within`` names, or with whose key and a ``~`` theirs begin."""
    mine = (comments.c.person_id == person_id) & comments.c.gone_at.is_(None)
    there = (comments.c.platform == within.platform) & (comments.c.server == within.server)
    columns = (comments.c.kind, comments.c.key, comments.c.published, comments.c.event_at)
    in_thread = comments.c.key.startswith(f"{within.id}~", autoescape=True) | (comments.c.thread == within.id)
    query = sa.select(*columns).where(mine, there, in_thread)
    return [
        Row(CommentRef(within.platform, within.server, row.kind, row.key), row.published, row.event_at)
        for row in c.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that is not out yet, as it is held: its words are known by their digest."""

    ref: CommentRef
    thread: str
    digest: str


def drafts(c: Connection, person_id: int, platform: str, server: str) -> list[Draft]:
    """All of somebody's on one server, what was heard of last first."""
    mine = (comments.c.person_id == person_id) & comments.c.gone_at.is_(None) & comments.c.published.is_(False)
    there = (comments.c.platform == platform) & (comments.c.server == server)
    columns = (comments.c.kind, comments.c.key, comments.c.thread, comments.c.digest)
    query = sa.select(*columns).where(mine, there).order_by(comments.c.received_at.desc(), comments.c.id.desc())
    return [Draft(CommentRef(platform, server, r.kind, r.key), r.thread, r.digest) for r in c.execute(query)]


def recent_threads(
    c: Connection, person_id: int, platform: str, server: str, kinds: Collection[str], since: datetime, most: int
) -> list[str]:
    """Where somebody wrote comments of these kinds since then, the newest first."""
    mine = (comments.c.person_id == person_id) & comments.c.gone_at.is_(None) & (comments.c.received_at >= since)
    there = (comments.c.platform == platform) & (comments.c.server == server) & comments.c.kind.in_(kinds)
    newest = sa.func.max(comments.c.received_at)
    query = sa.select(comments.c.thread).where(mine, there).group_by(comments.c.thread).order_by(newest.desc())
    return list(c.scalars(query.limit(most)))


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
