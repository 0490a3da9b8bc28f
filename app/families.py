"""Projects as families: which lies under which, and what the outermost one sets for the statistics of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.in_force import Rules
from app.stats.pools import Node


@dataclass(frozen=True)
class Family:
    """``root`` and all that lie under it. ε and cadence are the root's; k is the strictest of them all."""

    root: Rules
    members: tuple[Rules, ...]
    nodes: tuple[Node, ...]

    @property
    def id(self) -> int:
        return number(self.root)

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(node.id for node in self.nodes)

    @property
    def k(self) -> int:
        return max(one.settings.k for one in self.members)

    @property
    def experiment(self) -> bool:
        return any(one.settings.hold_out > 0 for one in self.members)

    @property
    def levels(self) -> int:
        parents = {node.id: node.parent for node in self.nodes}

        def depth(at: int | None) -> int:
            return 0 if at is None else 1 + depth(parents[at])

        return max(depth(node.id) for node in self.nodes)


def number(rules: Rules) -> int:
    assert rules.project is not None, "a family is made of projects"
    return rules.project.id


def families(every: Iterable[Rules]) -> list[Family]:
    rules = {number(one): one for one in every if one.project}
    parents = {id: _parent(one, rules.values()) for id, one in rules.items()}

    def root(id: int) -> int:
        above = parents[id]
        return id if above is None else root(above)

    members: dict[int, list[int]] = defaultdict(list)
    for id in rules:
        members[root(id)].append(id)
    return [
        Family(rules[top], tuple(rules[id] for id in ids), tuple(Node(id, parents[id]) for id in ids))
        for top, ids in members.items()
    ]


def family_of(every: Iterable[Rules], project_id: int) -> Family | None:
    return next((family for family in families(every) if project_id in family.ids), None)


def _parent(rules: Rules, every: Iterable[Rules]) -> int | None:
    """The closest project above."""
    mine = rules.project
    assert mine is not None, "asked of projects"
    above = [
        one.project
        for one in every
        if one.project and one.project.id != mine.id and one.project.holds(mine.platform, mine.server, mine.name)
    ]
    return max(above, key=lambda one: len(one.name)).id if above else None
