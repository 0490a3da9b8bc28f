"""What holds at any box: asking once, late answers, settling, quiet, the keyboard, and what a page can see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from app.store import feedback
from tests.extension.conftest import Desk

STING = "😀 The helper reads the file twice, and you just slapped this together. Please read it once."
WORDS = "you just slapped this together"
SIMPLE = "It is so simple."
BOTH = pytest.mark.parametrize("name", ["conversation", "reply, React"])


def counts(desk: Desk) -> dict[tuple[str, str], int]:
    with desk.tactful.state.store.read() as c:
        return feedback.totals(c)


def test_nothing_is_shown_or_moved_when_nothing_is_wrong(desk: Desk) -> None:
    sheet = desk.open("conversation")
    before = sheet.page.evaluate("document.documentElement.scrollHeight")
    sheet.write("Please read the file once.")
    sheet.quiet()
    expect(sheet.hint.locator("[aria-live=polite]")).to_have_text("")
    assert sheet.page.evaluate("document.documentElement.scrollHeight") == before
    assert desk.texts == ["Please read the file once."]


def test_a_box_that_is_only_there_is_not_read(desk: Desk) -> None:
    sheet = desk.open("edit, legacy")
    sheet.page.evaluate("text => { document.querySelector('textarea').value = text }", STING)
    sheet.quiet()
    assert desk.asked == []
    sheet.box.focus()  # somebody begins to edit
    expect(sheet.mark).to_have_text(WORDS)


def test_the_same_text_is_never_asked_twice(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    sheet.page.keyboard.type(" ")
    sheet.page.wait_for_timeout(600)
    sheet.write("Fine.")
    sheet.quiet()
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    assert desk.texts == [STING, "Fine."]


def test_one_request_at_a_time_and_late_answers_are_dropped(desk: Desk) -> None:
    sheet = desk.open("conversation")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    desk.browser.context.route("**/v1/check", hold)
    try:
        for text in (SIMPLE, "What a mess this file is.", "Read it once.", STING):
            sheet.write(text)
            sheet.page.wait_for_timeout(550)
        assert desk.texts == [SIMPLE]
        held[0].continue_()
        expect(sheet.mark).to_have_text(WORDS)
        assert desk.texts == [SIMPLE, STING]
    finally:
        desk.browser.context.unroute("**/v1/check", hold)


@BOTH
def test_keep_and_wrong_are_counted_without_a_text_and_remembered(desk: Desk, name: str) -> None:
    sheet = desk.open(name)
    before = counts(desk)
    sheet.write(STING)
    sheet.press("Keep mine")
    sheet.write(f"{STING} Thank you.")
    sheet.quiet()  # the same words in the same comment
    sheet.write(SIMPLE)
    sheet.press("This was wrong")
    expect(sheet.hint).to_contain_text("Noted. That is worth knowing.")
    expect(sheet.box).to_be_focused()
    sheet.page.wait_for_timeout(300)
    now = counts(desk)
    assert now[("assumption", "kept")] - before.get(("assumption", "kept"), 0) == 1
    assert now[("belittling", "wrong")] - before.get(("belittling", "wrong"), 0) == 1
    told = [body for _, path, body in desk.asked if path == "feedback"]
    assert all(set(body) == {"label", "band", "answer", "context", "place"} for body in told)
    assert STING not in str(told)


@BOTH
def test_not_now_is_quiet_until_the_comment_is_sent(desk: Desk, name: str) -> None:
    sheet = desk.open(name)
    sheet.write(STING)
    sheet.press("Not now")
    expect(sheet.hint).to_contain_text("Quiet for this comment.")
    sheet.write(SIMPLE)
    sheet.quiet()
    assert desk.texts == [STING]
    sheet.send()
    sheet.page.wait_for_timeout(400)  # the page empties the box, and tells nobody
    sheet.write(SIMPLE)
    expect(sheet.mark).to_have_text("so simple")


def test_quiet_for_an_hour(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.press("Not now")
    sheet.press("Quiet for an hour")
    sheet.page.wait_for_timeout(300)
    other = desk.open("issue")
    other.write(SIMPLE)
    other.quiet()
    assert desk.texts == [STING]
    hour = desk.browser.kept()["quietUntil"] - other.page.evaluate("Date.now()")
    assert 3_500_000 < hour <= 3_600_000


def test_leaving_a_norm_out(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.press("Not now")
    sheet.press("Leave this norm out")
    expect(sheet.hint).to_contain_text("Left out from now on.")
    assert list(desk.browser.kept()["norms"]) == ["assumption"]
    other = desk.open("issue")
    other.write(STING)
    other.quiet()
    other.write(SIMPLE)
    expect(other.mark).to_have_text("so simple")


def test_while_typing_on_the_hint_stays_but_its_wording_waits(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    desk.tactful.judge.delay_s = 0.8
    sheet.page.keyboard.type(" And")
    expect(sheet.hint.locator("[inert]")).to_have_count(1)
    expect(sheet.mark).to_be_visible()
    expect(sheet.hint.locator("[inert]")).to_have_count(0)
    sheet.write("Please read it once.")
    expect(sheet.hint.locator("[role=group]")).to_have_count(0)


@BOTH
def test_when_the_page_empties_or_replaces_the_box_the_hint_goes(desk: Desk, name: str) -> None:
    sheet = desk.open(name)
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    sheet.send()
    expect(sheet.hint.locator("[role=group]")).to_have_count(0)
    sheet.write(SIMPLE)
    expect(sheet.mark).to_have_text("so simple")
    sheet.page.evaluate("document.querySelector('tactful-hint').remove()")  # drawn anew by the page
    sheet.page.evaluate("document.querySelector('#sent').append('more')")
    expect(sheet.mark).to_have_text("so simple")
    sheet.page.evaluate("document.querySelector('textarea').remove()")
    expect(sheet.hint).to_have_count(0)


@BOTH
def test_by_keyboard_alone(desk: Desk, name: str) -> None:
    sheet = desk.open(name)
    sheet.write(STING)
    expect(sheet.mark).to_be_visible()
    sheet.page.keyboard.press("Tab")  # the wording, which may scroll
    sheet.page.keyboard.press("Tab")
    expect(sheet.page.get_by_role("button", name="Use this wording")).to_be_focused()
    sheet.page.keyboard.press("Enter")
    expect(sheet.box).to_be_focused()
    expect(sheet.box).not_to_have_value(STING)
    sheet.page.keyboard.press("Tab")
    expect(sheet.page.get_by_role("button", name="Undo")).to_be_focused()
    sheet.page.keyboard.press("Space")
    expect(sheet.box).to_have_value(STING)
    assert sheet.sent() == []


def test_the_browsers_own_undo_takes_a_wording_back_too(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.press("Use this wording")
    expect(sheet.box).not_to_have_value(STING)
    sheet.page.keyboard.press("ControlOrMeta+z")
    expect(sheet.box).to_have_value(STING)


def test_a_revoked_token_unpairs(desk: Desk) -> None:
    desk.browser.set(address=desk.tactful.address, token="tact_revoked", key="a key")
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.quiet()
    sheet.write(f"{STING} Again.")
    sheet.quiet()
    assert desk.texts == [STING]
    kept = desk.browser.kept()
    assert kept["token"] == ""
    assert "no longer knows this browser" in kept["problem"]


def test_after_a_failure_it_rests(desk: Desk) -> None:
    desk.browser.set(address="http://127.0.0.1:9", token="tact_x", key="a key")
    sheet = desk.open("conversation")
    for n in range(2):
        sheet.write(f"{STING} {n}")
        sheet.quiet(700)
    rest = desk.browser.worker.evaluate("chrome.storage.session.get('rest')")["rest"]
    assert rest["times"] == 1, "one request, then a rest"
    assert 0 < rest["until"] - sheet.page.evaluate("Date.now()") <= 5000


def test_a_repository_and_a_site_can_be_left_out(desk: Desk) -> None:
    paired = {"address": desk.tactful.address, "token": desk.tactful.token(), "key": "a key"}
    desk.browser.set(**paired, repositories={"github.com/octo/parser": True})
    sheet = desk.open("conversation")
    sheet.write(STING)
    sheet.quiet()
    desk.browser.set(**paired)
    sheet.box.blur()
    sheet.box.focus()
    expect(sheet.mark).to_be_visible()
    desk.browser.worker.evaluate("chrome.storage.local.set({ sites: { 'https://github.com': false } })")
    desk.browser.wait_for_scripts(0)
    assert desk.open("conversation").page.evaluate("document.querySelector('textarea').focus()") is None
    sheet.write(f"{STING} Thank you.")
    sheet.page.wait_for_timeout(900)
    assert desk.texts == [STING]


@pytest.mark.parametrize("status", [401, 403])
def test_what_somebody_in_between_answers_unpairs_nothing(desk: Desk, status: int) -> None:
    """A proxy whose own sign-in has run out, a firewall that dislikes a comment."""

    def between(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body="<title>Sign in</title>")

    desk.browser.context.route("**/v1/check", between)
    try:
        sheet = desk.open("conversation")
        sheet.write(STING)
        sheet.quiet()
        assert desk.browser.kept()["token"]
        sheet.send()
        assert sheet.sent() == [STING]
    finally:
        desk.browser.context.unroute("**/v1/check", between)
