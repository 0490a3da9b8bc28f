"""Suggestions and where each one was sent. A suggestion holds words, so it is sealed and goes with the text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.domain import Account, CommentRef, Edit, Receipt, ReceiptStatus, Span, Suggestion, Wording
from app.store import insert_or_ignore
from app.store.tables import accounts, comments, decisions, deliveries, suggestions

PLANNED, SENDING, SENT, FAILED, UNKNOWN = "planned", "sending", "sent", "failed", "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """A suggestion in its writer's inbox. ``suggestion`` and ``text`` are ``None`` once their time is over."""

    id: int
    at: datetime
    ref: CommentRef
    label: str
    suggestion: Suggestion | None
    text: str | None
    project: str
    thread: str
    url: str
    published: bool
    answer: str | None
    withdrawn: bool
    #: channels whose sending is uncertain: the inbox says so, and it is never repeated
    uncertain: tuple[str, ...]


def keep(
    c: Connection, vault: Vault, comment_id: int, digest: str, person_id: int, suggestion: Suggestion, now: datetime
) -> int:
    c.execute(
        insert_or_ignore(c, suggestions).values(
            comment_id=comment_id,
            digest=digest,
            person_id=person_id,
            label=suggestion.label,
            sealed=vault.seal(json.dumps(asdict(suggestion))),
            created_at=now,
        )
    )
    mine = (suggestions.c.comment_id == comment_id) & (suggestions.c.digest == digest)
    return int(c.scalar(sa.select(suggestions.c.id).where(mine)) or 0)


def unsealed(vault: Vault, sealed: str) -> Suggestion:
    raw = json.loads(vault.open(sealed))
    raw["spans"] = tuple(Span(**span) for span in raw["spans"])
    raw["edits"] = _edits(raw["edits"])
    if other := raw.get("alternative"):
        raw["alternative"] = Wording(other["text"], _edits(other["edits"]))
    return Suggestion(**raw)


def _edits(raw: list[dict[str, Any]]) -> tuple[Edit, ...]:
    return tuple(Edit(**edit) for edit in raw)


def withdraw(c: Connection, comment_id: int, now: datetime, keep_digest: str | None = None) -> int:
    """End the suggestions about earlier texts of a comment (all of them without ``keep_digest``); how many."""
    open_ones = (suggestions.c.comment_id == comment_id) & suggestions.c.withdrawn_at.is_(None)
    if keep_digest is not None:
        open_ones &= suggestions.c.digest != keep_digest
    return c.execute(sa.update(suggestions).where(open_ones).values(withdrawn_at=now)).rowcount


def revive(c: Connection, comment_id: int, digest: str) -> None:
    """The words came back as they were: what was said about them applies again."""
    mine = (suggestions.c.comment_id == comment_id) & (suggestions.c.digest == digest)
    c.execute(sa.update(suggestions).where(mine).values(withdrawn_at=None))


def inbox(
    c: Connection,
    vault: Vault,
    person_id: int,
    limit: int = 50,
    entry_id: int | None = None,
    before_id: int | None = None,
    unpublished: bool = False,
) -> list[Entry]:
    """The newest first; with ``before_id`` those made before it, with ``entry_id`` that one alone. ``unpublished``: those
    that apply to what is not out, and were not answered.
    """
    query = (
        sa.select(
            suggestions,
            comments.c.platform,
            comments.c.server,
            comments.c.kind,
            comments.c.key,
            comments.c.sealed.label("text_sealed"),
            comments.c.digest.label("text_digest"),
            comments.c.project,
            comments.c.thread,
            comments.c.url,
            comments.c.published,
        )
        .join(comments, comments.c.id == suggestions.c.comment_id)
        .where(suggestions.c.person_id == person_id)
        .order_by(suggestions.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(suggestions.c.id < before_id)
    if entry_id is not None:
        query = query.where(suggestions.c.id == entry_id)
    if unpublished:
        applies = comments.c.published.is_(False) & suggestions.c.withdrawn_at.is_(None)
        query = query.where(applies, suggestions.c.answer.is_(None))
    rows = c.execute(query).mappings().all()
    blind = sa.select(deliveries.c.suggestion_id, deliveries.c.channel).where(
        deliveries.c.suggestion_id.in_([r["id"] for r in rows]), deliveries.c.status == UNKNOWN
    )
    uncertain: dict[int, tuple[str, ...]] = {}
    for suggestion_id, channel in c.execute(blind):
        uncertain[suggestion_id] = (*uncertain.get(suggestion_id, ()), channel)
    return [_entry(vault, row, uncertain.get(row["id"], ())) for row in rows]


def _entry(vault: Vault, row: sa.RowMapping, uncertain: tuple[str, ...]) -> Entry:
    # Marks are offsets into the text that was judged; a later text must not be shown beneath them.
    same_text = row["text_sealed"] is not None and row["text_digest"] == row["digest"]
    return Entry(
        id=row["id"],
        at=row["created_at"],
        ref=CommentRef(row["platform"], row["server"], row["kind"], row["key"]),
        label=row["label"],
        suggestion=unsealed(vault, row["sealed"]) if row["sealed"] else None,
        text=vault.open(row["text_sealed"]) if same_text else None,
        project=row["project"],
        thread=row["thread"],
        url=row["url"],
        published=row["published"],
        answer=row["answer"],
        withdrawn=row["withdrawn_at"] is not None,
        uncertain=uncertain,
    )


def open_threads(c: Connection, platform: str, most: int) -> list[tuple[Account, str, bool]]:
    """(whose, thread, published) of notes that still apply and still have their words; the newest first."""
    theirs = (accounts.c.person_id == comments.c.person_id) & accounts.c.confirmed_at.is_not(None)
    same = (accounts.c.platform == comments.c.platform) & (accounts.c.server == comments.c.server)
    place = (accounts.c.server, accounts.c.number, accounts.c.login, comments.c.thread, comments.c.published)
    query = (
        sa.select(*place)
        .select_from(
            suggestions.join(comments, comments.c.id == suggestions.c.comment_id).join(accounts, theirs & same)
        )
        .where(comments.c.platform == platform, comments.c.gone_at.is_(None))
        .where(suggestions.c.withdrawn_at.is_(None), suggestions.c.sealed.is_not(None))
        .group_by(*place)
        .order_by(sa.func.max(suggestions.c.id).desc())
        .limit(most)
    )
    return [(Account(platform, r.server, r.number, r.login), r.thread, r.published) for r in c.execute(query)]


def answer(c: Connection, person_id: int, suggestion_id: int, value: str) -> str | None:
    """Keep the latest answer; returns the one before, so that it can be counted once."""
    mine = (suggestions.c.id == suggestion_id) & (suggestions.c.person_id == person_id)
    before = c.scalar(sa.select(suggestions.c.answer).where(mine))
    c.execute(sa.update(suggestions).where(mine).values(answer=value))
    return before


def heard_at(c: Connection, suggestion_id: int) -> tuple[float, float] | None:
    """(probability, threshold) of what a suggestion is about; ``None`` once the decision's time is over."""
    same = (decisions.c.comment_id == suggestions.c.comment_id) & (decisions.c.digest == suggestions.c.digest)
    query = (
        sa.select(decisions.c.p, decisions.c.threshold)
        .join(suggestions, same)
        .where(suggestions.c.id == suggestion_id, decisions.c.p.is_not(None))
    )
    row = c.execute(query).first()
    return (row.p, row.threshold) if row else None


def place(c: Connection, suggestion_id: int) -> tuple[str, str, str] | None:
    """(platform, server, project) of the comment that a suggestion is about."""
    query = sa.select(comments.c.platform, comments.c.server, comments.c.project)
    row = c.execute(
        query.join(suggestions, suggestions.c.comment_id == comments.c.id).where(suggestions.c.id == suggestion_id)
    ).first()
    return (row.platform, row.server, row.project) if row else None


# --- deliveries: planned → sending → sent | failed | unknown ------------------------------------------------------------


def plan(c: Connection, suggestion_id: int, channels: tuple[str, ...], now: datetime) -> None:
    for channel in channels:
        c.execute(
            insert_or_ignore(c, deliveries).values(
                suggestion_id=suggestion_id, channel=channel, status=PLANNED, changed_at=now
            )
        )


def status(c: Connection, suggestion_id: int, channel: str) -> str | None:
    query = sa.select(deliveries.c.status).where(_is(suggestion_id, channel))
    return c.scalar(query)


def sending(c: Connection, suggestion_id: int, channel: str, now: datetime) -> None:
    c.execute(sa.update(deliveries).where(_is(suggestion_id, channel)).values(status=SENDING, changed_at=now))


def received(c: Connection, suggestion_id: int, channel: str, receipt: Receipt, now: datetime) -> None:
    value = {ReceiptStatus.SENT: SENT, ReceiptStatus.FAILED: FAILED, ReceiptStatus.UNKNOWN: UNKNOWN}[receipt.status]
    changes = {"status": value, "detail": receipt.detail[:200], "changed_at": now}
    c.execute(sa.update(deliveries).where(_is(suggestion_id, channel)).values(**changes))


def _is(suggestion_id: int, channel: str) -> sa.ColumnElement[bool]:
    return (deliveries.c.suggestion_id == suggestion_id) & (deliveries.c.channel == channel)


def about_a_draft_again(c: Connection, suggestion_id: int) -> bool:
    """Whether there was a note before about the same comment, which nobody else can read yet."""
    earlier = suggestions.alias()
    query = (
        sa.select(earlier.c.id)
        .join(suggestions, suggestions.c.comment_id == earlier.c.comment_id)
        .join(comments, comments.c.id == earlier.c.comment_id)
        .where(suggestions.c.id == suggestion_id, earlier.c.id < suggestion_id, comments.c.published.is_(False))
    )
    return c.scalar(query.limit(1)) is not None


def person(c: Connection, suggestion_id: int) -> int | None:
    found = c.scalar(sa.select(suggestions.c.person_id).where(suggestions.c.id == suggestion_id))
    return int(found) if found is not None else None
