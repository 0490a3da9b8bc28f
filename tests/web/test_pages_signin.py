"""The ways in and out: links are spent once and by people, and nobody learns who is known here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from app.domain import Receipt, ReceiptStatus
from app.store import access, people
from app.web.signin import own_page
from app.wiring import utc_now
from tests.web_app import Service


class Mailbox:
    def __init__(self) -> None:
        self.links: list[tuple[str, str]] = []

    async def sign_in(self, to: str, url: str, minutes: int) -> Receipt:
        assert minutes == 15
        self.links.append((to, url))
        return Receipt(ReceiptStatus.SENT)


@pytest.fixture
def mailbox(open_house: Service) -> Mailbox:
    box = Mailbox()
    open_house.app.state.tactful = replace(open_house.state, post=box)
    return box


def enter(house: Service, url: str) -> str:
    """Open a link, press its button; where it leads."""
    parts = urlsplit(url)
    page = house.client.get(f"{parts.path}?{parts.query}").text
    to = page.split('name="to" value="')[1].split('"')[0]
    return house.client.post(parts.path, data={"to": to}, follow_redirects=False).headers.get("location", "")


def test_a_link_leads_to_the_page_asked_for(open_house: Service, mailbox: Mailbox) -> None:
    open_house.person()
    page = open_house.client.get("/inbox/7").text
    assert 'name="to" value="/inbox/7"' in page
    open_house.client.post("/sign-in", data={"email": " Anna@Example.org ", "to": "/inbox/7"})
    [(to, url)] = mailbox.links
    assert to == "anna@example.org"
    assert enter(open_house, url) == "/inbox/7"
    assert open_house.client.get("/inbox").url.path == "/inbox"


def test_known_and_unknown_addresses_get_the_same_answer(open_house: Service, mailbox: Mailbox) -> None:
    open_house.person()
    known = open_house.client.post("/sign-in", data={"email": "anna@example.org"})
    unknown = open_house.client.post("/sign-in", data={"email": "nobody@example.org"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert "If that address is known here, a link is on its way; it works once, for 15 minutes." in known.text
    assert [to for to, _ in mailbox.links] == ["anna@example.org"]


def test_nobodys_mailbox_is_filled(open_house: Service, mailbox: Mailbox) -> None:
    open_house.person()
    for _ in range(5):
        open_house.client.post("/sign-in", data={"email": "anna@example.org"})
    assert len(mailbox.links) == 3


def test_opening_a_link_does_not_spend_it_and_using_it_does(open_house: Service, mailbox: Mailbox) -> None:
    open_house.person()
    open_house.client.post("/sign-in", data={"email": "anna@example.org"})
    url = mailbox.links[0][1]
    for _ in range(3):
        assert open_house.client.get(urlsplit(url).path).status_code == 200
    assert enter(open_house, url) == "/inbox"
    again = open_house.client.post(urlsplit(url).path)
    assert again.status_code == 410
    assert "This link no longer works" in again.text
    assert "Ask for a new link" in again.text


def test_unknown_and_old_links_do_not_work(open_house: Service) -> None:
    person = open_house.person()
    with open_house.store.begin() as c:
        old = access.new_link(c, person, utc_now() - timedelta(minutes=16))
        for_else = access.new_link(c, person, utc_now(), purpose="address")
    for token in ("nonsense", old, for_else):
        answer = open_house.client.post(f"/enter/{token}")
        assert answer.status_code == 410
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "to", ["//evil.example.org", "https://evil.example.org", "/\\evil", "/enter/x", "", "/inbox/1/answer", "/me\n"]
)
def test_a_link_never_leads_elsewhere(to: str) -> None:
    assert own_page(to) in ("/inbox", "/")
    assert own_page(to) == "/inbox"


@pytest.mark.parametrize("to", ["/", "/inbox", "/inbox/12", "/history", "/me", "/me/forget", "/norms"])
def test_own_pages_are_led_to(to: str) -> None:
    assert own_page(to) == to


def test_without_a_mail_server_it_says_what_can_be_done(open_house: Service) -> None:
    assert "tactful people invite" in open_house.client.get("/sign-in").text
    assert "tactful people invite" in open_house.client.post("/sign-in", data={"email": "a@example.org"}).text


def test_what_is_no_address_is_said_kindly(open_house: Service, mailbox: Mailbox) -> None:
    answer = open_house.client.post("/sign-in", data={"email": "anna"})
    assert answer.status_code == 400
    assert "It should read like name@example.org." in answer.text


def test_signing_out_ends_the_session_itself(open_house: Service, anna: int) -> None:
    cookie = open_house.client.cookies["tactful"]
    assert open_house.client.post("/sign-out", follow_redirects=False).headers["location"] == "/"
    open_house.client.cookies.set("tactful", cookie)
    assert open_house.client.get("/inbox", follow_redirects=False).status_code == 303


def test_the_cookie_is_for_this_server_alone(open_house: Service) -> None:
    person = open_house.person()
    with open_house.store.begin() as c:
        token = access.new_link(c, person, utc_now())
    cookie = open_house.client.post(f"/enter/{token}", follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert str(person) not in cookie.split("=")[1].split(";")[0].split(".")


def test_one_click_ends_e_mails_without_signing_in_and_from_anywhere(open_house: Service) -> None:
    person = open_house.person()
    with open_house.store.begin() as c:
        people.change(c, person, email_on=True)
    path = f"/unsubscribe/{open_house.store.vault.sign('unsubscribe', str(person))}"

    def on() -> bool:
        with open_house.store.read() as c:
            return people.profile(c, person).email_on  # type: ignore[union-attr]

    assert "Stop the e-mails" in open_house.client.get(path).text
    assert on(), "opening a link changes nothing"
    answer = open_house.client.post(
        path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example.org"}
    )
    assert answer.status_code == 200
    assert not on()


@pytest.mark.parametrize("signed", ["1", "1.", "1.abc", "x.y.z", ".", "1.ü"])
def test_an_unsigned_unsubscribe_link_is_nothing(open_house: Service, signed: str) -> None:
    assert open_house.client.get(f"/unsubscribe/{signed}").status_code == 404
    assert open_house.client.post(f"/unsubscribe/{signed}").status_code == 404
