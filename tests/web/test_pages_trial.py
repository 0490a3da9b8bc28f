"""A project in shadow, on its settings page: since when, what is missing, and the proposal that one click puts in force."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.project_settings import Mode
from app.store import histories, people
from app.store.project_tables import projects as table
from app.wiring import utc_now
from tests.web.conftest import sign_in
from tests.web.quick import pages
from tests.web.tuned import CurvedJudge, fill, project
from tests.web_app import Service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pages(tmp_path_factory.mktemp("trial"), CurvedJudge()) as s:
        with s.store.begin() as c:
            boss = people.add(c, "boss@example.org", utc_now(), is_admin=True)
        sign_in(s, boss)
        yield s


def begun(house: Service, name: str, days: int) -> int:
    """A project in shadow for so many days."""
    number = project(house.state, name, Mode.SHADOW)
    with house.store.begin() as c:
        since = utc_now() - timedelta(days=days)
        c.execute(sa.update(table).where(table.c.id == number).values(shadow_since=since))
    # A column alone is no new version, by which another look would be told.
    house.state.in_force._known = None
    return number


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_before_two_weeks_are_over_the_page_says_when(house: Service) -> None:
    number = begun(house, "octo/young", 3)
    page = text(house.client.get(f"/projects/{number}").text)
    assert "The trial In shadow since" in page
    assert "Settings are proposed from" in page


def test_with_too_little_heard_it_says_that_it_does_not_know(house: Service) -> None:
    number = begun(house, "octo/quiet", 20)
    page = text(house.client.get(f"/projects/{number}").text)
    assert "what to propose is not known: 0 scored comments stand behind it, and at least 200 are needed" in page
    fill(house.state, number, 2000, 2, source=histories.SHADOW, people=4)
    assert "0 scored comments" in text(house.client.get(f"/projects/{number}").text), "too few people stand behind them"


def test_after_two_weeks_settings_are_proposed_and_one_click_puts_them_in_force(house: Service) -> None:
    number = begun(house, "octo/heard", 25)
    fill(house.state, number, 3000, 3, source=histories.SHADOW)
    page = house.client.get(f"/projects/{number}").text
    said = text(page)
    assert re.search(
        r"[\d.]+ notes a week would go out: between [\d.]+ and [\d.]+, as \d+ comments of [23] whole weeks", said
    )
    form = page[page.index('id="trial"') : page.index('id="settings"')]
    data = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)"(?:[^>]*?) value="([^"]*)"', form)}
    assert data["mode"] == "on"
    assert data["why"].startswith("The trial since")
    answer = house.client.post(f"/projects/{number}/settings", data=data)
    assert answer.status_code == 200
    rules = house.state.in_force.of(number)
    assert rules is not None
    assert rules.mode is Mode.ON
    assert 'id="trial"' not in answer.text


def test_without_shadow_there_is_no_trial(house: Service) -> None:
    number = project(house.state, "octo/live", Mode.ON)
    assert 'id="trial"' not in house.client.get(f"/projects/{number}").text
