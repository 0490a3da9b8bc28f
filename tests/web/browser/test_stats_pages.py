"""Statistics and one's own month in a real browser: rich, poor and empty; accessible, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain import Silence
from app.stats.periods import period_of
from app.store import access, people, projects, tallies
from app.store.tallies import Consents
from app.web.state import State
from app.wiring import utc_now
from tests.web.browser.conftest import console_of
from tests.web.browser.walk import DESKTOP, walked
from tests.web.notes import note, silence
from tests.web.phrases import PhraseJudge, Phrases
from tests.web.test_pages_stats import keep, project, released, rich
from tests.web_app import served


@dataclass(frozen=True)
class StatsHouse:
    address: str
    state: State
    numbers: dict[str, int]
    anna: int
    newcomer: int

    def sign_in(self, page: Page, person: int) -> None:
        with self.state.store.begin() as c:
            page.goto(f"{self.address}/enter/{access.new_link(c, person, utc_now())}")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox")


@pytest.fixture(scope="module")
def stats_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StatsHouse]:
    with served(tmp_path_factory.mktemp("stats"), PhraseJudge()) as (app, address):
        yield furnished(app.state.tactful, address)


def furnished(state: State, address: str) -> StatsHouse:
    now = utc_now()
    numbers = {
        "rich": project(state, name="octo/a-parser-with-a-rather-long-name", hold_out=0.3),
        "poor": project(state, name="octo/poor", hold_out=0.3),
        "empty": project(state, name="octo/new"),
    }
    rich(state, numbers["rich"], months=9)
    keep(state, released(numbers["poor"], period_of(now.date() - timedelta(weeks=6), "monthly"), [], arms=6))
    with state.store.begin() as c:
        anna, newcomer = (people.add(c, f"{name}@example.org", now) for name in ("anna", "new"))
        people.opt_in(c, anna, now)
        projects.name_maintainer(c, numbers["rich"], anna, projects.ADMINISTRATOR, now)
        agreed = Consents(statistics=True, my_month=True)
        tallies.agree(c, anna, agreed)
        for months in range(4, 10):
            week = period_of(now.date() - timedelta(days=30 * months), "monthly").start.isoformat()
            for at in range(22 + months):
                kinds = [("read", ""), ("strength", "support")]
                kinds += [("nudged", "assumption")] if at % (16 - months) == 0 else []
                tallies.add(c, agreed, None, anna, week, kinds)
    words = "The loop reads the file twice, and you just slapped this together. Please read it once."
    note(state, anna, words, now, number=3, classifier=Phrases())
    for number in range(10, 18):
        silence(state, anna, Silence.BELOW_TOLERANCE, now, number=number)
    return StatsHouse(address, state, numbers, anna, newcomer)


def addresses(house: StatsHouse) -> dict[str, tuple[str, int | None]]:
    """Name → (address, who looks)."""
    stats = {name: f"/projects/{number}/stats" for name, number in house.numbers.items()}
    return {
        "stats-poor": (stats["poor"], None),
        "stats-empty": (stats["empty"], None),
        "stats-rich": (stats["rich"], house.anna),
        "my-month": ("/me/month", house.anna),
        "agree": ("/me", house.anna),
        "my-month-empty": ("/me/month", house.newcomer),
    }


def test_statistics_are_accessible(browser: Browser, stats_house: StatsHouse) -> None:
    """In light and dark, wide and narrow; no page is wider than a phone, and its policy is never broken."""
    assert walked(browser, stats_house.address, addresses(stats_house), stats_house.sign_in) == {}


def test_what_one_agrees_to_is_chosen_by_keyboard_without_scripts(browser: Browser, stats_house: StatsHouse) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    stats_house.sign_in(page, stats_house.newcomer)
    page.goto(f"{stats_house.address}/me#agree")
    box = page.get_by_label("Count me in statistics")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#agree .saved")).to_be_visible()
    expect(page.get_by_label("Count me in statistics")).to_be_checked()
    expect(page.get_by_label("Take part in experiments")).not_to_be_checked()
    page.goto(f"{stats_house.address}/projects/{stats_house.numbers['rich']}/stats")
    expect(page.locator("svg.chart").first).to_be_visible()
    assert heard == []
    context.close()
