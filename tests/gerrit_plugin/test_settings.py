"""Turning it on, pausing, reading drafts, forgetting: against the real Gerrit's tokens and the real Tactful."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import expect

from app.domain import Server
from app.store import access
from app.wiring import utc_now
from tests.gerrit_plugin.conftest import Desk
from tests.real.gerrit.people import Somebody

STING = "It is so simple."


def tokens(who: Somebody) -> list[str]:
    return sorted(token["id"] for token in who.ask("GET", "accounts/self/tokens") if token["id"].startswith("tactful"))


def test_turning_it_on_pairs_and_leaves_no_token_in_gerrit(desk: Desk) -> None:
    sheet = desk.open("/x/tactful/settings")
    expect(sheet.page.locator("tactful-settings")).to_contain_text("Turning it on is your yes to this")
    expect(sheet.page.locator("tactful-settings")).to_contain_text(desk.tactful.address.split("//")[1])
    sheet.press("Turn on")
    expect(sheet.page.get_by_role("status")).to_contain_text("Tactful is on for A Writer.")
    assert tokens(desk.who) == []
    assert desk.tactful.clients(desk.who) == 1
    sheet.page.goto(f"{desk.front.url}/c/lib/+/{desk.change}")
    expect(sheet.write(STING).locator("mark")).to_have_text("so simple")


def test_it_is_found_in_gerrits_own_settings(desk: Desk) -> None:
    sheet = desk.open("/settings/")
    expect(sheet.page.get_by_role("button", name="Turn on", exact=True)).to_be_visible()
    sheet.page.get_by_role("navigation").get_by_role("link", name="Tactful").click()
    sheet.page.wait_for_url("**/x/tactful/settings")
    expect(sheet.page.get_by_role("button", name="Turn on", exact=True)).to_be_visible()


def test_a_pause_asks_nothing_and_other_tabs_follow(desk: Desk) -> None:
    desk.turned_on()
    writing = desk.open()
    settings = desk.open("/x/tactful/settings")
    settings.page.get_by_label("On", exact=True).uncheck()
    writing.write(STING)
    writing.page.wait_for_timeout(800)
    assert writing.asked == []
    settings.page.get_by_label("On", exact=True).check()
    expect(writing.hint().locator("mark")).to_have_text("so simple")


def test_pausing_before_sending_is_offered_where_gerrit_can(desk: Desk) -> None:
    desk.turned_on()
    expect(desk.open("/x/tactful/settings").page.get_by_label("Pause me before sending")).to_be_disabled()
    sheet = desk.open("/x/tactful/settings", version="3.14.1")
    sheet.page.get_by_label("Pause me before sending").check()
    assert desk.kept(sheet.page)["gate"] is True
    expect(sheet.page.get_by_label("Pause me before sending")).to_be_focused()


def test_drafts_are_read_only_where_that_is_allowed_and_ticked(desk: Desk, server: Server) -> None:
    sheet = desk.open("/x/tactful/settings")
    sheet.press("Turn on")
    expect(sheet.page.get_by_role("status")).to_contain_text("Tactful is on")
    expect(sheet.page.get_by_label("Read drafts that I write elsewhere")).to_have_count(0)
    desk.tactful.connect(replace(server, drafts_allowed=True))
    sheet.press("Forget")
    sheet.press("Turn on")
    drafts = sheet.page.get_by_label("Read drafts that I write elsewhere")
    expect(sheet.page.locator("tactful-settings")).to_contain_text("can do all that you can do in Gerrit")
    drafts.check()
    expect(sheet.page.get_by_role("status")).to_contain_text("are read from now on")
    assert [name.startswith("tactful-drafts-") for name in tokens(desk.who)] == [True]
    drafts.uncheck()
    expect(sheet.page.get_by_role("status")).to_contain_text("not read any more")
    assert tokens(desk.who) == []


def test_an_administrators_token_is_not_taken(desk: Desk, server: Server) -> None:
    desk.tactful.connect(replace(server, drafts_allowed=True))
    desk.people.admin.ask("PUT", f"groups/Administrators/members/{desk.who.username}", {})
    try:
        sheet = desk.open("/x/tactful/settings")
        sheet.press("Turn on")
        sheet.page.get_by_label("Read drafts that I write elsewhere").click()
        expect(sheet.page.get_by_role("status")).to_contain_text("administers Gerrit")
        expect(sheet.page.get_by_label("Read drafts that I write elsewhere")).not_to_be_checked()
        assert tokens(desk.who) == []
    finally:
        desk.people.admin.ask("DELETE", f"groups/Administrators/members/{desk.who.username}")


def test_forgetting_ends_the_client_and_every_token(desk: Desk, server: Server) -> None:
    desk.tactful.connect(replace(server, drafts_allowed=True))
    sheet = desk.open("/x/tactful/settings")
    sheet.press("Turn on")
    sheet.page.get_by_label("Read drafts that I write elsewhere").check()
    expect(sheet.page.get_by_role("status")).to_contain_text("are read from now on")
    sheet.press("Forget")
    expect(sheet.page.get_by_role("status")).to_contain_text("This client is forgotten.")
    assert desk.tactful.clients(desk.who) == 0
    assert tokens(desk.who) == []
    assert desk.kept(sheet.page) == {}


def test_forgetting_works_without_tactful(desk: Desk) -> None:
    sheet = desk.turned_on(drafts=True).open("/x/tactful/settings")
    desk.who.new_token("tactful-drafts-1")
    sheet.page.route(f"{desk.tactful.address}/**", lambda route: route.abort())
    sheet.press("Forget")
    expect(sheet.page.get_by_role("status")).to_contain_text("Forgotten here. Tactful could not be reached")
    assert desk.kept(sheet.page) == {}
    assert tokens(desk.who) == []


def test_an_old_gerrit_pairs_by_a_code(desk: Desk) -> None:
    person = desk.tactful.person(desk.who)
    with desk.tactful.state.store.begin() as c:
        code = access.new_code(c, person, "pair", utc_now(), ("check", "feedback"))
    sheet = desk.open("/x/tactful/settings", version="3.11.2")
    expect(sheet.page.get_by_role("button", name="Turn on", exact=True)).to_have_count(0)
    sheet.page.get_by_role("textbox").fill("ABCD-EFGHJK")
    sheet.press("Pair")
    expect(sheet.page.get_by_role("status")).to_contain_text("That code is not valid any more.")
    sheet.page.get_by_role("textbox").fill(code)
    sheet.press("Pair")
    expect(sheet.page.locator("tactful-settings")).to_contain_text("needs Gerrit 3.13")
    sheet.page.goto(f"{desk.front.url}/c/lib/+/{desk.change}?version=3.11.2")
    expect(sheet.write(STING).locator("mark")).to_have_text("so simple")


def test_opening_tactful_signs_in_once(desk: Desk) -> None:
    desk.turned_on()
    sheet = desk.open("/x/tactful/settings")
    sheet.press("Open my Tactful")
    sheet.page.wait_for_url(f"{desk.tactful.address}/enter/**")
    sheet.page.get_by_role("button", name="Sign in").click()
    sheet.page.wait_for_url(f"{desk.tactful.address}/me**")
    assert tokens(desk.who) == []
    assert desk.tactful.clients(desk.who) == 1  # the one before has ended
    assert sheet.errors == []


def test_where_tactful_is_away_turning_it_on_changes_nothing(desk: Desk) -> None:
    sheet = desk.open("/x/tactful/settings")
    sheet.page.route(f"{desk.tactful.address}/**", lambda route: route.abort())
    sheet.press("Turn on")
    expect(sheet.page.get_by_role("status")).to_contain_text("Tactful did not answer. Nothing was changed")
    assert desk.kept(sheet.page) == {}
    assert tokens(desk.who) == []


def test_a_proof_that_is_not_taken_is_deleted(desk: Desk) -> None:
    sheet = desk.open("/x/tactful/settings")
    sheet.page.route("**/pair", lambda route: route.abort())
    sheet.press("Turn on")
    expect(sheet.page.get_by_role("status")).to_contain_text("Tactful did not answer.")
    assert tokens(desk.who) == []


def test_an_absent_endpoint_is_said_there(desk: Desk) -> None:
    desk.turned_on()
    page = desk.open(endpoint="off").page
    page.get_by_role("button", name="Reply").click()
    page.wait_for_timeout(3500)
    sheet = desk.open("/x/tactful/settings")
    expect(sheet.page.get_by_role("status")).to_contain_text("The comment endpoint was not seen on this version")
    desk.open()
    expect(sheet.page.get_by_role("status")).not_to_contain_text("endpoint")
