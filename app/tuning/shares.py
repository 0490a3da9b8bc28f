"""Which share of the nudges would be right, expected and with its interval: what is believed, asked about one replay. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.tuning.beliefs import LEAST, Beliefs
from app.tuning.calibration import Floats
from app.tuning.replay import History, Ints, Replay, binned, limit
from classifiers.labels import CONCERNS


@dataclass(frozen=True, slots=True)
class Share:
    """How many of ``nudges`` would be right: the expected share, and where it lies with 95 % probability."""

    nudges: int
    expected: float
    low: float
    high: float


def shares(beliefs: Beliefs, replay: Replay, *, seed: int = 11) -> tuple[Share | None, tuple[Share | None, ...]]:
    """Of all nudges of a replay, and by concern; ``None`` where there are none.

    The interval covers what is not known about the project and the chance in so many nudges.
    """
    chance = np.random.default_rng(seed)
    said = binned(replay.score, replay.label, beliefs.calibration.edges)
    label, place = np.nonzero(said)
    told = beliefs.kinds[..., label, place] * _told(beliefs, replay, chance)[..., label]
    cells = chance.binomial(said[label, place], told[0] / np.maximum(told.sum(axis=0), LEAST))
    drawn = cells @ np.eye(len(said), dtype=np.int64)[label]
    nudges = said.sum(axis=1)
    each = tuple(_share(drawn[:, index], int(count)) for index, count in enumerate(nudges))
    return _share(drawn.sum(axis=1), int(nudges.sum())), each


def _told(beliefs: Beliefs, replay: Replay, chance: np.random.Generator) -> Floats:
    """How many of those above a threshold are told about that concern and not a stronger one: (3, draws, concerns).

    Drawn by kind from what the same settings do in the reference: a comment that carries a concern is told about that one
    oftener than one that carries another, and that difference makes nudges right oftener than scores alone would.
    """
    reference = beliefs.calibration.reference
    reached, taken = np.zeros((2, 3, len(CONCERNS)))
    for scores, truth in (
        (reference.labelled, reference.truth),
        (reference.harmless, np.zeros((len(reference.harmless), len(CONCERNS)), dtype=bool)),
    ):
        again = replay.again(History.timeless(scores))
        about = np.full(len(scores), -1)
        about[again.comment] = again.label
        for label, threshold in replay.asked.items():
            index = CONCERNS.index(label)
            high = scores[:, index] >= limit(threshold)
            kind = np.where(truth[:, index], 0, np.where(truth.any(axis=1), 1, 2))
            reached[:, index] += np.bincount(kind[high], minlength=3)
            taken[:, index] += np.bincount(kind[high & (about == index)], minlength=3)
    usual = (taken.sum(axis=1, keepdims=True) + 1) / (reached.sum(axis=1, keepdims=True) + 2)
    a, b = taken + usual, reached - taken + 1 - usual
    return np.asarray(chance.beta(a[:, None], b[:, None], (3, len(beliefs.rate), len(CONCERNS))))


def _share(right: Ints, nudges: int) -> Share | None:
    if not nudges:
        return None
    low, high = np.quantile(right, (0.025, 0.975))
    return Share(nudges, float(right.mean()) / nudges, float(low) / nudges, float(high) / nudges)
