"""Projects with known truth: what the tuning page expects of them, against what comes true.

Comments are made by drawing whole rows of scores from the shipped reference and shaking them (so that a comment that
carries one concern scores high in others, as real ones do), with a base rate of each concern of their own. Each
project gets a calibration of its own, drawn anew and as large as the shipped one, so that what the calibration cannot know
is part of the trial; and tolerances of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.tuning.beliefs import believe
from app.tuning.calibration import Counts, calibrate
from app.tuning.replay import History, replay
from app.tuning.shares import Share, shares
from classifiers.labels import CONCERNS
from classifiers.shipped import Reference, load
from classifiers.tolerance import GRID, curve, logit, threshold
from classifiers.vectors import WHOLE, Vectors

SHAKEN = 0.25
TOLERANCES = (0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0)
FEWEST, MOST = 1_000, 20_000
RATES = (0.002, 0.03)
_LOGITS = np.array([logit(score / WHOLE) for score in range(WHOLE + 1)])

Truth = NDArray[np.bool_]


class World:
    """Where comments come from. ``seed`` fixes all of it."""

    def __init__(self, seed: int) -> None:
        shipped = load()
        assert shipped is not None, "no scores came with the weights: python -m classifiers.reference"
        self.shipped = shipped
        self.chance = np.random.default_rng(seed)

    def rates(self) -> NDArray[np.float64]:
        """A base rate for each concern, evenly in the logarithm."""
        return np.exp(self.chance.uniform(*np.log(RATES), len(CONCERNS)))

    def comments(self, count: int, rates: NDArray[np.float64] | None = None) -> tuple[Vectors, Truth]:
        """So many scored comments, and what each carries."""
        wanted = self.rates() if rates is None else rates
        shipped, chance = self.shipped, self.chance
        truth = np.zeros((count, len(CONCERNS)), dtype=bool)
        scores = shipped.harmless[chance.integers(0, len(shipped.harmless), count)]
        stinging = np.flatnonzero(shipped.truth.any(axis=1))
        weights = (shipped.truth[stinging] * (wanted / shipped.truth.sum(axis=0))).sum(axis=1)
        sting = np.flatnonzero(chance.random(count) < weights.sum())
        rows = chance.choice(stinging, len(sting), p=weights / weights.sum())
        scores[sting], truth[sting] = shipped.labelled[rows], shipped.truth[rows]
        return self.shaken(scores), truth

    def shaken(self, scores: Vectors) -> Vectors:
        moved = _LOGITS[scores] + self.chance.normal(0, SHAKEN, scores.shape)
        return np.asarray(np.rint(WHOLE / (1 + np.exp(-moved))), dtype=np.uint16)

    def calibration(self) -> tuple[Reference, dict[str, list[tuple[float, float]]]]:
        """A reference drawn anew, and the tolerance curves that are measured on it."""
        shipped, chance = self.shipped, self.chance
        harmless = self.shaken(shipped.harmless[chance.integers(0, len(shipped.harmless), len(shipped.harmless))])
        rows = chance.integers(0, len(shipped.labelled), len(shipped.labelled))
        drawn = Reference(
            "simulated",
            harmless,
            shipped.measured,
            self.shaken(shipped.labelled[rows]),
            shipped.truth[rows],
            shipped.real[rows],
        )
        quiet = harmless[shipped.measured] / WHOLE
        return drawn, {label: curve([float(p) for p in quiet[:, n]]) for n, label in enumerate(CONCERNS)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was expected of a project's nudges, and which share of them was right."""

    expected: Share
    came: float

    @property
    def held(self) -> bool:
        return self.expected.low - 1e-9 <= self.came <= self.expected.high + 1e-9


def project(world: World) -> tuple[Outcome | None, list[Outcome]]:
    """One project: all its nudges together, and by norm."""
    reference, curves = world.calibration()
    calibration = calibrate(
        reference, {t: {name: threshold(points, t) for name, points in curves.items()} for t in GRID}
    )
    count = int(np.exp(world.chance.uniform(np.log(FEWEST), np.log(MOST))))
    scores, truth = world.comments(count)
    asked = {name: threshold(points, float(world.chance.choice(TOLERANCES))) for name, points in curves.items()}
    said = replay(History.timeless(scores), asked, CONCERNS)
    beliefs = believe(calibration, Counts.of(calibration, scores))
    assert beliefs is not None, "a simulated project has comments enough"
    total, each = shares(beliefs, said)
    right = truth[said.comment, said.label]
    found = [
        Outcome(share, float(right[said.label == number].mean()))
        for number, share in enumerate(each)
        if share is not None
    ]
    return (Outcome(total, float(right.mean())) if total else None), found


def coverage(simulations: int, seed: int) -> Iterator[str]:
    """Lines for people: how often the interval held what came true."""
    world = World(seed)
    totals: list[Outcome] = []
    norms: list[Outcome] = []
    for _ in range(simulations):
        total, each = project(world)
        totals += [total] if total else []
        norms += each
    yield f"{simulations} simulated projects of {FEWEST:,} to {MOST:,} comments, seed {seed}"
    yield _line("all nudges of a project", totals)
    yield _line("the nudges of one norm", norms)
    for low, high in ((1, 10), (10, 30), (30, 100), (100, 10**9)):
        some = [one for one in norms if low <= one.expected.nudges < high]
        if some:
            yield _line(
                f"  of which {low} or more nudges" if high == 10**9 else f"  of which {low} to {high - 1} nudges", some
            )


def _line(name: str, outcomes: list[Outcome]) -> str:
    held = np.array([one.held for one in outcomes])
    error = np.array([one.expected.expected - one.came for one in outcomes])
    wide = np.mean([one.expected.high - one.expected.low for one in outcomes])
    spread = 1.96 * float(np.sqrt(held.mean() * (1 - held.mean()) / len(held)))
    return (
        f"{name:32} n={len(held):5}  interval held {100 * held.mean():.1f} % (±{100 * spread:.1f})  "
        f"expected − realised {error.mean():+.3f} (typically {np.abs(error).mean():.3f})  width {wide:.2f}"
    )
