"""Drafts at /me: the sentence in sight of the tick, and an end to them on both sides, by itself or with everything."""

from __future__ import annotations

import httpx
import pytest

from app.domain import Account
from app.store import people, tokens
from app.web import words
from app.wiring import utc_now
from tests.gerrit_keys import GERRIT, RITA, FakeKeys, connect
from tests.web.conftest import sign_in
from tests.web_app import Service


@pytest.fixture
def gerrit(open_house: Service) -> FakeKeys:
    return connect(open_house, drafts_allowed=True)


@pytest.fixture
def rita(open_house: Service, gerrit: FakeKeys) -> int:
    with open_house.store.begin() as c:
        person = people.newcomer(c, RITA, utc_now())
        people.opt_in(c, person, utc_now())
    sign_in(open_house, person)
    return person


def binding(house: Service) -> int:
    with house.store.read() as c:
        return people.binding_of(c, RITA) or 0


def tick(house: Service, gerrit: FakeKeys, **changes: str) -> httpx.Response:
    key = gerrit.make()
    given = {"username": key.username, "token_id": key.token_id, "token": key.token, "consent": "true", **changes}
    return house.client.post(f"/me/drafts/{binding(house)}", data=given)


def held(house: Service) -> int:
    with house.store.read() as c:
        return len(tokens.at_server(c, house.store.vault, "gerrit"))


def test_the_sentence_stands_beside_the_tick(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    page = open_house.client.get("/me").text
    assert words.DRAFTS in page
    assert page.index(words.DRAFTS) < page.index('name="consent"')
    assert "Drafts are not read." in page


def test_without_the_tick_nothing_is_kept(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    answer = tick(open_house, gerrit, consent="false")
    assert answer.status_code == 400
    assert "Nothing was kept" in answer.text
    assert held(open_house) == 0


def test_on_it_says_since_when_until_when_and_how_to_end_it(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    page = tick(open_house, gerrit).text
    assert "Saved." in page
    assert "<strong>Drafts are read</strong>, since" in page
    assert "The token ends on" in page
    assert "Stop reading drafts" in page
    assert len(gerrit.ids()) == 1, "ours"
    page = open_house.client.post(f"/me/drafts/{binding(open_house)}/end").text
    assert "Drafts are not read." in page
    assert (held(open_house), gerrit.ids()) == (0, [])


def test_a_refusal_is_said_and_the_token_is_gone(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    gerrit.powerful.add("rita")
    answer = tick(open_house, gerrit)
    assert answer.status_code == 400
    assert "administers Gerrit" in answer.text
    assert (held(open_house), gerrit.ids()) == (0, [])


def test_where_it_is_not_allowed_it_says_so_and_asks_for_nothing(open_house: Service) -> None:
    gerrit = connect(open_house)
    with open_house.store.begin() as c:
        person = people.newcomer(c, RITA, utc_now())
    sign_in(open_house, person)
    page = open_house.client.get("/me").text
    assert "Whoever runs this Tactful has not switched it on for this server." in page
    assert 'name="consent"' not in page
    assert tick(open_house, gerrit).status_code == 400
    assert held(open_house) == 0


def test_a_token_that_gerrit_refused_is_said(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    with open_house.store.begin() as c:
        one = tokens.of_account(c, open_house.store.vault, RITA)
        assert one is not None
        tokens.ended(c, one, utc_now())
    assert "Gerrit stopped taking the token on" in open_house.client.get("/me").text
    assert "Gerrit stopped taking" not in tick(open_house, gerrit).text


def test_it_is_nobody_elses(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    number = binding(open_house)
    sign_in(open_house, open_house.person())
    assert "Drafts on Gerrit" not in open_house.client.get("/me").text
    open_house.client.post(f"/me/drafts/{number}/end")
    assert held(open_house) == 1
    assert tick(open_house, gerrit).status_code == 404


def test_removing_the_account_ends_it_on_both_sides(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    open_house.client.post(f"/me/accounts/{binding(open_house)}", data={"mine": "false"})
    assert (held(open_house), gerrit.ids()) == (0, [])


def test_forget_me_ends_it_on_both_sides(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    page = open_house.client.post("/me/forget")
    assert page.url.path == "/forgotten"
    assert "could not be deleted" not in page.text
    assert (held(open_house), gerrit.ids()) == (0, [])


def test_what_could_not_be_deleted_there_is_said(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    gerrit.away = True
    page = open_house.client.post("/me/forget")
    assert "A token could not be deleted on review.example.org. It ends by itself" in page.text
    assert held(open_house) == 0
    page = open_house.client.get("/forgotten?left=evil.example.org")
    assert "evil" not in page.text
    assert "not connected here any more" in page.text


def test_the_download_holds_no_token(open_house: Service, rita: int, gerrit: FakeKeys) -> None:
    tick(open_house, gerrit)
    text = open_house.client.get("/me/download").text
    assert "kept-" not in text
    assert '"expires_at"' in text


def test_other_accounts_have_no_drafts_here(open_house: Service, gerrit: FakeKeys) -> None:
    with open_house.store.begin() as c:
        elsewhere = people.newcomer(c, Account("gerrit", "gone.example.org", 3, "rita"), utc_now())
    sign_in(open_house, elsewhere)
    page = open_house.client.get("/me").text
    assert "Drafts on Gerrit" not in page
    assert GERRIT.name not in page
