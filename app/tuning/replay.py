"""Replay: who would have been told what, had other settings been in force. NumPy only; exact to the walk's own decision.

What is replayed is ``policy.decide`` up to the question whether there is something to say: one nudge a comment at most,
about the strongest concern that is on. Budgets, quiet hours and pauses are each person's own and not in a history, so the
figures are the most that could be said.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.labels import CONCERNS
from classifiers.tolerance import logit
from classifiers.vectors import WHOLE, Vectors

Ints = NDArray[np.int64]

_LOGITS: Final = np.array([logit(score / WHOLE) for score in range(WHOLE + 1)])


@dataclass(frozen=True, eq=False)
class History:
    """Scored comments. ``weeks`` are Mondays (ISO 8601), rising; none where the comments have no week (the reference).

    ``week`` is each comment's place in ``weeks``.
    """

    weeks: tuple[str, ...]
    week: NDArray[np.int32]
    scores: Vectors

    @property
    def comments(self) -> int:
        return len(self.scores)

    @property
    def spans(self) -> float:
        """How often the unit of a rate fits in: weeks, or thousands of comments where there are no weeks."""
        return float(len(self.weeks)) if self.weeks else self.comments / 1000

    @classmethod
    def of(cls, parts: Mapping[str, Vectors]) -> History:
        """From the vectors of each week."""
        weeks = tuple(sorted(week for week, rows in parts.items() if len(rows)))
        sizes = [len(parts[week]) for week in weeks]
        scores = np.concatenate([parts[week] for week in weeks]) if weeks else np.zeros((0, len(CONCERNS)), np.uint16)
        return cls(weeks, np.repeat(np.arange(len(weeks), dtype=np.int32), sizes), scores)

    @classmethod
    def timeless(cls, scores: Vectors) -> History:
        return cls((), np.zeros(len(scores), np.int32), scores)


@dataclass(frozen=True, eq=False)
class Replay:
    """The nudges of one replay: for each its comment, week and concern (all as places) and its score in ten-thousandths.

    ``asked`` are the thresholds that it was made with, of those concerns that were on; ``besides`` went first.
    """

    history: History
    comment: Ints
    week: NDArray[np.int32]
    label: Ints
    score: Ints
    asked: Mapping[str, float]
    besides: Replay | None = None

    @property
    def nudges(self) -> int:
        return len(self.label)

    def again(self, history: History) -> Replay:
        """The same settings over another history."""
        first = self.besides.again(history) if self.besides is not None else None
        return replay(history, self.asked, self.asked, besides=first)

    def weekly(self) -> Ints:
        """Counts, shape (weeks, concerns); one row where there are no weeks."""
        rows = max(len(self.history.weeks), 1)
        cells = self.week.astype(np.int64) * len(CONCERNS) + self.label
        return np.bincount(cells, minlength=rows * len(CONCERNS)).reshape(rows, len(CONCERNS))

    def rates(self) -> NDArray[np.float64]:
        """Nudges a week by concern; per 1,000 comments where there are no weeks."""
        return np.asarray(self.weekly().sum(axis=0) / (self.history.spans or 1.0), dtype=np.float64)


def limit(threshold: float) -> int:
    """The least score, in ten-thousandths, that reaches ``threshold``; beyond 10,000 where none does."""
    return max(math.ceil(threshold * WHOLE - 1e-9), 0)


def replay(
    history: History, thresholds: Mapping[str, float], on: Collection[str], *, besides: Replay | None = None
) -> Replay:
    """What would have been said with ``thresholds`` (probabilities by concern) about the concerns in ``on``.

    ``besides`` is a replay that goes first: about its comments nothing more is said.
    """
    asked = {label: thresholds[label] for label in CONCERNS if label in on and label in thresholds}
    columns = [CONCERNS.index(label) for label in asked]
    limits = np.array([limit(threshold) for threshold in asked.values()], dtype=np.int64)
    if not columns or not history.comments:
        nothing = np.zeros(0, np.int64)
        return Replay(history, nothing, np.zeros(0, np.int32), nothing, nothing, asked, besides)
    heard = np.zeros(history.comments, dtype=bool)
    for index, least in zip(columns, limits, strict=True):
        heard |= history.scores[:, index] >= least
    if besides is not None:
        heard[besides.comment] = False
    rows = np.flatnonzero(heard)
    scores = history.scores[rows][:, columns].astype(np.int64)
    # As policy.heard: by which factor the odds exceed what was asked for; the first of equals wins.
    floors = np.array([logit(threshold) for threshold in asked.values()])
    excess = np.where(scores >= limits, _LOGITS[scores] - floors, -np.inf)
    strongest = excess.argmax(axis=1)
    labels = np.array(columns, dtype=np.int64)[strongest]
    said = scores[np.arange(len(rows)), strongest]
    return Replay(history, rows, history.week[rows], labels, said, asked, besides)


def binned(scores: Ints, labels: Ints, edges: Ints) -> Ints:
    """Counts, shape (concerns, bins), of scores about ``labels``; see ``shares.Calibration`` for ``edges``."""
    counts = np.zeros(edges.shape, dtype=np.int64)
    for index in range(len(edges)):
        counts[index] = _bins(scores[labels == index], edges[index])
    return counts


def all_binned(scores: Vectors, edges: Ints) -> Ints:
    """Counts, shape (concerns, bins), of every comment in every concern."""
    return np.array([_bins(scores[:, index], edges[index]) for index in range(len(edges))])


def least_bins(scores: Vectors, edges: Ints) -> Ints:
    """Counts of the least bin over all concerns: how readily any norm would have to speak to be heard."""
    least = np.full(len(scores), edges.shape[1] - 1)
    for index, row in enumerate(edges):
        np.minimum(least, _places(scores[:, index], row), out=least)
    return np.bincount(least, minlength=edges.shape[1]).astype(np.int64)


def _bins(scores: NDArray[np.integer], edges: Ints) -> Ints:
    return np.bincount(_places(scores, edges), minlength=len(edges)).astype(np.int64)


def _places(scores: NDArray[np.integer], edges: Ints) -> Ints:
    """The first bin whose edge a score reaches; edges fall, the last is 0, and of equal ones the first takes all."""
    return len(edges) - np.searchsorted(edges[::-1], scores, side="right")
