"""A client that was let sees what waits about unpublished comments of its person, and nothing else."""

from __future__ import annotations

from app.domain import CommentRef
from app.store import access, suggestions
from app.web.clients import NOTES
from app.wiring import utc_now
from tests.web.conftest import STING
from tests.web.notes import note
from tests.web_app import Service


def ask(house: Service, headers: dict[str, str]):
    return house.client.get("/v1/notes", headers=headers)


def test_what_is_unpublished_and_open_waits(open_house: Service, anna: int) -> None:
    state, at = open_house.state, utc_now()
    headers = open_house.token(anna, NOTES)
    ref = CommentRef("github", "github.com", "review_comment", "7")
    number = note(state, anna, STING, at, published=False, ref=ref)
    note(state, anna, STING + " Out.", at, number=2)
    [found] = ask(open_house, headers).json()["notes"]
    assert found["open"] == f"{state.settings.address}/inbox/{number}"
    assert found["place"]["platform"] == "github"
    assert found["norm"]["label"] == "assumption"
    assert found["advice"]
    assert "text" not in found, "its writer has it; a client need not"
    with open_house.store.begin() as c:
        suggestions.answer(c, anna, number, "helpful")
    assert ask(open_house, headers).json() == {"notes": []}


def test_what_no_longer_applies_does_not_wait(open_house: Service, anna: int) -> None:
    number = note(open_house.state, anna, STING, utc_now(), published=False)
    with open_house.store.begin() as c:
        entry = suggestions.inbox(c, open_house.store.vault, anna, entry_id=number)[0]
        assert not entry.withdrawn
        suggestions.withdraw(c, 1, utc_now())
    assert ask(open_house, open_house.token(anna, NOTES)).json() == {"notes": []}


def test_only_a_client_that_was_let_and_only_of_its_person(open_house: Service, anna: int) -> None:
    note(open_house.state, anna, STING, utc_now(), published=False)
    assert ask(open_house, open_house.token(anna)).status_code == 403
    assert ask(open_house, {}).status_code == 401
    ben = open_house.person("ben@example.org", None)
    assert ask(open_house, open_house.token(ben, NOTES)).json() == {"notes": []}


def test_it_is_let_by_a_tick_at_pairing(open_house: Service, anna: int) -> None:
    for ticked, scopes in (({}, ["check", "feedback"]), ({"notes": "true"}, ["check", "feedback", NOTES])):
        page = open_house.client.post("/me/clients", data=ticked).text
        assert ("sees notes about what you have not published" in page) == bool(ticked)
        code = page.split('<p class="code"><code>')[1].split("<")[0]
        paired = open_house.client.post("/v1/pair", json={"code": code, "client": "extension"})
        assert paired.json()["scopes"] == scopes
    with open_house.store.read() as c:
        assert len(access.clients(c, anna)) == 2
