"""Giving a text, and the retrospective of a project, as pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from starlette.testclient import TestClient

from app.project_settings import Mode, as_json, start
from app.stats.documents import Released
from app.stats.documents import as_json as released_as_json
from app.stats.periods import period_of
from app.stats.pools import Pool
from app.store import given, people, projects, proposals, releases, suggestions
from app.store.proposals import Kind, Said
from app.wiring import utc_now
from tests.web.conftest import sign_in
from tests.web.notes import note
from tests.web.quick import pages
from tests.web_app import Service

COUNT = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pages(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def anna(house: Service) -> int:
    person = house.person(f"anna{next(COUNT)}@example.org", None)
    sign_in(house, person)
    return person


@pytest.fixture
def client(house: Service) -> TestClient:
    return house.client


# --- giving -------------------------------------------------------------------------------------------------------------


def mine(house: Service, person: int) -> list[given.Given]:
    with house.store.read() as c:
        return given.mine(c, house.store.vault, person)


def test_a_note_is_shown_in_full_and_given_as_it_was_edited(house: Service, anna: int, client: TestClient) -> None:
    text = "The loop reads it twice.\n\n{assumption:you never ran it} <b>once</b>."
    number = note(house.state, anna, text, utc_now(), number=next(COUNT))
    assert f"/give?note={number}" in client.get(f"/inbox/{number}").text
    page = client.get(f"/give?note={number}").text
    assert "{assumption:you never ran it} &lt;b&gt;once&lt;/b&gt;." in page
    assert 'value="assumption" checked' in page
    assert "Apache-2.0" in page
    sent = {
        "text": "Here:\r\nyou never ran it.",
        "label": ["assumption", "mentoring"],
        "spans": "you never ran it\r\n",
        "rewrite": "Did it run?",
    }
    assert "Only what is yours" in client.post("/give", data=sent).text
    assert mine(house, anna) == []
    answer = client.post("/give", data={**sent, "mine": "true"}, follow_redirects=False)
    assert answer.headers["location"] == "/me/given"
    [one] = mine(house, anna)
    assert one.text == given.Text(
        "Here:\nyou never ran it.", ("assumption", "mentoring"), ("you never ran it",), "Did it run?"
    )
    page = client.get("/me/given").text
    assert "Here:\nyou never ran it." in page
    assert "Waits to be looked at" in page
    assert client.post(f"/me/given/{one.id}/take-back", follow_redirects=False).status_code == 303
    assert mine(house, anna) == []
    assert client.post(f"/me/given/{one.id}/take-back").status_code == 404


def test_what_was_wrong_is_given_as_harmless(house: Service, anna: int, client: TestClient) -> None:
    number = note(house.state, anna, "{hostility:kill it} now", utc_now(), number=next(COUNT))
    with house.store.begin() as c:
        suggestions.answer(c, anna, number, "wrong")
    assert " checked" not in client.get(f"/give?note={number}").text


def test_what_is_refused_stays_in_the_form(house: Service, anna: int, client: TestClient) -> None:
    sent = {"text": "A & B", "label": "hostility", "spans": "", "rewrite": "C", "mine": "true"}
    answer = client.post("/give", data=sent)
    assert answer.status_code == 400
    assert "Copy the words that may land hard" in answer.text
    assert "A &amp; B" in answer.text
    assert 'value="hostility" checked' in answer.text


def test_nobody_gives_what_is_somebody_elses(house: Service, anna: int, client: TestClient) -> None:
    number = note(house.state, anna, "{hostility:a mess}", utc_now(), number=next(COUNT))
    client.post("/give", data={"text": "Mine.", "mine": "true"})
    [one] = mine(house, anna)
    other = house.person(f"other{next(COUNT)}@example.org", None)
    sign_in(house, other)
    assert client.get(f"/give?note={number}").status_code == 404
    assert client.post(f"/me/given/{one.id}/take-back").status_code == 404
    assert "Mine." not in client.get("/me/given").text
    with house.store.begin() as c:
        people.change(c, other, is_admin=True)
    for route in {route.path for route in house.app.routes if "{" not in getattr(route, "path", "{")}:
        assert "Mine." not in client.get(route).text, route
    client.cookies.clear()
    assert client.get("/give", follow_redirects=False).headers["location"] == "/sign-in?to=/give"


# --- the retrospective --------------------------------------------------------------------------------------------------


def _release(project: int, month: int) -> Released:
    pools = (
        Pool(project, "nudged", "hostility", 24, 1),
        Pool(project, "wrong", "hostility", 14, 1),
        Pool(project, "helpful", "hostility", 15, 1),
        Pool(project, "strength", "*", 31, 5),
        Pool(project, "people", "", 61, 1),
    )
    return Released(
        project=project, period=period_of(datetime(2026, month, 15, tzinfo=UTC).date(), "monthly"), cadence="monthly",
        detail="norms", epsilon=0.4, epsilon_of_a_year=2.0, delta=1e-6, delta_of_a_year=1e-5, k=10, rho=0.01,
        sigma=3.0, most=12, least=24, pools=pools,
    )  # fmt: skip


def test_a_retrospective_holds_figures_and_changes_and_nobody(house: Service, anna: int, client: TestClient) -> None:
    settings = as_json(start(house.state.norms, Mode.ON))
    with house.store.begin() as c:
        number = projects.add(
            c, "github", "github.com", "octo/retro", settings, "administrator", "It is time.", utc_now()
        )
        for month in (1, 2):
            releases.keep(c, {number: released_as_json(_release(number, month))}, number, utc_now())
        said = Said("Breathe.", why="It <i>helps</i>.", title="Breathe", name="Anna Planted")
        proposals.add(c, house.store.vault, number, Kind.NEW, None, said, anna, utc_now())
    house.state.in_force.look_again()
    address = f"/projects/{number}/retro"
    assert client.get(address).status_code == 404, "for those in office alone"
    with house.store.begin() as c:
        projects.name_maintainer(c, number, anna, "administrator", utc_now())
    page = client.get(f"{address}?since=2026-01-01").text
    assert "Some 28 people said that notes about “Stay on the same side” were wrong, some 30 that they helped." in page
    assert "January 2026, February 2026" in page
    assert "<td>48</td><td>–</td><td>30</td><td>28</td>" in page
    assert "It &lt;i&gt;helps&lt;/i&gt;." in page
    assert "It is time." in page
    assert "Anna Planted" not in page
    text = client.get(f"{address}.md?since=2026-01-01")
    assert text.headers["content-type"].startswith("text/markdown")
    assert "retrospective-octo-retro-" in text.headers["content-disposition"]
    assert "| Stay on the same side | 48 | – | 30 | 28 |" in text.text
    file = client.get(f"{address}.html?since=2026-01-01")
    assert file.text.startswith("<!doctype html>")
    assert "attachment" in file.headers["content-disposition"]
    tomorrow = (utc_now() + timedelta(days=1)).date().isoformat()
    for since in ("soon", tomorrow):
        assert client.get(f"{address}?since={since}").status_code == 400
    assert "January 2026" not in client.get(f"{address}?since=2026-02-10").text
