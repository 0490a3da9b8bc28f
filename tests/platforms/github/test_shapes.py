from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.domain import RefusedDelivery
from app.platforms.github.events import EVENTS
from tests.platforms.github.asking import accepted, refused
from tests.platforms.github.forge import Forge


@pytest.mark.parametrize(
    "event", ["push", "pull_request", "issues", "discussion", "pull_request_review_thread", "star"]
)
def test_other_events_are_not_read(forge: Forge, event: str):
    assert refused(forge.send(event, {"action": "created"})) == (204, "event_not_handled")


@pytest.mark.parametrize("event", EVENTS)
def test_other_actions_are_not_read(forge: Forge, event: str):
    assert refused(forge.send(event, {"action": "pinned"})) == (204, "action_not_handled")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("contents", [{}, {"action": None}, {"action": 1}, {"action": ["created"]}])
def test_without_an_action_an_event_is_malformed(forge: Forge, event: str, contents: dict[str, object]):
    assert refused(forge.send(event, contents)) == (400, "malformed")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("comment", None),
        ("comment", []),
        ("comment.id", "1001"),
        ("comment.id", True),
        ("comment.id", 0),
        ("comment.id", -1),
        ("comment.id", 2**63),
        ("comment.id", 10**4000),
        ("comment.id", 1.5),
        ("comment.body", 7),
        ("comment.body", ["text"]),
        ("comment.user", "octocat"),
        ("comment.user.id", None),
        ("comment.user.id", "583231"),
        ("comment.user.login", ""),
        ("comment.user.login", "octo cat"),
        ("comment.user.login", "x" * 101),
        ("comment.user.type", 1),
        ("comment.html_url", "javascript:alert(1)"),
        ("comment.html_url", "https://github.com/a\nb"),
        ("comment.html_url", None),
        ("comment.updated_at", "yesterday"),
        ("comment.updated_at", "2026-03-04"),
        ("comment.updated_at", "2026-03-04T09:00:00"),
        ("comment.updated_at", "0001-01-01T00:00:00+14:00"),
        ("comment.updated_at", 10**30),
        ("repository.full_name", "no-owner"),
        ("repository.full_name", "a/b\n"),
        ("repository.full_name", "a/" + "b" * 300),
        ("pull_request.number", "12"),
        ("changes", "body"),
        ("changes.body", "the words before"),
        ("sender", 1),
    ],
)
def test_wrong_shapes_are_malformed_and_name_the_place(forge: Forge, path: str, value: object):
    forge.review_comment("Obviously a set.")
    contents = json.loads(forge.edit("A set.").body)
    *parents, name = path.split(".")
    place = contents
    for parent in parents:
        place = place[parent]
    place[name] = value
    with pytest.raises(RefusedDelivery) as caught:
        accepted(forge.send("pull_request_review_comment", contents))
    assert (caught.value.status, caught.value.reason) == (400, "malformed")
    assert path in str(caught.value)
    assert caught.value.__context__ is None


def test_words_without_a_time_are_malformed(forge: Forge):
    contents = json.loads(forge.review("Obviously a set.").body)
    contents["review"]["submitted_at"] = None
    assert refused(forge.send("pull_request_review", contents)) == (400, "malformed")


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({"updated_at": "2026-03-04T11:00:00+02:00"}, datetime(2026, 3, 4, 9, 0, tzinfo=UTC)),
        ({"updated_at": None}, datetime(2026, 3, 4, 9, 0, 1, tzinfo=UTC)),
        ({"updated_at": "2026-03-04T10:00:00.500Z"}, datetime(2026, 3, 4, 10, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_times_are_utc_and_the_newest_that_is_given(forge: Forge, times: dict[str, str | None], at: datetime):
    contents = json.loads(forge.review_comment("Why not a set?").body)
    contents["comment"] |= times
    delivery = accepted(forge.send("pull_request_review_comment", contents))
    assert (delivery.at, delivery.at.tzinfo) == (at, UTC)
