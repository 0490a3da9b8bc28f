"""Which share of the nudges would be right here: the calibration corrected to this project's base rate, with an interval.

A project's comments are a mixture: a share π carries the concern, and how either kind scores is known from the
calibration (label shift: Saerens et al. 2002, doi:10.1162/089976602753284446). π is not known, and how either kind scores
is known only as well as so many comments can tell. So both are learnt from the project's own scores together, by Gibbs
sampling over bins of scores whose edges are the thresholds of the tolerance curve (Diebolt and Robert 1994,
doi:10.1111/j.2517-6161.1994.tb01985.x). The curve is the prior for harmless comments, worth as many comments as it was
measured on; labelled comments are the prior for the concern. Answers that people gave (blind calibration, *helpful* and
*wrong*) are known labels within their bin: they were asked for by score, so they speak about the share in a bin only.

It rests on one assumption, which the page names: a harmless comment scores here as it does in the reference, and so does
one that stings. Random numbers are seeded, so the same history gives the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.tuning.replay import Ints, Replay, all_binned, binned, limit
from classifiers.labels import CONCERNS
from classifiers.reference import Reference
from classifiers.tolerance import GRID

Floats = NDArray[np.float64]

FEWEST_COMMENTS: Final = 200
"""With fewer scored comments nothing is said about shares."""
CHAINS: Final = 64
BURN: Final = 40
KEPT: Final = 10
APART: Final = 8
_TAIL: Final = 5.0
"""Below this many per 1,000 the curve's fitted tail says more than counting; above, counting says more."""
_RATE_PRIOR: Final = (0.5, 9.5)
"""A Beta prior: a concern is in a twentieth of the comments, said as weakly as ten comments would."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Per concern (rows), bins of scores with falling ``edges`` in ten-thousandths, the last 0.

    ``harmless`` and ``concern``: how many comments of either kind the calibration knows in each bin (fractions in the tail).
    """

    edges: Ints
    harmless: Floats
    concern: Floats


def calibrate(reference: Reference, thresholds: Mapping[float, Mapping[str, float]]) -> Calibration:
    """From the shipped scores and curves; ``thresholds`` are those of every tolerance in ``GRID`` by concern."""
    edges = np.array([[limit(thresholds[t][label]) for t in GRID] for label in CONCERNS], dtype=np.int64)
    edges[:, -1] = 0
    counted = all_binned(reference.harmless[reference.measured], edges).astype(np.float64)
    unseen = all_binned(reference.harmless[~reference.measured], edges)
    fitted = np.tile(np.diff(np.array([0.0, *GRID])) / 1000 * int(reference.measured.sum()), (len(CONCERNS), 1))
    measured = np.where(np.array(GRID) <= _TAIL, fitted, counted)
    concern = np.zeros_like(measured)
    for index in range(len(CONCERNS)):
        carries = reference.labelled[reference.truth[:, index]]
        concern[index] = all_binned(carries, edges)[index]
    return Calibration(edges, _gathered(measured, edges) + unseen, concern + 1 / len(GRID))


def _gathered(counts: Floats, edges: Ints) -> Floats:
    """What lies in bins of one and the same edge goes to the first of them, as scores do."""
    found = np.zeros_like(counts)
    for index, row in enumerate(edges):
        first = np.searchsorted(-row, -row, side="left")
        np.add.at(found[index], first, counts[index])
    return found


@dataclass(frozen=True, eq=False)
class Known:
    """Answers by (concern, bin): how many comments are known to carry the concern, and how many not to."""

    right: Ints
    wrong: Ints

    @classmethod
    def nothing(cls, calibration: Calibration) -> Known:
        empty = np.zeros(calibration.edges.shape, dtype=np.int64)
        return cls(empty, empty)


@dataclass(frozen=True, eq=False)
class Beliefs:
    """Draws of what may be true: ``rate`` (draws, concerns), ``right`` (draws, concerns, bins) the share in a bin."""

    edges: Ints
    rate: Floats
    right: Floats


def believe(calibration: Calibration, counts: Ints, known: Known | None = None, *, seed: int = 7) -> Beliefs | None:
    """Draw from what the project's ``counts`` (concerns, bins) and the calibration leave possible.

    ``None`` with fewer than 200 comments.
    """
    if counts[0].sum() < FEWEST_COMMENTS:
        return None
    chance = np.random.default_rng(seed)
    known = known or Known.nothing(calibration)
    right, wrong = _within(known, counts)
    free = counts - right - wrong
    total = counts.sum(axis=1)
    shape = (CHAINS, *counts.shape)
    harmless = np.broadcast_to(calibration.harmless / calibration.harmless.sum(axis=1, keepdims=True), shape)
    concern = np.broadcast_to(calibration.concern / calibration.concern.sum(axis=1, keepdims=True), shape)
    # From far apart, so that chains which have not met would widen the interval instead of hiding it.
    rate = np.broadcast_to(np.geomspace(0.001, 0.3, CHAINS)[:, None], (CHAINS, len(counts)))
    rates, shares = [], []
    for step in range(BURN + KEPT * APART):
        odds = rate[..., None] * concern
        share = odds / np.maximum(odds + (1 - rate[..., None]) * harmless, 1e-300)
        if step >= BURN and (step - BURN) % APART == 0:
            rates.append(rate)
            shares.append(share)
        carrying = right + chance.binomial(free, share)
        inside = carrying.sum(axis=2)
        rate = chance.beta(_RATE_PRIOR[0] + inside, _RATE_PRIOR[1] + total - inside)
        concern = _dirichlet(chance, calibration.concern + carrying)
        harmless = _dirichlet(chance, calibration.harmless + counts - carrying)
    return Beliefs(calibration.edges, np.concatenate(rates), np.concatenate(shares))


def _dirichlet(chance: np.random.Generator, weights: Floats) -> Floats:
    drawn = chance.standard_gamma(weights)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))


def _within(known: Known, counts: Ints) -> tuple[Ints, Ints]:
    """Answers are about comments of the history: no more of them than are there."""
    answered = known.right + known.wrong
    scale = np.minimum(1.0, counts / np.maximum(answered, 1))
    right = np.floor(known.right * scale).astype(np.int64)
    return right, np.minimum(np.floor(known.wrong * scale).astype(np.int64), counts - right)


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
    said = binned(replay.score, replay.label, beliefs.edges)
    drawn = np.random.default_rng(seed).binomial(said, beliefs.right).sum(axis=2)
    nudges = said.sum(axis=1)
    each = tuple(_share(drawn[:, index], int(count)) for index, count in enumerate(nudges))
    return _share(drawn.sum(axis=1), int(nudges.sum())), each


def _share(right: Ints, nudges: int) -> Share | None:
    if not nudges:
        return None
    low, high = np.quantile(right, (0.025, 0.975))
    return Share(nudges, float(right.mean()) / nudges, float(low) / nudges, float(high) / nudges)
