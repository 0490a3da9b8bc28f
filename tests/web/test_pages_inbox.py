"""Inbox and history: every state of a note, whose they are, and what an answer counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.channels import AFTER_PUBLICATION
from app.domain import Account, CommentRef, Receipt, ReceiptStatus, Silence
from app.store import feedback, people, suggestions, upkeep
from app.suggestions.afterwards import sorry
from app.wiring import utc_now
from tests.web.conftest import STING, sign_in
from tests.web.notes import note, silence
from tests.web.phrases import Phrases
from tests.web_app import Service


@pytest.fixture
def at() -> datetime:
    return utc_now() - timedelta(hours=1)


def test_empty_pages_explain_themselves(open_house: Service, anna: int) -> None:
    assert "a note waits here, for you alone" in open_house.client.get("/inbox").text
    assert "Nothing yet." in open_house.client.get("/history").text
    open_house.client.post("/me/reading", data={"on": "false"})
    assert "nothing of yours is read" in open_house.client.get("/inbox").text
    assert "nothing of yours is read" in open_house.client.get("/history").text


def test_a_note_shows_all_of_it(open_house: Service, anna: int, at: datetime) -> None:
    number = note(open_house.state, anna, STING, at)
    for path in ("/inbox", f"/inbox/{number}"):
        page = open_house.client.get(path).text
        assert "<mark>you never ran it</mark>" in page
        assert "“you never ran it” can read as a guess" in page
        assert "Ask &#34;What made you choose …?&#34;" in page
        assert "This helped" in page
    assert 'href="https://github.com/octo/parser/pull/1"' in page
    assert AFTER_PUBLICATION in page


def test_a_note_with_a_wording_shows_what_goes(open_house: Service, anna: int, at: datetime) -> None:
    text = "The loop reads it twice, and you just slapped this together. Please read it once."
    number = note(open_house.state, anna, text, at, classifier=Phrases())
    page = open_house.client.get(f"/inbox/{number}").text
    assert "<mark>you just slapped this together</mark>" in page
    assert "goes: </span>, and you just slapped this together</del>" in page
    assert 'data-copy="The loop reads it twice. Please read it once."' in page
    assert "See a wording" in open_house.client.get("/inbox").text


def test_a_comment_that_is_out_can_be_edited_there_and_taken_back_in_a_line(
    open_house: Service, anna: int, at: datetime
) -> None:
    page = open_house.client.get(f"/inbox/{note(open_house.state, anna, STING, at)}").text
    assert '<a href="https://github.com/octo/parser/pull/1" rel="noreferrer">Edit it there</a>' in page
    assert f'data-copy="{sorry("assumption")}"' in page
    assert "<form" not in page.split("Now that it is out")[1].split("</section>")[0], "nothing is posted from here"
    open_house.client.post(f"/inbox/{note(open_house.state, anna, STING, at)}/answer", data={"answer": "helpful"})
    assert sorry("assumption") not in open_house.client.get("/inbox").text, "in the note alone"


def test_in_gerrit_nothing_that_is_out_can_be_edited(open_house: Service, anna: int, at: datetime) -> None:
    ref = CommentRef("gerrit", "review.example.org", "comment", "1~abc")
    page = open_house.client.get(f"/inbox/{note(open_house.state, anna, STING, at, ref=ref)}").text
    assert "A short reply is still fine." in page
    assert "Edit it there" not in page
    assert sorry("assumption") in page


def test_a_draft_can_still_be_changed_so_nothing_is_said_about_readers(
    open_house: Service, anna: int, at: datetime
) -> None:
    number = note(open_house.state, anna, STING, at, published=False)
    page = open_house.client.get(f"/inbox/{number}").text
    assert AFTER_PUBLICATION not in page
    assert sorry("assumption") not in page


def test_a_withdrawn_note_says_so(open_house: Service, anna: int, at: datetime) -> None:
    number = note(open_house.state, anna, STING, at)
    with open_house.store.begin() as c:
        suggestions.withdraw(c, 1, at)
    for path in ("/inbox", f"/inbox/{number}"):
        assert "this note no longer applies" in open_house.client.get(path).text
    assert AFTER_PUBLICATION not in open_house.client.get(f"/inbox/{number}").text


def test_a_note_past_its_time_keeps_its_norm_only(open_house: Service, anna: int) -> None:
    number = note(open_house.state, anna, STING, utc_now() - timedelta(days=8))
    with open_house.store.begin() as c:
        upkeep.retain(c, utc_now(), timedelta(days=7), timedelta(days=90))
    for path in ("/inbox", f"/inbox/{number}"):
        page = open_house.client.get(path).text
        assert "you never ran it" not in page
        assert "Ask rather than guess" in page
        assert "7 days" in page


def test_an_uncertain_e_mail_is_said(open_house: Service, anna: int, at: datetime) -> None:
    number = note(open_house.state, anna, STING, at)
    with open_house.store.begin() as c:
        suggestions.received(c, number, "email", Receipt(ReceiptStatus.UNKNOWN), at)
    for path in ("/inbox", f"/inbox/{number}"):
        assert "The mail server did not say whether this note arrived by e-mail" in open_house.client.get(path).text


def test_comments_are_only_ever_text(open_house: Service, anna: int, at: datetime) -> None:
    text = "<script>alert(1)</script> {hostility:<b>mess</b>} \ud800 \u202e"
    number = note(open_house.state, anna, text, at, url="javascript:alert(1)")
    for path in ("/inbox", f"/inbox/{number}", "/history"):
        page = open_house.client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<b>mess" not in page.text
        assert "javascript:" not in page.text


def test_others_notes_are_not_there(open_house: Service, at: datetime) -> None:
    anna, ben = open_house.person(), open_house.person("ben@example.org", Account("github", "github.com", 2))
    number = note(open_house.state, anna, STING, at)
    sign_in(open_house, ben)
    assert open_house.client.get(f"/inbox/{number}").status_code == 404
    assert open_house.client.post(f"/inbox/{number}/answer", data={"answer": "wrong"}).status_code == 404
    assert open_house.client.post(f"/inbox/{number}/pause", data={"pause": "hour"}).status_code == 404
    for page in ("/inbox", "/history", "/me", "/me/download"):
        assert "never freed" not in open_house.client.get(page).text
    assert open_house.client.get(f"/inbox/{2**63}").status_code == 404
    assert open_house.client.get(f"/inbox?before={2**63}").status_code == 404
    with open_house.store.read() as c:
        assert suggestions.inbox(c, open_house.store.vault, anna)[0].answer is None


def test_an_answer_is_kept_and_counted_once(open_house: Service, anna: int, at: datetime) -> None:
    number = note(open_house.state, anna, STING, at)
    for _ in range(2):
        page = open_house.client.post(f"/inbox/{number}/answer", data={"answer": "wrong"})
        assert "Noted. That is worth knowing." in page.text
    with open_house.store.read() as c:
        assert feedback.totals(c) == {("assumption", "wrong"): 1}
        assert suggestions.inbox(c, open_house.store.vault, anna)[0].answer == "wrong"
    assert open_house.client.post(f"/inbox/{number}/answer", data={"answer": "meh"}).status_code == 422


def test_not_now_offers_a_pause(open_house: Service, anna: int, at: datetime) -> None:
    number = note(open_house.state, anna, STING, at)
    page = open_house.client.post(f"/inbox/{number}/answer", data={"answer": "not_now"}).text
    assert "Quiet this week" in page
    page = open_house.client.post(f"/inbox/{number}/pause", data={"pause": "hour"}).text
    assert "Nothing new comes until" in page
    with open_house.store.read() as c:
        until = people.profile(c, anna).person.snoozed_until  # type: ignore[union-attr]
    assert until is not None
    assert timedelta(minutes=59) < until - utc_now() <= timedelta(hours=1)


def test_the_inbox_is_paged(open_house: Service, anna: int, at: datetime) -> None:
    for number in range(1, 23):
        note(open_house.state, anna, f"{{hostility:mess}} number {number}", at, number=number)
    first = open_house.client.get("/inbox").text
    assert first.count("<article") == 20
    assert 'href="/inbox?before=3"' in first
    assert open_house.client.get("/inbox?before=3").text.count("<article") == 2
    assert "Nothing earlier is here." in open_house.client.get("/inbox?before=1").text


def test_history_says_what_was_said_and_why_not_on_the_persons_own_day(open_house: Service, anna: int) -> None:
    open_house.client.post("/me/rhythm", data={"daily": "3", "weekly": "10", "timezone": "Pacific/Auckland"})
    number = note(open_house.state, anna, STING, datetime.fromisoformat("2026-03-04T12:00:00+00:00"), number=1)
    at = datetime.fromisoformat("2026-03-04T10:59:00+00:00")
    silence(open_house.state, anna, Silence.QUIET_HOURS, at, number=2)
    page = open_house.client.get("/history").text
    thursday, wednesday = page.index("Thursday 5 March 2026"), page.index("Wednesday 4 March 2026")
    assert (
        thursday < page.index(f'href="/inbox/{number}"') < wednesday < page.index("Nothing said: you asked for quiet")
    )
    assert "23:59" in page


def test_history_is_paged(open_house: Service, anna: int, at: datetime) -> None:
    for number in range(1, 53):
        silence(open_house.state, anna, Silence.BELOW_TOLERANCE, at - timedelta(seconds=number), number=number)
    first = open_house.client.get("/history").text
    assert first.count("below your setting") == 50
    link = first.split('href="/history?before=')[1].split('"')[0]
    assert open_house.client.get(f"/history?before={link}").text.count("below your setting") == 2


@pytest.mark.parametrize("path", ["/inbox", "/inbox/1", "/history", "/me", "/me/forget", "/me/download"])
def test_pages_of_a_person_ask_to_sign_in_first(open_house: Service, path: str) -> None:
    answer = open_house.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={path}")
