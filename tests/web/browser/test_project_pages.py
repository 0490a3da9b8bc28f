"""What maintainers see, in a real browser: rich, poor and empty; by keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app.project_settings import Mode
from tests.web.browser.conftest import console_of
from tests.web.browser.project_house import ProjectHouse, asks, bare, furnished
from tests.web.browser.walk import DESKTOP, walked


@pytest.fixture(scope="module")
def project_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectHouse]:
    with furnished(tmp_path_factory.mktemp("projects")) as house:
        yield house


def addresses(house: ProjectHouse) -> dict[str, tuple[str, int | None]]:
    """Name → (path, who looks)."""
    boss, mia = house.boss, house.mia
    at = {name: f"/projects/{number}" for name, number in house.numbers.items()}
    return {
        "projects": ("/projects", boss),
        "project-rich": (at["rich"], boss),
        "projects-maintainer": ("/projects", mia),
        "project-new": (at["new"], mia),
        "trial-heard": (at["heard"], mia),
        "trial-quiet": (at["quiet"], mia),
        "trial-young": (at["young"], mia),
        "tuning-rich": (f"{at['rich']}/tuning?stop_hostility=12&stop_belittling=11&mode_assumption=shadow", mia),
        "tuning-in-force": (f"{at['rich']}/tuning", mia),
        "tuning-reference": (f"{at['new']}/tuning", mia),
        "tuning-poor": (f"{at['poor']}/tuning?history=own", mia),
        "tuning-empty": (f"{at['new']}/tuning?history=own", mia),
        "calibration-curve": (f"{at['rich']}/calibration", mia),
        "calibration-empty": (f"{at['new']}/calibration", mia),
        "calibration-asks": (f"{at['poor']}/calibration", mia),
    }


def test_what_maintainers_see_is_accessible(browser: Browser, project_house: ProjectHouse) -> None:
    asks(project_house, "poor", project_house.mia)
    assert walked(browser, project_house.address, addresses(project_house), project_house.sign_in) == {}


def test_before_anything_is_set_up(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    with bare(tmp_path_factory.mktemp("bare")) as house:
        pages = {"projects-empty": ("/projects", house.boss), "projects-none": ("/projects", house.mia)}
        assert walked(browser, house.address, pages, house.sign_in) == {}


def test_a_slider_by_keyboard_redraws_and_is_put_in_force(browser: Browser, project_house: ProjectHouse) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    project_house.sign_in(page, project_house.mia)
    page.goto(project_house.url("new", "/tuning"))
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    slider = page.get_by_role("slider", name="Stay on the same side")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#sentence")).to_contain_text("With these settings")
    expect(slider).to_have_attribute("aria-valuetext", "50 in 1,000")
    expect(slider).to_be_focused()
    most = page.locator("#sentence").inner_text()
    page.keyboard.press("Home")
    expect(page.locator("#sentence")).not_to_have_text(most)
    expect(slider).to_have_attribute("aria-valuetext", "never")
    assert loads == [], "charts are swapped in"
    page.get_by_label("Why, in a sentence").focus()
    page.keyboard.type("It cried wolf.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_be_visible()
    rules = project_house.state.in_force.of(project_house.numbers["new"])
    assert rules is not None
    assert rules.settings.norms["hostility"].tolerance == 0
    assert heard == []
    context.close()


def test_without_scripts_it_is_shown_put_in_force_and_taken_back(browser: Browser, project_house: ProjectHouse) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    project_house.sign_in(page, project_house.mia)
    before = project_house.state.in_force.of(project_house.numbers["rich"])
    assert before is not None
    page.goto(project_house.url("rich", "/tuning"))
    page.locator("#mode_hostility").select_option("off")
    page.get_by_label("Why, in a sentence").fill("A quiet week.")
    page.get_by_role("button", name="Show what it would have meant").click()
    expect(page.locator("#sentence")).to_contain_text("With these settings")
    page.get_by_role("button", name="Put in force").click()
    page.get_by_role("link", name="What was set when").click()
    expect(page.get_by_text("A quiet week.").first).to_be_visible()
    off = project_house.state.in_force.of(project_house.numbers["rich"])
    assert off is not None
    assert off.settings.norms["hostility"].mode is Mode.OFF
    page.get_by_role("button", name="Go back to the settings").first.click()
    expect(page.locator("#settings .saved")).to_be_visible()
    after = project_house.state.in_force.of(project_house.numbers["rich"])
    assert after is not None
    assert after.settings == before.settings
    assert heard == []
    context.close()


def test_a_blind_calibration_by_keyboard(browser: Browser, project_house: ProjectHouse) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    project_house.sign_in(page, project_house.mia)
    asks(project_house, "quiet", project_house.mia)
    page.goto(project_house.url("quiet", "/calibration"))
    expect(page.get_by_text("Text 1 of 2")).to_be_visible()
    page.get_by_role("button", name="Yes, it would").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Text 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Can't tell").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 answers so far")).to_be_visible()
    assert heard == []
    context.close()


def test_a_trial_ends_with_one_click(browser: Browser, project_house: ProjectHouse) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    project_house.sign_in(page, project_house.mia)
    page.goto(project_house.url("heard"))
    page.get_by_role("button", name="Put the proposal in force").click()
    expect(page.locator("#settings .saved")).to_be_visible()
    expect(page.locator("#trial")).to_have_count(0)
    rules = project_house.state.in_force.of(project_house.numbers["heard"])
    assert rules is not None
    assert rules.mode is Mode.ON
    context.close()
