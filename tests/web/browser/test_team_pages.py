"""The norms of a team in a real browser: rich, poor and empty; accessible, by keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.project_settings import Mode, as_json, start
from app.stats.documents import as_json as released_as_json
from app.store import access, given, people, projects, proposals, releases
from app.store.given import Text
from app.store.proposals import Kind, Said
from app.team_norms import Team, accept, change
from app.web.state import State
from app.wiring import utc_now
from tests.web.browser.conftest import console_of
from tests.web.browser.walk import DESKTOP, walked
from tests.web.phrases import PhraseJudge
from tests.web.test_pages_give_retro import _release
from tests.web_app import served

FIRST = """# Since the offsite.
[conduct]
code_of_conduct = "https://example.org/conduct"

[concerns.hostility]
title = "Stay friends"
discussion = "https://example.org/talk/hostility"

[written.tests_first]
title = "A bug gets a test first"
norm = "Whoever mends something writes down, in a test, how it was broken."
"""
WORDING = "{words} may hurt somebody who reads it tomorrow."


@dataclass(frozen=True)
class TeamHouse:
    address: str
    state: State
    rich: int
    poor: int
    maintainer: int
    newcomer: int

    def link(self, person: int) -> str:
        with self.state.store.begin() as c:
            return f"{self.address}/enter/{access.new_link(c, person, utc_now())}"

    def sign_in(self, page: Page, person: int) -> None:
        page.goto(self.link(person))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox")


@pytest.fixture(scope="module")
def team_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamHouse]:
    with served(tmp_path_factory.mktemp("team"), PhraseJudge()) as (app, address):
        yield furnished(app.state.tactful, address)


def furnished(state: State, address: str) -> TeamHouse:
    now, vault = utc_now(), state.store.vault
    with state.store.begin() as c:
        maintainer, newcomer = (people.add(c, f"{name}@example.org", now) for name in ("anna", "new"))
        settings = as_json(start(state.norms, Mode.ON))
        rich, poor = (
            projects.add(c, "github", "github.com", name, settings, "administrator", "It is time.", now)
            for name in ("octo/a-parser-with-a-rather-long-name", "octo/new")
        )
        for number in (rich, poor):
            projects.name_maintainer(c, number, maintainer, "administrator", now)
    state.in_force.look_again()
    with state.store.begin() as c:
        rules = state.in_force.of(rich)
        assert rules is not None
        team = Team.of(rules)
        first = change(
            c, team, FIRST, note="What we said at the offsite.", review_on=now.date() - timedelta(days=1),
            role="maintainer", now=now - timedelta(days=40), after=None,
        )  # fmt: skip
        assert first

        def say(kind: Kind, label: str | None, said: Said, person: int = maintainer) -> int:
            return proposals.add(c, vault, rich, kind, label, said, person, now)

        say(Kind.FEEDBACK, "hostility", Said("It helped me on Monday, when the build was red all day."))
        say(Kind.WORDING, "hostility", Said(WORDING, why="It is shorter.", part="says", name="Anna"))
        say(Kind.REMOVAL, "well_actually", Said("", why="We like small corrections."))
        say(Kind.NEW, None, Said("Say hello first.", why="It is nice.", title="Hello", name="Somebody else"), newcomer)
        accepted = say(Kind.WORDING, "apology", Said("Own it", why="Clearer.", part="title"))
        declined = say(Kind.NEW, None, Said("No comments on Fridays.", why="Rest.", title="Fridays"))
        for number, act in ((accepted, "accept"), (declined, "decline")):
            one = proposals.get(c, vault, rich, number)
            assert one is not None
            if act == "accept":
                accept(c, team, one, reason="Yes, that is what we mean.", role="maintainer", now=now)
            else:
                proposals.answer(c, number, proposals.State.DECLINED, "Some of us write on Fridays only.", now)
        for month in (1, 2):
            releases.keep(c, {rich: released_as_json(_release(rich, month))}, rich, now)
        given.give(
            c, vault, Text("You never ran it.", ("assumption",), ("You never ran it",), "Did it run?"), maintainer, now
        )
    state.in_force.look_again()
    return TeamHouse(address, state, rich, poor, maintainer, newcomer)


def addresses(house: TeamHouse) -> dict[str, tuple[str, int | None]]:
    """Name → (address, who looks)."""
    anna, new = house.maintainer, house.newcomer
    rich, poor = f"/projects/{house.rich}", f"/projects/{house.poor}"
    return {
        "norms-stranger": ("/norms", None),
        "norm-stranger": ("/norms/hostility", None),
        "versions-empty": ("/norms/versions", None),
        "team-norms": (f"{rich}/norms", anna),
        "team-norm": (f"{rich}/norms/hostility", anna),
        "team-norm-empty": (f"{poor}/norms/hostility", anna),
        "team-propose": (f"{rich}/norms/propose", anna),
        "team-proposals": (f"{rich}/norms/proposals", anna),
        "team-proposals-empty": (f"{poor}/norms/proposals", anna),
        "team-versions": (f"{rich}/norms/versions", anna),
        "team-edit": (f"{rich}/norms/edit", anna),
        "team-edit-first": (f"{poor}/norms/edit", anna),
        "retro": (f"{rich}/retro?since=2026-01-01", anna),
        "retro-poor": (f"{poor}/retro", anna),
        "give": ("/give", anna),
        "given": ("/me/given", anna),
        "team-norms-newcomer": (f"{rich}/norms", new),
        "team-proposals-newcomer": (f"{rich}/norms/proposals", new),
        "given-empty": ("/me/given", new),
    }


def test_every_page_of_a_team_is_accessible(browser: Browser, team_house: TeamHouse) -> None:
    """In light and dark, wide and narrow; and no page is wider than a phone."""
    assert walked(browser, team_house.address, addresses(team_house), team_house.sign_in) == {}


def test_a_proposal_by_keyboard_and_its_answer_without_scripts(browser: Browser, team_house: TeamHouse) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    team_house.sign_in(page, team_house.maintainer)
    page.goto(f"{team_house.address}/projects/{team_house.poor}/norms/assumption")
    page.get_by_text("Propose other words").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Which part").select_option("title")
    page.get_by_label("How it should read").fill("Ask first")
    page.get_by_label("Why").first.fill("Shorter.")
    page.get_by_label("Why").first.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Other words for “Ask rather than guess”")).to_be_visible()
    page.get_by_label("Your reason").fill("Yes.")
    page.get_by_role("button", name="Accept it").click()
    expect(page.get_by_text("Accepted.")).to_be_visible()
    page.goto(f"{team_house.address}/projects/{team_house.poor}/norms/versions")
    expect(page.locator("ins")).to_contain_text("first")
    assert heard == []
    context.close()
