"""At every kind of box that GitHub has: what is shown while somebody types, what its buttons do, and that sending works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.extension.boxes import BOXES, SUPPORTED
from tests.extension.conftest import Desk

STING = "😀 The helper reads the file twice, and you just slapped this together. Please read it once."
WORDS = "you just slapped this together"
WORDING = "😀 The helper reads the file twice. Please read it once."
HOSTILE = '<img src=x onerror="document.title=1"><b>mess</b> </tactful-hint><script>document.title=1</script>'

every_box = pytest.mark.parametrize("name", SUPPORTED)


@every_box
def test_typing_hint_use_undo_keep_and_send(desk: Desk, name: str) -> None:
    sheet = desk.open(name)
    sheet.box.click()
    sheet.page.keyboard.type(STING[:12])
    sheet.page.keyboard.insert_text(STING[12:])
    expect(sheet.mark).to_have_text(WORDS)
    expect(sheet.hint).to_contain_text("can read as a guess about why they did it")
    expect(sheet.hint.locator(".wording")).to_have_text(WORDING)
    expect(sheet.hint.locator("[aria-live=polite]")).to_contain_text(WORDS)
    expect(sheet.box).to_be_focused()
    below, above = sheet.hint.bounding_box(), sheet.box.bounding_box()
    assert below["y"] >= above["y"] + above["height"]

    sheet.press("Use this wording")
    expect(sheet.box).to_have_value(WORDING)
    expect(sheet.box).to_be_focused()
    expect(sheet.hint).to_contain_text("The wording is in your comment.")
    sheet.page.wait_for_timeout(150)  # a controlled box would have drawn over what it did not hear
    assert (sheet.box.input_value(), sheet.heard()) == (WORDING, WORDING)
    sheet.press("Undo")
    expect(sheet.box).to_have_value(STING)
    assert sheet.heard() == STING
    expect(sheet.mark).to_have_text(WORDS)

    sheet.press("Keep mine")
    expect(sheet.hint.locator("[role=group]")).to_have_count(0)
    expect(sheet.box).to_be_focused()
    sheet.send()
    assert sheet.sent() == [STING]
    assert sheet.errors == []
    places = [body["place"] for _, path, body in desk.asked]
    here = {"platform": "github", "server": "github.com", "project": "octo/parser", "change": BOXES[name].change}
    assert places == [here] * len(places)
    assert desk.texts.count(STING) == 1
    assert desk.answers() == [("assumption", "used"), ("assumption", "kept")]


@every_box
def test_hostile_text_is_only_ever_text(desk: Desk, name: str) -> None:
    said = {"label": "hostility", "title": "<b>t</b>", "says": "<img src=x onerror='document.title=1'>", "source": ""}
    result = {
        "flagged": ["hostility"], "concerns": {}, "strengths": {}, "norm": said, "silence": None, "band": "high",
        "spans": [{"start": 0, "end": 37, "label": "hostility", "p": 1}],
        "suggestion": {"advice": "<script>document.title=1</script>", "wording": HOSTILE[38:], "edits": []},
    }  # fmt: skip
    answer = lambda route: route.fulfill(json={"model": "m", "results": [result]})  # noqa: E731
    desk.browser.context.route("**/v1/check", answer)
    try:
        sheet = desk.open(name)
        sheet.write(HOSTILE)
        expect(sheet.mark).to_have_text(HOSTILE[:37])
        expect(sheet.hint.locator("[aria-live] p").nth(1)).to_have_text("<img src=x onerror='document.title=1'>")
        assert sheet.hint.evaluate("it => it.shadowRoot.querySelectorAll('img, b, script').length") == 0
        sheet.press("Use this wording")
        expect(sheet.box).to_have_value(HOSTILE[38:])
        assert sheet.page.title() == "A pull request"
    finally:
        desk.browser.context.unroute("**/v1/check", answer)


@every_box
def test_where_tactful_is_away_nothing_is_shown_and_sending_works(desk: Desk, name: str) -> None:
    def away(route: Route) -> None:
        route.abort()

    desk.browser.context.route("**/v1/check", away)
    try:
        sheet = desk.open(name)
        sheet.write(STING)
        sheet.quiet()
        assert sheet.hint.evaluate_all("all => all.map(it => it.getBoundingClientRect().height)") in ([], [0])
        sheet.send()
        assert sheet.sent() == [STING]
        assert sheet.errors == []
    finally:
        desk.browser.context.unroute("**/v1/check", away)
    assert "did not answer a moment ago" in desk.browser.kept()["problem"]


@pytest.mark.parametrize("name", ["conversation", "reply, React"])
def test_sending_is_not_delayed_while_tactful_thinks(desk: Desk, name: str) -> None:
    desk.tactful.judge.delay_s = 1.5
    sheet = desk.open(name)
    sheet.write(STING)
    sheet.page.wait_for_timeout(600)
    sheet.send()
    assert sheet.sent() == [STING]
    assert max(sheet.page.evaluate("window.took")) < 300
    desk.tactful.judge.delay_s = 0
    sheet.quiet(2000)  # an answer to what is sent already says nothing
