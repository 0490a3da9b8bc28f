"""Turning it on in Gerrit's page: a proof that is used once and deleted, a person without an address, and CORS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.domain import Account
from app.store import access, nonces, people, tokens
from app.store.access_tables import nonces as nonces_table
from app.store.tables import people as people_table
from app.web.cors import origin_of
from app.wiring import utc_now
from tests.gerrit_keys import GERRIT, RITA, FakeKeys, connect
from tests.web_app import Service

BASE = f"/v1/gerrit/{GERRIT.name}"


@pytest.fixture
def gerrit(open_house: Service) -> FakeKeys:
    return connect(open_house)


def nonce(house: Service) -> str:
    return str(house.client.post(f"{BASE}/nonce", json={}).json()["nonce"])


def pair(house: Service, gerrit: FakeKeys, **changes: Any) -> httpx.Response:
    key = gerrit.make()
    body = {"nonce": nonce(house), "username": key.username, "token_id": key.token_id, "token": key.token}
    return house.client.post(f"{BASE}/pair", json={**body, "client": "Gerrit in a browser", **changes})


def bearer(paired: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {paired.json()['token']}"}


def how_many(house: Service) -> int:
    with house.store.read() as c:
        return c.scalar(sa.select(sa.func.count()).select_from(people_table)) or 0


def test_turning_it_on_makes_a_person_and_leaves_no_token_in_gerrit(open_house: Service, gerrit: FakeKeys) -> None:
    paired = pair(open_house, gerrit)
    assert paired.status_code == 200
    said = paired.json()
    assert said["scopes"] == ["check", "feedback", "drafts"]
    assert said["drafts_allowed"] is False
    assert "Tactful is on for Rita Reviewer." in said["says"]
    assert gerrit.ids() == [], "the proof is deleted"
    with open_house.store.read() as c:
        owner = people.owner(c, RITA)
        assert owner is not None
        assert owner.opted_in
        assert people.profile(c, owner.id).email is None  # type: ignore[union-attr]
        [client] = access.clients(c, owner.id)
    assert client.name == "Gerrit in a browser"
    assert open_house.client.post("/v1/check", json={"texts": ["x"]}, headers=bearer(paired)).status_code == 200


def test_the_link_signs_in_and_every_page_bears_the_missing_address(open_house: Service, gerrit: FakeKeys) -> None:
    link = pair(open_house, gerrit).json()["open"]
    assert "Sign in" in open_house.client.get(link).text
    landed = open_house.client.post(link.split("?")[0], data={"to": "/me"})
    assert landed.url.path == "/me"
    assert "rita on review.example.org" in landed.text
    assert "None" not in landed.text
    for page in ("/inbox", "/history", "/me", "/me/forget", "/norms", "/"):
        assert open_house.client.get(page).status_code == 200
    assert '"email": null' in open_house.client.get("/me/download").text


def test_turning_it_on_again_finds_the_same_person_and_reads_again(open_house: Service, gerrit: FakeKeys) -> None:
    pair(open_house, gerrit)
    with open_house.store.begin() as c:
        first = people.owner(c, RITA)
        assert first is not None
        people.opt_out(c, first.id)
    pair(open_house, gerrit)
    with open_house.store.read() as c:
        again = people.owner(c, RITA)
        assert again is not None
        assert len(access.clients(c, again.id)) == 2
    assert (again.id, again.opted_in) == (first.id, True)


def test_the_way_to_ones_own_pages_turns_nobody_on(open_house: Service, gerrit: FakeKeys) -> None:
    before = how_many(open_house)
    stranger = pair(open_house, gerrit, turn_on=False)
    assert stranger.status_code == 403
    assert "Nobody here has this account yet." in stranger.json()["message"]
    assert how_many(open_house) == before
    pair(open_house, gerrit)
    with open_house.store.begin() as c:
        owner = people.owner(c, RITA)
        assert owner is not None
        people.opt_out(c, owner.id)
    assert "/enter/" in pair(open_house, gerrit, turn_on=False).json()["open"]
    with open_house.store.read() as c:
        owner = people.owner(c, RITA)
    assert owner is not None
    assert not owner.opted_in
    assert gerrit.ids() == []


def test_nobody_is_found_by_a_proposal_or_an_address(open_house: Service, gerrit: FakeKeys) -> None:
    anna = open_house.person()
    with open_house.store.begin() as c:
        people.propose(c, anna, RITA, utc_now())
    pair(open_house, gerrit)
    with open_house.store.read() as c:
        owner = people.owner(c, RITA)
    assert owner is not None
    assert owner.id != anna


def test_a_nonce_works_once_for_its_server_and_for_five_minutes(open_house: Service, gerrit: FakeKeys) -> None:
    once = nonce(open_house)
    assert pair(open_house, gerrit, nonce=once).status_code == 200
    assert pair(open_house, gerrit, nonce=once).status_code == 403
    with open_house.store.begin() as c:
        old = nonces.new(c, f"gerrit:{GERRIT.name}", utc_now() - timedelta(minutes=5, seconds=1))
        elsewhere = nonces.new(c, "gerrit:other", utc_now())
    for other in (old, elsewhere, "x" * 43):
        refused = pair(open_house, gerrit, nonce=other)
        assert refused.status_code == 403
        assert "turn it on again" in refused.json()["message"]
    assert how_many(open_house) == 1
    with open_house.store.begin() as c:
        access.sweep(c, utc_now() + timedelta(minutes=6))
        assert c.scalar(sa.select(sa.func.count()).select_from(nonces_table)) == 0


def test_what_gerrit_does_not_vouch_for_makes_nobody(open_house: Service, gerrit: FakeKeys) -> None:
    assert pair(open_house, gerrit, token="made-up").status_code == 403
    gerrit.unfit = "This account is a service user in Gerrit, and notes are for people. Nothing was kept."
    refused = pair(open_house, gerrit)
    assert (refused.status_code, refused.json()["message"]) == (403, gerrit.unfit)
    gerrit.away = True
    away = pair(open_house, gerrit)
    assert away.status_code == 503
    assert "retry-after" in away.headers
    assert how_many(open_house) == 0


def test_a_refused_token_is_deleted_all_the_same(open_house: Service, gerrit: FakeKeys) -> None:
    gerrit.unfit = "No."
    pair(open_house, gerrit)
    assert gerrit.ids() == []


def test_a_token_that_cannot_be_deleted_is_said(open_house: Service, gerrit: FakeKeys) -> None:
    gerrit.keeps_all = True
    assert "could not be deleted in Gerrit; it was made to end within five minutes" in pair(open_house, gerrit).text


def test_the_plugin_comes_filled_in(open_house: Service, gerrit: FakeKeys) -> None:
    answer = open_house.client.get(f"/gerrit/{GERRIT.name}/tactful.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert 'const SERVICE = "http://127.0.0.1:8000";' in answer.text
    assert f'const SERVER = "{GERRIT.name}";' in answer.text


@pytest.mark.parametrize("name", ["other.example.org", "x"])
def test_an_unknown_server_is_nothing(open_house: Service, gerrit: FakeKeys, name: str) -> None:
    assert open_house.client.post(f"/v1/gerrit/{name}/nonce", json={}).status_code == 404
    assert open_house.client.get(f"/gerrit/{name}/tactful.js").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "a:b"},
        {"token_id": "../default"},
        {"token_id": "a/b"},
        {"token": "two words"},
        {"client": ""},
        {"more": 1},
    ],
)
def test_what_is_of_another_shape_is_not_read(open_house: Service, gerrit: FakeKeys, wrong: dict[str, Any]) -> None:
    assert pair(open_house, gerrit, **wrong).status_code == 422


def test_a_client_forgets_itself(open_house: Service, gerrit: FakeKeys) -> None:
    mine = bearer(pair(open_house, gerrit))
    other = bearer(pair(open_house, gerrit))
    assert "forgotten" in open_house.client.delete("/v1/client", headers=mine).json()["says"]
    assert open_house.client.delete("/v1/client", headers=mine).status_code == 401
    assert open_house.client.post("/v1/check", json={"texts": ["x"]}, headers=other).status_code == 200
    assert open_house.client.delete("/v1/client").status_code == 401


# --- drafts -------------------------------------------------------------------------------------------------------------


def drafts(house: Service, gerrit: FakeKeys, headers: dict[str, str], username: str = "rita") -> httpx.Response:
    key = gerrit.make(username, "tactful-drafts-handed")
    body = {"username": key.username, "token_id": key.token_id, "token": key.token}
    return house.client.post(f"{BASE}/drafts", json=body, headers=headers)


def held(house: Service) -> list[str]:
    with house.store.read() as c:
        return [one.key.token_id for one in tokens.at_server(c, house.store.vault, "gerrit")]


def test_drafts_are_closed_until_an_administrator_opens_them(open_house: Service, gerrit: FakeKeys) -> None:
    refused = drafts(open_house, gerrit, bearer(pair(open_house, gerrit)))
    assert refused.status_code == 403
    assert "not switched on for this server" in refused.json()["message"]
    assert (held(open_house), gerrit.ids()) == ([], [])


def test_what_is_kept_is_a_token_of_our_own(open_house: Service) -> None:
    gerrit = connect(open_house, drafts_allowed=True)
    headers = bearer(paired := pair(open_house, gerrit))
    assert paired.json()["drafts_allowed"] is True
    assert (
        drafts(open_house, gerrit, headers).json()["says"] == "Your drafts on review.example.org are read from now on."
    )
    assert held(open_house) == gerrit.ids()
    assert gerrit.ids() != ["tactful-drafts-handed"], "the one that was handed over is gone"
    drafts(open_house, gerrit, headers)
    assert held(open_house) == gerrit.ids()
    assert len(gerrit.ids()) == 1, "so is the earlier one of ours"
    ended = open_house.client.delete(f"{BASE}/drafts", headers=headers)
    assert "deleted on both sides" in ended.json()["says"]
    assert (held(open_house), gerrit.ids()) == ([], [])


def test_tokens_of_other_accounts_and_of_administrators_are_not_kept(open_house: Service) -> None:
    gerrit = connect(open_house, drafts_allowed=True)
    headers = bearer(pair(open_house, gerrit))
    gerrit.accounts["ben"] = Account("gerrit", GERRIT.name, 1000002, "ben")
    assert "have not confirmed" in drafts(open_house, gerrit, headers, "ben").json()["message"]
    gerrit.powerful.add("rita")
    assert "administers Gerrit" in drafts(open_house, gerrit, headers).json()["message"]
    assert (held(open_house), gerrit.ids()) == ([], [])


def test_drafts_need_a_client_of_somebody_with_that_scope(open_house: Service, gerrit: FakeKeys) -> None:
    assert drafts(open_house, gerrit, {}).status_code == 401
    narrow = open_house.token(open_house.person())
    assert drafts(open_house, gerrit, narrow).status_code == 403
    assert open_house.client.delete(f"{BASE}/drafts", headers=narrow).status_code == 403


# --- CORS ---------------------------------------------------------------------------------------------------------------


def allowed(house: Service, origin: str, method: str = "POST", path: str = "/v1/check") -> str | None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return house.client.options(path, headers=headers).headers.get("access-control-allow-origin")


def test_pages_of_connected_servers_may_ask_and_no_others(open_house: Service) -> None:
    origin = "https://review.example.org"
    assert allowed(open_house, origin) is None
    connect(open_house)
    assert allowed(open_house, origin) == origin
    assert allowed(open_house, origin, "DELETE", "/v1/client") == origin
    answer = open_house.client.post("/v1/check", json={"texts": ["x"]}, headers={"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin
    assert "access-control-allow-credentials" not in answer.headers
    for other in ("https://evil.example.org", "http://review.example.org", "https://review.example.org:444", "null"):
        assert allowed(open_house, other) is None
        answer = open_house.client.post("/v1/check", json={"texts": ["x"]}, headers={"Origin": other})
        assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in open_house.client.get("/norms", headers={"Origin": origin}).headers


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Review.Example.org/r", "https://review.example.org"),
        ("https://review.example.org:443", "https://review.example.org"),
        ("http://127.0.0.1:8080/gerrit", "http://127.0.0.1:8080"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin
