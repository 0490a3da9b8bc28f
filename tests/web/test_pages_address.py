"""People without an e-mail address: every page bears it, and one is added only by the code that was sent there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Receipt, ReceiptStatus
from app.store import access, people
from app.wiring import utc_now
from tests.gerrit_keys import RITA, connect
from tests.web.conftest import sign_in
from tests.web_app import Service


class Letters:
    def __init__(self) -> None:
        self.codes: list[tuple[str, str]] = []

    async def sign_in(self, to: str, url: str, minutes: int) -> Receipt:
        return Receipt(ReceiptStatus.SENT)

    async def confirm(self, to: str, code: str, minutes: int) -> Receipt:
        assert minutes == 10
        self.codes.append((to, code))
        return Receipt(ReceiptStatus.SENT)


@pytest.fixture
def letters(open_house: Service) -> Letters:
    connect(open_house)
    box = Letters()
    open_house.app.state.tactful = replace(open_house.state, post=box)
    return box


@pytest.fixture
def rita(open_house: Service, letters: Letters) -> int:
    with open_house.store.begin() as c:
        person = people.newcomer(c, RITA, utc_now())
    sign_in(open_house, person)
    return person


def email(house: Service, person: int) -> str | None:
    with house.store.read() as c:
        return people.profile(c, person).email  # type: ignore[union-attr]


def test_an_address_is_theirs_once_the_code_came_back(open_house: Service, rita: int, letters: Letters) -> None:
    assert "you came without an address" not in open_house.client.get("/me").text, "there is no mail channel at all"
    page = open_house.client.post("/me/address", data={"email": " Rita@Example.org "}).text
    assert "If rita@example.org can be used here, a code is on its way" in page
    [(to, code)] = letters.codes
    assert to == "rita@example.org"
    assert email(open_house, rita) is None
    assert open_house.client.post("/me/address/code", data={"code": f"{code[:4]}-AAAAAA"}).status_code == 400
    assert email(open_house, rita) is None
    page = open_house.client.post("/me/address/code", data={"code": code.lower()}).text
    assert '<p class="lead">rita@example.org</p>' in page
    assert email(open_house, rita) == "rita@example.org"
    assert open_house.client.post("/me/address", data={"email": "other@example.org"}).status_code == 400


def test_somebody_elses_address_looks_the_same_and_joins_nobody(
    open_house: Service, rita: int, letters: Letters
) -> None:
    anna = open_house.person()
    page = open_house.client.post("/me/address", data={"email": "anna@example.org"}).text
    assert "If anna@example.org can be used here, a code is on its way" in page
    assert letters.codes == []
    assert (email(open_house, rita), email(open_house, anna)) == (None, "anna@example.org")


def test_an_address_that_somebody_took_meanwhile_is_not_taken_again(
    open_house: Service, rita: int, letters: Letters
) -> None:
    open_house.client.post("/me/address", data={"email": "anna@example.org"})
    anna = open_house.person()
    answer = open_house.client.post("/me/address/code", data={"code": letters.codes[0][1]})
    assert answer.status_code == 400
    assert "does not fit or is too old" in answer.text
    assert (email(open_house, rita), email(open_house, anna)) == (None, "anna@example.org")


def test_another_persons_code_sets_nothing(open_house: Service, rita: int, letters: Letters) -> None:
    with open_house.store.begin() as c:
        ben = people.newcomer(c, replace(RITA, id=5, login="ben"), utc_now())
        code = access.new_code(c, ben, "address", utc_now(), ("ben@example.org",))
    assert open_house.client.post("/me/address/code", data={"code": code}).status_code == 400
    assert (email(open_house, rita), email(open_house, ben)) == (None, None)


def test_nobodys_mailbox_is_filled(open_house: Service, rita: int, letters: Letters) -> None:
    for _ in range(5):
        open_house.client.post("/me/address", data={"email": "victim@example.org"})
    assert len(letters.codes) == 1
    later = utc_now() + timedelta(minutes=3)
    open_house.app.state.tactful = replace(open_house.state, now=lambda: later)
    open_house.client.post("/me/address", data={"email": "rita@example.org"})
    assert [to for to, _ in letters.codes] == ["victim@example.org", "rita@example.org"]


@pytest.mark.parametrize("wrong", ["rita", "rita@", "a@b@c", "rita@example.org\nBcc: x@y.z", "ri ta@example.org"])
def test_what_is_no_address_is_said(open_house: Service, rita: int, letters: Letters, wrong: str) -> None:
    assert open_house.client.post("/me/address", data={"email": wrong}).status_code == 400
    assert letters.codes == []


def test_without_a_mail_server_nothing_is_offered(open_house: Service, rita: int) -> None:
    open_house.app.state.tactful = replace(open_house.state, post=None)
    assert "/me/address" not in open_house.client.get("/me").text
    assert open_house.client.post("/me/address", data={"email": "rita@example.org"}).status_code == 400


def test_those_who_came_by_gerrit_are_told_how_to_come_back(open_house: Service, letters: Letters) -> None:
    assert "You came by Gerrit?" in open_house.client.get("/sign-in").text
