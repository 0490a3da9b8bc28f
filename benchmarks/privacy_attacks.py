"""An attacker who has every release and knows everything about everybody but one person.

Three attacks look at the same evidence: each published number, what the others explain of it, and which cells it covers.
All return a score, the greater the likelier that the person was there (or has the secret).

- *Differencing*: published minus what the others explain, against what the one person would add, weighted as the
  likelihood ratio demands (no test does better: Neyman and Pearson). It is even told the person's would-be counts.
- *Linear programming*: the person's counts are unknowns between 0 and 1; which explain the numbers best?
- *Intersection*: every month rules hypotheses out ("joined in May", "was never here"); what is left after all of them?
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array
from scipy.special import log_ndtr

from app.stats.pools import OTHER, Node, Pool, from_the_leaves
from app.stats.shares import Cell

Counts = Mapping[Cell, int]


@dataclass(frozen=True, slots=True)
class Number:
    """``value`` covers ``cells``. Its error is Gaussian (``sigma``) or a rounding to the nearest multiple of ``step``."""

    value: float
    cells: frozenset[Cell]
    sigma: float = 0.0
    step: int = 0

    def fit(self, expected: float) -> float:
        """Log-likelihood of the value where ``expected`` people stand in the cells; rounding excludes, or says nothing."""
        away = abs(self.value - expected)
        if self.step:
            return 0.0 if away <= self.step / 2 else -50.0
        return -0.5 * (away / self.sigma) ** 2


@dataclass(frozen=True, slots=True)
class Absent:
    """A number that did not appear, and below what it would not have."""

    cells: frozenset[Cell]
    least: float
    sigma: float = 0.0

    def fit(self, expected: float) -> float:
        if not self.sigma:
            return 0.0 if expected < self.least else -50.0
        return float(log_ndtr((self.least - expected) / self.sigma))


@dataclass(frozen=True, slots=True)
class Month:
    """The evidence of one release, beside what is known of the others."""

    numbers: tuple[Number, ...]
    absent: tuple[Absent, ...]
    others: Counts

    def gain(self, one: Counts, other: Counts) -> float:
        """Log-likelihood ratio of the person counting in ``one`` rather than in ``other``."""
        total = 0.0
        for seen in (*self.numbers, *self.absent):
            added, instead = _in(one, seen.cells), _in(other, seen.cells)
            if added != instead:
                known = self.explained(seen.cells)
                total += seen.fit(known + added) - seen.fit(known + instead)
        return total

    def explained(self, cells: frozenset[Cell]) -> int:
        return _in(self.others, cells)


def _in(counts: Counts, cells: frozenset[Cell]) -> int:
    return sum(counts.get(cell, 0) for cell in cells)


def contents(pools: Sequence[Pool], nodes: Sequence[Node], kinds: Mapping[str, Sequence[str]]) -> dict[Pool, set[Cell]]:
    """Which cells a published pool covers: it follows from which numbers appeared, so an attacker knows it."""
    shown = {(pool.project, pool.kind, pool.label): pool for pool in pools}
    found: dict[Pool, set[Cell]] = {}
    for kind, labels in kinds.items():
        carried: dict[int, list[Cell]] = defaultdict(list)
        for node in from_the_leaves(nodes):
            few: list[Cell] = []
            here = [(node.id, kind, label) for label in labels] + carried[node.id]
            for label in labels:
                group = [cell for cell in here if cell[2] == label]
                if (pool := shown.get((node.id, kind, label))) is not None:
                    found[pool] = set(group)
                else:
                    few += group
            if (pool := shown.get((node.id, kind, OTHER))) is not None:
                found[pool] = set(few)
            elif node.parent is not None:
                carried[node.parent] += few
    return found


# --- the attacks --------------------------------------------------------------------------------------------------------


def differencing(months: Sequence[Month], yes: Sequence[Counts], no: Sequence[Counts]) -> float:
    """``yes`` and ``no`` are the person's counts, month by month, under the two hypotheses."""
    return sum(month.gain(a, b) for month, a, b in zip(months, yes, no, strict=True))


def linear_programming(
    months: Sequence[Month], cells: Sequence[Cell], most: int, questions: Mapping[str, Callable[[Cell], bool]]
) -> dict[str, float]:
    """How much of each question's cells the best explanation gives the person over the year.

    Unknown are the person's counts, 0 to 1 for each month and cell, and what stays unexplained of each number; at least
    is wanted of the latter, weighted by how exact the number is, and of two explanations that fit, the smaller.
    """
    unknown = {
        (at, cell): place for place, (at, cell) in enumerate((at, c) for at in range(len(months)) for c in cells)
    }
    numbers = [(at, number) for at, month in enumerate(months) for number in month.numbers]
    inside = [[unknown[at, cell] for cell in number.cells if (at, cell) in unknown] for at, number in numbers]
    kept = [place for place, places in enumerate(inside) if places]
    if not kept:
        return dict.fromkeys(questions, 0.0)
    n, m = len(unknown), len(kept)
    entries: list[tuple[int, int, float]] = []
    limits: list[float] = []
    for at, place in enumerate(kept):
        month, number = numbers[place]
        away = number.value - months[month].explained(number.cells)
        for sign in (1, -1):  # sign · (Σx - away) - what stays unexplained ≤ what rounding explains
            entries += [(len(limits), column, sign) for column in inside[place]] + [(len(limits), n + at, -1.0)]
            limits.append(sign * away + number.step / 2)
    for at in range(len(months)):
        entries += [(len(limits), unknown[at, cell], 1.0) for cell in cells]
        limits.append(float(most))
    weights = [1 / (numbers[place][1].sigma or 0.05) for place in kept]
    rows, columns, values = zip(*entries, strict=True)
    matrix = coo_array((values, (rows, columns)), shape=(len(limits), n + m)).tocsr()
    cost = np.concatenate([np.full(n, 1e-4), weights])
    solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=[(0.0, 1.0)] * n + [(0.0, None)] * m, method="highs")
    return {
        question: float(sum(solved.x[place] for (_, cell), place in unknown.items() if wanted(cell)))
        for question, wanted in questions.items()
    }


def intersection(months: Sequence[Month], typical: Sequence[Counts], otherwise: Sequence[Counts]) -> float:
    """Hypotheses: ``typical`` counts from month h on, for every h, against ``otherwise`` all year."""
    gains = [month.gain(a, b) for month, a, b in zip(months, typical, otherwise, strict=True)]
    left = [sum(gains[begin:]) for begin in range(len(gains))]
    top = max(left)
    return top + math.log(sum(math.exp(gain - top) for gain in left))
