"""Nobody counts more than once in a cell, in more than a few cells, or in two families."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from app.stats import budget
from app.stats.budget import Plan
from app.stats.periods import period_of
from app.stats.shares import ALL, PEOPLE, Tally, plain_order, shares

ORDER = plain_order(b"test")
WEEK = date(2026, 3, 2)
MONTH = period_of(WEEK, "monthly")


def plan(detail: str = "norms", *, experiment: bool = False, most: int = 12) -> Plan:
    return Plan(MONTH, "monthly", detail, 10, 0.01, most, experiment)


def test_everybody_counts_once_in_a_cell_however_often_it_happened() -> None:
    tallies = [Tally(1, WEEK, 7, "nudged", "hostility", 40), Tally(1, WEEK + timedelta(7), 7, "nudged", "hostility", 2)]
    found = shares(tallies, plan(), frozenset({1}), {1: 1}, ORDER)
    assert found == {7: frozenset({(1, "nudged", "hostility"), (1, PEOPLE, ALL)})}


def test_totals_have_one_cell_for_all_norms() -> None:
    tallies = [Tally(1, WEEK, 7, "nudged", label, 1) for label in ("hostility", "assumption")]
    assert shares(tallies, plan("totals"), frozenset({1}), {1: 1}, ORDER)[7] == {(1, "nudged", ALL), (1, PEOPLE, ALL)}


def test_nobody_counts_in_more_cells_than_the_noise_was_made_for() -> None:
    chance = random.Random(5)
    kinds = ("nudged", "edited", "helpful", "wrong", "strength", "spoken_edited", "held_kept", "spoken_softer")
    tallies = [
        Tally(
            chance.choice((1, 2, 3)),
            WEEK + timedelta(weeks=chance.randrange(-6, 8)),
            chance.randrange(20),
            chance.choice(kinds),
            f"l{chance.randrange(8)}",
            chance.randrange(1, 9),
        )
        for _ in range(3000)
    ]
    found = shares(tallies, plan(experiment=True), frozenset({1, 2, 3}), {1: 1, 2: 1, 3: 1}, ORDER)
    assert len(found) == 20
    for cells in found.values():
        assert len(cells) <= 12
        assert sum(kind == PEOPLE for _, kind, _ in cells) == 1
        # The same question in two projects of a family is answered once, so that projects add up to their family.
        assert len({(kind, label) for _, kind, label in cells}) == len(cells)


def test_an_arm_and_question_has_one_answer() -> None:
    tallies = [Tally(1, WEEK, 7, kind, label, 1) for kind in ("held_edited", "held_kept") for label in ("a", "b")]
    cells = shares(tallies, plan("totals", experiment=True), frozenset({1}), {1: 1}, ORDER)[7]
    assert len([cell for cell in cells if cell[1].startswith("held")]) == 1


def test_without_an_experiment_its_counts_are_no_cells() -> None:
    tallies = [Tally(1, WEEK, 7, "held_edited", "hostility", 1)]
    assert shares(tallies, plan(), frozenset({1}), {1: 1}, ORDER) == {7: frozenset({(1, PEOPLE, ALL)})}


def test_somebody_counts_in_one_family_a_quarter_the_one_they_were_first_seen_in() -> None:
    roots = {1: 1, 2: 2}
    earlier = period_of(WEEK, "quarterly").start
    tallies = [Tally(2, earlier, 7, "nudged", "hostility", 1), Tally(1, WEEK, 7, "nudged", "hostility", 1)]
    assert shares(tallies, plan(), frozenset({1}), roots, ORDER) == {}
    assert shares(tallies[1:], plan(), frozenset({1}), roots, ORDER) != {}
    last_quarter = [Tally(2, earlier - timedelta(weeks=1), 7, "nudged", "hostility", 1), *tallies[1:]]
    assert shares(last_quarter, plan(), frozenset({1}), roots, ORDER) != {}


@pytest.mark.parametrize(
    ("before", "after", "trend"), [((10, 4), (10, 1), "fell"), ((10, 1), (20, 1), "fell"), ((10, 0), (10, 1), "rose")]
)
def test_a_quarter_tells_whether_somebodys_own_rate_fell(
    before: tuple[int, int], after: tuple[int, int], trend: str
) -> None:
    quarter = period_of(WEEK, "quarterly")
    made = budget.Plan(quarter, "quarterly", "totals", 10, 0.01, 6)
    last = quarter.end - timedelta(weeks=1)
    tallies = [
        Tally(1, week, 7, kind, ALL, count)
        for week, (read, nudged) in ((quarter.start, before), (last, after))
        for kind, count in (("read", read), ("nudged", nudged))
    ]
    cells = shares(tallies, made, frozenset({1}), {1: 1}, ORDER)[7]
    assert (1, trend, ALL) in cells
