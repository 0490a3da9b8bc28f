"""A synthetic year of a family of three nested projects: who was there, and what was counted of them. No real person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from app.stats.periods import Period, finished, monday
from app.stats.pools import Node
from app.stats.shares import Cell, Tally
from classifiers.labels import CONCERNS, STRENGTHS

FAMILY: Final = (Node(1, None), Node(2, 1), Node(3, 2))
"""An organisation, a group in it, a repository in that."""
ROOTS: Final = {node.id: 1 for node in FAMILY}
YEAR: Final = 2026
MONTHS: Final[tuple[Period, ...]] = tuple(finished("monthly", date(YEAR, 1, 5), date(YEAR + 1, 1, 15)))
QUARTERS: Final[tuple[Period, ...]] = tuple(finished("quarterly", date(YEAR, 1, 5), date(YEAR + 1, 1, 15)))
WEEKS: Final = tuple(monday(date(YEAR, 1, 1)) + timedelta(weeks=number) for number in range(53))

READ_A_WEEK: Final = 6.0
NUDGED_A_WEEK: Final = 0.6
EDITED: Final = 0.55
ANSWERED: Final = 0.5
WRONG: Final = 0.2
STRENGTHS_A_WEEK: Final = 1.2
_CONCERN_MIX: Final = np.array([0.2, 0.08, 0.1, 0.14, 0.05, 0.13, 0.2, 0.1])
_STRENGTH_MIX: Final = np.array([0.3, 0.07, 0.04, 0.14, 0.15, 0.18, 0.12])

TARGET: Final = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Works mostly in ``home``; seen from week ``joins`` on, until ``leaves``."""

    number: int
    home: int
    joins: int
    leaves: int


def people(count: int, chance: np.random.Generator, projects: Sequence[int] = (1, 2, 3)) -> list[Person]:
    """Three in ten join during the year, two in ten leave; half of them work in the innermost project."""
    found = []
    for number in range(1, count + 1):
        home = int(chance.choice(projects, p=[0.2, 0.3, 0.5] if len(projects) == 3 else None))
        joins = int(chance.integers(1, 40)) if chance.random() < 0.3 else 0
        leaves = int(chance.integers(joins + 4, 54)) if chance.random() < 0.2 else 53
        found.append(Person(number, home, joins, min(leaves, 53)))
    return found


def tallies(person: Person, chance: np.random.Generator, projects: Sequence[int] = (1, 2, 3)) -> list[Tally]:
    """Everything that was counted of somebody in the year."""
    mix = chance.dirichlet(_CONCERN_MIX * 12)
    found = []
    for week in WEEKS[person.joins : person.leaves]:
        where = person.home if chance.random() < 0.85 else int(chance.choice(projects))
        found.append(Tally(where, week, person.number, "read", "", 1 + int(chance.poisson(READ_A_WEEK))))
        for label in chance.choice(CONCERNS, size=int(chance.poisson(NUDGED_A_WEEK)), p=mix):
            found += _note(where, week, person.number, str(label), chance)
        for label in chance.choice(STRENGTHS, size=int(chance.poisson(STRENGTHS_A_WEEK)), p=_STRENGTH_MIX):
            found.append(Tally(where, week, person.number, "strength", str(label), 1))
    return found


def _note(where: int, week: date, person: int, label: str, chance: np.random.Generator) -> list[Tally]:
    found = [Tally(where, week, person, "nudged", label, 1)]
    if chance.random() < EDITED:
        found.append(Tally(where, week, person, "edited", label, 1))
    if chance.random() < ANSWERED:
        found.append(Tally(where, week, person, "wrong" if chance.random() < WRONG else "helpful", label, 1))
    return found


def target(joined: int = 8, *, told: bool = True) -> list[Tally]:
    """Somebody as conspicuous as can be: in the innermost project, every week from ``joined`` on, in as many cells as count.

    ``told`` is the secret: whether they were ever told anything. Without it, everything else is the same.
    """
    cells = [("strength", label) for label in STRENGTHS[:3]] + [("read", "")]
    if told:
        cells += [(kind, label) for kind in ("nudged", "edited") for label in CONCERNS[:4]]
    return [Tally(3, week, TARGET, kind, label, 1) for week in WEEKS[joined:] for kind, label in cells]


def cells_of(shares: dict[int, frozenset[Cell]]) -> dict[Cell, int]:
    """How many people truly stand in each cell."""
    counts: dict[Cell, int] = {}
    for counted in shares.values():
        for cell in counted:
            counts[cell] = counts.get(cell, 0) + 1
    return counts
