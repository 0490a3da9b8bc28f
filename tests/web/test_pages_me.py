"""What somebody chose: each choice is kept, wrong values change nothing, and leaving leaves nothing."""

from __future__ import annotations

import json
from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from app.domain import Account, Address, Receipt, ReceiptStatus, Silence, TactfulError
from app.store import access, people, project_tables
from app.store.people import Profile
from app.store.tables import metadata
from app.wiring import utc_now
from tests.web.conftest import STING
from tests.web.notes import note, silence
from tests.web_app import Service


def profile(house: Service, person: int) -> Profile:
    with house.store.read() as c:
        found = people.profile(c, person)
    assert found is not None
    return found


def test_it_says_what_is_read_kept_and_seen(open_house: Service, anna: int) -> None:
    page = open_house.client.get("/me").text
    assert "for 7 days" in page
    assert "for 90 days" in page
    assert "nobody else" in page


def test_reading_is_turned_off_and_on(open_house: Service, anna: int) -> None:
    page = open_house.client.post("/me/reading", data={"on": "false"}).text
    assert "Nothing of yours is read." in page
    assert "Saved." in page
    assert not profile(open_house, anna).person.opted_in
    open_house.client.post("/me/reading", data={"on": "true"})
    assert profile(open_house, anna).person.opted_in


def test_a_proposed_account_is_inert_until_confirmed(open_house: Service, anna: int) -> None:
    account = Account("github", "github.com", 77, "anna-at-work")
    with open_house.store.begin() as c:
        people.propose(c, anna, account, utc_now())
        number = people.bindings(c, anna)[1].id
    assert "not confirmed" in open_house.client.get("/me").text
    open_house.client.post(f"/me/accounts/{number}", data={"mine": "true"})
    with open_house.store.read() as c:
        assert people.owner(c, account) is not None
    open_house.client.post(f"/me/accounts/{number}", data={"mine": "false"})
    with open_house.store.read() as c:
        assert people.owner(c, account) is None


def test_an_account_of_somebody_else_stays_theirs(open_house: Service, anna: int) -> None:
    theirs = Account("github", "github.com", 99, "ben")
    ben = open_house.person("ben@example.org", theirs)
    with open_house.store.begin() as c:
        people.propose(c, anna, theirs, utc_now())
        mine, bens = people.bindings(c, anna)[1].id, people.bindings(c, ben)[0].id
    answer = open_house.client.post(f"/me/accounts/{mine}", data={"mine": "true"})
    assert answer.status_code == 400
    assert "Somebody else has confirmed this account before." in answer.text
    open_house.client.post(f"/me/accounts/{bens}", data={"mine": "false"})
    with open_house.store.read() as c:
        assert people.owner(c, theirs) == people.profile(c, ben).person  # type: ignore[union-attr]


def test_norms_are_switched_off_one_by_one_and_all(open_house: Service, anna: int) -> None:
    labels = set(open_house.state.norms.concerns)
    open_house.client.post("/me/norms", data={"on": sorted(labels - {"belittling"})})
    assert profile(open_house, anna).person.norms_off == {"belittling"}
    open_house.client.post("/me/norms")
    assert profile(open_house, anna).person.norms_off == labels
    open_house.client.post("/me/norms", data={"on": [*labels, "nonsense"]})
    assert profile(open_house, anna).person.norms_off == frozenset()


def test_how_often_and_when(open_house: Service, anna: int) -> None:
    values = {"daily": "1", "weekly": "5", "timezone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "07:30"}
    page = open_house.client.post("/me/rhythm", data=values).text
    person = profile(open_house, anna).person
    assert (person.daily_budget, person.weekly_budget, person.timezone) == (1, 5, "Europe/Berlin")
    assert (person.quiet_from, person.quiet_until) == (time(22), time(7, 30))
    assert 'value="22:00"' in page
    assert "<option selected>Europe/Berlin</option>" in page
    open_house.client.post("/me/rhythm", data={**values, "quiet_from": "", "quiet_until": ""})
    assert profile(open_house, anna).person.quiet_from is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"daily": "-1"},
        {"weekly": "101"},
        {"daily": "many"},
        {"quiet_from": "22:00"},
        {"quiet_from": "25:00", "quiet_until": "07:00"},
    ],
)
def test_wrong_values_change_nothing(open_house: Service, anna: int, wrong: dict[str, str]) -> None:
    before = profile(open_house, anna)
    answer = open_house.client.post("/me/rhythm", data={"daily": "1", "weekly": "5", "timezone": "UTC", **wrong})
    assert answer.status_code in (400, 422)
    assert "othing was changed" in answer.text
    assert profile(open_house, anna) == before


def test_a_pause_begins_and_ends(open_house: Service, anna: int) -> None:
    assert "Nothing new comes until" in open_house.client.post("/me/pause", data={"pause": "hour"}).text
    until = profile(open_house, anna).person.snoozed_until
    assert until is not None
    assert timedelta(minutes=59) < until - utc_now() <= timedelta(hours=1)
    open_house.client.post("/me/pause", data={"pause": "end"})
    assert profile(open_house, anna).person.snoozed_until is None


def test_e_mail_is_off_until_turned_on(open_house: Service, anna: int) -> None:
    assert "no mail server is set up here" in open_house.client.get("/me").text
    assert not profile(open_house, anna).email_on
    open_house.client.post("/me/email", data={"on": "true"})
    assert profile(open_house, anna).email_on


class Chat:
    """A chat that remembers which codes it was given for whom."""

    name, title, example = "chat", "Parrot", "@anna"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def own(self, value: str) -> str:
        if not value.startswith("@"):
            raise TactfulError("This is not a person's own address on Parrot. It is @anna.")
        return value

    async def confirm(self, to: Address, code: str) -> Receipt:
        self.sent.append((to.value, code))
        return Receipt(ReceiptStatus.SENT)


def test_a_chat_address_is_used_only_after_its_code_came_back(open_house: Service, anna: int) -> None:
    chat = Chat()
    open_house.state.channels["chat"] = chat  # type: ignore[index]
    client = open_house.client
    assert client.post("/me/chat", data={"address": "#everybody"}).status_code == 400
    page = client.post("/me/chat", data={"address": "@anna"}).text
    assert "The code that @anna received on Parrot" in page
    assert not profile(open_house, anna).chat_confirmed
    [(to, code)] = chat.sent
    assert to == "@anna"
    assert client.post("/me/chat/code", data={"code": f"{code[:-1]}?"}).status_code == 400
    assert not profile(open_house, anna).chat_confirmed
    assert "Stop these messages" in client.post("/me/chat/code", data={"code": code.lower()}).text
    assert profile(open_house, anna).chat_confirmed
    client.post("/me/chat", data={"address": "@other"})
    assert not profile(open_house, anna).chat_confirmed
    client.post("/me/chat/remove")
    assert profile(open_house, anna).chat_sealed is None


def test_wrong_codes_are_counted_and_end_it(open_house: Service, anna: int) -> None:
    chat = Chat()
    open_house.state.channels["chat"] = chat  # type: ignore[index]
    open_house.client.post("/me/chat", data={"address": "@anna"})
    code = chat.sent[0][1]
    for _ in range(access.CODE_TRIES):
        open_house.client.post("/me/chat/code", data={"code": f"{code[:4]}-AAAAAA"})
    assert open_house.client.post("/me/chat/code", data={"code": code}).status_code == 400
    assert not profile(open_house, anna).chat_confirmed


def test_somebody_elses_code_confirms_nothing(open_house: Service, anna: int) -> None:
    ben = open_house.person("ben@example.org", None)
    with open_house.store.begin() as c:
        code = access.new_code(c, ben, "chat", utc_now())
        people.change(c, anna, chat_sealed=open_house.store.vault.seal("@anna"))
    assert open_house.client.post("/me/chat/code", data={"code": code}).status_code == 400
    assert not profile(open_house, anna).chat_confirmed


def test_a_client_is_paired_with_the_code_shown_and_revoked(open_house: Service, anna: int) -> None:
    page = open_house.client.post("/me/clients").text
    code = page.split('<p class="code"><code>')[1].split("<")[0]
    paired = open_house.client.post("/v1/pair", json={"code": code, "client": "<b>laptop</b>"})
    token = {"Authorization": f"Bearer {paired.json()['token']}"}
    assert open_house.client.post("/v1/check", json={"texts": ["x"]}, headers=token).status_code == 200
    assert "&lt;b&gt;laptop&lt;/b&gt;" in open_house.client.get("/me").text
    with open_house.store.read() as c:
        [client] = access.clients(c, anna)
    open_house.client.post(f"/me/clients/{client.id}/revoke")
    assert open_house.client.post("/v1/check", json={"texts": ["x"]}, headers=token).status_code == 401


def furnished(house: Service, anna: int) -> None:
    """Something of everything that can be held."""
    now = utc_now()
    note(house.state, anna, STING, now, number=1)
    silence(house.state, anna, Silence.QUIET_HOURS, now, number=2)
    with house.store.begin() as c:
        access.new_client(c, anna, "laptop", ("check",), now)
        access.new_link(c, anna, now)
        access.new_code(c, anna, "pair", now)
        people.change(c, anna, chat_sealed=house.store.vault.seal("@anna"))


def test_the_download_holds_everything_and_no_proofs(open_house: Service, anna: int) -> None:
    furnished(open_house, anna)
    ben = open_house.person("ben@example.org", None)
    answer = open_house.client.get("/me/download")
    assert 'filename="tactful.json"' in answer.headers["content-disposition"]
    held = json.loads(answer.text)

    def leads_to_people(table: sa.Table) -> bool:
        return table.name == "people" or any(leads_to_people(key.column.table) for key in table.foreign_keys)

    leading_to_people = {name for name, table in metadata.tables.items() if leads_to_people(table)}
    of_teams = {table.name for table in vars(project_tables).values() if isinstance(table, sa.Table)}
    assert held.keys() - {"made_at"} == leading_to_people
    assert {name for name in leading_to_people - of_teams if not held[name]} == {"platform_tokens", "rounds"}
    assert [row["email"] for row in held["people"]] == ["anna@example.org"]
    assert held["people"][0]["chat_address"] == "@anna"
    assert STING in [row["content"] for row in held["comments"]]
    assert held["suggestions"][0]["content"]["advice"]
    assert held["client_tokens"][0]["name"] == "laptop"
    assert "_hash" not in answer.text
    assert "gAAAA" not in answer.text, "nothing is still sealed"
    assert ben not in [row["id"] for row in held["people"]]


def test_forget_me_asks_first_and_leaves_no_row(open_house: Service, anna: int) -> None:
    furnished(open_house, anna)
    ben = open_house.person("ben@example.org", None)
    assert "cannot be brought back" in open_house.client.get("/me/forget").text
    page = open_house.client.post("/me/forget")
    assert page.url.path == "/forgotten"
    assert "signed out" in page.text
    with open_house.store.read() as c:
        left = {
            name: c.scalar(sa.select(sa.func.count()).select_from(table))
            for name, table in metadata.tables.items()
            if name == "people" or "person_id" in table.c or table.foreign_keys
        }
        assert people.profile(c, ben) is not None
    assert {name: n for name, n in left.items() if n} == {"people": 1}
    assert open_house.client.get("/inbox", follow_redirects=False).status_code == 303
