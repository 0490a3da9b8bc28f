"""The norms of a team as pages: what people say about them, what maintainers answer, and what becomes of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from app.norms import Norms
from app.project_settings import Mode, as_json, start
from app.store import norm_versions, people, projects, proposals
from app.store.proposals import State
from app.wiring import utc_now
from tests.web.conftest import sign_in
from tests.web.quick import pages
from tests.web_app import Service

WHY = {"why": "It reads better aloud."}
COUNT = itertools.count(1)


@dataclass(frozen=True)
class Team:
    """A project and its page of norms; numbered, so that all tests share one service."""

    house: Service
    number: int | None
    base: str

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.house.client.get(self.base + path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **fields: str) -> str:
        answer = self.house.client.post(self.base + path, data=fields, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer.headers.get("location", answer.text)

    def say(self, status: int = 303, **fields: str) -> str:
        return self.post("/say", status, **fields)

    def proposals(self) -> list[proposals.Proposal]:
        with self.house.store.read() as c:
            return proposals.of(c, self.house.store.vault, self.number)

    def answer(self, act: str, status: int = 303, **fields: str) -> None:
        [one] = self.proposals()
        self.post(f"/proposals/{one.id}/answer", status, act=act, **fields)

    @property
    def norms(self) -> Norms:
        rules = self.house.state.in_force.of(self.number) if self.number else self.house.state.in_force.service()
        assert rules is not None
        return rules.norms


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pages(tmp_path_factory.mktemp("norms")) as opened:
        yield opened


@pytest.fixture
def anna(house: Service) -> int:
    return somebody(house)


@pytest.fixture
def team(house: Service, anna: int) -> Team:
    return project(house, f"octo{next(COUNT)}/parser")


def somebody(house: Service) -> int:
    person = house.person(f"anna{next(COUNT)}@example.org", None)
    sign_in(house, person)
    return person


def project(house: Service, name: str) -> Team:
    settings = as_json(start(house.state.norms, Mode.ON))
    with house.store.begin() as c:
        number = projects.add(c, "github", "github.com", name, settings, "administrator", "Because.", utc_now())
    house.state.in_force.look_again()
    return Team(house, number, f"/projects/{number}/norms")


def office(team: Team) -> None:
    """Sign in somebody who maintains the project, or an administrator."""
    person = somebody(team.house)
    with team.house.store.begin() as c:
        if team.number is None:
            people.change(c, person, is_admin=True)
        else:
            projects.name_maintainer(c, team.number, person, "administrator", utc_now())


def test_strangers_read_the_norms_and_sign_in_to_say_more(house: Service) -> None:
    client = house.client
    client.cookies.clear()
    page = client.get("/norms").text
    assert "Stay on the same side" in page
    assert "Stop wasting our time with this mess." in page
    assert "Sign in" in client.get("/norms/hostility").text
    for path in ("/norms/propose", "/norms/proposals", "/norms/edit"):
        assert client.get(path, follow_redirects=False).headers["location"] == "/sign-in?to=/norms"
    assert client.get("/norms/versions").status_code == 200
    assert client.get("/norms/nothing").status_code == 404
    other = project(house, f"other{next(COUNT)}")
    assert client.get(other.base, follow_redirects=False).headers["location"] == f"/sign-in?to={other.base}"
    assert client.post("/norms/say", data={"kind": "feedback"}, follow_redirects=False).status_code == 303


def test_a_remark_is_nobodys_unless_signed(team: Team) -> None:
    assert team.say(kind="feedback", label="hostility", text="It helped me.") == f"{team.base}/hostility#said"
    [one] = team.proposals()
    assert (one.person_id, one.said.name, one.at.hour) == (None, "", 0)
    page = team.get("/hostility")
    assert "It helped me." in page
    assert "unsigned" in page
    assert "Take it back" not in page
    team.say(kind="feedback", label="apology", text="Mine.", name="Anna  B.")
    page = team.get("/apology")
    assert "Anna B." in page
    found = re.search(r"/proposals/(\d+)/take-back", page)
    assert found is not None
    somebody(team.house)
    team.post(f"/proposals/{found[1]}/take-back", 404)
    assert "Mine." in team.get("/proposals")


def test_what_is_signed_can_be_taken_back(team: Team) -> None:
    team.say(kind="feedback", label="apology", text="Mine.", name="Anna")
    team.post(f"/proposals/{team.proposals()[0].id}/take-back")
    assert team.proposals() == []


def test_what_nobody_could_accept_is_not_kept(team: Team) -> None:
    for says, fields in {
        "nothing in the field": {"kind": "feedback", "label": "hostility", "text": " "},
        "nothing in the": {"kind": "feedback", "label": "nothing", "text": "x"},
        "in a sentence why": {"kind": "wording", "label": "hostility", "part": "title", "text": "Cool down"},
        "no such norm": {"kind": "wording", "label": "nothing", "part": "title", "text": "x", **WHY},
        "no such part": {"kind": "wording", "label": "apology", "part": "way_1", "text": "x", **WHY},
        "such part": {"kind": "wording", "label": "hostility", "part": "on", "text": "x", **WHY},
        "words": {"kind": "wording", "label": "hostility", "part": "says", "text": "Dear {name}", **WHY},
        "between 1 and 600": {"kind": "new", "title": "Title", "text": "", **WHY},
        "no such": {"kind": "removal", "label": "nothing", **WHY},
    }.items():
        assert says in team.say(400, **fields)
    assert "kind" in team.say(422, kind="rant", label="hostility", text="x")
    assert team.proposals() == []


def test_an_accepted_wording_is_a_new_version_of_everybodys_norms(house: Service, anna: int) -> None:
    team = Team(house, None, "/norms")
    team.say(kind="wording", label="hostility", part="title", text="Cool <down>", **WHY)
    page = team.get("/proposals")
    assert "Stay on the same side</del>" in page
    assert "Cool &lt;down&gt;</ins>" in page
    assert "Accept it" not in page
    team.answer("accept", 404, reason="No.")
    office(team)
    assert "Accept it" in team.get("/proposals")
    team.answer("accept", 400, reason=" ")
    team.answer("accept", reason="Well said.", text="Cool down")
    team.answer("decline", 400, reason="Again.")
    assert house.state.norms["hostility"].title == "Cool down"
    page = team.get("/versions")
    assert "Proposed, and accepted: Well said." in page
    assert "By an administrator." in page
    assert "<del>" in page
    assert [(one.state, one.answer) for one in team.proposals()] == [(State.ACCEPTED, "Well said.")]
    assert "Well said." in team.get("/hostility")
    with house.store.read() as c:
        version = norm_versions.newest(c, None)
    assert version is not None
    assert version.review_on is not None
    assert 170 < (version.review_on - utc_now().date()).days <= 180


def test_a_project_words_its_own_norms_and_says_them(team: Team) -> None:
    house, name = team.house, team.get().split("Norms of ")[1].split("<")[0]
    above, other = project(house, name.split("/")[0]), project(house, f"else{next(COUNT)}")
    team.say(kind="wording", label="assumption", part="says", text="Ask about {words}.", **WHY)
    office(other)
    team.answer("accept", 404, reason="x")
    team.get("/edit", 404)
    office(above)  # whoever maintains the organisation maintains what is in it
    team.answer("accept", reason="Shorter.")
    assert team.norms["assumption"].says == "Ask about {words}."
    assert above.norms["assumption"] == house.state.norms["assumption"]
    place = {"platform": "github", "server": "github.com", "project": name}
    body = {"texts": ["{assumption:you never ran it}"], "rewrite": True, "place": place}
    [result] = house.client.post("/v1/check", json=body).json()["results"]
    assert result["norm"]["says"] == "Ask about this."


def test_what_is_removed_is_never_spoken_about(team: Team) -> None:
    team.say(kind="removal", label="assumption", why="We are blunt here.")
    office(team)
    team.answer("accept", reason="Agreed.")
    assert not team.norms.on("assumption"), "though the project's settings have it on"
    assert "No longer norms here" in team.get()
    assert "No longer a norm here." in team.get("/assumption")
    assert "no such norm" in team.say(400, kind="removal", label="assumption", **WHY)


def test_a_new_norm_is_text_that_nothing_listens_for(team: Team) -> None:
    assert team.say(kind="new", title="Tests first", text="A bug gets a test.", **WHY) == f"{team.base}/proposals"
    office(team)
    team.answer("accept", reason="Yes.", text="Every bug gets a test first.")
    page = team.get()
    assert "What was agreed besides" in page
    assert "Every bug gets a test first." in page
    assert "Tests first" in team.get("/tests_first")
    assert not team.norms.on("tests_first")


def test_a_remark_is_answered_and_a_proposal_declined_with_a_reason(team: Team) -> None:
    team.say(kind="feedback", label="hostility", text="It helped.")
    office(team)
    team.answer("accept", 400, reason="Good.")
    team.answer("decline", reason="Good to hear.")
    assert [one.state for one in team.proposals()] == [State.ANSWERED]
    page = team.get("/proposals")
    assert "Good to hear." in page
    assert "Nothing waits." in page


def test_norms_are_edited_as_text_with_the_difference_first(team: Team) -> None:
    office(team)
    assert "[concerns.hostility]" in team.get("/edit")
    before = team.norms["hostility"].title
    edit = {
        "toml": '# ours\r\n[concerns.hostility]\r\ntitle = "Go slow"\r\n',
        "note": "Offsite.",
        "review_on": "2036-09-01",
    }
    look = team.post("/edit", 200, act="look", **edit)
    assert "What would change" in look
    assert "Go slow</ins>" in look
    assert "# ours" in look
    assert team.norms["hostility"].title == before
    team.post("/edit", act="keep", **edit)
    assert team.norms["hostility"].title == "Go slow"
    assert "To be reviewed on 1 September 2036" in team.get()
    late = team.post("/edit", 400, act="keep", **{**edit, "toml": "# other\n"})
    assert "changed while you were writing" in late
    assert "# other" in late, "what was typed stays"
    wrong = team.post("/edit", 400, act="look", **{**edit, "toml": "[concerns.hostilty]\n"})
    assert "Did you mean &#34;hostility&#34;" in wrong
    assert "tolerance" in team.post("/edit", 400, act="look", **{**edit, "toml": "concerns.hostility.tolerance = 1"})
    assert "A date reads like" in team.post("/edit", 400, act="keep", **{**edit, "review_on": "soon"})


def test_going_back_is_a_click_and_a_sentence(team: Team) -> None:
    office(team)
    after = ""
    for title in ("One", "Two"):
        toml = f'[concerns.hostility]\ntitle = "{title}"\n'
        team.post("/edit", act="keep", toml=toml, note=title, after=after)
        found = re.search(r'name="after" value="(\d+)"', team.get("/edit"))
        assert found is not None
        first, after = after, found[1]
    page = team.get("/versions")
    assert page.count("Go back to this") == 1
    back = team.get(f"/edit?version={first}")
    assert "title = &#34;One&#34;" in back
    assert f'name="after" value="{after}"' in back
    team.get("/edit?version=999999", 404)


def test_a_due_review_is_said_to_those_in_office_alone(team: Team) -> None:
    with team.house.store.begin() as c:
        norm_versions.add(
            c, team.number, toml="", role="maintainer", note="x", review_on=date(2020, 1, 1), now=utc_now(), after=None
        )
    assert "review is due" not in team.get()
    office(team)
    assert "review is due since 1 January 2020" in team.get()


def test_nothing_in_a_proposal_is_more_than_text(team: Team) -> None:
    evil = "<script>alert(1)</script> {{ 7*7 }}"
    team.say(kind="new", title=evil, text=evil, why=evil, name=evil)
    office(team)
    team.answer("accept", reason=evil)
    for path in ("", "/proposals", "/versions", "/edit"):
        page = team.get(path)
        assert "<script>alert" not in page
        assert "7*7" in page
