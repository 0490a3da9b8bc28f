"""A pending review on GitHub, through the whole service: the note comes by itself, its wording is applied by one press."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import Account
from app.github_app import as_server
from app.store import comments, people, servers, tokens
from app.wiring import utc_now
from tests.github_server import FakeGitHub
from tests.github_server.world import Comment
from tests.web.conftest import sign_in
from tests.web.phrases import PhraseJudge
from tests.web_app import Service, service

TEXT = "The loop reads it twice, and you just slapped this together. Please read it once."
WORDING = "The loop reads it twice. Please read it once."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, judge=PhraseJudge()) as started:
        yield started


def ticked(house: Service, github: FakeGitHub, permissions: dict[str, str] | None = None) -> int:
    """Anna signed in by GitHub and wants her pending reviews read."""
    app, anna, now = github.app(permissions=permissions), github.user("anna"), utc_now()
    with house.store.begin() as c:
        servers.save(c, house.store.vault, as_server(app), now)
        account = Account("github", app.server, anna.id, anna.login)
        person = people.newcomer(c, account, now)
        people.opt_in(c, person, now)
        binding = people.binding_of(c, account)
        assert binding is not None
        tokens.keep(c, house.store.vault, binding, github.authorise(app, anna), now, now)
    sign_in(house, person)
    return person


def pending(github: FakeGitHub) -> Comment:
    pull = github.pull_request("octo-org/octo-repo", github.user("ben"))
    pull.requested.append(github.user("anna"))
    return github.pending_comment(github.pending_review(pull, github.user("anna")), TEXT)


def the_note(house: Service) -> str:
    """The address of the one note, once it is there."""
    deadline = time.monotonic() + 20
    while 'href="/inbox/' not in (page := house.client.get("/inbox").text):
        assert time.monotonic() < deadline, "no note came"
        time.sleep(0.1)
    return "/inbox/" + page.split('href="/inbox/')[1].split('"')[0]


def test_a_note_comes_by_itself_and_its_wording_is_applied(house: Service, github_server: FakeGitHub) -> None:
    comment = pending(github_server)
    person = ticked(house, github_server)
    note = the_note(house)
    page = house.client.get(note).text
    assert "<mark>you just slapped this together</mark>" in page
    assert "Others may have read it" not in page
    assert f'href="{note}/apply"' in page
    asked = house.client.get(f"{note}/apply").text
    assert "goes: </span>, and you just slapped this together</del>" in asked
    assert "delete it on GitHub" in asked
    assert comment.body == TEXT, "looking changes nothing"
    expected = asked.split('name="expected" value="')[1].split('"')[0]
    landed = house.client.post(f"{note}/apply", data={"expected": expected})
    assert landed.url.path == note
    assert "You put this wording into your draft." in landed.text
    assert comment.body == WORDING
    assert comment.review.state == "PENDING"
    deadline = time.monotonic() + 10  # and is heard as it reads now, long before the next round would come by itself
    while time.monotonic() < deadline:
        with house.store.read() as c:
            [held] = comments.drafts(c, person, "github", "127.0.0.1")
        if held.digest == house.store.vault.digest(WORDING):
            return
        time.sleep(0.1)
    raise AssertionError("the changed words were not heard")


def test_what_changed_meanwhile_is_left_alone(house: Service, github_server: FakeGitHub) -> None:
    comment = pending(github_server)
    ticked(house, github_server)
    note = the_note(house)
    asked = house.client.get(f"{note}/apply").text
    expected = asked.split('name="expected" value="')[1].split('"')[0]
    github_server.edit(comment, "Something else by now.")
    refused = house.client.post(f"{note}/apply", data={"expected": expected})
    assert refused.status_code == 409
    assert "Your draft reads differently by now" in refused.text
    assert comment.body == "Something else by now."


def test_where_the_app_may_only_read_the_wording_is_copied_by_hand(house: Service, github_server: FakeGitHub) -> None:
    comment = pending(github_server)
    ticked(house, github_server, {"metadata": "read", "pull_requests": "read"})
    note = the_note(house)
    page = house.client.get(note).text
    assert "Apply it to my draft" not in page
    assert "Copy this wording" in page
    assert f"#discussion_r{comment.database_id}" in page
    assert "Change it on GitHub" in page
    assert house.client.get(f"{note}/apply").status_code == 404


def test_the_words_are_nowhere_in_the_open(house: Service, github_server: FakeGitHub, tmp_path: Path) -> None:
    """Not in a table, and not in what the engine writes down."""
    pending(github_server)
    ticked(house, github_server)
    the_note(house)
    key = github_server.world.tokens[0].token
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert b"slapped" not in held, file.name
            assert key.encode() not in held, file.name
