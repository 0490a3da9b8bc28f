"""At send, in a page as of 3.14: who asked for it is asked once; Send always works, before and after."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.wiring import utc_now
from tests.gerrit_plugin.conftest import CORS, Desk, Sheet

STING = "You just slapped this together, so simple."
WORDS = "so simple"


@pytest.fixture
def reply(desk: Desk) -> Sheet:
    """The reply dialog, open, with somebody in it who wants to be paused."""
    return opened(desk.turned_on(gate=True))


def opened(desk: Desk, version: str = "3.14.0") -> Sheet:
    sheet = desk.open(version=version, autosave=60_000)
    sheet.page.get_by_role("button", name="Reply").click()
    return sheet


def write(sheet: Sheet, text: str) -> None:
    sheet.page.locator("gr-reply-dialog textarea").click()
    sheet.page.keyboard.insert_text(text)


def write_and_wait(sheet: Sheet) -> None:
    """A second is short on a busy machine, so the verdict is there before."""
    write(sheet, STING)
    expect(sheet.page.locator("gr-reply-dialog mark")).to_be_visible()


def send(sheet: Sheet) -> None:
    sheet.page.locator("gr-reply-dialog #send").click()


def sent(sheet: Sheet) -> None:
    sheet.page.wait_for_function("document.body.dataset.sent === '1'")


def published(desk: Desk) -> list[str]:
    return [comment["message"] for comment in desk.who.comments(desk.change)]


def test_another_look_leaves_everything_as_it_was_and_send_works_again(desk: Desk, reply: Sheet) -> None:
    write_and_wait(reply)
    send(reply)
    pause = reply.page.get_by_role("dialog", name="Before it is sent")
    expect(pause.locator("mark")).to_have_text(WORDS)
    expect(pause.get_by_role("button", name="Take another look")).to_be_focused()
    reply.press("Take another look")
    expect(pause).to_have_count(0)
    box = reply.page.locator("gr-reply-dialog textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value(STING)
    dialog = reply.page.locator("gr-reply-dialog")
    reply.page.wait_for_function("!document.querySelector('gr-reply-dialog').disabled")
    assert dialog.evaluate("it => it.patchsetLevelGrComment.disableAutoSaving") is False
    reply.page.wait_for_function("document.querySelector('gr-reply-dialog').patchsetLevelGrComment.comment.id")
    assert [draft["message"] for draft in desk.who.drafts(desk.change)] == [STING]  # what was typed last is saved
    assert published(desk) == []
    reply.page.keyboard.press("ControlOrMeta+a")
    reply.page.keyboard.insert_text("Please read it once.")
    send(reply)
    sent(reply)
    assert published(desk) == ["Please read it once."]


def test_as_it_is_sends_it(desk: Desk, reply: Sheet) -> None:
    write_and_wait(reply)
    send(reply)
    reply.press("Send as it is")
    sent(reply)
    assert published(desk) == [STING]


def test_escape_is_another_look(desk: Desk, reply: Sheet) -> None:
    write_and_wait(reply)
    send(reply)
    expect(reply.page.get_by_role("dialog", name="Before it is sent")).to_be_visible()
    reply.page.keyboard.press("Escape")
    expect(reply.page.locator("gr-reply-dialog textarea")).to_be_focused()
    assert published(desk) == []


def test_saved_drafts_are_looked_at_and_what_was_kept_is_not_asked_about_again(desk: Desk) -> None:
    desk.who.draft(desk.change, STING)
    sheet = opened(desk.turned_on(gate=True))
    sheet.page.clock.install()  # from here on a second is as long as it takes
    sheet.page.clock.pause_at(utc_now() + timedelta(hours=1))
    write(sheet, "Two remarks inside.")
    send(sheet)
    sheet.press("Take another look")
    sheet.page.clock.resume()
    assert set(sheet.texts) >= {STING, "Two remarks inside."}
    sheet.page.evaluate("document.querySelector('dialog.reply').close()")
    sheet.page.locator("gr-comment").first.get_by_role("button", name="Edit").click()
    sheet.hint().get_by_role("button", name="Keep mine").click()
    sheet.page.evaluate("document.querySelector('dialog.reply').showModal()")
    send(sheet)
    sent(sheet)
    assert sorted(published(desk)) == sorted([STING, "Two remarks inside."])


@pytest.mark.parametrize(("gate", "version"), [(False, "3.14.0"), (True, "3.13.5")])
def test_nobody_else_is_paused(desk: Desk, gate: bool, version: str) -> None:
    sheet = opened(desk.turned_on(gate=gate), version)
    write(sheet, STING)
    send(sheet)
    sent(sheet)
    assert published(desk) == [STING]


@pytest.mark.parametrize("trouble", ["away", "broken", "slow", "hostile"])
def test_without_an_answer_within_a_second_it_is_sent(desk: Desk, reply: Sheet, trouble: str) -> None:
    desk.tactful.judge.delay_s = 5 if trouble == "slow" else 0
    if trouble == "away":
        reply.page.route("**/v1/check", lambda route: route.abort())
    elif trouble == "broken":
        reply.page.route("**/v1/check", lambda route: route.fulfill(status=500, body="no", headers=CORS))
    elif trouble == "hostile":
        reply.page.route("**/v1/check", lambda route: route.fulfill(body="[1]", headers=CORS))
    write(reply, STING)
    began = time.monotonic()
    send(reply)
    sent(reply)
    assert time.monotonic() - began < 6
    assert published(desk) == [STING]
    assert reply.errors == []
