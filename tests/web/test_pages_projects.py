"""Projects as an administrator and a maintainer meet them: adding, settings with versions, the way back, offices, audit."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from app.store import people, projects
from app.store.projects import ADMINISTRATOR
from app.wiring import utc_now
from tests.web.conftest import sign_in
from tests.web.quick import pages
from tests.web_app import Service


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all of it; each test has a project of its own."""
    with pages(tmp_path_factory.mktemp("projects")) as s:
        yield s


@pytest.fixture
def admin(open_house: Service) -> int:
    with open_house.store.begin() as c:
        person = people.find(c, "boss@example.org") or people.add(c, "boss@example.org", utc_now(), is_admin=True)
    sign_in(open_house, person)
    return person


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return f"octo-{abs(hash(request.node.name)) % 10**9}"


@pytest.fixture
def octo(open_house: Service, admin: int, name: str) -> int:
    answer = open_house.client.post(
        "/projects", data={"platform": "github", "server": "github.com", "name": name, "mode": "on"}
    )
    assert answer.status_code == 200
    return int(answer.url.path.rsplit("/", 1)[1])


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def save(house: Service, project: int, **form: str) -> Response:
    return house.client.post(f"/projects/{project}/settings", data={"why": "To see.", **form})


def test_without_projects_the_page_says_what_applies(open_house: Service) -> None:
    sign_in(open_house, open_house.person())
    assert "No project is set up" in open_house.client.get("/projects").text
    assert 'href="/projects"' not in open_house.client.get("/inbox").text


def test_an_administrator_adds_a_project_in_shadow_by_default(open_house: Service, admin: int) -> None:
    form = {"platform": "github", "server": "GitHub.com ", "name": "octo/parser"}
    page = open_house.client.post("/projects", data=form)
    assert "github.com · In shadow since" in text(page.text)
    assert "here already" in open_house.client.post("/projects", data=form).text
    assert "not a platform" in open_house.client.post("/projects", data={**form, "platform": "gitfub"}).text
    assert "octo/parser" in open_house.client.get("/projects").text


def test_a_setting_is_changed_with_a_reason_and_shown_with_its_difference(open_house: Service, octo: int) -> None:
    page = text(save(open_house, octo, tolerance_hostility="0,5", mode="shadow", hold_out="5").text)
    assert "Saved." in page
    assert "To see." in page
    assert "Tactful here: on shadow" in page
    assert "Share held out: 0% 5%" in page
    assert "Stay on the same side, tolerance: 0.3 0.5" in page
    assert "administrator: settings: Tactful here: on → shadow; Share held out" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"tolerance_hostility": "lots"}, "The tolerance of “Stay on the same side” must be a number from 0 to 50."),
        ({"tolerance_hostility": "nan"}, "must be a number"),
        ({"hold_out": "51"}, "from 0 to 50"),
        ({"k": "2"}, "from 5"),
        ({"k": "7.5"}, "whole number"),
        ({"mode": "loud"}, "not offered here"),
        ({"mode": "off", "why": " "}, "in a sentence"),
        ({}, "in force already"),
        ({"version": "0", "mode": "off"}, "changed by somebody else meanwhile"),
    ],
)
def test_what_cannot_be_saved_is_a_sentence_and_changes_nothing(
    open_house: Service, octo: int, form: dict[str, str], says: str
) -> None:
    answer = save(open_house, octo, **form)
    assert answer.status_code == 400
    assert says in html.unescape(answer.text)
    with open_house.store.read() as c:
        assert len(projects.versions(c, octo)) == 1


def test_one_click_goes_back_and_is_a_version_of_its_own(open_house: Service, octo: int) -> None:
    save(open_house, octo, mode="off")
    with open_house.store.read() as c:
        first = projects.versions(c, octo)[-1]
    page = open_house.client.post(f"/projects/{octo}/back/{first.id}")
    assert "Back to the settings of" in page.text
    rules = open_house.state.in_force.of(octo)
    assert rules is not None
    assert rules.mode == "on"
    with open_house.store.read() as c:
        assert len(projects.versions(c, octo)) == 3
    assert open_house.client.post(f"/projects/{octo}/back/999").status_code == 404


def test_the_settings_are_a_file_that_the_command_reads(open_house: Service, octo: int) -> None:
    answer = open_house.client.get(f"/projects/{octo}/settings.toml")
    assert answer.headers["content-type"].startswith("application/toml")
    assert "[norms.hostility]" in answer.text


def test_maintainers_are_named_by_address_known_or_not(open_house: Service, octo: int) -> None:
    client = open_house.client
    page = client.post(f"/projects/{octo}/maintainers", data={"email": "Mia@example.org", "act": "name"})
    assert "mia@example.org" in page.text
    assert "One maintainer, and the administrators." in page.text
    with open_house.store.read() as c:
        mia = people.find(c, "mia@example.org")
        profile = people.profile(c, mia or 0)
    assert profile is not None
    assert not profile.person.opted_in
    sign_in(open_house, profile.person.id)
    page = client.get(f"/projects/{octo}")
    assert page.status_code == 200
    assert "mia@example.org" not in page.text, "a maintainer is shown nobody's address"
    assert "Name a maintainer" not in page.text
    assert "administrator: maintainer named" in text(page.text)
    assert text(save(open_house, octo, mode="off").text).count("maintainer: settings: Tactful here: on → off") == 1
    assert "Add a project" not in client.get("/projects").text
    assert 'href="/projects"' in client.get("/inbox").text


def test_a_dismissed_maintainer_finds_nothing_there(open_house: Service, octo: int) -> None:
    client = open_house.client
    client.post(f"/projects/{octo}/maintainers", data={"email": "mia@example.org", "act": "name"})
    client.post(f"/projects/{octo}/maintainers", data={"email": "mia@example.org", "act": "dismiss"})
    client.post(f"/projects/{octo}/maintainers", data={"email": "who@example.org", "act": "dismiss"})
    with open_house.store.read() as c:
        mia = people.find(c, "mia@example.org")
    assert mia is not None
    sign_in(open_house, mia)
    assert client.get(f"/projects/{octo}").status_code == 404
    page = client.get("/projects").text
    assert f'href="/projects/{octo}/norms"' in page
    assert f'href="/projects/{octo}"' not in page


def test_older_versions_are_a_page_further(open_house: Service, octo: int) -> None:
    settings = open_house.state.in_force.of(octo)
    assert settings is not None
    with open_house.store.begin() as c:
        for number in range(25):
            data = {**projects.versions(c, octo, 1)[0].settings, "hold_out": (number + 1) / 100}
            projects.new_version(c, octo, data, ADMINISTRATOR, f"Reason {number}.", utc_now())
    first = open_house.client.get(f"/projects/{octo}").text
    assert "Reason 24." in first
    assert "Reason 4." not in first
    older = re.search(r'href="(/projects/\d+\?before=\d+)#versions"', first)
    assert older
    second = open_house.client.get(older[1]).text
    assert "Reason 4." in second
    assert "The first settings." in second
    assert open_house.client.get(f"/projects/{octo}?before={2**63}").status_code == 422


def test_forms_from_elsewhere_are_refused(open_house: Service, octo: int) -> None:
    headers = {"Origin": "https://evil.example"}
    for path, form in (
        ("/projects", {"platform": "github", "server": "g", "name": "x"}),
        (f"/projects/{octo}/settings", {"mode": "off", "why": "x"}),
        (f"/projects/{octo}/back/1", {}),
        (f"/projects/{octo}/maintainers", {"email": "x@example.org", "act": "name"}),
    ):
        assert open_house.client.post(path, data=form, headers=headers).status_code == 403


# --- the API ----------------------------------------------------------------------------------------------------------


def check(house: Service, project: str) -> dict[str, Any]:
    body = {
        "texts": ["{hostility:A mess}."],
        "place": {"platform": "github", "server": "GitHub.com", "project": project, "change": "octo/parser#1"},
    }
    answer = house.client.post("/v1/check", json=body)
    assert answer.status_code == 200
    return answer.json()["results"][0]  # type: ignore[no-any-return]


def test_a_check_that_says_where_follows_the_project(open_house: Service, octo: int, name: str) -> None:
    assert check(open_house, f"{name}/parser")["norm"]["label"] == "hostility"
    for mode, silence in (("shadow", "shadow"), ("off", "project_off")):
        save(open_house, octo, mode=mode)
        result = check(open_house, f"{name}/parser")
        assert (result["silence"], result["norm"], result["flagged"]) == (silence, None, [])
        assert check(open_house, "else/where")["norm"]["label"] == "hostility"
    save(open_house, octo, mode="on", mode_hostility="off")
    assert check(open_house, name)["silence"] == "norm_off"


def test_what_was_done_for_everybody_is_read_by_those_in_office_alone(open_house: Service, octo: int) -> None:
    toml = '[concerns.hostility]\ntitle = "Stay friends"\n'
    form = {"act": "keep", "toml": toml, "note": "As said.", "after": ""}
    assert open_house.client.post("/norms/edit", data=form).status_code == 200
    said = "administrator: norms changed: version"
    assert said in text(open_house.client.get("/projects").text)
    with open_house.store.begin() as c:
        mia, nobody = (people.add(c, f"{who}@example.org", utc_now()) for who in ("mia.looks", "nobody.looks"))
        projects.name_maintainer(c, octo, mia, ADMINISTRATOR, utc_now())
    sign_in(open_house, mia)
    assert said in text(open_house.client.get("/projects").text)
    sign_in(open_house, nobody)
    assert said not in text(open_house.client.get("/projects").text)
