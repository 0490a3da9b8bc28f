"""Tactful away, slow, refusing, elsewhere: silence in the page, a line in the settings, and a rest before the next try."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.gerrit_plugin.conftest import CORS, Desk, Sheet

STING = "It is so simple."
REFUSALS = {"away": 0, "broken": 500, "too much": 429, "no body": 200, "wrong origin": 200}


def trouble(sheet: Sheet, status: int, headers: dict[str, str]) -> None:
    answer = (
        (lambda route: route.fulfill(status=status, body="no", headers=headers)) if status else (lambda r: r.abort())
    )
    sheet.page.route("**/v1/check", answer)


@pytest.mark.parametrize("kind", list(REFUSALS))
def test_it_stays_quiet_rests_and_says_so_in_the_settings(desk: Desk, kind: str) -> None:
    sheet = desk.turned_on().open(autosave=100)
    sheet.page.clock.install()
    trouble(sheet, REFUSALS[kind], {} if kind == "wrong origin" else CORS)
    for n in range(4):
        sheet.write(f"{STING} {n}")
        sheet.page.clock.run_for(600)
        sheet.page.wait_for_timeout(300)
    expect(sheet.hint().locator("[role=group]")).to_have_count(0)
    assert len(sheet.texts) == 1, "it rests after a failure"
    sheet.page.clock.run_for(10_000)
    sheet.page.unroute("**/v1/check")
    sheet.write(STING)
    sheet.page.clock.run_for(600)
    expect(sheet.hint().locator("mark")).to_have_text("so simple")
    assert sheet.errors == []
    assert desk.who.drafts(desk.change) != []


@pytest.mark.parametrize("kind", ["away", "broken"])
def test_the_settings_say_it_in_one_line(desk: Desk, kind: str) -> None:
    sheet = desk.turned_on().open()
    trouble(sheet, REFUSALS[kind], CORS)
    with sheet.page.expect_request("**/v1/check"):
        sheet.write(STING)
    settings = desk.open("/x/tactful/settings")
    expect(settings.page.get_by_role("status")).to_contain_text("Typing and sending go on as always.")


def test_a_revoked_token_turns_it_off(desk: Desk) -> None:
    sheet = desk.turned_on(token="tact_revoked").open()
    with sheet.page.expect_response("**/v1/check"):
        sheet.write(STING)
    sheet.write(f"{STING} Again.")
    sheet.page.wait_for_timeout(800)
    assert len(sheet.texts) == 1
    settings = desk.open("/x/tactful/settings")
    expect(settings.page.get_by_role("status")).to_contain_text("no longer knows this browser")
    expect(settings.page.get_by_role("button", name="Turn on", exact=True)).to_be_visible()


def test_a_text_that_is_refused_is_not_asked_again(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    trouble(sheet, 413, CORS)
    with sheet.page.expect_response("**/v1/check"):
        sheet.write(STING)
    sheet.page.unroute("**/v1/check")
    with sheet.page.expect_response("**/v1/check"):
        sheet.write("Fine.")
    sheet.write(STING)
    sheet.page.wait_for_timeout(800)
    assert sheet.texts == [STING, "Fine."]


def test_a_closed_store_or_a_strange_one_breaks_nothing(desk: Desk) -> None:
    desk.context.add_init_script(f"localStorage.setItem('tactful:{desk.who.id}', '{{not json')")
    sheet = desk.open()
    sheet.write(STING)
    sheet.page.wait_for_timeout(700)
    assert sheet.asked == []
    assert sheet.errors == []
