"""After two weeks in shadow: which settings to go on with, what load to expect, and how sure that is. Pure.

A norm is proposed only where, with 95 % probability, more of what it says would be right than wrong, and never more
readily than it was tried. What did not speak in the trial is proposed as it was tried: it costs nobody anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import numpy as np

from app.project_settings import Mode, NormSetting, ProjectSettings
from app.tuning.beliefs import Beliefs
from app.tuning.outlook import Said
from app.tuning.replay import History, replay
from app.tuning.shares import Share, shares
from app.tuning.stops import STOPS
from classifiers.labels import CONCERNS

TRIAL: Final = timedelta(days=14)
MORE_RIGHT_THAN_WRONG: Final = 0.5

Thresholds = Callable[[Mapping[str, float]], Mapping[str, float]]
"""Tolerances by concern → probabilities from which it counts."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One norm: as tried, as proposed, and how often it would have spoken a week as tried.

    ``share`` is that of what it would say as proposed; where it stays in shadow, as tried.
    """

    label: str
    tried: NormSetting
    proposed: NormSetting
    tried_a_week: float
    share: Share | None


@dataclass(frozen=True, eq=False)
class Proposal:
    """``settings`` are the whole, on. ``a_week`` notes with ``low`` to ``high`` at 95 % from so many ``weeks``."""

    settings: ProjectSettings
    norms: tuple[Proposed, ...]
    comments: int
    weeks: int
    a_week: float
    low: float
    high: float
    share: Share | None


def is_over(shadow_since: datetime, now: datetime) -> bool:
    return now - shadow_since >= TRIAL


def of_the_trial(history: History, shadow_since: datetime) -> History:
    """The whole weeks since the trial began: a rate a week needs whole ones."""
    begun = shadow_since.date().isoformat()
    kept = [place for place, week in enumerate(history.weeks) if week >= begun]
    if len(kept) == len(history.weeks):
        return history
    rows = np.isin(history.week, kept)
    offset = kept[0] if kept else 0
    weeks = tuple(history.weeks[place] for place in kept)
    return History(weeks, (history.week[rows] - offset).astype(np.int32), history.scores[rows])


def propose(history: History, tried: ProjectSettings, thresholds: Thresholds, beliefs: Beliefs) -> Proposal:
    """From what the trial heard (``of_the_trial``) and what is believed about it."""
    norms = tuple(_one(label, norm, history, thresholds, beliefs) for label, norm in tried.norms.items())
    after = replace(tried, mode=Mode.ON, norms=MappingProxyType({n.label: n.proposed for n in norms}))
    said = Said.of(history, after, thresholds({n.label: n.proposed.tolerance for n in norms})).sent
    total, _ = shares(beliefs, said)
    weeks = max(len(history.weeks), 1)
    low, high = poisson(said.nudges)
    return Proposal(after, norms, history.comments, weeks, said.nudges / weeks, low / weeks, high / weeks, total)


def _one(label: str, tried: NormSetting, history: History, thresholds: Thresholds, beliefs: Beliefs) -> Proposed:
    place = CONCERNS.index(label)

    def at(tolerance: float) -> tuple[int, Share | None]:
        said = replay(history, thresholds({label: tolerance}), (label,))
        return said.nudges, shares(beliefs, said)[1][place]

    count, as_tried = at(tried.tolerance)
    a_week = count / max(len(history.weeks), 1)
    if tried.mode is Mode.OFF:
        return Proposed(label, tried, tried, 0.0, None)
    for tolerance in (tried.tolerance, *(stop for stop in reversed(STOPS) if 0 < stop < tried.tolerance)):
        count, share = at(tolerance)
        if not count and tolerance < tried.tolerance:
            break  # so strict that it says nothing: better to go on listening in shadow
        if share is None or share.low > MORE_RIGHT_THAN_WRONG:
            return Proposed(label, tried, NormSetting(Mode.ON, tolerance), a_week, share)
    return Proposed(label, tried, NormSetting(Mode.SHADOW, tried.tolerance), a_week, as_tried)


def poisson(count: int) -> tuple[float, float]:
    """The 95 % interval of a rate of which ``count`` were seen (Byar's approximation, Rothman and Boice 1979)."""
    z = 1.959964
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    return max(low, 0.0), more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
