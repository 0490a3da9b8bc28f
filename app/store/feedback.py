"""Answers as counts: by day, label and band of the score. No text, no person."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store import _dialect_insert, insert_or_ignore
from app.store.tables import feedback, feedback_contexts

ANSWERS = ("helpful", "wrong", "not_now", "used", "edited", "kept", "published")


def count(c: Connection, vault: Vault, label: str, band: str, answer: str, context: str, now: datetime) -> bool:
    """Count an answer; false when the same answer about the same context was counted before."""
    digest = vault.digest(f"{context}\n{answer}")
    new = insert_or_ignore(c, feedback_contexts).values(digest=digest, at=now).returning(feedback_contexts.c.digest)
    if c.scalar(new) is None:
        return False
    keys = {"day": now.date().isoformat(), "label": label, "band": band, "answer": answer}
    insert = _dialect_insert(c, feedback).values(**keys, count=1)
    c.execute(insert.on_conflict_do_update(index_elements=list(keys), set_={"count": feedback.c.count + 1}))
    return True


def totals(c: Connection) -> dict[tuple[str, str], int]:
    """(label, answer) → how often, over all time."""
    query = sa.select(feedback.c.label, feedback.c.answer, sa.func.sum(feedback.c.count)).group_by(
        feedback.c.label, feedback.c.answer
    )
    return {(label, answer): int(n) for label, answer, n in c.execute(query)}
