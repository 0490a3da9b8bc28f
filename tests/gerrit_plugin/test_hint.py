"""Beside a comment: what is shown while somebody types, and what its buttons do."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from app.store import feedback
from tests.gerrit_plugin.conftest import CORS, Desk

STING = "😀 The helper reads the file twice, and you just slapped this together. Please read it once."
WORDS = "you just slapped this together"
WORDING = "😀 The helper reads the file twice. Please read it once."


def test_typing_shows_the_words_the_norm_and_a_wording(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    sheet.box().click()
    sheet.page.keyboard.type(STING[:20])
    sheet.page.keyboard.insert_text(STING[20:])
    hint = sheet.hint()
    expect(hint.locator("mark")).to_have_text(WORDS)
    expect(hint).to_contain_text("can read as a guess about why they did it")
    expect(hint.locator(".wording")).to_have_text(WORDING)
    expect(hint.locator("[aria-live=polite]")).to_contain_text(WORDS)
    expect(sheet.box()).to_be_focused()
    expect(sheet.box()).to_have_value(STING)
    assert sheet.texts.count(STING) == 1
    assert sheet.texts[-1] == STING
    assert {path for _, path, _ in sheet.asked} == {"/v1/check"}
    [place] = [body["place"] for _, _, body in sheet.asked]
    assert (place["platform"], place["project"], place["change"]) == ("gerrit", "lib", f"lib~{desk.change}")
    assert sheet.errors == []


def test_nothing_is_asked_or_shown_for_people_who_have_not_turned_it_on(desk: Desk) -> None:
    sheet = desk.open()
    hint = sheet.write(STING)
    sheet.page.wait_for_timeout(900)
    expect(hint.locator("[role=group]")).to_have_count(0)
    assert sheet.asked == []
    assert desk.kept(sheet.page) == {}


def test_nothing_is_shown_when_nothing_is_wrong(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    with sheet.page.expect_response("**/v1/check"):
        hint = sheet.write("Please read the file once.")
    expect(hint.locator("[role=group]")).to_have_count(0)
    expect(hint.locator("[aria-live=polite]")).to_have_text("")
    assert hint.evaluate("it => it.getBoundingClientRect().height") == 0


def test_a_wording_is_put_in_as_if_typed_and_taken_back(desk: Desk) -> None:
    sheet = desk.turned_on().open(autosave=100)
    sheet.write(STING)
    sheet.press("Use this wording")
    expect(sheet.box()).to_have_value(WORDING)
    expect(sheet.box()).to_be_focused()
    expect(sheet.hint()).to_contain_text("The wording is in your comment.")
    sheet.page.wait_for_function("document.querySelector('gr-comment').comment.id")
    sheet.page.wait_for_timeout(400)
    assert [draft["message"] for draft in desk.who.drafts(desk.change)] == [WORDING]
    sheet.press("Undo")
    expect(sheet.box()).to_have_value(STING)
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)
    sheet.page.wait_for_timeout(400)
    assert [draft["message"] for draft in desk.who.drafts(desk.change)] == [STING]
    assert sheet.texts.count(STING) == 1


def test_keep_mine_and_this_was_wrong_are_counted_and_remembered(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    before = counts(desk)
    sheet.write(STING)
    sheet.press("Keep mine")
    expect(sheet.hint().locator("[role=group]")).to_have_count(0)
    expect(sheet.box()).to_be_focused()
    sheet.write(f"{STING} Thank you.")
    sheet.page.wait_for_timeout(900)
    expect(sheet.hint().locator("[role=group]")).to_have_count(0)  # the same words in the same comment
    sheet.write("It is so simple.")
    sheet.press("This was wrong")
    expect(sheet.hint()).to_contain_text("Noted. That is worth knowing.")
    sheet.page.wait_for_timeout(300)
    new = {key: n - before.get(key, 0) for key, n in counts(desk).items() if n != before.get(key, 0)}
    assert new == {("assumption", "kept"): 1, ("belittling", "wrong"): 1}
    told = [body for _, path, body in sheet.asked if path == "/v1/feedback"]
    assert all(set(body) == {"label", "band", "answer", "context", "place"} for body in told)


def counts(desk: Desk) -> dict[tuple[str, str], int]:
    with desk.tactful.state.store.read() as c:
        return feedback.totals(c)


def test_not_now_is_quiet_for_that_comment_alone(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    sheet.write(STING)
    sheet.press("Not now")
    sheet.write("It is so simple.")
    sheet.page.wait_for_timeout(900)
    expect(sheet.hint().locator("[role=group]")).to_have_count(0)
    expect(sheet.write("It is so simple.", 1).locator("mark")).to_have_text("so simple")
    assert sheet.texts == [STING, "It is so simple."]


def test_one_request_at_a_time_and_late_answers_are_dropped(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    held: list[Route] = []
    sheet.page.route("**/v1/check", lambda route: route.continue_() if held else held.append(route))
    with sheet.page.expect_request("**/v1/check"):
        sheet.write("It is so simple.")
    for text in ("What a mess this file is.", "Read it once.", STING):
        sheet.write(text)
        sheet.page.wait_for_timeout(600)
    assert sheet.texts == ["It is so simple."]
    held[0].continue_()
    hint = sheet.hint()
    expect(hint.locator("mark")).to_have_text(WORDS)
    assert sheet.texts == ["It is so simple.", STING]


def test_the_same_text_is_never_asked_twice(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    expect(sheet.write(STING).locator("mark")).to_be_visible()
    sheet.page.keyboard.type(" ")
    sheet.page.wait_for_timeout(600)
    sheet.write("Fine.")
    sheet.page.wait_for_timeout(900)
    expect(sheet.write(STING).locator("mark")).to_be_visible()
    expect(sheet.write(STING, 1).locator("mark")).to_be_visible()
    assert sheet.texts == [STING, "Fine."]


def test_two_comments_at_once(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    sheet.write(STING)
    sheet.write("It is so simple.", 1)
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)
    expect(sheet.hint(1).locator("mark")).to_have_text("so simple")
    sheet.hint(1).get_by_role("button", name="Keep mine").click()
    expect(sheet.hint(1).locator("[role=group]")).to_have_count(0)
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)


def test_while_typing_on_the_hint_stays_but_its_wording_waits(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    expect(sheet.write(STING).locator("mark")).to_be_visible()
    desk.tactful.judge.delay_s = 0.5
    sheet.page.keyboard.type(" And")
    expect(sheet.hint().locator("[inert]")).to_have_count(1)
    expect(sheet.hint().locator("mark")).to_be_visible()
    expect(sheet.hint().locator("[inert]")).to_have_count(0)
    expect(sheet.hint().locator("mark")).to_be_visible()
    sheet.write("Please read it once.")
    expect(sheet.hint().locator("[role=group]")).to_have_count(0)


def test_a_draft_opened_again_is_read_and_a_closed_one_is_not(desk: Desk) -> None:
    desk.who.draft(desk.change, STING)
    sheet = desk.turned_on().open()
    sheet.page.wait_for_timeout(700)
    assert sheet.texts == []
    sheet.page.get_by_role("button", name="Edit").click()
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)
    sheet.hint().locator("xpath=..").get_by_role("button", name="Save").click()
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)  # saved, and still a draft
    sheet.press("Use this wording")
    expect(sheet.box()).to_have_value(WORDING)


def test_hostile_text_is_only_ever_text(desk: Desk) -> None:
    hostile = '<img src=x onerror="document.title=1"><b>mess</b> ${document.title=1} </section><script>document.title=1</script>'
    sheet = desk.turned_on().open()
    said = {"label": "hostility", "title": "<b>t</b>", "says": "<img src=x onerror='document.title=1'>", "source": ""}
    result = {
        "flagged": ["hostility"], "concerns": {}, "strengths": {}, "norm": said, "silence": None, "band": "high",
        "spans": [{"start": 0, "end": 34, "label": "hostility", "p": 1}],
        "suggestion": {"advice": "<script>document.title=1</script>", "wording": hostile[40:], "edits": []},
    }  # fmt: skip
    sheet.page.route("**/v1/check", lambda route: route.fulfill(json={"model": "m", "results": [result]}, headers=CORS))
    hint = sheet.write(hostile)
    expect(hint.locator("mark")).to_have_text(hostile[:34])
    expect(hint.locator("[aria-live] p").nth(1)).to_have_text("<img src=x onerror='document.title=1'>")
    assert hint.evaluate("it => it.shadowRoot.querySelectorAll('img, b, script').length") == 0
    assert sheet.page.title() == "A page with Gerrit's endpoints"
    sheet.press("Use this wording")
    expect(sheet.box()).to_have_value(hostile[40:])


def test_by_keyboard_alone(desk: Desk) -> None:
    sheet = desk.turned_on().open()
    expect(sheet.write(STING).locator("mark")).to_be_visible()
    sheet.page.keyboard.press("Tab")  # the wording, which may scroll
    sheet.page.keyboard.press("Tab")
    expect(sheet.page.get_by_role("button", name="Use this wording")).to_be_focused()
    sheet.page.keyboard.press("Enter")
    expect(sheet.box()).to_be_focused()
    expect(sheet.box()).to_have_value(WORDING)
    sheet.page.keyboard.press("Tab")
    expect(sheet.page.get_by_role("button", name="Undo")).to_be_focused()
    sheet.page.keyboard.press("Space")
    expect(sheet.box()).to_have_value(STING)


def test_where_the_text_cannot_be_set_the_saved_draft_is(desk: Desk) -> None:
    desk.who.draft(desk.change, STING)
    sheet = desk.turned_on().open(text="off")
    sheet.page.get_by_role("button", name="Edit").click()
    sheet.press("Use this wording")
    expect(sheet.hint()).to_contain_text("in your saved draft; load the page again")
    assert [draft["message"] for draft in desk.who.drafts(desk.change)] == [WORDING]
    assert desk.who.drafts(desk.change)[0]["line"] == 1
    sheet.press("Undo")
    expect(sheet.hint().locator("mark")).to_have_text(WORDS)
    assert [draft["message"] for draft in desk.who.drafts(desk.change)] == [STING]


def test_and_where_there_is_no_draft_yet_it_can_be_copied(desk: Desk) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sheet = desk.turned_on().open(text="off")
    sheet.write(STING)
    sheet.press("Use this wording")
    sheet.press("Copy this wording")
    expect(sheet.hint()).to_contain_text("Copied.")
    assert sheet.page.evaluate("navigator.clipboard.readText()") == WORDING
