"""Answers as counts: by day, label and band of the score. No text, no person.

Beside the counts, one answer of each person about a norm and band in a quarter is kept under a keyed digest that differs
with each of these, so that nobody can be followed from one to the next. Calibration learns from them: one voice each, and
only of a quarter that is over and has at least k people in it, so that no number ever shows what the last one added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store import _dialect_insert, insert_or_ignore, upsert
from app.store.project_tables import answerers
from app.store.tables import feedback, feedback_contexts

ANSWERS = ("helpful", "wrong", "not_now", "used", "edited", "kept", "published")


VOICES = ("helpful", "wrong", "not_now")
LEAST_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered to notes about one norm whose score lay in one band, in each quarter once."""

    helpful: int
    wrong: int
    not_now: int


def count(
    c: Connection,
    vault: Vault,
    label: str,
    band: str,
    answer: str,
    context: str,
    now: datetime,
    person_id: int | None = None,
) -> bool:
    """Count an answer; false when the same answer about the same context was counted before.

    Without ``person_id`` it is no more than a count: calibration does not hear it.
    """
    digest = vault.digest(f"{context}\n{answer}")
    new = insert_or_ignore(c, feedback_contexts).values(digest=digest, at=now).returning(feedback_contexts.c.digest)
    if c.scalar(new) is None:
        return False
    keys = {"day": now.date().isoformat(), "label": label, "band": band, "answer": answer}
    insert = _dialect_insert(c, feedback).values(**keys, count=1)
    c.execute(insert.on_conflict_do_update(index_elements=list(keys), set_={"count": feedback.c.count + 1}))
    if person_id is not None and answer in VOICES:
        when = quarter(now)
        keys = {"digest": _voice(vault, when, label, band, person_id)}
        upsert(c, answerers, keys, {"quarter": when, "label": label, "band": band, "answer": answer})
    return True


def quarter(now: datetime) -> str:
    return f"{now.year}-Q{(now.month + 2) // 3}"


def _voice(vault: Vault, when: str, label: str, band: str, person_id: int) -> str:
    return vault.digest(f"voice\n{when}\n{label}\n{band}\n{person_id}")


def by_band(c: Connection, now: datetime, k: int = LEAST_PEOPLE) -> dict[tuple[str, str], Answers]:
    """(label, band) → the voices of all quarters that are over by ``now`` and had at least ``k`` people there."""
    cell = (answerers.c.quarter, answerers.c.label, answerers.c.band)
    voices = [sa.func.sum(sa.case((answerers.c.answer == voice, 1), else_=0)) for voice in VOICES]
    query = sa.select(*cell, *voices).where(answerers.c.quarter < quarter(now)).group_by(*cell)
    found: dict[tuple[str, str], list[int]] = {}
    for _, label, band, *counts in c.execute(query.having(sa.func.count() >= k)):
        before = found.get((label, band), [0] * len(VOICES))
        found[label, band] = [a + int(b) for a, b in zip(before, counts, strict=True)]
    return {cell: Answers(*counts) for cell, counts in found.items()}


def forget(c: Connection, vault: Vault, person_id: int) -> None:
    """Their voice is no longer among them; the counts, which name nobody, stay."""
    cells = sa.select(answerers.c.quarter, answerers.c.label, answerers.c.band).distinct()
    digests = [_voice(vault, *row, person_id) for row in c.execute(cells)]
    c.execute(sa.delete(answerers).where(answerers.c.digest.in_(digests)))


def totals(c: Connection) -> dict[tuple[str, str], int]:
    """(label, answer) → how often, over all time."""
    query = sa.select(feedback.c.label, feedback.c.answer, sa.func.sum(feedback.c.count)).group_by(
        feedback.c.label, feedback.c.answer
    )
    return {(label, answer): int(n) for label, answer, n in c.execute(query)}
