"""Which share of the nudges would be right here: the calibration corrected to this project's base rate, with an interval.

A project's comments are a mixture: a share τ carries some concern, a part ρ of these the concern in question, and how
each kind scores is known from the calibration (label shift: Saerens et al. 2002, doi:10.1162/089976602753284446). That
there are three kinds matters: a comment that carries another concern scores higher in this one than a harmless one does,
and a nudge about the wrong concern is wrong. Neither τ nor ρ is known, and how each kind scores is known only as well as
so many comments can tell. So all of it is learnt together from the project's own scores, by Gibbs sampling over bins of
scores whose edges are the thresholds of the tolerance curve (Diebolt and Robert 1994,
doi:10.1111/j.2517-6161.1994.tb01985.x); the calibration's counts are the prior. Answers that people gave (blind
calibration, *helpful* and *wrong*) are known labels within their bin: they were asked for by score, so they speak about
the share in a bin only.

It rests on one assumption, which the page names: comments of each kind score here as they do in the reference. Random
numbers are seeded, so the same history gives the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.tuning.replay import Ints, Replay, all_binned, binned, least_bins, limit
from classifiers.labels import CONCERNS
from classifiers.shipped import Reference
from classifiers.tolerance import GRID
from classifiers.vectors import Vectors

Floats = NDArray[np.float64]

FEWEST_COMMENTS: Final = 200
"""With fewer scored comments nothing is said about shares."""
CHAINS: Final = 32
BURN: Final = 60
KEPT: Final = 12
APART: Final = 6
_TAIL: Final = 5.0
"""Tolerances up to this many per 1,000 are the tail, where counts are few."""
_TAIL_WORTH: Final = 0.5
"""How many comments the tail's bins get beyond those counted: nothing is impossible that was only not seen."""
_RATE_PRIOR: Final = (0.5, 9.5)
"""A Beta prior: a concern is in a twentieth of the comments, said as weakly as ten comments would."""
_PART_PRIOR: Final = (0.5, 2.0)
"""Of those with a concern, the part with the one in question; a Beta prior, weaker still."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Per concern (rows), bins of scores with falling ``edges`` in ten-thousandths, the last 0.

    ``harmless`` and ``concern``: how many comments the calibration knows in each bin that carry no concern, and this one.
    ``other`` (concerns, other concerns, bins): which share of those that carry that other one and not this one; ``others``
    how many these are together, and ``aside`` the part of those with that other one that do not carry this one. ``calm``:
    harmless comments by their least bin over all concerns. ``any`` (concerns, bins): the same as shares of those with each
    concern, ``stings`` of them together.
    """

    edges: Ints
    harmless: Floats
    concern: Floats
    other: Floats
    others: Floats
    aside: Floats
    calm: Floats
    any: Floats
    stings: float


def calibrate(reference: Reference, thresholds: Mapping[float, Mapping[str, float]]) -> Calibration:
    """From the shipped scores; ``thresholds`` are those of every tolerance in ``GRID`` by concern."""
    edges = np.array([[limit(thresholds[t][label]) for t in GRID] for label in CONCERNS], dtype=np.int64)
    edges[:, -1] = 0
    tail = np.array(GRID) <= _TAIL
    spare: Floats = tail * np.float64(_TAIL_WORTH / tail.sum())
    evenly = np.full(len(GRID), 1 / len(GRID))
    many = reference.truth.sum(axis=1)
    concern, whole = np.zeros(edges.shape), np.zeros(edges.shape)
    other, aside = np.zeros((len(CONCERNS), *edges.shape)), np.zeros((len(CONCERNS), len(CONCERNS)))
    others = np.zeros(len(CONCERNS))
    for index in range(len(CONCERNS)):
        carries = reference.truth[:, index]
        concern[index] = all_binned(reference.labelled[carries], edges)[index] + evenly
        others[index] = (many.astype(bool) & ~carries).sum() + 1
        for number in range(1, len(CONCERNS) + 1):  # so that a comment with several counts once
            whole[index] += least_bins(reference.labelled[carries & (many == number)], edges) / number
        for another in range(len(CONCERNS)):
            theirs = reference.truth[:, another]
            counted = all_binned(reference.labelled[theirs & ~carries], edges)[index] + evenly
            other[index, another] = counted / counted.sum()
            aside[index, another] = (theirs & ~carries).sum() / max(theirs.sum(), 1)
    whole += evenly
    return Calibration(
        edges,
        all_binned(reference.harmless, edges) + spare,
        concern,
        other,
        others,
        aside,
        least_bins(reference.harmless, edges) + spare,
        whole / whole.sum(axis=1, keepdims=True),
        float(many.astype(bool).sum()) + 1,
    )


@dataclass(frozen=True, eq=False)
class Counts:
    """A history in bins: ``each`` (concerns, bins) and ``least`` (bins), the least bin over all concerns."""

    each: Ints
    least: Ints

    @classmethod
    def of(cls, calibration: Calibration, scores: Vectors) -> Counts:
        return cls(all_binned(scores, calibration.edges), least_bins(scores, calibration.edges))


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
    """Draws of what may be true: ``any_rate`` (draws), the share of comments with a concern, ``rate`` (draws, concerns) with
    each, ``right`` (draws, concerns, bins) of those in a bin."""

    edges: Ints
    any_rate: Floats
    rate: Floats
    right: Floats


def believe(calibration: Calibration, counts: Counts, known: Known | None = None, *, seed: int = 7) -> Beliefs | None:
    """Draw from what the project's ``counts`` and the calibration leave possible; ``None`` with fewer than 200 comments."""
    total = int(counts.least.sum())
    if total < FEWEST_COMMENTS:
        return None
    chance = np.random.default_rng(seed)
    right, wrong = _within(known or Known.nothing(calibration), counts.each)
    free = counts.each - right - wrong
    # Every chain begins at a draw of its own from the calibration, with a base rate far from the others', so that chains
    # which have not met would widen the interval instead of hiding it.
    harmless, concern, calm = (
        _dirichlet(chance, np.broadcast_to(prior, (CHAINS, *prior.shape)))
        for prior in (calibration.harmless, calibration.concern, calibration.calm)
    )
    tau = np.geomspace(0.003, 0.4, CHAINS)[:, None]
    part = np.full((CHAINS, len(CONCERNS)), 1 / len(CONCERNS))
    other, sting = _dirichlet(chance, _others(calibration, part)), _dirichlet(chance, _stings(calibration, part))
    taus, rates, shares = [], [], []
    for step in range(BURN + KEPT * APART):
        mine = (tau * part)[..., None] * concern
        theirs = (tau * (1 - part))[..., None] * other
        none = (1 - tau)[..., None] * harmless
        share = mine / np.maximum(mine + theirs + none, 1e-300)
        wrongly = theirs / np.maximum(theirs + none, 1e-300)
        if step >= BURN and (step - BURN) % APART == 0:
            taus.append(tau[:, 0])
            rates.append(tau * part)
            shares.append(share)
        carrying = right + chance.binomial(free, share)
        elsewhere = chance.binomial(counts.each - carrying, wrongly)
        concern = _dirichlet(chance, calibration.concern + carrying)
        other = _dirichlet(chance, _others(calibration, part) + elsewhere)
        harmless = _dirichlet(chance, calibration.harmless + counts.each - carrying - elsewhere)
        part = chance.beta(_PART_PRIOR[0] + carrying.sum(axis=2), _PART_PRIOR[1] + elsewhere.sum(axis=2))
        stung = chance.binomial(counts.least, tau * sting / np.maximum(tau * sting + (1 - tau) * calm, 1e-300))
        sting = _dirichlet(chance, _stings(calibration, part) + stung)
        calm = _dirichlet(chance, calibration.calm + counts.least - stung)
        many = stung.sum(axis=1, keepdims=True)
        tau = chance.beta(_RATE_PRIOR[0] + many, _RATE_PRIOR[1] + total - many)
    return Beliefs(calibration.edges, np.concatenate(taus), np.concatenate(rates), np.concatenate(shares))


def _others(calibration: Calibration, part: Floats) -> Floats:
    """The prior for comments that carry other concerns, mixed as these are here: (chains, concerns, bins)."""
    weights = part[:, None, :] * calibration.aside + 1e-12
    mixed = np.einsum("clo,lob->clb", weights / weights.sum(axis=2, keepdims=True), calibration.other)
    return np.asarray(mixed * calibration.others[:, None])


def _stings(calibration: Calibration, part: Floats) -> Floats:
    """The prior for the least bin of comments that carry any concern, mixed as these are here: (chains, bins)."""
    return np.asarray(part / part.sum(axis=1, keepdims=True) @ calibration.any * calibration.stings)


def _dirichlet(chance: np.random.Generator, weights: Floats) -> Floats:
    drawn = np.maximum(chance.standard_gamma(weights), 1e-300)
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
