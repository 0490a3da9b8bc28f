"""From noisy cells to numbers that may be shown: pooled until at least k people stand behind each.

A family of projects is a tree. Each cell gets its noise once, at the project it was counted in. On the way up from the
leaves, a norm whose people are too few in a project is first pooled with the project's other norms of that kind, else
carried to the parent and pooled there. Every cell ends in at most one pool, so that every sum adds up, and the difference
of any two published numbers is a sum of pools, too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.stats.budget import Plan
from app.stats.noise import Noise
from app.stats.shares import ALL, ARMS, COUNTED, EFFECTS, OUTCOMES, PEOPLE, TRENDS, Cell
from classifiers.labels import CONCERNS, STRENGTHS

OTHER: Final = "*"
"""The label of a pool of norms that had too few people each."""


@dataclass(frozen=True, slots=True)
class Node:
    """A project in its family. ``parent`` is ``None`` at the root."""

    id: int
    parent: int | None


@dataclass(frozen=True, slots=True)
class Pool:
    """A published number: ``value`` people, noise included, of ``project`` or below it. ``cells`` had noise each."""

    project: int
    kind: str
    label: str
    value: int
    cells: int


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a number may appear.

    k people must stand behind it: that is counted exactly. Alone, that would betray who makes the k-th. So the number must
    also lie so far above what k people could make, noise included, that with fewer people it would not have been looked at:
    the chance that somebody's presence is what makes it appear is in δ. ``cells`` is added since a discrete Gaussian
    exceeds a continuous one by at most one (Canonne et al., proposition 25).
    """

    k: int
    sigma: float
    z: float

    def passes(self, people: int, value: int, cells: int, most_each: int) -> bool:
        least = self.k * most_each + cells + self.z * self.sigma * math.sqrt(cells)
        return people >= self.k and value >= least


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A cell with its noise; ``people`` are needed to count them in a pool, and go no further."""

    label: str
    value: int
    people: frozenset[int]


def labels(kind: str, detail: str) -> tuple[str, ...]:
    """The cells of a kind, whether or not anything happened in them: an absent cell would tell something."""
    if kind == PEOPLE or kind in TRENDS or detail == "totals":
        return (ALL,)
    return STRENGTHS if kind == "strength" else CONCERNS


def kinds(plan: Plan) -> tuple[str, ...]:
    return (PEOPLE, *COUNTED, *(EFFECTS if plan.experiment else ()), *(TRENDS if plan.trend else ()))


@dataclass(frozen=True, slots=True)
class Made:
    """All that will ever be known of a period. ``pools`` may be shown as they are.

    ``arms`` are the noisy cells of the experiment, which is about shares over a long time: none of them is shown, only what
    many periods add up to (``reading.experiment``), once k people stand behind each arm.
    """

    pools: tuple[Pool, ...]
    arms: tuple[Pool, ...] = ()


def release(shares: Mapping[int, frozenset[Cell]], nodes: Sequence[Node], plan: Plan, noise: Noise) -> Made:
    """Noise is drawn here, once."""
    cells = [(node.id, kind, label) for node in nodes for kind in kinds(plan) for label in labels(kind, plan.detail)]
    behind: dict[Cell, set[int]] = defaultdict(set)
    for person, counted in shares.items():
        for cell in counted:
            behind[cell].add(person)
    noisy = noise([len(behind[cell]) for cell in cells], plan.sigma)
    leaves: dict[tuple[int, str], list[_Leaf]] = defaultdict(list)
    for cell, value in zip(cells, noisy, strict=True):
        leaves[cell[0], cell[1]].append(_Leaf(cell[2], value, frozenset(behind[cell])))
    gate = Gate(plan.k, plan.sigma, plan.z)
    shown = (kind for kind in kinds(plan) if kind not in EFFECTS)
    arms = ((node, kind, leaf) for (node, kind), group in leaves.items() if kind in EFFECTS for leaf in group)
    return Made(
        tuple(pool for kind in shown for pool in _pooled(kind, nodes, leaves, gate, plan.most)),
        tuple(Pool(node, kind, leaf.label, leaf.value, 1) for node, kind, leaf in arms),
    )


def _pooled(
    kind: str, nodes: Sequence[Node], leaves: Mapping[tuple[int, str], list[_Leaf]], gate: Gate, most: int
) -> Iterator[Pool]:
    carried: dict[int, list[_Leaf]] = defaultdict(list)
    for node in from_the_leaves(nodes):
        here = [*leaves[node.id, kind], *carried[node.id]]
        by_label: dict[str, list[_Leaf]] = defaultdict(list)
        for leaf in here:
            by_label[leaf.label].append(leaf)
        few: list[_Leaf] = []
        for label, group in by_label.items():
            if _may_appear(group, gate, 1):  # a label is counted once for each person in the whole family
                yield _pool(node.id, kind, label, group)
            else:
                few += group
        several = len({leaf.label for leaf in few})
        if several > 1 and _may_appear(few, gate, min(most, several)):
            yield _pool(node.id, kind, OTHER, few)
        elif node.parent is not None:
            carried[node.parent] += few


def _may_appear(group: Sequence[_Leaf], gate: Gate, most_each: int) -> bool:
    people = frozenset[int]().union(*(leaf.people for leaf in group))
    return gate.passes(len(people), sum(leaf.value for leaf in group), len(group), most_each)


def _pool(project: int, kind: str, label: str, group: Sequence[_Leaf]) -> Pool:
    return Pool(project, kind, label, sum(leaf.value for leaf in group), len(group))


def from_the_leaves(nodes: Sequence[Node]) -> list[Node]:
    """The deepest first, so that every project comes before its parent."""
    parents = {node.id: node.parent for node in nodes}

    def depth(node: Node) -> int:
        steps, at = 0, node.parent
        while at is not None:
            steps, at = steps + 1, parents.get(at)
        return steps

    return sorted(nodes, key=depth, reverse=True)


def below(nodes: Iterable[Node], top: int) -> frozenset[int]:
    """A project and all that lie under it."""
    found, children = {top}, defaultdict[int | None, list[int]](list)
    for node in nodes:
        children[node.parent].append(node.id)
    waiting = [top]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


__all__ = [
    "ALL",
    "ARMS",
    "OTHER",
    "OUTCOMES",
    "Gate",
    "Node",
    "Pool",
    "below",
    "from_the_leaves",
    "kinds",
    "labels",
    "release",
]
