"""Pairing, drafts by consent and applying a wording, against a real Gerrit: what ends, is deleted or refused there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.domain import Account, CommentRef, Server
from app.store import people, servers, tokens
from app.store.tables import people as people_table
from app.wiring import utc_now
from tests.real.gerrit.people import Gone, Somebody
from tests.real.gerrit.server import RealGerrit
from tests.web.notes import note
from tests.web.phrases import Phrases
from tests.web_app import Service, service

NAME = "gerrit.test"
BASE = f"/v1/gerrit/{NAME}"
TEXT = "The loop reads it twice, and you just slapped this together. Please read it once."
WORDING = "The loop reads it twice. Please read it once."


@dataclass
class Place:
    """A Tactful connected to the real server, and what Rita does with it."""

    house: Service
    gerrit: RealGerrit
    rita: Somebody
    numbers: int = 0

    @property
    def account(self) -> Account:
        return Account("gerrit", NAME, self.rita.id)

    def token(self, who: Somebody | None = None, lifetime: str = "5m") -> dict[str, str]:
        """A token as the plugin makes one."""
        self.numbers += 1
        who = who or self.rita
        token_id = f"tactful-pair-{int(time.time() * 1000)}-{self.numbers}"
        return {"username": who.username, "token_id": token_id, "token": who.new_token(token_id, lifetime)}

    def tokens(self, who: Somebody | None = None) -> list[str]:
        found = (who or self.rita).ask("GET", "accounts/self/tokens")
        return sorted(one["id"] for one in found if one["id"].startswith("tactful-"))

    def pair(self, proof: dict[str, str]) -> httpx.Response:
        nonce = self.house.client.post(f"{BASE}/nonce", json={}).json()["nonce"]
        return self.house.client.post(f"{BASE}/pair", json={"nonce": nonce, **proof, "client": "Gerrit"})

    def paired(self, who: Somebody | None = None) -> dict[str, str]:
        answer = self.pair(self.token(who))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}", "open": answer.json()["open"]}

    def drafts(self, headers: dict[str, str], proof: dict[str, str] | None = None) -> httpx.Response:
        return self.house.client.post(f"{BASE}/drafts", json=proof or self.token(), headers=headers)

    def held(self) -> list[tokens.Held]:
        with self.house.store.read() as c:
            return tokens.at_server(c, self.house.store.vault, "gerrit")

    def allow(self, on: bool) -> None:
        with self.house.store.begin() as c:
            servers.change(c, "gerrit", NAME, drafts_allowed=on)
        self.house.state.gerrit_servers._until_s = 0  # looked up again at once, not in five seconds


@pytest.fixture(scope="module")
def house(gerrit: RealGerrit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    reader = gerrit.people.reader
    server = Server("gerrit", NAME, gerrit.url, reader.username, reader.token, drafts_allowed=True)
    with service(tmp_path_factory.mktemp("house")) as made:
        with made.store.begin() as c:
            servers.save(c, made.store.vault, server, utc_now())
        yield made


@pytest.fixture(scope="module")
def short(gerrit: RealGerrit) -> tuple[dict[str, str], float]:
    """A token that ends after a minute, the shortest that Gerrit makes; and when."""
    proof = {"username": "rita", "token_id": "tactful-short", "token": gerrit.people.rita.new_token("short", "1m")}
    return proof, time.monotonic() + 61


@pytest.fixture
def place(house: Service, gerrit: RealGerrit, short: object) -> Iterator[Place]:
    house.state.gerrit_servers._until_s = 0
    yield Place(house, gerrit, gerrit.people.rita)
    house.client.cookies.clear()
    with house.store.begin() as c:
        c.execute(sa.delete(people_table))
    for one in gerrit.people.rita.ask("GET", "accounts/self/tokens"):
        if one["id"].startswith("tactful-"):
            gerrit.people.rita.end_token(one["id"])


def refusal(answer: httpx.Response) -> Any:
    assert answer.status_code == 403, answer.text
    return answer.json()["message"]


def test_turning_it_on_leaves_nothing_behind_in_gerrit(place: Place) -> None:
    proof = place.token()
    answer = place.pair(proof)
    assert answer.status_code == 200, answer.text
    assert answer.json()["says"].startswith("Tactful is on for Rita Reviewer.")
    assert place.tokens() == []
    with pytest.raises(Gone, match="401"):
        Somebody(place.gerrit.url, place.rita.id, "rita", proof["token"]).ask("GET", "accounts/self/detail")
    with place.house.store.read() as c:
        owner = people.owner(c, place.account)
    assert owner is not None
    assert owner.opted_in
    assert "does not know this token" in refusal(place.pair(proof)), "a proof that is over proves nothing"


def test_robots_and_the_switched_off_are_not_people(place: Place) -> None:
    robot = place.gerrit.people.robot
    assert "service user" in refusal(place.pair(place.token(robot)))
    assert place.tokens(robot) == []
    owen = place.gerrit.people.owen
    proof = place.token(owen)
    place.gerrit.people.admin.ask("DELETE", "accounts/owen/active")
    try:
        assert "does not know this token" in refusal(place.pair(proof))
    finally:
        place.gerrit.people.admin.ask("PUT", f"accounts/{owen.id}/active")
        owen.end_token(proof["token_id"])


def test_an_http_password_is_never_deleted(place: Place) -> None:
    password = place.rita.ask("PUT", "accounts/self/password.http", {"generate": True})
    answer = place.pair({"username": "rita", "token_id": "default", "token": password})
    assert "could not be deleted" in answer.json()["says"]
    assert "default" in [one["id"] for one in place.rita.ask("GET", "accounts/self/tokens")]
    place.rita.ask("DELETE", "accounts/self/password.http")


def test_drafts_by_consent_and_their_end_on_both_sides(place: Place) -> None:
    headers = place.paired()
    place.allow(False)
    assert "not switched on" in refusal(place.drafts(headers))
    place.allow(True)
    assert place.tokens() == []
    assert "are read from now on" in place.drafts(headers).json()["says"]
    [held] = place.held()
    assert place.tokens() == [held.key.token_id], "only our own is left"
    kept = Somebody(place.gerrit.url, place.rita.id, "rita", held.key.token)
    assert kept.ask("GET", "accounts/self/detail")["username"] == "rita"
    ended = place.house.client.delete(f"{BASE}/drafts", headers=headers)
    assert "deleted on both sides" in ended.json()["says"]
    assert (place.held(), place.tokens()) == ([], [])
    with pytest.raises(Gone, match="401"):
        kept.ask("GET", "accounts/self/detail")


def test_administrators_and_other_accounts_are_refused(place: Place) -> None:
    admin = place.gerrit.people.admin
    headers = place.paired(admin)
    assert "administers Gerrit" in refusal(place.drafts(headers, place.token(admin)))
    assert "have not confirmed" in refusal(place.drafts(headers, place.token()))
    assert (place.held(), place.tokens(), place.tokens(admin)) == ([], [], [])


def test_renewing_puts_another_in_its_place(place: Place) -> None:
    place.drafts(place.paired())
    [first] = place.held()
    with place.house.store.begin() as c:  # as if it were almost over
        tokens.replace(c, place.house.store.vault, first, first.key, first.made_at.replace(year=2020))
    assert place.house.state.consents.renew("gerrit") == {"renewed": 1}
    [second] = place.held()
    assert place.tokens() == [second.key.token_id] != [first.key.token_id]


def test_one_that_was_revoked_in_gerrit_is_forgotten(place: Place) -> None:
    place.drafts(place.paired())
    [first] = place.held()
    with place.house.store.begin() as c:
        tokens.replace(c, place.house.store.vault, first, first.key, first.made_at.replace(year=2020))
    place.rita.end_token(first.key.token_id)
    assert place.house.state.consents.renew("gerrit") == {"gone": 1}
    assert place.held() == []


def signed_in(place: Place, headers: dict[str, str]) -> None:
    landed = place.house.client.post(headers["open"].partition("?")[0], data={"to": "/me"})
    assert f"rita on {NAME}" in landed.text


def test_forget_me_ends_it_on_both_sides(place: Place) -> None:
    headers = place.paired()
    place.drafts(headers)
    signed_in(place, headers)
    assert "Drafts are read" in place.house.client.get("/me").text
    page = place.house.client.post("/me/forget")
    assert page.url.path == "/forgotten"
    assert "could not be deleted" not in page.text
    assert (place.held(), place.tokens()) == ([], [])


def test_a_wording_is_applied_to_the_draft_as_it_was_shown(place: Place) -> None:
    headers = place.paired()
    place.drafts(headers)
    signed_in(place, headers)
    change = place.gerrit.people.owen.change()
    draft = place.rita.draft(change, TEXT)
    with place.house.store.read() as c:
        owner = people.owner(c, place.account)
    assert owner is not None
    ref = CommentRef("gerrit", NAME, "comment", f"{change}~{draft}")
    number = note(place.house.state, owner.id, TEXT, utc_now(), published=False, ref=ref, classifier=Phrases())
    client = place.house.client
    page = client.get(f"/inbox/{number}/apply").text
    expected = page.split('name="expected" value="')[1].split('"')[0]

    place.rita.rewrite_draft(change, draft, "Something else by now.")
    refused = client.post(f"/inbox/{number}/apply", data={"expected": expected})
    assert refused.status_code == 409
    assert "reads differently by now" in refused.text
    assert [one["message"] for one in place.rita.drafts(change)] == ["Something else by now."]

    place.rita.rewrite_draft(change, draft, TEXT)
    landed = client.post(f"/inbox/{number}/apply", data={"expected": expected})
    assert "You put this wording into your draft." in landed.text
    [now] = place.rita.drafts(change)
    assert now["message"] == WORDING
    assert now["line"] == 1, "the rest of it stays"
    assert place.rita.comments(change) == [], "it is still a draft"

    place.rita.delete_draft(change, draft)


def test_a_token_that_ended_by_itself_proves_nothing(place: Place, short: tuple[dict[str, str], float]) -> None:
    proof, ends_s = short
    time.sleep(max(0.0, ends_s - time.monotonic()))
    assert "does not know this token" in refusal(place.pair(proof))
