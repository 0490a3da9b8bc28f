"""GitHub's door: what is answered, what is written down, and what is counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.platforms.github.deliveries import Note, Somebody, payload, signed
from app.store import people, suggestions
from app.store.tables import comments, metadata
from tests.web_app import SECRET, Service, service

WRITER = Somebody(583231, "octocat")
STING = "{belittling:so simple} that it hurts. Please rename `tmp`."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as s:
        yield s


def note(text: str | None = STING, **changes: Any) -> Note:
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    return replace(Note("review_comment", 1, WRITER, text, at, at), **changes)


def send(
    house: Service, n: Note, action: str = "created", *, guid: int = 1, secret: str = SECRET, sender: Somebody = WRITER
) -> Any:
    request = signed(
        n.event, payload(n, action, sender), delivery=f"00000000-0000-4000-8000-{guid:012d}", secret=secret
    )
    return house.client.post("/webhooks/github", content=request.body, headers=dict(request.headers))


def counted(house: Service, outcome: str) -> float:
    return (
        house.state.metrics.registry.get_sample_value(
            "tactful_deliveries_total", {"platform": "github", "outcome": outcome}
        )
        or 0
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def inbox(house: Service, person: int) -> list[suggestions.Entry]:
    with house.store.read() as c:
        return suggestions.inbox(c, house.store.vault, person)


def rows(house: Service) -> dict[str, int]:
    with house.store.read() as c:
        found = {n: c.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for n, t in metadata.tables.items()}
        found["workflow_status"] = c.scalar(sa.text("SELECT count(*) FROM workflow_status")) or 0
    return found


def test_from_the_door_to_the_inbox(house: Service) -> None:
    person = house.person()
    assert send(house, note()).status_code == 202
    wait_for(lambda: len(inbox(house, person)) == 1)
    [entry] = inbox(house, person)
    assert (entry.label, entry.url) == ("belittling", note().url)
    assert counted(house, "accepted") == 1


def test_a_redelivery_does_nothing(house: Service) -> None:
    person = house.person()
    send(house, note())
    wait_for(lambda: len(inbox(house, person)) == 1)
    again = send(house, note())
    assert (again.status_code, again.json()["message"]) == (202, "It was here before; nothing is done again.")
    time.sleep(0.2)
    assert len(inbox(house, person)) == 1


def test_of_somebody_who_has_not_asked_nothing_is_written(house: Service) -> None:
    house.person(opted_in=False)
    before = rows(house)
    assert send(house, note()).status_code == 204
    assert send(house, note(author=Somebody(1, "unknown")), guid=2).status_code == 204
    assert send(house, note(author=Somebody(2, "ci[bot]", "Bot")), guid=3).status_code == 204
    assert rows(house) == before
    assert counted(house, "not_opted_in") == 2
    assert counted(house, "bot_author") == 1


def test_a_deletion_is_heard_even_after_opting_out(house: Service) -> None:
    person = house.person()
    send(house, note())
    wait_for(lambda: len(inbox(house, person)) == 1)
    with house.store.begin() as c:
        people.opt_out(c, person)
    assert send(house, note(), "deleted", guid=2).status_code == 202

    def gone() -> bool:
        with house.store.read() as c:
            return c.scalar(sa.select(comments.c.sealed)) is None

    wait_for(gone)
    assert inbox(house, person) == []


def test_of_somebody_who_opted_out_not_even_a_deletion_is_written(house: Service) -> None:
    house.person(opted_in=False)
    before = rows(house)
    assert send(house, note(), "deleted").status_code == 204
    assert rows(house) == before


def test_a_wrong_signature_is_told_and_nothing_is_parsed(house: Service) -> None:
    house.person()
    answer = send(house, note(), secret="another secret")
    assert answer.status_code == 401
    assert counted(house, "bad_signature") == 1


def test_too_large_is_given_up_while_it_arrives(house: Service) -> None:
    answer = house.client.post("/webhooks/github", content=b"x" * (25 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "25 MB" in answer.json()["message"]


def test_the_wrong_type_is_told(house: Service) -> None:
    answer = house.client.post("/webhooks/github", content=b"<x/>", headers={"content-type": "text/xml"})
    assert answer.status_code == 415


def test_without_a_secret_the_door_is_closed(tmp_path: Path) -> None:
    with service(tmp_path, github_webhook_secret=None) as s:
        assert send(s, note()).status_code == 404
        assert counted(s, "closed") == 1


def test_both_secrets_are_taken_while_one_is_rotated(tmp_path: Path) -> None:
    with service(tmp_path, github_webhook_secret=f"the new one, long enough,{SECRET}") as s:
        s.person()
        assert send(s, note()).status_code == 202


def test_stopping_and_starting_again_loses_nothing(tmp_path: Path) -> None:
    with service(tmp_path) as s:
        person = s.person()
        send(s, note())
    with service(tmp_path) as s:
        wait_for(lambda: len(inbox(s, person)) == 1)
        assert send(s, note()).json()["message"] == "It was here before; nothing is done again."


def test_two_services_on_one_folder_are_refused(tmp_path: Path) -> None:
    from app.domain import ConfigurationError

    with service(tmp_path), pytest.raises(ConfigurationError, match="Another Tactful"), service(tmp_path):
        pass
