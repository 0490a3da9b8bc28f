"""The statistics' clockwork: settle what was published, release what is due, let go of what was counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from app.families import Family, families, number
from app.in_force import InForce
from app.stats import budget, noise, reading
from app.stats.budget import Plan, Spent
from app.stats.documents import Released, as_json, documents, from_json
from app.stats.noise import Noise
from app.stats.periods import Period, finished, period_of
from app.stats.pools import release
from app.stats.shares import EFFECTS, Tally, shares
from app.store import Store, effects, releases, tallies

log = structlog.get_logger()

SETTLES: Final = timedelta(days=1)
"""After the end of a period, for answers that come late."""
LATEST: Final = tallies.LATE + timedelta(weeks=14)
"""Older periods are not released any more: what was counted of them is gone."""


@dataclass(frozen=True, slots=True)
class Releaser:
    store: Store
    in_force: InForce
    now: Callable[[], datetime]
    keep: timedelta  # of what is tied to a person
    noise: Noise = noise.discrete_gaussian

    def run(self) -> int:
        """Everything that is due; how many releases were made. May run at any time, and in several replicas."""
        self.settle()
        found = families(self.in_force.every())
        roots = {id: family.id for family in found for id in family.ids}
        made = sum(self._release(family, roots) for family in found) if noise.available() else 0
        now = self.now()
        with self.store.begin() as c:
            tallies.sweep(c, period_of(now.date(), "quarterly").start, now)
            effects.sweep(c, now, self.keep)
        if made:
            log.info("statistics released", releases=made)
        return made

    def settle(self) -> int:
        """Drafts that were spoken about, or held out, and are published by now."""
        settled = 0
        with self.store.begin() as c:
            for person_id, about, edited, band in effects.published_drafts(c, self.store.vault, self.now() - self.keep):
                news = effects.settled(c, self.store.vault, person_id, about, edited=edited, published=band)
                if news is None:
                    continue
                settled += 1
                label, project_id, week, arm = news
                if edited and arm == effects.SPOKEN:
                    agreed = tallies.consents(c, person_id)
                    tallies.add(c, agreed, project_id, person_id, week, [("edited", label)])
        return settled

    def _release(self, family: Family, roots: dict[int, int]) -> int:
        assert family.root.project is not None, "a family is made of projects"
        now, made = self.now(), 0
        since = max(family.root.project.created_at.date(), now.date() - LATEST)
        for period in finished(family.root.settings.cadence, since, (now - SETTLES).date()):
            with self.store.read() as c:
                before = [from_json(one) for _, one in releases.of_all(c, sorted(family.ids))]
                quarter = period_of(period.start, "quarterly")
                rows = [
                    *tallies.of_quarter(c, quarter.start, quarter.end),
                    *effects.counted(c, quarter.start, quarter.end),
                ]
            plan = planned(family, period, before)
            if plan is None:
                continue
            comparing = {number(one) for one in family.members if one.settings.hold_out > 0}
            counted = [
                Tally(r.project, r.week, r.person, r.kind, r.label, r.count)
                for r in rows
                if r.kind not in EFFECTS or r.project in comparing
            ]
            mine = shares(counted, plan, family.ids, roots, self.store.vault.digest)
            result = release(mine, family.nodes, plan, self.noise)
            kept = documents(result, family.nodes, plan, family.root.settings.epsilon)
            with self.store.begin() as c:
                made += releases.keep(c, {id: as_json(one) for id, one in kept.items()}, family.id, now)
        return made


def spent(before: list[Released]) -> list[Spent]:
    """The ledger: one entry a period, since somebody counts in one family at a time."""
    losses: dict[Period, float] = {}
    for one in before:
        losses[one.period] = max(losses.get(one.period, 0.0), one.rho)
    return [Spent(period, rho) for period, rho in sorted(losses.items())]


def planned(family: Family, period: Period, before: list[Released]) -> Plan | None:
    """How the next release is made; with a cell for each norm once the group was large enough for that."""
    settings, ledger = family.root.settings, spent(before)

    def plan(detail: str) -> Plan | None:
        return budget.plan(
            period,
            settings.cadence,
            settings.epsilon,
            family.k,
            detail=detail,
            experiment=family.experiment,
            levels=family.levels,
            already=ledger,
        )

    fine = plan("norms")
    return fine if fine is not None and budget.bears(people_of(family.id, before), fine) else plan("totals")


def people_of(project: int, released: list[Released]) -> float:
    """How many people the newest release told of; 0 where that could not be told."""
    mine = sorted((one for one in released if one.project == project), key=lambda one: one.period)
    shown = reading.people(mine[-1]) if mine else None
    return shown.value if shown else 0.0


def next_release(family: Family, today: date) -> date:
    """When the period under way will be released."""
    return period_of(today, family.root.settings.cadence).end + SETTLES
