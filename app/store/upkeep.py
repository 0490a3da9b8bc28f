"""What the engine's clockwork needs: retention, deliveries seen, heartbeats, and re-sealing under a new key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store import access, insert_or_ignore, upsert
from app.store.project_tables import given, proposals
from app.store.tables import (
    comments,
    decisions,
    executors,
    feedback_contexts,
    installations,
    judgements,
    meta,
    people,
    platform_tokens,
    seen,
    servers,
    suggestions,
)

SEALED = (
    (meta, meta.c.key, meta.c.sealed),
    (comments, comments.c.id, comments.c.sealed),
    (suggestions, suggestions.c.id, suggestions.c.sealed),
    (platform_tokens, platform_tokens.c.account_id, platform_tokens.c.sealed),
    (people, people.c.id, people.c.chat_sealed),
    (servers, servers.c.id, servers.c.sealed),
    (proposals, proposals.c.id, proposals.c.sealed),
    (given, given.c.id, given.c.sealed),
)


def retain(c: Connection, now: datetime, text: timedelta, scores: timedelta) -> dict[str, int]:
    """Let go of what is over its time; counts by kind. Comments go whole with their scores."""
    old_text = comments.c.received_at < now - text
    counts = {
        "texts": c.execute(
            sa.update(comments).where(old_text, comments.c.sealed.is_not(None)).values(sealed=None)
        ).rowcount,
        "suggestions": c.execute(
            sa.update(suggestions)
            .where(suggestions.c.created_at < now - text, suggestions.c.sealed.is_not(None))
            .values(sealed=None)
        ).rowcount,
    }
    c.execute(sa.delete(decisions).where(decisions.c.decided_at < now - scores))
    c.execute(sa.delete(judgements).where(judgements.c.judged_at < now - scores))
    counts["comments"] = c.execute(sa.delete(comments).where(comments.c.received_at < now - scores)).rowcount
    c.execute(sa.delete(feedback_contexts).where(feedback_contexts.c.at < now - scores))
    c.execute(sa.delete(seen).where(seen.c.at < now - scores))
    access.sweep(c, now)
    return counts


def mark_seen(c: Connection, deliveries: Iterable[str], now: datetime) -> None:
    for delivery in deliveries:
        c.execute(insert_or_ignore(c, seen).values(delivery=delivery, at=now))


def was_seen(c: Connection, delivery: str, *also: sa.ColumnElement[str]) -> bool:
    """Whether a delivery was here; ``also`` are the engine's own columns of ids that are not swept yet."""
    found = [sa.exists().where(column == delivery) for column in (seen.c.delivery, *also)]
    return bool(c.scalar(sa.select(sa.or_(*found))))


def beat(c: Connection, executor: str, now: datetime) -> None:
    upsert(c, executors, {"id": executor}, {"beat_at": now})


def bury(c: Connection, executor: str) -> None:
    c.execute(sa.delete(executors).where(executors.c.id == executor))


def note_installation(c: Connection, platform: str, server: str, number: int, status: str, now: datetime) -> None:
    keys = {"platform": platform, "server": server, "number": number}
    if status == "deleted":
        c.execute(sa.delete(installations).where(*(installations.c[k] == v for k, v in keys.items())))
    else:
        upsert(c, installations, keys, {"status": status, "changed_at": now})


def reseal(c: Connection, vault: Vault) -> int:
    """Everything sealed, under the newest key; how many values. What changes meanwhile is left as it became."""
    done = 0
    for table, key, column in SEALED:
        for row in c.execute(sa.select(key, column).where(column.is_not(None))).all():
            c.execute(
                sa.update(table).where(key == row[0], column == row[1]).values({column.name: vault.reseal(row[1])})
            )
            done += 1
    return done
