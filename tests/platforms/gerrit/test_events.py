"""Events of the real plugin, and what somebody could send who knows the address."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import Account, RefusedDelivery
from app.platforms.gerrit.events import NOTHING, Pointer, delivery_id, pointers
from tests.platforms.gerrit.recorded import SERVER, bodies, one

RITA = Account("gerrit", "review.test", 1000001)
SHA = "62847835d0978865811ec37942c32d3226e41cd3"


def outcome(body: bytes) -> str:
    try:
        _, found = pointers(SERVER, body)
    except RefusedDelivery as refusal:
        return refusal.reason
    return "drafts" if found[0].drafts else "said"


def dumped(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def test_all_that_the_real_plugin_sent() -> None:
    counted = Counter(map(outcome, bodies()))
    assert counted == {"said": 9, "drafts": 7, "ref_not_handled": 29}


def test_a_comment_points_at_its_author_and_change_and_at_no_words() -> None:
    body = dumped(one("comment-added"))
    kind, [pointer] = pointers(SERVER, body)
    at = datetime.fromtimestamp(1795421866, UTC)
    author = Account("gerrit", "review.test", 0, "rita")
    assert (kind, pointer) == ("comment-added", Pointer(21, author, at, "lib"))
    assert pointer.account.login == "rita"
    stored = pointer.delivery("gr:1", kind, 60, at).dump()
    assert "reads well" not in stored
    assert json.loads(stored)["wait_s"] == 0


def test_drafts_point_at_an_account_and_a_change() -> None:
    saved = [p for body in bodies() if outcome(body) == "drafts" for p in pointers(SERVER, body)[1]]
    assert {(p.change, p.account.id) for p in saved} == {(21, 1000001), (21, 1000002)}
    assert [p.emptied for p in saved] == [False, False, False, False, True, False, True]
    deliveries = [p.delivery("gr:1", "ref-updated", 60, p.at) for p in saved]
    assert [d.wait_s for d in deliveries] == [60, 60, 60, 60, 0, 60, 0]


def test_one_batch_may_be_about_several_people() -> None:
    updates = [
        {"refName": "refs/draft-comments/21/21/1000001", "oldRev": SHA, "newRev": NOTHING, "project": "All-Users"},
        {"refName": "refs/changes/21/21/meta", "oldRev": SHA, "newRev": SHA, "project": "lib"},
        {"refName": "refs/draft-comments/21/21/1000002", "oldRev": NOTHING, "newRev": SHA, "project": "All-Users"},
    ]
    event = {"type": "batch-ref-updated", "eventCreatedOn": 1795421866, "refUpdates": updates}
    _, found = pointers(SERVER, dumped(event))
    assert [(p.account.id, p.emptied) for p in found] == [(1000001, True), (1000002, False)]


def test_drafts_are_left_alone_where_no_administrator_allowed_it() -> None:
    body = next(body for body in bodies() if outcome(body) == "drafts")
    with pytest.raises(RefusedDelivery) as refused:
        pointers(replace(SERVER, drafts_allowed=False), body)
    assert (refused.value.status, refused.value.reason) == (204, "drafts_not_allowed")


def test_the_same_body_is_the_same_delivery_and_another_servers_is_not() -> None:
    body = dumped(one("comment-added"))
    assert delivery_id(SERVER, body) == delivery_id(SERVER, body)
    assert delivery_id(SERVER, body) != delivery_id(replace(SERVER, name="other.test"), body)
    assert delivery_id(SERVER, body) != delivery_id(SERVER, body + b" ")


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("malformed", b""),
        ("malformed", b"[]"),
        ("malformed", b"{" * 100_000),
        ("malformed", b'{"type": 1}'),
        ("malformed", b'{"type": "comment-added"}'),
        ("malformed", b'{"type": "comment-added", "eventCreatedOn": NaN}'),
        ("malformed", b'{"type": "ref-updated", "eventCreatedOn": 1, "refUpdate": {"refName": 1, "newRev": "x"}}'),
        ("event_not_handled", b'{"type": "patchset-created"}'),
        ("event_not_handled", b'{"type": "\\u0000"}'),
    ],
)
def test_what_is_no_event(reason: str, body: bytes) -> None:
    assert outcome(body) == reason


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("change.number", "21"),
        ("change.number", 0),
        ("change.number", 2**31),
        ("change.number", True),
        ("change.project", "a\nb"),
        ("author.username", "rita smith"),
        ("author.username", 7),
        ("author.username", "r" * 101),
        ("eventCreatedOn", -1),
        ("eventCreatedOn", 2**40),
        ("eventCreatedOn", "1795421866"),
    ],
)
def test_values_that_gerrit_never_sends(place: str, value: object) -> None:
    event = one("comment-added")
    *outer, name = place.split(".")
    within = event[outer[0]] if outer else event
    within[name] = value
    with pytest.raises(RefusedDelivery) as refused:
        pointers(SERVER, dumped(event))
    assert refused.value.status == 400
    assert place.split(".")[0] in str(refused.value)
    assert str(value) not in str(refused.value).replace(place, "") or not str(value).strip("0-")


@pytest.mark.parametrize(
    "ref",
    [
        "refs/draft-comments/21/21/0",
        "refs/draft-comments/21/21/1000001/x",
        "refs/draft-comments/21/21/99999999999",
        "refs/draft-comments/21/٢١/1000001",
        "refs/starred-changes/21/21/1000001",
        "refs/heads/refs/draft-comments/21/21/1000001",
    ],
)
def test_references_that_are_nobodys_drafts(ref: str) -> None:
    event = {"type": "ref-updated", "eventCreatedOn": 1, "refUpdate": {"refName": ref, "newRev": SHA}}
    assert outcome(dumped(event)) == "ref_not_handled"


def test_without_a_username_nobody_is_meant() -> None:
    event = one("comment-added")
    del event["author"]["username"]
    assert outcome(dumped(event)) == "no_username"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no finding
@given(
    kind=st.sampled_from(["comment-added", "ref-updated", "batch-ref-updated"]),
    parts=st.dictionaries(
        st.sampled_from(["author", "change", "eventCreatedOn", "refUpdate", "refUpdates"]), values, max_size=5
    ),
)
def test_whatever_is_sent_is_refused_in_words(kind: str, parts: dict[str, Any]) -> None:
    assert outcome(json.dumps({"type": kind, **parts}).encode()) in ("malformed", "ref_not_handled")
