"""What may appear, and that everything that appears adds up."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from app.stats.budget import Plan
from app.stats.noise import Noise
from app.stats.periods import period_of
from app.stats.pools import OTHER, Gate, Node, Pool, below
from app.stats.pools import release as made_release
from app.stats.shares import ALL, PEOPLE, Cell
from classifiers.labels import CONCERNS

MONTH = period_of(date(2026, 3, 4), "monthly")
FAMILY = (Node(1, None), Node(2, 1), Node(3, 2))


def release(shares: Mapping[int, frozenset[Cell]], nodes: Sequence[Node], plan: Plan, noise: Noise) -> tuple[Pool, ...]:
    return made_release(shares, nodes, plan, noise).pools


def none_at_all(values: Sequence[int], sigma: float) -> list[int]:
    return list(values)


def generous(values: Sequence[int], sigma: float) -> list[int]:
    """Noise that lifts everything: only the count of people holds numbers back."""
    return [value + 100_000 for value in values]


def plan(detail: str = "norms", rho: float = 10.0) -> Plan:
    return Plan(MONTH, "monthly", detail, 10, rho, 12, levels=3)


def crowd(cell: Cell, people: range) -> dict[int, frozenset[Cell]]:
    return {person: frozenset({cell}) for person in people}


def test_a_number_needs_k_people_whatever_the_noise_says() -> None:
    for people, appears in ((9, False), (10, True)):
        pools = release(crowd((3, "nudged", "hostility"), range(people)), FAMILY, plan(), generous)
        shown = [pool for pool in pools if pool.kind == "nudged" and pool.label == "hostility"]
        assert bool(shown) is appears


def test_k_people_alone_are_not_enough_since_the_kth_would_be_betrayed() -> None:
    made = plan(rho=0.05)
    needed = 10 + 1 + made.z * made.sigma
    for people, appears in ((10, False), (int(needed) - 1, False), (int(needed) + 2, True)):
        pools = release(crowd((3, PEOPLE, ALL), range(people)), FAMILY, made, none_at_all)
        assert [(pool.project, pool.kind) for pool in pools] == ([(3, PEOPLE)] if appears else [])


def test_few_people_in_a_project_are_pooled_with_those_of_its_parent() -> None:
    shares = {**crowd((3, PEOPLE, ALL), range(9)), **crowd((2, PEOPLE, ALL), range(9, 40))}
    pools = release(shares, FAMILY, plan(rho=1000), none_at_all)
    assert pools == (Pool(2, PEOPLE, ALL, 40, 2),)


def test_norms_with_few_people_are_pooled_together() -> None:
    labels = ("belittling", "assumption", "hostility", "subtle_ism")
    shares = {number: frozenset({(1, "nudged", labels[number % 4])}) for number in range(36)}
    pools = release(shares, (Node(1, None),), plan(rho=100_000), none_at_all)
    # Eight norms pooled: k people might count in as many of them each as a share allows, so k alone does not do.
    assert [pool for pool in pools if pool.kind == "nudged"] == []
    many = {number: frozenset({(1, "nudged", labels[number % 4])}) for number in range(400)}
    assert {pool.label for pool in release(many, (Node(1, None),), plan(rho=10), none_at_all)} == set(labels)


def test_a_pool_of_norms_appears_once_it_is_large_enough() -> None:
    made = plan(rho=0.5)
    shares = {number: frozenset({(1, "nudged", CONCERNS[number % 8])}) for number in range(160)}
    assert made.k + 1 + made.z * made.sigma > 160 / 8  # no norm appears alone
    few = {person: cells for person, cells in shares.items() if person < 120}
    assert release(few, (Node(1, None),), made, none_at_all) == ()
    assert release(shares, (Node(1, None),), made, none_at_all) == (Pool(1, "nudged", OTHER, 160, 8),)


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_is_in_one_pool_at_most_and_every_pool_has_k_people(seed: int) -> None:
    chance = random.Random(seed)
    made = plan(rho=3.0)
    labels = ("belittling", "assumption", "hostility")
    shares = {
        person: frozenset((chance.choice((1, 2, 3)), "nudged", chance.choice(labels)) for _ in range(3))
        for person in range(chance.choice((30, 120)))
    }
    once = {p: frozenset({(kind, label): (n, kind, label) for n, kind, label in c}.values()) for p, c in shares.items()}
    pools = release(once, FAMILY, made, none_at_all)
    true_total = sum(len(cells) for cells in once.values())
    assert sum(pool.value for pool in pools) <= true_total
    for pool in pools:
        assert pool.value >= made.k
    for pool in pools:  # without noise, each pool is a sum of whole cells of its subtree
        under = below(FAMILY, pool.project)
        most = sum(n in under and (pool.label in (label, OTHER)) for c in once.values() for n, _, label in c)
        assert pool.value <= most


def test_a_parent_is_the_sum_of_its_children_and_its_own_pools() -> None:
    shares = {**crowd((3, PEOPLE, ALL), range(200)), **crowd((1, PEOPLE, ALL), range(200, 400))}
    pools = release(shares, FAMILY, plan(), none_at_all)
    family = sum(pool.value for pool in pools if pool.project in below(FAMILY, 1))
    child = sum(pool.value for pool in pools if pool.project in below(FAMILY, 2))
    assert (family, child) == (400, 200)


def test_cells_exist_whether_or_not_anything_happened_in_them() -> None:
    asked: list[int] = []

    def counting(values: Sequence[int], sigma: float) -> list[int]:
        asked.append(len(values))
        return list(values)

    release({}, FAMILY, plan(), counting)
    release(crowd((3, PEOPLE, ALL), range(50)), FAMILY, plan(), counting)
    assert asked == [3 * (1 + 4 * 8 + 7)] * 2


def test_a_gate_grows_with_cells_and_with_how_often_somebody_may_count() -> None:
    gate = Gate(k=10, sigma=5, z=5)
    assert gate.passes(10, 36, 1, 1)
    assert not gate.passes(10, 35, 1, 1)
    assert not gate.passes(10, 36, 1, 2)
    assert not gate.passes(10, 36, 2, 1)
    assert not gate.passes(9, 1000, 1, 1)
