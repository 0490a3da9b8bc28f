"""The walk keeps scores of people who agreed to tuning, once for each text, from live and from shadow; never of others."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from app import norms
from app.project_settings import Mode, as_json, start
from app.store import Store, projects
from app.store.project_tables import contributors, histories
from app.store.tables import people
from tests.engine.house import STING, House, build


def here(store: Store, now: datetime, mode: Mode, agreed: bool = True) -> House:
    house = build(store, now)
    with store.begin() as c:
        settings = as_json(start(norms.load(), mode))
        projects.add(c, "forge", "forge.test", "org", settings, projects.COMMAND_LINE, "A test.", now)
        c.execute(sa.update(people).values(tuning_on=agreed))
    return house


def kept(house: House) -> list[tuple[str, str]]:
    with house.pipeline.store.read() as c:
        return list(c.execute(sa.select(histories.c.source, histories.c.model)))


@pytest.mark.parametrize(("mode", "source"), [(Mode.ON, "live"), (Mode.SHADOW, "shadow")])
def test_once_for_each_text_of_somebody_who_agreed(store: Store, now: datetime, mode: Mode, source: str) -> None:
    house = here(store, now, mode)
    house.deliver(STING)
    house.count -= 1  # the same delivery again, as after a crash at the very end
    house.deliver(STING)
    assert kept(house) == [(source, "scripted-1")]
    house.deliver("Please close the handle.", minutes=1)
    assert len(kept(house)) == 2
    with store.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(contributors)) == 1


def test_nothing_of_somebody_who_did_not_agree(store: Store, now: datetime) -> None:
    house = here(store, now, Mode.ON, agreed=False)
    house.deliver(STING)
    assert kept(house) == []


def test_nothing_where_the_project_is_off_or_there_is_none(store: Store, now: datetime) -> None:
    house = here(store, now, Mode.OFF)
    house.deliver(STING)
    assert kept(house) == []


def test_nothing_of_a_language_that_was_not_judged(store: Store, now: datetime) -> None:
    house = here(store, now, Mode.ON)
    house.deliver("{foreign} {hostility}")
    assert kept(house) == []
