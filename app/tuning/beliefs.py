"""What may be true of a project: how often its comments carry each concern, and how each kind of them scores. Pure.

A project's comments are a mixture: a share τ carries some concern, a part ρ of these the concern in question, and how
each kind scores is known from the calibration (label shift: Saerens et al. 2002, doi:10.1162/089976602753284446). That
there are three kinds matters: a comment that carries another concern scores higher in this one than a harmless one does,
and a nudge about the wrong concern is wrong. Neither τ nor ρ is known, and how each kind scores is known only as well as
so many comments can tell. So all of it is learnt together from the project's own scores, by Gibbs sampling over bins
(Diebolt and Robert 1994, doi:10.1111/j.2517-6161.1994.tb01985.x); the calibration's counts are the prior. Answers that
people gave (blind calibration, *helpful* and *wrong*) are known labels within their bin: they were asked for by score, so
they speak about the share in a bin only.

It rests on one assumption, which the page names: comments of each kind score here as they do in the reference. Random
numbers are seeded, so the same history gives the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from app.tuning.calibration import UNSEEN, Calibration, Counts, Floats, Known
from app.tuning.replay import Ints
from classifiers.labels import CONCERNS
from classifiers.tolerance import GRID

FEWEST_COMMENTS: Final = 200
"""With fewer scored comments nothing is said about shares."""
CHAINS: Final = 32
BURN: Final = 60
KEPT: Final = 12
APART: Final = 6
_RATE_PRIOR: Final = (0.5, 9.5)
"""A Beta prior: a concern is in a twentieth of the comments, said as weakly as ten comments would."""
_PART_PRIOR: Final = (0.5, 2.0)
"""Of those with a concern, the part with the one in question; a Beta prior, weaker still."""
LEAST: Final = 1e-300


@dataclass(frozen=True, eq=False)
class Beliefs:
    """Draws of what may be true: ``any_rate`` (draws), the share of comments with a concern, ``rate`` (draws, concerns) with
    each. ``kinds`` (3, draws, concerns, bins): the share of comments that lie in a bin and carry the concern, another, none.
    """

    calibration: Calibration
    any_rate: Floats
    rate: Floats
    kinds: Floats

    @property
    def right(self) -> Floats:
        """Of the comments in a bin, the share that carries its concern: (draws, concerns, bins)."""
        return np.asarray(self.kinds[0] / np.maximum(self.kinds.sum(axis=0), LEAST))


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
    taus, rates, kinds = [], [], []
    for step in range(BURN + KEPT * APART):
        mine = (tau * part)[..., None] * concern
        theirs = (tau * (1 - part))[..., None] * other
        none = (1 - tau)[..., None] * harmless
        share = mine / np.maximum(mine + theirs + none, LEAST)
        wrongly = theirs / np.maximum(theirs + none, LEAST)
        if step >= BURN and (step - BURN) % APART == 0:
            taus.append(tau[:, 0])
            rates.append(tau * part)
            kinds.append(np.stack((mine, theirs, none)))
        carrying = right + chance.binomial(free, share)
        elsewhere = chance.binomial(counts.each - carrying, wrongly)
        concern = _dirichlet(chance, calibration.concern + carrying)
        other = _dirichlet(chance, _others(calibration, part) + elsewhere)
        harmless = _dirichlet(chance, calibration.harmless + counts.each - carrying - elsewhere)
        part = chance.beta(_PART_PRIOR[0] + carrying.sum(axis=2), _PART_PRIOR[1] + elsewhere.sum(axis=2))
        stung = chance.binomial(counts.least, tau * sting / np.maximum(tau * sting + (1 - tau) * calm, LEAST))
        sting = _dirichlet(chance, _stings(calibration, part) + stung)
        calm = _dirichlet(chance, calibration.calm + counts.least - stung)
        many = stung.sum(axis=1, keepdims=True)
        tau = chance.beta(_RATE_PRIOR[0] + many, _RATE_PRIOR[1] + total - many)
    return Beliefs(calibration, np.concatenate(taus), np.concatenate(rates), np.concatenate(kinds, axis=1))


def _others(calibration: Calibration, part: Floats) -> Floats:
    """The prior for comments that carry other concerns, mixed as these are here: (chains, concerns, bins)."""
    weights = part[:, None, :] * calibration.aside + 1e-12
    weights /= weights.sum(axis=2, keepdims=True)
    mixed = np.einsum("clo,lob->clb", weights, calibration.other)
    worth = 1 / (weights**2 / calibration.others).sum(axis=2)
    return np.asarray(mixed * worth[..., None] + UNSEEN / len(GRID))


def _stings(calibration: Calibration, part: Floats) -> Floats:
    """The prior for the least bin of comments that carry any concern, mixed as these are here: (chains, bins)."""
    weights = part / part.sum(axis=1, keepdims=True)
    worth = 1 / (weights**2 / calibration.stings).sum(axis=1, keepdims=True)
    return np.asarray(weights @ calibration.any * worth)


def _dirichlet(chance: np.random.Generator, weights: Floats) -> Floats:
    drawn = np.maximum(chance.standard_gamma(weights), LEAST)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))


def _within(known: Known, counts: Ints) -> tuple[Ints, Ints]:
    """Answers are about comments of the history: no more of them than are there."""
    answered = known.right + known.wrong
    scale = np.minimum(1.0, counts / np.maximum(answered, 1))
    right = np.floor(known.right * scale).astype(np.int64)
    return right, np.minimum(np.floor(known.wrong * scale).astype(np.int64), counts - right)
