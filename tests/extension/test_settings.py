"""The settings page: pairing by a code, sites, what is left out, and forgetting."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.extension.conftest import Browser, Desk, Tactful

STING = "The helper reads the file twice, and you just slapped this together."


@pytest.fixture
def settings(desk: Desk) -> Page:
    """Of somebody who has not paired anything yet."""
    desk.browser.set()
    page = desk.browser.context.new_page()
    page.goto(desk.browser.page("options.html"))
    return page


def pair(page: Page, address: str, code: str) -> None:
    page.get_by_label("Address").fill(address)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Pair").click()


def test_a_code_pairs_and_then_boxes_are_heard(settings: Page, desk: Desk, tactful: Tactful) -> None:
    before = len(tactful.clients())
    code = tactful.code()
    pair(settings, f"{tactful.address}/", f" {code.lower()} ")
    expect(settings.get_by_role("status")).to_contain_text("Paired.")
    expect(settings.get_by_role("link", name=tactful.address)).to_have_attribute("href", f"{tactful.address}/me")
    expect(settings.get_by_label("Code")).to_be_hidden()
    assert [client.name for client in tactful.clients()[before:]] == ["Browser extension in Chromium"]
    assert tactful.clients()[-1].scopes == ("check", "feedback")
    desk.browser.wait_for_scripts(1)
    sheet = desk.open("conversation")
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    assert "Authorization" not in str(sheet.page.evaluate("JSON.stringify(window.sent)"))

    settings.get_by_role("button", name="Forget").click()
    expect(settings.get_by_role("status")).to_contain_text("Forgotten here and there.")
    expect(settings.get_by_label("Code")).to_be_visible()
    assert len(tactful.clients()) == before
    desk.browser.wait_for_scripts(0)
    kept = desk.browser.kept()
    assert (kept["token"], kept["key"]) == ("", "")


def test_a_code_works_once_and_five_wrong_ones_end_it(settings: Page, tactful: Tactful) -> None:
    code = tactful.code()
    wrong = f"{code[:5]}{'AAAAAA' if code[5:] != 'AAAAAA' else 'BBBBBB'}"
    for _ in range(5):
        pair(settings, tactful.address, wrong)
        expect(settings.get_by_role("status")).to_contain_text("That code is not valid any more.")
        settings.get_by_role("status").evaluate("it => { it.textContent = '' }")
    pair(settings, tactful.address, code)
    expect(settings.get_by_role("status")).to_contain_text("That code is not valid any more.")


@pytest.mark.parametrize("address", ["http://tactful.example.org", "ftp://x", "javascript:alert(1)", "https://"])
def test_an_address_that_texts_may_not_go_to_is_refused(settings: Page, desk: Desk, address: str) -> None:
    pair(settings, address, "ABCD-EFGHJK")
    expect(settings.get_by_role("status")).to_have_text("An address begins with https://. Nothing was changed.")
    assert desk.asked == []


def test_where_tactful_is_away_nothing_is_changed(settings: Page, chromium: Browser) -> None:
    pair(settings, "http://127.0.0.1:9", "ABCD-EFGHJK")
    expect(settings.get_by_role("status")).to_contain_text("Tactful could not be reached. Nothing was changed")
    assert chromium.kept() == {}


def test_without_the_browsers_leave_nothing_is_changed(settings: Page, chromium: Browser) -> None:
    """The one question that nobody can press here is answered with no."""
    settings.evaluate("chrome.permissions.request = async () => false")
    pair(settings, "https://tactful.example.org", "ABCD-EFGHJK")
    expect(settings.get_by_role("status")).to_contain_text("The browser was not given leave")
    settings.get_by_label("A GitHub Enterprise Server").fill("github.example.org")
    settings.get_by_role("button", name="Add").click()
    expect(settings.get_by_role("status")).to_contain_text("The browser was not given leave")
    assert chromium.kept() == {}


def test_a_server_is_added_and_turned_off(settings: Page, chromium: Browser, tactful: Tactful) -> None:
    pair(settings, tactful.address, tactful.code())
    expect(settings.get_by_role("status")).to_contain_text("Paired.")
    settings.get_by_label("A GitHub Enterprise Server").fill("http://127.0.0.1:8123/some/page")
    settings.get_by_role("button", name="Add").click()
    expect(settings.get_by_role("status")).to_contain_text("On for 127.0.0.1:8123.")
    settings.get_by_role("checkbox", name="github.com").uncheck()
    expect(settings.get_by_role("checkbox", name="github.com")).to_be_focused()
    assert chromium.kept()["sites"] == {"https://github.com": False, "http://127.0.0.1:8123": True}
    chromium.wait_for_scripts(1)
    registered = chromium.worker.evaluate("chrome.scripting.getRegisteredContentScripts()")
    assert registered[0]["matches"] == ["http://127.0.0.1/*"]


def test_what_is_left_out_is_brought_back(settings: Page, chromium: Browser) -> None:
    norms = {"belittling": "Leave people <b>their</b> size"}
    chromium.set(repositories={"github.com/octo/parser": True, "github.com/octo/other": False}, norms=norms)
    settings.reload()
    expect(settings.get_by_role("listitem").filter(has_text="octo")).to_have_count(1)
    expect(settings.get_by_text("Leave people <b>their</b> size", exact=True)).to_be_visible()
    settings.get_by_role("button", name="Bring back github.com/octo/parser").click()
    settings.get_by_role("button", name="Bring back Leave people").click()
    expect(settings.get_by_text("Nothing. A repository is left out")).to_be_visible()
    expect(settings.get_by_role("heading", name="Left out")).to_be_focused()
    kept = chromium.kept()
    assert (kept["repositories"], kept["norms"]) == ({"github.com/octo/other": False}, {})


def test_it_is_used_by_keyboard(settings: Page, tactful: Tactful) -> None:
    settings.get_by_label("Address").focus()
    settings.keyboard.type(tactful.address)
    settings.keyboard.press("Tab")
    expect(settings.get_by_role("link", name="your page there")).to_be_focused()
    settings.keyboard.press("Tab")
    settings.keyboard.type(tactful.code())
    settings.keyboard.press("Enter")
    expect(settings.get_by_role("status")).to_contain_text("Paired.")
