"""The walk under a project's settings: off, in shadow, one norm in shadow, and what counts against a budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import CommentRef
from app.project_settings import Mode, NormSetting, ProjectSettings, as_json, start
from app.store import Store, judgements, people, projects
from tests.engine.house import STING, House, build

REFS = [CommentRef("forge", "forge.test", "note", str(number)) for number in range(1, 9)]


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    return build(store, now)


def put(house: House, settings: ProjectSettings, name: str = "org") -> None:
    """Settings for the project ``name``, in force at once."""
    now = house.clock[0]
    with house.pipeline.store.begin() as c:
        found = projects.exactly(projects.every(c), "forge", "forge.test", name)
        if found is None:
            projects.add(c, "forge", "forge.test", name, as_json(settings), projects.COMMAND_LINE, "A test.", now)
        else:
            projects.new_version(c, found.id, as_json(settings), projects.COMMAND_LINE, "A test.", now)
    house.pipeline.in_force.look_again()


def begin(house: House, mode: Mode) -> ProjectSettings:
    return start(house.pipeline.in_force.service().norms, mode)


def test_where_the_project_is_off_nothing_is_heard(house: House) -> None:
    put(house, begin(house, Mode.OFF))
    assert house.deliver(STING) == []
    assert house.reasons() == ["project_off"]
    with house.pipeline.store.read() as c:
        assert judgements.get(c, 1, house.pipeline.store.vault.digest(STING)) is None


def test_in_shadow_everything_runs_and_nothing_is_sent(house: House) -> None:
    put(house, begin(house, Mode.SHADOW))
    assert house.deliver(STING) == []
    assert house.reasons() == ["shadow"]
    assert house.inbox() == []
    with house.pipeline.store.read() as c:
        [line] = judgements.mine(c, house.person, 10)
    assert (line.reason, line.label) == ("shadow", "belittling")


def test_a_project_of_its_own_differs_from_its_organisation(house: House) -> None:
    put(house, begin(house, Mode.OFF), "org")
    put(house, begin(house, Mode.ON), "org/repo")
    assert house.deliver(STING) != []


def test_a_tolerance_of_nothing_is_never_reached(house: House) -> None:
    settings = begin(house, Mode.ON)
    put(house, replace(settings, norms={**settings.norms, "belittling": NormSetting(Mode.ON, 0.0)}))
    assert house.deliver(STING) == []
    assert house.reasons() == ["below_tolerance"]


def test_a_norm_in_shadow_is_silent_while_others_speak(house: House) -> None:
    settings = begin(house, Mode.ON)
    put(house, replace(settings, norms={**settings.norms, "belittling": NormSetting(Mode.SHADOW, 1.0)}))
    assert house.deliver(STING) == []
    assert house.deliver(STING + " {hostility:A mess}.", ref=REFS[1], thread="org/repo#2") != []
    assert house.reasons() == ["shadow", None]


def test_a_trial_counts_what_it_would_have_said_and_nobody_elses_budget_does(house: House) -> None:
    with house.pipeline.store.begin() as c:
        people.change(c, house.person, daily_budget=2)
    put(house, begin(house, Mode.SHADOW))
    for number in range(3):
        house.deliver(f"{STING} {number}", ref=REFS[number], thread=f"org/repo#{number}")
    house.deliver(f"{STING} again", ref=REFS[3], thread="org/repo#0")
    assert house.reasons() == ["shadow", "shadow", "daily_budget", "thread_cooldown"]
    put(house, begin(house, Mode.ON))
    assert house.deliver(f"{STING} now", ref=REFS[4], thread="org/repo#4", minutes=1) != []


def test_every_decision_names_the_norms_in_force_there(house: House) -> None:
    settings = begin(house, Mode.SHADOW)
    house.deliver(STING)
    put(house, replace(settings, norms={**settings.norms, "hostility": NormSetting(Mode.ON, 7.0)}))
    house.clock[0] += timedelta(days=2)
    house.deliver(STING + " again", ref=REFS[1], thread="org/repo#2")
    assert house.reasons() == [None, "shadow"]
    rules = house.pipeline.in_force.at("forge", "forge.test", "org/repo")
    assert rules.norms.version != house.pipeline.in_force.service().norms.version
