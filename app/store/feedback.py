"""Answers as counts: by day, label and band of the score. No text, no person.

How many people stand behind a label and band is told by keyed digests, one for each of them and each such cell, so that
nobody can be followed from one cell to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store import _dialect_insert, insert_or_ignore
from app.store.project_tables import answerers
from app.store.tables import feedback, feedback_contexts
from classifiers.labels import CONCERNS

ANSWERS = ("helpful", "wrong", "not_now", "used", "edited", "kept", "published")


BANDS = ("below", "low", "mid", "high")
LEAST_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered to notes about one norm whose score lay in one band; ``people`` of them, at least k."""

    helpful: int
    wrong: int
    not_now: int
    people: int


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

    Without ``person_id`` nobody is known to stand behind it: it counts once k others do.
    """
    digest = vault.digest(f"{context}\n{answer}")
    new = insert_or_ignore(c, feedback_contexts).values(digest=digest, at=now).returning(feedback_contexts.c.digest)
    if c.scalar(new) is None:
        return False
    keys = {"day": now.date().isoformat(), "label": label, "band": band, "answer": answer}
    insert = _dialect_insert(c, feedback).values(**keys, count=1)
    c.execute(insert.on_conflict_do_update(index_elements=list(keys), set_={"count": feedback.c.count + 1}))
    if person_id is not None:
        digest = _answerer(vault, label, band, person_id)
        c.execute(insert_or_ignore(c, answerers).values(digest=digest, label=label, band=band))
    return True


def _answerer(vault: Vault, label: str, band: str, person_id: int) -> str:
    return vault.digest(f"answerer\n{label}\n{band}\n{person_id}")


def by_band(c: Connection, k: int = LEAST_PEOPLE) -> dict[tuple[str, str], Answers]:
    """(label, band) → the answers, of every cell that at least ``k`` people stand behind: what calibration learns from."""
    query = sa.select(answerers.c.label, answerers.c.band, sa.func.count()).group_by(
        answerers.c.label, answerers.c.band
    )
    people = {(label, band): int(n) for label, band, n in c.execute(query) if n >= k}
    counts: dict[tuple[str, str, str], int] = {}
    cells = sa.select(feedback.c.label, feedback.c.band, feedback.c.answer, sa.func.sum(feedback.c.count))
    for label, band, answer, n in c.execute(cells.group_by(feedback.c.label, feedback.c.band, feedback.c.answer)):
        counts[label, band, answer] = int(n)
    return {cell: _answers(counts, cell, n) for cell, n in people.items()}


def _answers(counts: dict[tuple[str, str, str], int], cell: tuple[str, str], people: int) -> Answers:
    helpful, wrong, not_now = (counts.get((*cell, answer), 0) for answer in ("helpful", "wrong", "not_now"))
    return Answers(helpful, wrong, not_now, people)


def forget(c: Connection, vault: Vault, person_id: int, labels: Iterable[str] = CONCERNS) -> None:
    """Nobody is counted as standing behind anything any more; the counts, which name nobody, stay."""
    digests = [_answerer(vault, label, band, person_id) for label in labels for band in BANDS]
    c.execute(sa.delete(answerers).where(answerers.c.digest.in_(digests)))


def totals(c: Connection) -> dict[tuple[str, str], int]:
    """(label, answer) → how often, over all time."""
    query = sa.select(feedback.c.label, feedback.c.answer, sa.func.sum(feedback.c.count)).group_by(
        feedback.c.label, feedback.c.answer
    )
    return {(label, answer): int(n) for label, answer, n in c.execute(query)}
