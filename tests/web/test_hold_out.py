"""Clients meet the same arm as the walk, at every key press, and nothing in the answer gives it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.project_settings import Mode, as_json, start
from app.store import projects, tallies
from app.store.project_tables import effects, my_weeks
from app.store.tallies import Consents
from app.wiring import utc_now
from tests.web.quick import pages
from tests.web_app import Service

STING = "{belittling:so simple} a fix"
PLACE = {"platform": "github", "server": "github.com", "project": "octo/parser"}


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Service]:
    with pages(tmp_path) as s:
        yield s


@pytest.fixture
def headers(open_house: Service) -> dict[str, str]:
    person = open_house.person()
    with open_house.store.begin() as c:
        tallies.agree(c, person, Consents(statistics=True, experiment=True, my_month=True))
        settings = replace(start(open_house.state.norms, Mode.ON), hold_out=0.5)
        projects.add(c, "github", "github.com", "octo", as_json(settings), projects.ADMINISTRATOR, "A test.", utc_now())
    open_house.state.in_force.look_again()
    return open_house.token(person)


def check(house: Service, headers: dict[str, str], change: str) -> dict[str, object]:
    body = {"texts": [STING], "rewrite": True, "place": {**PLACE, "change": change}}
    return house.client.post("/v1/check", json=body, headers=headers).json()["results"][0]


def arms_of(house: Service, headers: dict[str, str]) -> dict[bool, str]:
    """held out? → a change in that arm."""
    found: dict[bool, str] = {}
    for number in range(40):
        change = f"octo/parser#{number}"
        found.setdefault(check(house, headers, change)["silence"] == "hold_out", change)
        if len(found) == 2:
            return found
    raise AssertionError("both arms should have been drawn")


def test_the_arm_stays_and_nothing_gives_it_away(open_house: Service, headers: dict[str, str]) -> None:
    found = arms_of(open_house, headers)
    for _ in range(3):
        held, spoken = (check(open_house, headers, found[arm]) for arm in (True, False))
        assert held["flagged"] == held["spans"] == []
        assert held["norm"] is held["suggestion"] is None
        assert spoken["flagged"] == ["belittling"]
        assert spoken["suggestion"]


def test_publication_settles_the_arm_once(open_house: Service, headers: dict[str, str]) -> None:
    found = arms_of(open_house, headers)

    def published(change: str, context: str) -> None:
        body = {
            "label": "belittling",
            "band": "below",
            "answer": "published",
            "context": context * 64,
            "place": {**PLACE, "change": change},
            "first": "mid",
            "edited": True,
        }
        assert open_house.client.post("/v1/feedback", json=body, headers=headers).status_code == 200

    published(found[True], "a")
    published(found[True], "a")
    published(found[False], "b")
    with open_house.store.read() as c:
        rows = c.execute(sa.select(effects.c.arm, effects.c.edited, effects.c.band_published).order_by(effects.c.id))
        assert list(map(tuple, rows)) == [("held", True, "below"), ("spoken", True, "below")]
        mine = c.execute(sa.select(my_weeks.c.kind, my_weeks.c.count)).all()
        assert {(row.kind, row.count) for row in mine} == {("nudged", 1), ("edited", 1)}


def test_answers_are_counted_for_those_who_agreed(open_house: Service, headers: dict[str, str]) -> None:
    body = {"label": "belittling", "band": "mid", "answer": "helpful", "context": "c" * 64, "place": {**PLACE}}
    open_house.client.post("/v1/feedback", json=body, headers=headers)
    with open_house.store.read() as c:
        assert [row.kind for row in c.execute(sa.select(my_weeks))] == ["helpful"]
