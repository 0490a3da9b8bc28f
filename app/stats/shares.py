"""One person's share in a release: clipped to one in a cell, to a few cells, and to one family of projects a quarter."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.stats.budget import Plan
from app.stats.periods import period_of

PEOPLE: Final = "people"
READ: Final = "read"  # tallied for the trend; no cell of its own
COUNTED: Final = ("nudged", "edited", "helpful", "wrong", "strength")
ARMS: Final = ("spoken", "held")
OUTCOMES: Final = (("edited", "kept"), ("softer", "same"))
EFFECTS: Final = tuple(f"{arm}_{outcome}" for arm in ARMS for pair in OUTCOMES for outcome in pair)
"""Two questions an arm: was it edited before publication; was it heard more softly when published."""
TRENDS: Final = ("fell", "rose", "level")
ENOUGH_READ: Final = 5
"""Comments in each half of a quarter, below which one's own rate says nothing."""
ALL: Final = ""
"""The label of a cell that counts for all norms together."""

Cell = tuple[int, str, str]
"""(project, kind, label)."""

Order = Callable[[str], str]
"""A keyed digest: decides by lot what is counted when there is more than may count, the same lot in every replica."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened to somebody in a week: ``kind`` is one of those above. ``week`` is its Monday."""

    project: int
    week: date
    person: int
    kind: str
    label: str
    count: int


def shares(
    tallies: Iterable[Tally], plan: Plan, family: frozenset[int], roots: Mapping[int, int], order: Order
) -> dict[int, frozenset[Cell]]:
    """Person → the cells of this release they count in, once each.

    ``tallies`` are those of the quarter that the period lies in, of every family, since they decide which family somebody
    counts in; ``roots`` names each project's. Of the same cell in two projects of a family one is drawn, so that the
    projects' people add up to the family's; beyond ``plan.most`` cells, which ones count is drawn, too.
    """
    around = period_of(plan.period.start, "quarterly")
    quarter = [tally for tally in tallies if tally.week in around]
    homes = _homes(quarter, roots, order)
    here = {roots[project] for project in family}
    mine: dict[int, list[Tally]] = defaultdict(list)
    for tally in quarter:
        if tally.project in family and tally.week in plan.period and tally.count > 0 and homes[tally.person] in here:
            mine[tally.person].append(tally)
    return {person: _clipped(person, theirs, plan, order) for person, theirs in mine.items()}


def _homes(tallies: Iterable[Tally], roots: Mapping[int, int], order: Order) -> dict[int, int]:
    """Person → the family they count in this quarter: the first that something of theirs was counted in."""
    earliest: dict[int, dict[int, date]] = defaultdict(dict)
    for tally in tallies:
        if (root := roots.get(tally.project)) is not None:
            weeks = earliest[tally.person]
            weeks[root] = min(weeks.get(root, tally.week), tally.week)
    return {
        person: min((week, order(f"home:{person}:{root}"), root) for root, week in weeks.items())[2]
        for person, weeks in earliest.items()
    }


def _clipped(person: int, tallies: list[Tally], plan: Plan, order: Order) -> frozenset[Cell]:
    found = {_cell(tally, plan) for tally in tallies}
    wanted = {cell for cell in found if cell is not None}
    projects = {tally.project for tally in tallies}
    wanted |= {(project, PEOPLE, ALL) for project in projects}
    if plan.trend and (trend := _trend(tallies, plan)) is not None:
        wanted |= {(project, trend, ALL) for project in projects}
    drawn = sorted(wanted, key=lambda cell: order(f"{person}:{plan.period.start}:{cell}"))
    once: dict[tuple[str, str], Cell] = {}
    for cell in drawn:
        once.setdefault(_question(cell), cell)
    people = [cell for cell in once.values() if cell[1] == PEOPLE]
    return frozenset((people + [cell for cell in once.values() if cell[1] != PEOPLE])[: plan.most])


def _cell(tally: Tally, plan: Plan) -> Cell | None:
    counted = tally.kind in COUNTED or (plan.experiment and tally.kind in EFFECTS)
    label = tally.label if plan.detail == "norms" else ALL
    return (tally.project, tally.kind, label) if counted else None


def _question(cell: Cell) -> tuple[str, str]:
    """What may be answered once: where two outcomes exclude each other, somebody counts for one of them."""
    _, kind, label = cell
    if kind in EFFECTS:
        arm, outcome = kind.split("_")
        return next(f"{arm}_{pair[0]}" for pair in OUTCOMES if outcome in pair), ALL
    return kind, label


def _trend(tallies: list[Tally], plan: Plan) -> str | None:
    """Whether somebody's own rate of notes fell, rose or stayed from the first half of the period to the second."""
    half = plan.period.start + (plan.period.end - plan.period.start) / 2
    counts: Counter[tuple[bool, str]] = Counter()
    for tally in tallies:
        if tally.kind in (READ, "nudged"):
            counts[tally.week >= half, tally.kind] += tally.count
    before, after = counts[False, READ], counts[True, READ]
    if min(before, after) < ENOUGH_READ:
        return None
    change = counts[True, "nudged"] * before - counts[False, "nudged"] * after
    return TRENDS[0] if change < 0 else TRENDS[1] if change > 0 else TRENDS[2]


def plain_order(key: bytes) -> Order:
    """An ``Order`` under ``key``, for tests and benchmarks; the service uses its vault."""
    return lambda text: hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()
