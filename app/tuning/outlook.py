"""What settings would have meant for a history, beside those in force: nudges by norm and week, and the share right. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.project_settings import Mode, ProjectSettings
from app.tuning.beliefs import Beliefs
from app.tuning.replay import History, Replay, replay
from app.tuning.shares import Share, shares
from classifiers.labels import CONCERNS
from classifiers.tolerance import logit, sigmoid
from classifiers.vectors import WHOLE

Thresholds = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Said:
    """One replay of a project's settings: what would be ``sent``, and what only a norm in shadow would have said.

    Whether the project as a whole is in shadow or off makes no difference here: the question is what would be said.
    """

    settings: ProjectSettings
    thresholds: Thresholds
    sent: Replay
    trial: Replay

    @classmethod
    def of(cls, history: History, settings: ProjectSettings, thresholds: Thresholds) -> Said:
        """As ``policy.decide``: norms in shadow give way to those that are on."""
        live = [label for label, norm in settings.norms.items() if norm.mode is Mode.ON]
        sent = replay(history, thresholds, live)
        trial = replay(history, thresholds, settings.shadowed(), besides=sent)
        return cls(settings, thresholds, sent, trial)

    def rate(self, label: str) -> float:
        """Nudges a week about ``label``, sent or in shadow; per 1,000 comments where the history has no weeks."""
        index = CONCERNS.index(label)
        found = self.trial if self.settings.norms[label].mode is Mode.SHADOW else self.sent
        return float(found.rates()[index])


@dataclass(frozen=True, slots=True)
class Row:
    """One norm: nudges a week now and then, and which share of those then would be right."""

    label: str
    mode: Mode
    before: float
    after: float
    share: Share | None


@dataclass(frozen=True, eq=False)
class Outlook:
    """``known`` is false with fewer than 200 scored comments, or without scores that shipped with these weights."""

    history: History
    now: Said
    then: Said
    rows: tuple[Row, ...]
    share: Share | None
    known: bool

    @property
    def before(self) -> float:
        """Nudges sent a week with the settings in force."""
        return float(self.now.sent.rates().sum())

    @property
    def after(self) -> float:
        return float(self.then.sent.rates().sum())

    def weekly(self) -> list[tuple[str, int, int]]:
        """Week, nudges sent in it now and then; nothing of a history without weeks."""
        if not self.history.weeks:
            return []
        pairs = (said.sent.weekly().sum(axis=1) for said in (self.now, self.then))
        return [(week, int(a), int(b)) for week, a, b in zip(self.history.weeks, *pairs, strict=True)]


def outlook(now: Said, then: Said, beliefs: Beliefs | None) -> Outlook:
    """Put both side by side. ``beliefs`` are those about the history that both replayed."""
    each: tuple[Share | None, ...] = (None,) * len(CONCERNS)
    trial, total = each, None
    if beliefs is not None:
        total, each = shares(beliefs, then.sent)
        _, trial = shares(beliefs, then.trial)
    rows = tuple(
        Row(
            label,
            then.settings.norms[label].mode,
            now.rate(label),
            then.rate(label),
            (trial if then.settings.norms[label].mode is Mode.SHADOW else each)[CONCERNS.index(label)],
        )
        for label in CONCERNS
        if label in then.settings.norms
    )
    return Outlook(then.sent.history, now, then, rows, total, beliefs is not None)


def curve(beliefs: Beliefs, thresholds: Thresholds, labels: list[str], grid: list[float]) -> list[tuple[float, float]]:
    """The shipped calibration at this project's base rate: excess over the threshold (log-odds) → share right, on average."""
    mean = beliefs.right.mean(axis=0)
    found = []
    for excess in grid:
        shares_there = []
        for label in labels:
            if thresholds[label] > 1:
                continue
            index = CONCERNS.index(label)
            score = round(sigmoid(logit(thresholds[label]) + excess) * WHOLE)
            place = int(np.argmax(beliefs.calibration.edges[index] <= score))
            shares_there.append(float(mean[index, place]))
        found.append((excess, float(np.mean(shares_there)) if shares_there else 0.0))
    return found
