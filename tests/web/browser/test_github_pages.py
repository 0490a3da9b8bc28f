"""GitHub in a real browser, on another site than ours: connecting it and signing in; accessible, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from app.store import access, people
from app.web.state import State
from app.wiring import utc_now
from tests.github_server import FakeGitHub, running
from tests.web.browser.conftest import AXE, console_of
from tests.web.browser.walk import DESKTOP, SCREENSHOTS, Found, looked_over
from tests.web.phrases import PhraseJudge
from tests.web_app import served


@dataclass(frozen=True)
class GitHubHouse:
    address: str
    state: State
    github: FakeGitHub
    admin: int

    def sign_in(self, page: Page) -> None:
        with self.state.store.begin() as c:
            link = access.new_link(c, self.admin, utc_now())
        page.goto(f"{self.address}/enter/{link}")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox")


@pytest.fixture
def github_house(tmp_path) -> Iterator[GitHubHouse]:
    with (
        running() as github,
        served(tmp_path, PhraseJudge(), smtp_url="smtp://127.0.0.1:9", mail_sender="t@e.org") as (
            app,
            address,
        ),
    ):
        github.url, github.server = github.url.replace("127.0.0.1", "localhost"), "localhost"  # another site than ours
        state: State = app.state.tactful
        with state.store.begin() as c:
            admin = people.add(c, "admin@example.org", utc_now(), is_admin=True)
        yield GitHubHouse(address, state, github, admin)
        assert github.violations == []


def connect(page: Page, house: GitHubHouse) -> None:
    house.github.pages.visitor = house.github.user("admin-there")
    page.goto(f"{house.address}/github")
    page.get_by_label("Address").fill(house.github.url)
    page.get_by_label("Putting a wording").check()
    page.get_by_role("button", name="Connect GitHub").click()
    page.get_by_role("button", name="Go on to").click()
    page.wait_for_url(f"{house.address}/github")


@pytest.mark.parametrize("scripts", [False, True])
def test_from_nothing_to_pending_reviews_that_are_read(browser: Browser, github_house: GitHubHouse, scripts: bool):
    context = browser.new_context(java_script_enabled=scripts, viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    github_house.sign_in(page)
    connect(page, github_house)
    expect(page.get_by_text("Putting a wording into a pending comment: on")).to_be_visible()
    [app] = github_house.state.github_apps.every().values()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("nowhere yet")).to_be_visible()
    anna = github_house.github.user("anna")
    github_house.github.install(app, "octo-org", anna)
    page.goto(f"{github_house.address}/me")
    page.get_by_role("button", name="Sign out").click()
    github_house.github.pages.visitor = anna
    page.goto(f"{github_house.address}/sign-in?to=/me")
    page.get_by_label("Read my pending reviews, too").check()
    page.get_by_role("button", name="Sign in with GitHub").click()
    page.wait_for_url("**/me")
    expect(page.get_by_text("Pending reviews are read, since")).to_be_visible()
    page.get_by_role("button", name="Stop reading pending reviews").click()
    page.wait_for_url("**/me?changed=pending#pending")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("I know, and I want my pending reviews read").check()
    page.get_by_role("button", name="Have pending reviews of anna").click()
    page.wait_for_url("**/me?changed=pending#pending")
    expect(page.get_by_text("Pending reviews are read, since")).to_be_visible()
    assert len(github_house.github.world.tokens) == 1
    assert heard == []
    context.close()


def test_every_page_of_it_is_accessible(browser: Browser, github_house: GitHubHouse) -> None:
    """In light and dark, wide and narrow; and no page is wider than a phone."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `npm ci --prefix tests` installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    context = browser.new_context(viewport=DESKTOP, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    found: Found = {}

    def look(name: str) -> None:
        found.update(looked_over(page, f"github-{name}"))
        page.set_viewport_size(DESKTOP)

    github_house.sign_in(page)
    page.goto(f"{github_house.address}/github")
    look("empty")
    page.get_by_label("Address").fill(github_house.github.url)
    page.get_by_role("button", name="Connect GitHub").click()
    look("register")
    connect(page, github_house)
    page.get_by_role("button", name="Look again").click()
    look("connected")
    github_house.github.pages.visitor = None  # it stays on GitHub's page
    [app] = github_house.state.github_apps.every().values()
    github_house.github.install(app, "octo-org", github_house.github.user("anna"))
    github_house.github.pages.visitor = github_house.github.user("anna")
    page.goto(f"{github_house.address}/me")
    page.get_by_role("button", name="Add an account").click()
    page.wait_for_url("**/me")
    look("me")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{github_house.address}/sign-in")
    look("sign-in")
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
