"""The popup: what Tactful does on the page in front, and the ways to have it quiet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.store import people
from app.wiring import utc_now
from tests.extension.conftest import Desk, Sheet

STING = "The helper reads the file twice, and you just slapped this together."


def popup(desk: Desk, front: Page) -> Page:
    """The popup's page in a tab behind ``front``, which is what it asks the browser for."""
    page = desk.browser.context.new_page()
    front.bring_to_front()
    page.goto(desk.browser.page("popup.html"))
    return page


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("conversation", "On. A comment is heard while you write it, and only then."),
        ("review, React", "On. A comment is heard while you write it, and only then."),
        ("nothing to write in", "On. No comment box is open on this page."),
        ("changed", "Not supported here: the boxes on this page are of a kind that this version does not know."),
    ],
)
def test_it_says_what_happens_on_the_page_in_front(desk: Desk, name: str, says: str) -> None:
    expect(popup(desk, desk.open(name).page).get_by_role("status")).to_have_text(says)


def test_a_page_that_changed_is_met_with_silence(desk: Desk) -> None:
    sheet = desk.open("changed")
    sheet.write(STING)
    sheet.quiet()
    expect(sheet.hint).to_have_count(0)
    assert desk.asked == []
    sheet.send()
    assert sheet.errors == []


def test_elsewhere_it_is_not_on(desk: Desk) -> None:
    page = desk.browser.context.new_page()
    page.goto(desk.tactful.address)
    expect(popup(desk, page).get_by_role("status")).to_contain_text("Not on for this page.")


def test_before_pairing_it_says_so_and_leads_to_the_settings(desk: Desk) -> None:
    for opened in desk.browser.context.pages:  # they open by themselves when the extension is installed
        if opened.url == desk.browser.page("options.html"):
            opened.close()
    desk.browser.set()
    page = popup(desk, desk.open("conversation").page)
    expect(page.get_by_role("status")).to_have_text("Not paired yet. Nothing is read.")
    with desk.browser.context.expect_page() as settings:
        page.get_by_role("button", name="Settings").click()
    expect(settings.value).to_have_title("Settings of Tactful")


def heard(sheet: Sheet) -> bool:
    sheet.page.bring_to_front()
    sheet.box.blur()
    sheet.write(STING)
    sheet.page.wait_for_timeout(900)
    return sheet.hint.locator("[role=group]").count() == 1


@pytest.mark.parametrize(
    ("off", "says", "on"),
    [
        ("Quiet for an hour", "Quiet until ", "End the quiet"),
        ("Turn off for octo/parser", "Off for octo/parser.", "Turn on for octo/parser"),
        ("Turn off on github.com", "Off on github.com.", "Turn on here"),
    ],
)
def test_off_and_on_again(desk: Desk, off: str, says: str, on: str) -> None:
    sheet = desk.open("conversation")
    page = popup(desk, sheet.page)
    page.get_by_role("button", name=off).click()
    expect(page.get_by_role("status")).to_contain_text(says)
    expect(page.get_by_role("button", name=on)).to_be_focused()
    assert not heard(sheet)
    assert desk.asked == []
    page.get_by_role("button", name=on).click()
    expect(page.get_by_role("status")).to_contain_text("On.")
    assert heard(sheet)


def test_turned_off_at_the_persons_own_page(desk: Desk) -> None:
    with desk.tactful.state.store.begin() as c:
        people.opt_out(c, desk.tactful.person)
    try:
        sheet = desk.open("conversation")
        sheet.write(STING)
        sheet.quiet()
        expect(popup(desk, sheet.page).get_by_role("status")).to_contain_text(
            "at your page there, Tactful is turned off"
        )
    finally:
        with desk.tactful.state.store.begin() as c:
            people.opt_in(c, desk.tactful.person, utc_now())


def test_trouble_is_said_in_one_line(desk: Desk) -> None:
    desk.browser.set(address="http://127.0.0.1:9", token="tact_x", key="a key")
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.quiet()
    expect(popup(desk, sheet.page).get_by_role("status")).to_contain_text(
        "Tactful did not answer a moment ago. Writing and sending go on as always."
    )
