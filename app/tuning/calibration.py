"""What the shipped scores tell of how comments score, by bins whose edges are the thresholds of the tolerance curve; and a
history, and answers, in the same bins. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.tuning.replay import Ints, all_binned, least_bins, limit
from classifiers.labels import CONCERNS
from classifiers.shipped import Reference
from classifiers.tolerance import GRID
from classifiers.vectors import Vectors

Floats = NDArray[np.float64]

WORTH: Final = 0.5
"""What a comment of the calibration tells about one here: it was written by other people, elsewhere (a power prior, Ibrahim
and Chen 2000, doi:10.1214/ss/1009212673). With the whole weight, intervals would be too narrow on projects with known truth."""
UNSEEN: Final = 0.5
"""In comments: nothing is impossible that was only not seen."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Per concern (rows), bins of scores with falling ``edges`` in ten-thousandths, the last 0.

    ``harmless`` and ``concern``: how many comments in each bin carry no concern, and this one, by the weight they have
    here. ``other`` (concerns, other concerns, bins): which share of those that carry that other one and not this one;
    ``others`` (concerns, other concerns) how many these are, and ``aside`` their part of all with that other one. ``calm``:
    harmless comments by their least bin over all concerns. ``any`` (concerns, bins): the same as shares of those with each
    concern, ``stings`` (concerns) how many these are.
    """

    reference: Reference
    edges: Ints
    harmless: Floats
    concern: Floats
    other: Floats
    others: Floats
    aside: Floats
    calm: Floats
    any: Floats
    stings: Floats


def calibrate(reference: Reference, thresholds: Mapping[float, Mapping[str, float]]) -> Calibration:
    """From the shipped scores; ``thresholds`` are those of every tolerance in ``GRID`` by concern."""
    edges = np.array([[limit(thresholds[t][label]) for t in GRID] for label in CONCERNS], dtype=np.int64)
    edges[:, -1] = 0
    many = reference.truth.sum(axis=1)
    concern, whole = np.zeros(edges.shape), np.zeros(edges.shape)
    other = np.zeros((len(CONCERNS), *edges.shape))
    others, aside = np.ones(other.shape[:2]), np.zeros(other.shape[:2])
    for index in range(len(CONCERNS)):
        carries = reference.truth[:, index]
        concern[index] = all_binned(reference.labelled[carries], edges)[index]
        for number in range(1, len(CONCERNS) + 1):  # so that a comment with several counts once
            whole[index] += least_bins(reference.labelled[carries & (many == number)], edges) / number
        for another in range(len(CONCERNS)):
            theirs = reference.truth[:, another]
            counted = all_binned(reference.labelled[theirs & ~carries], edges)[index]
            others[index, another] = max(counted.sum(), 1)
            other[index, another] = counted / others[index, another]
            aside[index, another] = (theirs & ~carries).sum() / max(theirs.sum(), 1)
    # By its definition a tolerance says how many harmless comments lie above its threshold: also in the tail, where the
    # half that it was measured on holds none to count. The other half is counted.
    between = np.diff(np.array(GRID) / 1000, prepend=0.0)
    tails = np.array([np.bincount(_firsts(row), between, len(GRID)) for row in edges])
    harmless = reference.measured.sum() * tails + all_binned(reference.harmless[~reference.measured], edges)
    evenly = np.full(len(GRID), 1 / len(GRID))
    whole += evenly
    return Calibration(
        reference,
        edges,
        WORTH * harmless,
        WORTH * concern + evenly,
        other,
        WORTH * others,
        aside,
        WORTH * least_bins(reference.harmless, edges) + UNSEEN * between,
        whole / whole.sum(axis=1, keepdims=True),
        WORTH * reference.truth.sum(axis=0) + 1.0,
    )


def _firsts(edges: Ints) -> Ints:
    """For each bin the one that takes its scores: of equal edges the first."""
    return np.array([int(np.argmax(edges == edge)) for edge in edges])


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
