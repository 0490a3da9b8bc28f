"""One's own month, for oneself: counted from what is held anyway, or from the weeks that were kept on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from sqlalchemy import Connection

from app.stats.periods import Period
from app.store import tallies
from app.store.tables import comments, decisions, judgements, suggestions

STRONG = 0.5  # as ``checking.strong``


@dataclass(frozen=True, slots=True)
class Month:
    """Counts of one person's comments in a period. ``changed``: notes after which the words became others."""

    period: Period
    read: int = 0
    nudged: Mapping[str, int] = field(default_factory=dict)
    changed: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    strengths: Mapping[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> int:
        return sum(self.nudged.values())

    @property
    def rate(self) -> float | None:
        """Notes in a hundred comments; ``None`` where too little was written to say."""
        return 100 * self.notes / self.read if self.read >= 5 else None

    @property
    def empty(self) -> bool:
        return not (self.read or self.nudged or self.strengths)


def live(c: Connection, person_id: int, period: Period) -> Month:
    """From the scores and reasons that are held for their time."""
    begin, end = _moment(period.start), _moment(period.end)
    mine = (decisions.c.person_id == person_id) & (decisions.c.decided_at >= begin) & (decisions.c.decided_at < end)
    told = sa.select(decisions.c.label, sa.func.count()).where(mine, decisions.c.reason.is_(None))
    changed = (
        sa.select(sa.func.count(sa.distinct(decisions.c.comment_id)))
        .join(comments, comments.c.id == decisions.c.comment_id)
        .where(
            mine, decisions.c.reason.is_(None), comments.c.digest != decisions.c.digest, comments.c.gone_at.is_(None)
        )
    )
    answers = sa.select(suggestions.c.answer, sa.func.count()).where(
        suggestions.c.person_id == person_id,
        suggestions.c.created_at >= begin,
        suggestions.c.created_at < end,
        suggestions.c.answer.is_not(None),
    )
    return Month(
        period,
        read=c.scalar(sa.select(sa.func.count(sa.distinct(decisions.c.comment_id))).where(mine)) or 0,
        nudged={row[0]: row[1] for row in c.execute(told.group_by(decisions.c.label))},
        changed=c.scalar(changed) or 0,
        answers={row[0]: row[1] for row in c.execute(answers.group_by(suggestions.c.answer))},
        strengths=_strengths(c, person_id, begin, end),
    )


def _strengths(c: Connection, person_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """Of each comment as it is now, so that a draft saved ten times counts once."""
    query = (
        sa.select(judgements.c.strengths)
        .join(comments, (comments.c.id == judgements.c.comment_id) & (comments.c.digest == judgements.c.digest))
        .where(comments.c.person_id == person_id, judgements.c.judged_at >= begin, judgements.c.judged_at < end)
    )
    counted = Counter(label for found in c.scalars(query) for label, p in found.items() if p >= STRONG)
    return dict(counted.most_common())


def kept(c: Connection, person_id: int) -> list[tallies.Mine]:
    return tallies.mine(c, person_id)


def from_weeks(weeks: list[tallies.Mine], period: Period) -> Month:
    """From the weeks that somebody asked to have kept."""
    inside = [one for one in weeks if one.week in period]
    by_kind: dict[str, Counter[str]] = {}
    for one in inside:
        by_kind.setdefault(one.kind, Counter())[one.label] += one.count
    answers: dict[str, int] = {kind: by_kind[kind].total() for kind in ("helpful", "wrong") if kind in by_kind}
    return Month(
        period,
        read=by_kind.get("read", Counter()).total(),
        nudged=dict(by_kind.get("nudged", Counter())),
        changed=by_kind.get("edited", Counter()).total(),
        answers=answers,
        strengths=dict(by_kind.get("strength", Counter()).most_common()),
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
