"""Notes about pending reviews: a sentence in the popup and a number on its button, where it was let, and silence elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.crypto import new_token
from app.domain import CommentRef
from app.store import access, people, suggestions
from app.web.clients import NOTES
from app.wiring import utc_now
from tests.extension.conftest import SCOPES, Desk, violations
from tests.extension.test_popup import popup
from tests.extension.test_settings import pair
from tests.web.conftest import STING
from tests.web.notes import note

ONE = "A note waits about your pending review in octo/parser#12."


class Waiting:
    """Ben's browser, which may see notes, and what his Tactful has for it."""

    def __init__(self, desk: Desk, person: int) -> None:
        self.desk, self.person = desk, person

    def note(self, number: int = 12) -> int:
        ref = CommentRef("github", "github.com", "review_comment", new_token())
        state = self.desk.tactful.state
        return note(state, self.person, STING, utc_now(), number=number, published=False, ref=ref)

    def pair(self, *scopes: str, **kept: Any) -> None:
        with self.desk.tactful.state.store.begin() as c:
            token = access.new_client(c, self.person, "a browser", (*SCOPES, *scopes), utc_now())
        address = {"address": self.desk.tactful.address, "token": token, "key": new_token()}
        self.desk.browser.set(**{**address, "notes": True, **kept})
        self.desk.asked.clear()

    def badge(self) -> str:
        return str(self.desk.browser.worker.evaluate("chrome.action.getBadgeText({})"))

    def badged(self, text: str) -> None:
        for _ in range(100):
            if self.badge() == text:
                return
            self.desk.browser.context.pages[-1].wait_for_timeout(50)
        raise AssertionError(f"badge: {self.badge()!r}, not {text!r}")

    def asked(self) -> int:
        return sum(path == "notes" for _, path, _ in self.desk.asked)

    def remembered(self) -> dict[str, Any]:
        kept = self.desk.browser.worker.evaluate("chrome.storage.session.get('waiting')")
        return dict(kept.get("waiting", {}))

    def a_minute_later(self, page: Page) -> None:
        """As if the time that is waited for had passed, and somebody came back to the page."""
        waiting = {**self.remembered(), "until": 0}
        self.desk.browser.worker.evaluate("waiting => chrome.storage.session.set({waiting})", waiting)
        self.come_back(page)

    def come_back(self, page: Page) -> None:
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.wait_for_timeout(400)


@pytest.fixture
def ben(desk: Desk) -> Waiting:
    """Nobody's notes but his own: each test has another Ben."""
    with desk.tactful.state.store.begin() as c:
        person = people.add(c, f"ben-{new_token().lower()}@example.org", utc_now())
        people.opt_in(c, person, utc_now())
    one = Waiting(desk, person)
    one.pair(NOTES)
    return one


def test_a_note_is_said_in_the_popup_and_leads_to_the_inbox(ben: Waiting) -> None:
    number = ben.note()
    sheet = ben.desk.open("conversation")
    ben.badged("1")
    small = popup(ben.desk, sheet.page)
    expect(small.get_by_text(ONE, exact=True)).to_be_visible()
    expect(small.get_by_role("link")).to_have_attribute("href", f"{ben.desk.tactful.address}/inbox/{number}")
    assert violations(small) == []
    with ben.desk.browser.context.expect_page() as inbox:
        small.get_by_role("link", name="Open it in your inbox").click()
    assert inbox.value.url.startswith(ben.desk.tactful.address)
    assert ben.asked() == 1, "page and popup within one minute"
    assert STING not in str(ben.remembered())
    assert sheet.errors == []


def test_it_asks_once_a_minute_and_follows(ben: Waiting) -> None:
    first, second = ben.note(), ben.note(13)
    page = ben.desk.open("nothing to write in").page
    ben.badged("2")
    ben.come_back(page)
    ben.come_back(page)
    assert ben.asked() == 1
    with ben.desk.tactful.state.store.begin() as c:
        suggestions.answer(c, ben.person, first, "helpful")
    ben.a_minute_later(page)
    ben.badged("1")
    with ben.desk.tactful.state.store.begin() as c:
        suggestions.answer(c, ben.person, second, "helpful")
    ben.a_minute_later(page)
    ben.badged("")
    assert ben.asked() == 3
    expect(popup(ben.desk, page).get_by_text("waits")).to_have_count(0)


def test_several_are_one_sentence(ben: Waiting) -> None:
    ben.note()
    ben.note(13)
    small = popup(ben.desk, ben.desk.open("conversation").page)
    expect(small.get_by_text("2 notes wait about your pending reviews.", exact=True)).to_be_visible()
    expect(small.get_by_role("link")).to_have_attribute("href", f"{ben.desk.tactful.address}/inbox")


def test_on_another_page_the_popup_says_it_too(ben: Waiting) -> None:
    ben.note()
    page = ben.desk.browser.context.new_page()
    page.goto(ben.desk.tactful.address)
    expect(popup(ben.desk, page).get_by_text(ONE)).to_be_visible()


@pytest.mark.parametrize(
    "kept",
    [
        {"notes": False},  # paired before, or not ticked
        {"token": ""},
        {"quietUntil": 32_503_680_000_000},
        {"sites": {"https://github.com": False}},
        {"repositories": {"github.com/octo/parser": True}},
    ],
    ids=lambda kept: next(iter(kept)),
)
def test_where_it_is_not_on_nothing_is_asked(ben: Waiting, kept: dict[str, Any]) -> None:
    ben.note()
    page = ben.desk.open("conversation").page
    ben.badged("1")
    page.close()
    ben.desk.browser.worker.evaluate("kept => chrome.storage.local.set(kept)", kept)
    ben.badged("")
    ben.desk.browser.worker.evaluate("chrome.storage.session.clear()")
    ben.desk.asked.clear()
    page = ben.desk.open("conversation").page
    ben.come_back(page)
    small = popup(ben.desk, page)
    small.wait_for_timeout(600)
    assert ben.asked() == 0
    assert ben.badge() == ""
    expect(small.get_by_text("waits")).to_have_count(0)


def test_quiet_takes_the_number_away_at_once(ben: Waiting) -> None:
    ben.note()
    page = ben.desk.open("conversation").page
    ben.badged("1")
    small = popup(ben.desk, page)
    expect(small.get_by_text(ONE)).to_be_visible()
    small.get_by_role("button", name="Quiet for an hour").click()
    expect(small.get_by_text(ONE)).to_have_count(0)
    ben.badged("")


def test_a_norm_that_is_left_out_does_not_wait(ben: Waiting) -> None:
    ben.note()
    page = ben.desk.open("conversation").page
    ben.badged("1")
    [label] = [one["norm"]["label"] for one in ben.remembered()["notes"]]
    ben.desk.browser.worker.evaluate("norms => chrome.storage.local.set({norms})", {label: "A title"})
    ben.badged("")
    page.close()


@pytest.mark.parametrize("trouble", ["no scope", "unknown token", "away"])
def test_trouble_is_met_with_silence_and_less_often(ben: Waiting, trouble: str) -> None:
    ben.note()
    away = {"address": "http://127.0.0.1:9"}
    ben.pair(**{"no scope": {}, "unknown token": {"token": "tact_x"}, "away": away}[trouble])
    sheet = ben.desk.open("nothing to write in")
    rests: list[float] = []
    for _ in range(6):
        for _ in range(100):
            if ben.remembered().get("times", 0) == len(rests) + 1:
                break
            sheet.page.wait_for_timeout(50)
        rests.append(ben.remembered()["until"] - sheet.page.evaluate("Date.now()"))
        ben.come_back(sheet.page)
        assert ben.remembered()["times"] == len(rests), "nothing is asked while it rests"
        ben.a_minute_later(sheet.page)
    assert [round(rest / 60_000) for rest in rests] == [2, 4, 8, 15, 15, 15]
    assert ben.badge() == ""
    kept = ben.desk.browser.kept()
    assert kept["token"], "what a check would say is for a check"
    assert not kept.get("problem")
    expect(popup(ben.desk, sheet.page).get_by_role("status")).to_have_text("On. No comment box is open on this page.")
    assert sheet.errors == []


def test_what_was_answered_stays_text_and_at_the_paired_address(ben: Waiting) -> None:
    page = ben.desk.open("nothing to write in").page
    change = "<b id=bold>octo</b>#1"
    place = {"platform": "github", "server": "github.com", "project": "octo/parser", "change": change}
    odd = {"open": "javascript:alert(1)//elsewhere.example.org", "place": place, "norm": {"label": "hostility"}}
    waiting = {"notes": [odd], "times": 0, "until": 32_503_680_000_000}
    ben.desk.browser.worker.evaluate("waiting => chrome.storage.session.set({waiting})", waiting)
    small = popup(ben.desk, page)
    expect(small.get_by_text(f"A note waits about your pending review in {change}.", exact=True)).to_be_visible()
    expect(small.locator("#bold")).to_have_count(0)
    expect(small.get_by_role("link")).to_have_attribute("href", f"{ben.desk.tactful.address}/inbox")


@pytest.mark.parametrize(("scopes", "says"), [((), "It sees no notes"), ((NOTES,), "The popup says when a note waits")])
def test_pairing_remembers_whether_it_was_ticked(ben: Waiting, scopes: tuple[str, ...], says: str) -> None:
    ben.desk.browser.set()
    with ben.desk.tactful.state.store.begin() as c:
        code = access.new_code(c, ben.person, "pair", utc_now(), (*SCOPES, *scopes))
    settings = ben.desk.browser.context.new_page()
    settings.goto(ben.desk.browser.page("options.html"))
    expect(settings.get_by_text("Where you tick there that it may also see notes")).to_be_visible()
    pair(settings, ben.desk.tactful.address, code)
    expect(settings.get_by_text(says)).to_be_visible()
    assert ben.desk.browser.kept()["notes"] == bool(scopes)
