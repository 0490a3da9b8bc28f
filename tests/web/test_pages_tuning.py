"""The tuning page: what sliders would have meant, putting it in force, and who may look."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.project_settings import Mode
from app.store import histories, projects
from app.web.templating import FRAGMENT
from tests.web.conftest import sign_in
from tests.web.quick import pages
from tests.web.tuned import CurvedJudge, fill, project
from tests.web_app import Service


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with pages(tmp_path, CurvedJudge()) as s:
        yield s


@pytest.fixture
def anna(house: Service) -> int:
    person = house.person()
    sign_in(house, person)
    return person


def ask(house: Service, number: int, **sliders: str) -> str:
    answer = house.client.get(f"/projects/{number}/tuning", params=sliders, headers={"Accept": FRAGMENT})
    assert answer.status_code == 200, answer.text
    return answer.text


def nudges(html: str) -> float:
    found = re.search(r"there would be ([\d.e+]+) nudges", html)
    assert found, html
    return float(found.group(1))


def test_only_those_in_office_find_it(house: Service, anna: int) -> None:
    number = project(house.state)
    for path in ("tuning", "calibration"):
        assert house.client.get(f"/projects/{number}/{path}").status_code == 404
    with house.store.begin() as c:
        projects.name_maintainer(c, number, anna, projects.ADMINISTRATOR, house.state.now())
    for path in ("tuning", "calibration"):
        assert house.client.get(f"/projects/{number}/{path}").status_code == 200


def test_on_day_one_it_is_the_reference_and_says_so(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    page = house.client.get(f"/projects/{number}/tuning").text
    assert "public review comments, not this project" in page
    assert "nudges in 1,000 comments" in page
    assert "of 100 would be right" in page


def test_a_slider_replays_the_history(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 6000, 6)
    before = ask(house, number)
    assert "6,000 scored comments of 6 weeks" in before
    assert "public review comments" not in before
    lax = ask(house, number, stop_hostility="13")
    assert nudges(lax) > nudges(before)
    assert f"instead of {nudges(before):.3g}" in lax
    assert nudges(ask(house, number, mode_hostility="off")) < nudges(before)
    assert "in shadow" in ask(house, number, mode_hostility="shadow")


def test_with_few_comments_it_says_that_it_does_not_know(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 150, 2)
    page = ask(house, number, history="own")
    assert "Which share would be right is not known: that takes 200 scored comments, and there are 150" in " ".join(
        page.split()
    )
    assert "of 100 would be right" not in page


def test_weeks_with_too_few_people_and_the_week_under_way_stay_out(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 900, 3, people=9)
    assert "nothing to replay here yet" in ask(house, number, history="own")
    assert "10 of them stand behind a week" in ask(house, number, history="own")


def test_a_file_is_the_maintainers_own_and_needs_no_k(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 900, 3, source=histories.FILE)
    assert "900 scored comments" in ask(house, number)


def test_scores_of_other_weights_are_not_replayed(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 900, 3)
    house.state.judge.model = "tone-9.9.9+00000000"  # type: ignore[misc]
    assert "nothing to replay here yet" in ask(house, number, history="own")


def test_putting_it_in_force_is_a_version_with_a_reason(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    rules = house.state.in_force.of(number)
    form = {
        "act": "save",
        "version": str(rules.version),
        "stop_hostility": "9",
        "mode": "shadow",
        "why": "It cried wolf.",
    }
    answer = house.client.post(f"/projects/{number}/tuning", data=form, follow_redirects=False)
    assert answer.status_code == 303
    after = house.state.in_force.of(number)
    assert after.settings.mode is Mode.SHADOW
    assert after.settings.norms["hostility"].tolerance == 2.0
    with house.store.read() as c:
        assert projects.versions(c, number)[0].why == "It cried wolf."
    assert house.client.post(f"/projects/{number}/tuning", data=form).status_code == 400  # over an older version


def test_without_a_script_a_button_shows_and_keeps_the_reason(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 2000, 4)
    page = house.client.post(
        f"/projects/{number}/tuning", data={"act": "show", "stop_hostility": "13", "why": "A first <thought>"}
    ).text
    assert "instead of" in page
    assert "A first &lt;thought&gt;" in page
    assert house.state.in_force.of(number).settings.norms["hostility"].tolerance != 20.0


@pytest.mark.parametrize(
    "form", [{"stop_hostility": "99"}, {"stop_hostility": "x"}, {"mode_hostility": "loud"}, {"mode": "loud"}]
)
def test_what_no_slider_says_is_refused(house: Service, anna: int, form: dict[str, str]) -> None:
    number = project(house.state, maintainer=anna)
    assert house.client.get(f"/projects/{number}/tuning", params=form).status_code == 400


def test_a_form_from_elsewhere_changes_nothing(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    answer = house.client.post(
        f"/projects/{number}/tuning", data={"act": "save"}, headers={"Origin": "https://else.example"}
    )
    assert answer.status_code == 403


def test_moving_a_slider_is_quick(house: Service, anna: int) -> None:
    number = project(house.state, maintainer=anna)
    fill(house.state, number, 20_000, 20)
    ask(house, number)
    took = []
    for stop in range(1, 8):
        began = time.process_time()
        ask(house, number, stop_hostility=str(stop))
        took.append(time.process_time() - began)
    assert (
        sorted(took)[len(took) // 2] < 0.5
    )  # of processor time, so that a busy machine is no finding: it is not read anew
