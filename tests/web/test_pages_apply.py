"""A wording goes into a draft after its difference was looked at, and only if the draft still reads as it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.domain import Account, Comment, CommentRef, NotNow
from app.platforms import Applied, Refusal, Refused
from app.store import feedback, people
from app.store.tables import suggestions
from app.wiring import utc_now
from tests.gerrit_keys import RITA, connect
from tests.web.conftest import sign_in
from tests.web.notes import note
from tests.web.phrases import Phrases
from tests.web_app import Service

TEXT = "The loop reads it twice, and you just slapped this together. Please read it once."
WORDING = "The loop reads it twice. Please read it once."


class DraftDesk:
    """Holds one draft of Rita's."""

    def __init__(self, house: Service) -> None:
        self.digest = house.store.vault.digest
        self.text: str | None = TEXT
        self.away = False
        self.asked: list[Account] = []

    async def list(self, account: Account, within: CommentRef | None = None) -> Sequence[Comment]:
        return ()

    def applies(self, draft: CommentRef) -> bool:
        return True

    async def apply(
        self, account: Account, draft: CommentRef, thread: str, expected: str, text: str
    ) -> Applied | Refused:
        self.asked.append(account)
        assert draft == CommentRef("gerrit", RITA.server, "comment", "1~abc")
        if self.away:
            raise NotNow("Gerrit did not answer in time.")
        if account != RITA:
            return Refused(Refusal.NO_TOKEN)
        if self.text is None:
            return Refused(Refusal.GONE)
        if self.digest(self.text) != expected:
            return Refused(Refusal.CHANGED)
        self.text = text
        return Applied(text)


@pytest.fixture
def desk(open_house: Service) -> DraftDesk:
    connect(open_house)
    made = DraftDesk(open_house)
    open_house.app.state.tactful = replace(open_house.state, drafts={"gerrit": made})
    return made


@pytest.fixture
def rita(open_house: Service, desk: DraftDesk) -> int:
    with open_house.store.begin() as c:
        person = people.newcomer(c, RITA, utc_now())
    sign_in(open_house, person)
    return person


def draft(house: Service, person: int, *, published: bool = False) -> int:
    ref = CommentRef("gerrit", RITA.server, "comment", "1~abc")
    return note(house.state, person, TEXT, utc_now(), published=published, ref=ref, classifier=Phrases())


def expected(page: str) -> str:
    return page.split('name="expected" value="')[1].split('"')[0]


def undoing(page: str) -> dict[str, str]:
    return {"expected": expected(page), "before": page.split('name="before" value="')[1].split('"')[0]}


def test_the_difference_is_shown_then_applied_and_counted(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    client = open_house.client
    assert f'href="/inbox/{number}/apply"' in client.get(f"/inbox/{number}").text
    page = client.get(f"/inbox/{number}/apply").text
    assert "goes: </span>, and you just slapped this together</del>" in page
    assert desk.text == TEXT, "looking changes nothing"
    landed = client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    assert desk.text == WORDING
    assert landed.url.path == f"/inbox/{number}"
    assert "You put this wording into your draft." in landed.text
    assert "Apply it to my draft" not in landed.text
    with open_house.store.read() as c:
        assert feedback.totals(c) == {("assumption", "used"): 1}
    again = client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    assert again.url.path == f"/inbox/{number}", "pressed twice it is done once"
    assert len(desk.asked) == 1


def test_it_can_be_edited_first_and_undone(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    client = open_house.client
    page = client.get(f"/inbox/{number}/apply").text
    assert WORDING in page.split("<textarea")[1]
    landed = client.post(
        f"/inbox/{number}/apply", data={"expected": expected(page), "text": "Please read it once.\r\n"}
    )
    assert desk.text == "Please read it once.\n"
    assert "You changed the wording and put it into your draft." in landed.text
    undone = client.post(f"/inbox/{number}/undo", data=undoing(landed.text))
    assert desk.text == TEXT
    assert "You kept yours." in undone.text
    with open_house.store.read() as c:
        assert feedback.totals(c) == {("assumption", "edited"): 1, ("assumption", "kept"): 1}


def test_it_can_be_undone_when_the_note_has_gone_because_the_draft_was_read_again(
    open_house: Service, rita: int, desk: DraftDesk
) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    landed = open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    with open_house.store.begin() as c:
        c.execute(sa.update(suggestions).values(withdrawn_at=utc_now()))
    undone = open_house.client.post(f"/inbox/{number}/undo", data=undoing(landed.text))
    assert undone.status_code == 200
    assert desk.text == TEXT


def test_what_was_sealed_for_another_note_or_by_nobody_undoes_nothing(
    open_house: Service, rita: int, desk: DraftDesk
) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    landed = open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    for before in ("", "x", open_house.store.vault.seal(f"{number + 1} other words")):
        sent = undoing(landed.text) | {"before": before}
        assert open_house.client.post(f"/inbox/{number}/undo", data=sent).status_code in (404, 422)
    assert desk.text == WORDING


def test_a_wording_with_the_line_ends_of_a_browser_counts_as_used(
    open_house: Service, rita: int, desk: DraftDesk
) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    landed = open_house.client.post(
        f"/inbox/{number}/apply", data={"expected": expected(page), "text": f"{WORDING}\r\n"}
    )
    assert desk.text == WORDING
    assert "You put this wording into your draft." in landed.text


def test_what_was_changed_since_is_not_undone(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    landed = open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    desk.text = "Something else by now."
    refused = open_house.client.post(f"/inbox/{number}/undo", data=undoing(landed.text))
    assert refused.status_code == 409
    assert desk.text == "Something else by now."


def test_keeping_ones_own_words_is_an_answer(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    kept = open_house.client.post(f"/inbox/{number}/answer", data={"answer": "kept"}).text
    assert "You kept yours." in kept
    assert "Keep mine" not in kept
    assert desk.text == TEXT
    with open_house.store.read() as c:
        assert feedback.totals(c) == {("assumption", "kept"): 1}


def test_the_other_way_can_be_applied(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    assert "/apply?way=2" in open_house.client.get(f"/inbox/{number}").text
    page = open_house.client.get(f"/inbox/{number}/apply?way=2").text
    open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page), "way": "2"})
    assert desk.text == "The loop reads it twice, and you slapped this together. Please read it once."
    assert open_house.client.get(f"/inbox/{number}/apply?way=3").status_code in (404, 422)


def test_a_draft_that_changed_is_left_as_it_is(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    desk.text = "Something else by now."
    refused = open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    assert refused.status_code == 409
    assert "reads differently by now, so nothing was changed" in refused.text
    assert desk.text == "Something else by now."
    assert "Put this into my draft" not in refused.text
    desk.text = None
    gone = open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    assert "not there any more" in gone.text
    with open_house.store.read() as c:
        assert feedback.totals(c) == {}


def test_a_page_that_showed_something_else_changes_nothing(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    refused = open_house.client.post(f"/inbox/{number}/apply", data={"expected": "0" * 64})
    assert refused.status_code == 409
    assert desk.asked == []


def test_gerrit_away_is_said(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    desk.away = True
    assert open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)}).status_code == 503


def test_each_of_their_accounts_there_is_tried(open_house: Service, rita: int, desk: DraftDesk) -> None:
    other = replace(RITA, id=5, login="rita-at-home")
    with open_house.store.begin() as c:
        people.unbind(c, rita, people.bindings(c, rita)[0].id)
        for account in (other, RITA):
            people.propose(c, rita, account, utc_now())
        for binding in people.bindings(c, rita):
            people.confirm(c, rita, binding.id, utc_now())
    number = draft(open_house, rita)
    page = open_house.client.get(f"/inbox/{number}/apply").text
    open_house.client.post(f"/inbox/{number}/apply", data={"expected": expected(page)})
    assert desk.asked == [other, RITA]
    assert desk.text == WORDING


def test_what_is_published_or_somebody_elses_cannot_be_applied(open_house: Service, rita: int, desk: DraftDesk) -> None:
    number = draft(open_house, rita, published=True)
    assert "/apply" not in open_house.client.get(f"/inbox/{number}").text
    assert open_house.client.get(f"/inbox/{number}/apply").status_code == 404
    assert open_house.client.post(f"/inbox/{number}/apply", data={"expected": "x"}).status_code == 404
    sign_in(open_house, open_house.person())
    assert open_house.client.get(f"/inbox/{number}/apply").status_code == 404


def test_on_a_platform_without_drafts_there_is_no_button(open_house: Service, anna: int) -> None:
    number = note(open_house.state, anna, TEXT, utc_now(), published=False, classifier=Phrases())
    assert "/apply" not in open_house.client.get(f"/inbox/{number}").text
    assert open_house.client.get(f"/inbox/{number}/apply").status_code == 404
