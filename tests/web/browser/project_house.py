"""A service whose projects have much, little or nothing to show, for tests of what their maintainers see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa
from playwright.sync_api import Page

from app.project_settings import Mode, NormSetting, as_json
from app.store import access, histories, people, projects
from app.store.histories import BlindAnswer
from app.store.project_tables import projects as table
from app.tuning.blind import Question
from app.web.state import State
from app.wiring import utc_now
from classifiers.tolerance import logit, sigmoid
from tests.web.tuned import CurvedJudge, fill, project
from tests.web_app import served

LONG = "octo/a-parser-with-a-rather-long-name-that-nobody-would-type-twice"
TEXT = "You clearly did not run this before you pushed it.\n\nPlease add a test for the empty file."


@dataclass(frozen=True)
class ProjectHouse:
    address: str
    state: State
    numbers: dict[str, int]
    boss: int
    mia: int

    def sign_in(self, page: Page, person: int) -> None:
        with self.state.store.begin() as c:
            page.goto(f"{self.address}/enter/{access.new_link(c, person, utc_now())}")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox")

    def url(self, project: str, part: str = "") -> str:
        return f"{self.address}/projects/{self.numbers[project]}{part}"


@contextmanager
def bare(folder: Path) -> Iterator[ProjectHouse]:
    """A service in which nobody has set up anything."""
    with served(folder, CurvedJudge()) as (app, address):
        state: State = app.state.tactful
        with state.store.begin() as c:
            boss = people.add(c, "boss@example.org", utc_now(), is_admin=True)
            mia = people.add(c, "mia@example.org", utc_now())
        yield ProjectHouse(address, state, {}, boss, mia)


@contextmanager
def furnished(folder: Path) -> Iterator[ProjectHouse]:
    """``rich`` has a year of history and answers, ``poor`` too little, ``new`` nothing; three are in shadow."""
    with bare(folder) as house:
        state, mia = house.state, house.mia
        for key, name, mode in (
            ("rich", LONG, Mode.ON),
            ("poor", "octo/poor", Mode.ON),
            ("new", "octo/new", Mode.ON),
            ("heard", "octo/heard", Mode.SHADOW),
            ("quiet", "octo/quiet", Mode.SHADOW),
            ("young", "octo/young", Mode.SHADOW),
        ):
            house.numbers[key] = project(state, name, mode, mia)
        fill(state, house.numbers["rich"], 5200, 52)
        fill(state, house.numbers["poor"], 150, 2)
        fill(state, house.numbers["heard"], 3000, 3, source=histories.SHADOW)
        for key, days in (("heard", 25), ("quiet", 20), ("young", 3)):
            _in_shadow_for(state, house.numbers[key], days)
        _changed(state, house.numbers["rich"])
        _answered(state, house.numbers["rich"])
        yield house


def _in_shadow_for(state: State, number: int, days: int) -> None:
    with state.store.begin() as c:
        since = utc_now() - timedelta(days=days)
        c.execute(sa.update(table).where(table.c.id == number).values(shadow_since=since))
    state.in_force._known = None  # a column alone is no new version, by which another look would be told


def _changed(state: State, number: int) -> None:
    """Some versions, so that there is a past to read, and somebody else who looks after it."""
    rules = state.in_force.of(number)
    assert rules is not None
    settings = rules.settings
    with state.store.begin() as c:
        for step, (label, why) in enumerate(
            (("hostility", "It cried wolf in the week before the release."), ("assumption", "Too quiet.")), 1
        ):
            norms = {**settings.norms, label: NormSetting(Mode.SHADOW if step == 1 else Mode.ON, 0.2 * step)}
            settings = replace(settings, norms=MappingProxyType(norms), hold_out=0.1 * step)
            now = utc_now() - timedelta(days=9 - step)
            projects.new_version(c, number, as_json(settings), projects.MAINTAINER, why, now)
        other = people.add(c, "somebody.with.a.long.address@mathematics.example.org", utc_now())
        projects.name_maintainer(c, number, other, projects.ADMINISTRATOR, utc_now())
    state.in_force.look_again()


def _answered(state: State, number: int) -> None:
    threshold = logit(state.judge.thresholds({"hostility": 0.3})["hostility"])
    with state.store.begin() as c:
        for n in range(40):
            said = BlindAnswer("hostility", sigmoid(threshold + (n - 24) / 8), "yes" if n > 22 or n == 11 else "no")
            histories.keep_answer(c, number, state.judge.model, said, utc_now())


def asks(house: ProjectHouse, project: str, person: int) -> None:
    """A blind calibration under way."""
    questions = [Question(TEXT, "assumption", 0.4), Question("Why is this here?", "hostility", 0.2)]
    assert house.state.sittings.begin((person, house.numbers[project]), questions, utc_now())
