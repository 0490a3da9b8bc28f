"""Gerrit's door without a Gerrit: which bytes come in, from whom, and what is written down."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.crypto import hash_token
from app.domain import Account, Key
from app.store import people, servers, tokens
from app.store.tables import metadata
from tests.platforms.gerrit.recorded import SERVER, bodies, one
from tests.web_app import Service, service

SECRET, EARLIER = "s" * 43, "e" * 43
RITA = Account("gerrit", SERVER.name, 1000001, "rita")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as s:
        yield s


def connect(house: Service, **changes: Any) -> None:
    # Nothing listens there: what is taken waits, and can be counted.
    known = replace(SERVER, url="http://127.0.0.1:1", paths=(hash_token(SECRET), hash_token(EARLIER)))
    with house.store.begin() as c:
        servers.save(c, house.store.vault, replace(known, **changes), datetime.now(UTC))
    house.state.gerrit_servers.look_again()


def rita(house: Service, *, drafts: bool = False, opted_in: bool = True) -> int:
    person = house.person("rita@example.org", RITA, opted_in=opted_in)
    if drafts:
        now = datetime.now(UTC)
        with house.store.begin() as c:
            binding = people.binding_of(c, RITA)
            assert binding is not None
            key = Key("rita", "kept", "a token", now + timedelta(days=1))
            tokens.keep(c, house.store.vault, binding, key, now, now)
    return person


def send(house: Service, body: bytes, secret: str = SECRET, **headers: str) -> int:
    return house.client.post(f"/webhooks/gerrit/{secret}", content=body, headers=headers).status_code


def counted(house: Service) -> dict[str, float]:
    found = house.state.metrics.deliveries.collect()
    return {
        s.labels["outcome"]: s.value
        for metric in found
        for s in metric.samples
        if s.name == "tactful_deliveries_total" and s.labels["platform"] == "gerrit"
    }


def rows(house: Service) -> dict[str, int]:
    with house.store.read() as c:
        found = {n: c.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for n, t in metadata.tables.items()}
        found["workflow_status"] = c.scalar(sa.text("SELECT count(*) FROM workflow_status")) or 0
    return found


COMMENT = json.dumps(one("comment-added")).encode()
DRAFTS = next(b for b in bodies() if b"refs/draft-comments" in b)


def test_a_secret_address_opens_the_door_and_so_does_the_one_before(house: Service) -> None:
    assert send(house, COMMENT) == 404, "no server is connected"
    connect(house)
    rita(house)
    assert send(house, COMMENT) == 202
    assert send(house, COMMENT, EARLIER) == 202
    assert send(house, COMMENT, "x" * 43) == 404
    assert send(house, COMMENT, hash_token(SECRET)) == 404
    assert counted(house) == {"closed": 3, "accepted": 1, "seen_before": 1}


def test_nothing_is_written_about_whoever_did_not_ask(house: Service) -> None:
    connect(house)
    rita(house, opted_in=False)
    before = rows(house)
    for body in bodies():
        assert send(house, body) == 204
    assert rows(house) == before
    assert counted(house) == {"not_opted_in": 16, "ref_not_handled": 29}


def test_drafts_need_a_token_beside_the_opting_in(house: Service) -> None:
    connect(house)
    rita(house)
    assert send(house, DRAFTS) == 204
    with house.store.begin() as c:
        c.execute(sa.text("DELETE FROM accounts"))
        c.execute(sa.text("DELETE FROM people"))
    rita(house, drafts=True)
    assert send(house, DRAFTS) == 202
    connect(house, drafts_allowed=False)
    assert send(house, DRAFTS) == 204
    assert counted(house) == {"not_opted_in": 1, "accepted": 1, "drafts_not_allowed": 1}


def test_a_login_that_two_have_had_is_nobodys(house: Service) -> None:
    connect(house)
    rita(house)
    house.person("other@example.org", replace(RITA, id=7))
    assert send(house, COMMENT) == 204


def test_an_account_on_another_server_is_another_account(house: Service) -> None:
    connect(house)
    house.person("rita@example.org", replace(RITA, server="elsewhere.test"))
    house.person("hub@example.org", Account("github", SERVER.name, 1000001, "rita"))
    assert send(house, COMMENT) == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b'{"type": "patchset-created"}', 204),
        (b'{"type": "comment-added"}', 400),
        (b'{"type": "comment-added", "x": "' + b"x" * 1_000_000 + b'"}', 413),
    ],
)
def test_what_is_no_event_of_interest(house: Service, body: bytes, status: int) -> None:
    connect(house)
    answer = house.client.post(f"/webhooks/gerrit/{SECRET}", content=body)
    assert answer.status_code == status
    if status != 204:
        assert answer.json()["message"].endswith(".")


def test_a_body_without_a_length_is_cut_off_all_the_same(house: Service) -> None:
    connect(house)
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            read.append(1)
            yield b"x" * 100_000

    answer = house.client.post(f"/webhooks/gerrit/{SECRET}", content=endless())
    assert answer.status_code == 413


def test_only_from_addresses_that_may_send(tmp_path: Path) -> None:
    with service(tmp_path, client_host="192.0.2.7") as house:
        rita(house)
        for networks, status in (
            (("192.0.2.0/24",), 202),
            (("198.51.100.0/24", "2001:db8::/32"), 403),
            (("192.0.2.7",), 202),
            ((), 202),
        ):
            connect(house, networks=networks)
            assert send(house, COMMENT) == status
        connect(house, networks=("198.51.100.7/32",))
        # Who it was for, only a trusted proxy may say.
        headers = {"X-Forwarded-For": "198.51.100.7"}
        assert send(house, COMMENT, **headers) == 403
        trusting = ProxyHeadersMiddleware(house.app, ["192.0.2.7"])  # as `tactful serve` does for trusted_proxies
        client = TestClient(trusting, client=("192.0.2.7", 50000))
        assert client.post(f"/webhooks/gerrit/{SECRET}", content=COMMENT, headers=headers).status_code == 202
        forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}  # what a sender wrote stands left of the truth
        assert client.post(f"/webhooks/gerrit/{SECRET}", content=COMMENT, headers=forged).status_code == 403


def test_the_address_is_never_logged(
    house: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    connect(house)
    wrong = "w" * 43
    send(house, COMMENT, wrong)
    send(house, b"nonsense")
    send(house, COMMENT)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("httpx")]  # the test's own client
    logged = "\n".join(ours) + "".join(capfd.readouterr())
    assert "delivery refused" in logged
    assert SECRET not in logged
    assert wrong not in logged
    assert SECRET not in house.client.get("/metrics").text
