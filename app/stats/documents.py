"""A release as it is kept: one document for each project of a family, immutable, with what was promised about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.stats.budget import DELTA_A_YEAR, Plan
from app.stats.noise import epsilon
from app.stats.periods import RELEASES_A_YEAR, Cadence, Period
from app.stats.pools import Made, Node, Pool, below

VERSION = 1


@dataclass(frozen=True, slots=True)
class Released:
    """What is known of ``project`` and those below it in ``period``. ``sigma`` is the standard deviation of one cell's noise.

    ``pools`` hold those of the projects below it, too, so that a parent adds up from the same numbers.
    """

    project: int
    period: Period
    cadence: Cadence
    detail: str
    epsilon: float
    epsilon_of_a_year: float
    delta: float
    delta_of_a_year: float
    k: int
    rho: float
    sigma: float
    most: int
    least: int  # the smallest number that could have appeared
    pools: tuple[Pool, ...]
    arms: tuple[Pool, ...] = ()  # not shown as they are


def documents(release: Made, nodes: Iterable[Node], plan: Plan, epsilon_of_a_year: float) -> dict[int, Released]:
    """Project → its document."""
    family = tuple(nodes)
    delta = DELTA_A_YEAR / RELEASES_A_YEAR[plan.cadence]
    made: dict[int, Released] = {}
    for node in family:
        under = below(family, node.id)
        made[node.id] = Released(
            project=node.id,
            period=plan.period,
            cadence=plan.cadence,
            detail=plan.detail,
            epsilon=round(epsilon(plan.rho, delta / 2), 3),
            epsilon_of_a_year=epsilon_of_a_year,
            delta=delta,
            delta_of_a_year=DELTA_A_YEAR,
            k=plan.k,
            rho=plan.rho,
            sigma=plan.sigma,
            most=plan.most,
            least=round(plan.k + 1 + plan.z * plan.sigma),
            pools=tuple(pool for pool in release.pools if pool.project in under),
            arms=tuple(pool for pool in release.arms if pool.project in under),
        )
    return made


def as_json(released: Released) -> dict[str, Any]:
    """For ``releases.cells``."""
    held = asdict(released)
    held["period"] = [released.period.start.isoformat(), released.period.end.isoformat()]
    for name, group in (("pools", released.pools), ("arms", released.arms)):
        held[name] = [[pool.project, pool.kind, pool.label, pool.value, pool.cells] for pool in group]
    return {"version": VERSION, **held}


def from_json(held: Mapping[str, Any]) -> Released:
    values = {name: value for name, value in held.items() if name != "version"}
    start, end = (date.fromisoformat(day) for day in held["period"])
    values["period"] = Period(start, end)
    for name in ("pools", "arms"):
        values[name] = tuple(Pool(*row) for row in held[name])
    return Released(**values)
