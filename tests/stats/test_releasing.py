"""From counts to a release, through the real database and OpenDP: once, for good, and only of people who agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import norms
from app.in_force import InForce
from app.project_settings import as_json, start
from app.releasing import Releaser
from app.stats.documents import Released, from_json
from app.stats.periods import period_of
from app.stats.shares import ALL, PEOPLE
from app.store import Store, people, projects, releases, tallies
from app.store.project_tables import releases as table
from app.store.project_tables import tallies as tallies_table
from app.store.tallies import Consents

pytest.importorskip("opendp", reason="OpenDP is not here: `pip install '.[stats]'` lets the releases be tested")
MARCH = datetime(2026, 3, 4, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 8, 12, tzinfo=UTC)
NORMS = norms.load()


def none_at_all(values: Sequence[int], sigma: float) -> list[int]:
    return list(values)


class House:
    """A store with projects and people who were counted in them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = [MARCH]
        self.in_force = InForce(store, NORMS, fresh_s=0)

    def project(self, name: str, **settings: object) -> int:
        with self.store.begin() as c:
            chosen = as_json(replace(start(NORMS), **settings))  # type: ignore[arg-type]
            return projects.add(c, "github", "github.com", name, chosen, "administrator", "For the test.", MARCH)

    def person(
        self, number: int, project: int, kinds: Sequence[tuple[str, str]], agreed: Consents | None = None
    ) -> int:
        with self.store.begin() as c:
            person = people.add(c, f"person{number}@example.org", MARCH)
            people.opt_in(c, person, MARCH)
            consents = agreed or Consents(statistics=True)
            tallies.agree(c, person, consents)
            tallies.add(c, tallies.consents(c, person), project, person, "2026-03-02", kinds)
            return person

    def release(self, **more: object) -> int:
        return Releaser(self.store, self.in_force, lambda: self.clock[0], timedelta(days=90), **more).run()  # type: ignore[arg-type]

    def released(self, project: int) -> list[Released]:
        with self.store.read() as c:
            return [from_json(one) for one in releases.of(c, project)]


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def test_a_month_is_released_once_after_it_is_over(house: House) -> None:
    project = house.project("octo")
    for number in range(120):
        house.person(number, project, [("nudged", "hostility"), ("read", "")])
    assert house.release() == 0  # March is not over
    house.clock[0] = APRIL
    assert house.release() == 1
    [march] = house.released(project)
    assert march.period == period_of(MARCH.date(), "monthly")
    assert {(pool.kind, pool.label) for pool in march.pools} == {(PEOPLE, ALL), ("nudged", ALL)}
    assert all(abs(pool.value - 120) < 8 * march.sigma for pool in march.pools)
    before = house.released(project)
    assert house.release() == 0
    with house.store.begin() as c:  # whoever leaves changes no past release
        c.execute(sa.text("DELETE FROM people"))
    assert house.release() == 0
    assert house.released(project) == before


def test_only_people_who_agreed_and_still_do_are_counted(house: House) -> None:
    project = house.project("octo", epsilon=6.0)
    for number in range(100):
        house.person(number, project, [("nudged", "hostility")])
    for number in range(100, 150):
        house.person(number, project, [("nudged", "hostility")], Consents(my_month=True))
    gone = house.person(150, project, [("nudged", "hostility")])
    closed = house.person(151, project, [("nudged", "hostility")])
    with house.store.begin() as c:
        tallies.agree(c, gone, Consents())
        people.opt_out(c, closed)
    house.clock[0] = APRIL
    assert house.release(noise=none_at_all) == 1
    assert {pool.value for pool in house.released(project)[0].pools} == {100}


def test_nested_projects_add_up_in_their_documents(house: House) -> None:
    outer, inner = house.project("octo", epsilon=6.0), house.project("octo/parser", k=20)
    for number in range(120):
        house.person(number, inner, [])
        house.person(1000 + number, outer, [])
    with house.store.begin() as c:
        for row in c.execute(sa.text("SELECT id, email FROM people")).all():
            where = (
                inner if row.email.startswith("person1") is False or int(row.email[6:].split("@")[0]) < 1000 else outer
            )
            tallies.add(c, Consents(statistics=True), where, row.id, "2026-03-02", [("read", "")])
    house.clock[0] = APRIL
    assert house.release(noise=none_at_all) == 1
    [whole], [part] = house.released(outer), house.released(inner)
    assert (whole.k, part.k) == (20, 20)  # the strictest of the family
    assert sum(pool.value for pool in part.pools) == 120
    assert sum(pool.value for pool in whole.pools) == 240
    assert set(part.pools) < set(whole.pools)


def test_two_replicas_at_once_make_one_release(house: House) -> None:
    project = house.project("octo")
    document = {"period": ["2026-03-02", "2026-03-30"], "epsilon": 1.0, "delta": 0.0, "k": 10}
    with house.store.begin() as c:
        assert releases.keep(c, {project: document}, project, APRIL)
        assert not releases.keep(c, {project: {**document, "k": 11}}, project, APRIL)
        assert list(c.scalars(sa.select(table.c.k))) == [10]


def test_what_was_counted_goes_once_its_quarter_is_over_and_released(house: House) -> None:
    project = house.project("octo")
    house.person(1, project, [("nudged", "hostility")])

    def left() -> int:
        with house.store.read() as c:
            return c.scalar(sa.select(sa.func.count()).select_from(tallies_table)) or 0

    house.clock[0] = APRIL
    house.release()
    assert left() == 1  # until late releases of its quarter are made
    house.clock[0] = APRIL + timedelta(weeks=4)
    house.release()
    assert left() == 0


def test_a_large_group_gets_a_cell_for_each_norm_the_next_time(house: House) -> None:
    project = house.project("octo", epsilon=6.0)
    for number in range(220):
        house.person(number, project, [("nudged", "hostility")])
    house.clock[0] = APRIL
    house.release()
    with house.store.begin() as c:
        for row in c.execute(sa.text("SELECT id FROM people")).all():
            tallies.add(c, Consents(statistics=True), project, row.id, "2026-04-06", [("nudged", "hostility")])
    house.clock[0] = APRIL + timedelta(weeks=4)
    house.release()
    first, second = house.released(project)
    assert (first.detail, second.detail) == ("totals", "norms")
    assert ("nudged", "hostility") in {(pool.kind, pool.label) for pool in second.pools}
