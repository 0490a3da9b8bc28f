"""Deliveries made here look like GitHub's own: every key of theirs, with the same type, is in a recorded example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain import RefusedDelivery
from app.platforms.github import GitHub
from app.platforms.github.deliveries import Note, Somebody, payload, signed
from tests.platforms.github.forge import MONA, OCTOCAT, Forge
from tests.platforms.github.test_examples import load

SECRET = "a secret"


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, type) of everything in a payload."""
    yield path, type(value).__name__
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")


def sent() -> list[tuple[str, dict[str, object]]]:
    forge = Forge(SECRET)
    forge.review("Obviously a set.")
    forge.edit("A set.")
    forge.dismiss()
    forge.review(None)
    for write in (forge.review_comment, forge.discussion_comment, forge.issue_comment):
        write("Obviously a set.")
        forge.edit("A set.", by=MONA)
        forge.delete(by=MONA)
    forge.commit_comment("Obviously a set.")
    for action in ("created", "deleted", "suspend", "unsuspend"):
        forge.installation(action)
    forge.revoke()
    return [(request.headers["x-github-event"], json.loads(request.body)) for request in forge.sent]


def test_payloads_have_the_shape_of_recorded_ones():
    recorded: dict[str, set[tuple[str, str]]] = {}
    for event, contents in load("*/index.json"):
        recorded.setdefault(event, set()).update(leaves(contents))
    for event, contents in sent():
        for path, kind in leaves(contents):
            if path.startswith(".changes") and event == "pull_request_review":
                continue  # there is no recorded edit of a review
            if path == ".review.body" and kind == "str":
                continue  # nor one with a text
            assert (path, kind) in recorded[event], f"{event}{path} is a {kind}"


def test_a_comment_on_a_pull_request_says_so():
    forge = Forge(SECRET)
    assert "pull_request" not in json.loads(forge.issue_comment("Why?").body)["issue"]
    assert "pull_request" in json.loads(forge.issue_comment("Why?", on_pull_request=True).body)["issue"]


def test_the_same_acts_send_the_same_bytes_and_two_forges_differ():
    def acts(seed: int) -> Forge:
        forge = Forge(SECRET, seed=seed)
        forge.review_comment("Obviously a set.")
        forge.edit("A set.")
        return forge

    assert acts(0).sent == acts(0).sent
    one, other = acts(0), acts(1)
    assert {r.headers["x-github-delivery"] for r in one.sent}.isdisjoint(
        r.headers["x-github-delivery"] for r in other.sent
    )
    assert set(one.notes).isdisjoint(other.notes)


def test_acts_may_name_an_earlier_note_and_an_account_by_number():
    forge = Forge(SECRET)
    first = GitHub([SECRET]).accept(forge.review_comment("One.", author=4711))
    note = forge.last
    GitHub([SECRET]).accept(forge.issue_comment("Two."))
    deleted = GitHub([SECRET]).accept(forge.delete(note=note))
    assert (deleted.ref, deleted.subject) == (first.ref, first.subject)
    assert first.subject is not None
    assert first.subject.id == 4711


def test_times_are_sent_in_utc():
    at = datetime(2026, 3, 4, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    note = Note("issue_comment", 1, OCTOCAT, "Why not a set?", at, at)
    request = signed("issue_comment", payload(note, "created", OCTOCAT), delivery="d", secret=SECRET)
    assert GitHub([SECRET]).accept(request).at == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)


def test_a_representation_shows_no_words():
    at = datetime(2026, 3, 4, tzinfo=UTC)
    assert "planted" not in repr(Note("issue_comment", 1, Somebody(1, "octocat"), "planted", at, at))


def test_another_secret_does_not_fit():
    with pytest.raises(RefusedDelivery, match="SHA-256"):
        GitHub(["other"]).accept(Forge(SECRET).ping())
