"""``tactful github`` and what ``tactful doctor`` says of an App, against a GitHub over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app import wiring
from app.domain import Account
from app.github_app import GitHubApp
from app.github_apps import GitHubApps, save
from app.platforms.github.deliveries import Note, Somebody, payload
from app.settings import load
from app.store import Store, people, tokens
from tests.commands.test_gerrit import tactful
from tests.github_server import FakeGitHub

ANNA = Somebody(583231, "octocat")


@pytest.fixture
def store() -> Store:
    return wiring.open_store(load())


@pytest.fixture
def app(github_server: FakeGitHub, store: Store) -> GitHubApp:
    made = github_server.app(hook_url="http://127.0.0.1:8000/webhooks/github")
    github_server.registered(made).events = ["issue_comment", "pull_request_review", "pull_request_review_comment"]
    save(store, made, wiring.utc_now())
    return made


def keep_a_token(store: Store, github: FakeGitHub, app: GitHubApp) -> None:
    anna = github.user("anna")
    account = Account("github", app.server, anna.id, "anna")
    with store.begin() as c:
        people.newcomer(c, account, wiring.utc_now())
        binding = people.binding_of(c, account)
        assert binding is not None
        tokens.keep(c, store.vault, binding, github.authorise(app, anna), wiring.utc_now(), wiring.utc_now())


def test_without_an_app_everything_is_a_sentence():
    assert "connects GitHub at /github" in tactful("github", "list")
    assert "connects GitHub at /github" in tactful("github", "doctor")
    assert "Registered: none" in tactful("github", "disconnect", "github.com")
    assert "the door is closed" in tactful("doctor")


def test_the_manifest_is_what_the_dashboard_sends(tmp_path: Path):
    said = tactful("github", "manifest", "--feature", "apply", TACTFUL_BASE_URL="https://tactful.example.org")
    found = json.loads(said)
    assert found["default_permissions"]["pull_requests"] == "write"
    assert found["callback_urls"] == ["https://tactful.example.org/github/signed-in"]
    file = tmp_path / "manifest.json"
    assert f"Written to {file}" in tactful("github", "manifest", str(file))


def test_the_manifest_beside_the_code_is_what_is_asked_for_at_first():
    shipped = Path(__file__).parents[2] / "deploy" / "github-app" / "manifest.json"
    assert shipped.read_text() == tactful("github", "manifest", TACTFUL_BASE_URL="https://tactful.example.org")


def test_the_doctor_asks_github(app: GitHubApp, github_server: FakeGitHub, store: Store):
    github_server.install(app)
    said = tactful("github", "doctor")
    assert "wrong" not in said
    assert "ok     webhook" in said
    assert "ok     installed: in 1 place that can be read." in said
    github_server.registered(app).permissions = {"metadata": "read"}
    said = tactful("github", "doctor", app.server)
    assert "wrong  comments: the App lacks pull requests: read, issues: read" in said
    assert not GitHubApps(store).every()[app.server].can_apply
    github_server.trouble.fail(502)
    assert "wrong  127.0.0.1: GitHub is busy" in tactful("github", "doctor")
    assert "tactful github doctor" in tactful("doctor")


def test_an_app_without_a_webhook_secret_is_found(app: GitHubApp, store: Store):
    save(store, replace(app, webhook_secret=""), wiring.utc_now())
    assert "wrong  github: the App on 127.0.0.1 has no webhook secret" in tactful("doctor")


def test_half_an_app_in_the_settings_is_a_sentence(tmp_path: Path):
    assert "Some of them are missing" in tactful("doctor", TACTFUL_GITHUB_APP_ID="7")
    key = tmp_path / "app.pem"
    key.write_text("no key")
    given = {"APP_ID": "7", "APP_KEY": str(key), "CLIENT_ID": "Iv1", "CLIENT_SECRET": "secret"}
    environment = {f"TACTFUL_GITHUB_{name}": value for name, value in given.items()}
    assert "cannot be used" in tactful("github", "doctor", **environment)
    assert "cannot be used" in tactful("doctor", **environment)
    environment["TACTFUL_GITHUB_APP_KEY"] = "/nowhere"
    assert "could not be read as a key" in tactful("doctor", **environment)


def test_what_was_missed_is_asked_for_by_hand(app: GitHubApp, github_server: FakeGitHub):
    github_server.hooks.post = lambda url, request: 502
    at = github_server.world.clock.now()
    note = Note("issue_comment", 1, ANNA, "Why not a set?", at, at)
    github_server.deliver(app, note.event, payload(note, "created", ANNA))
    github_server.hooks.log[0].delivered_at -= timedelta(minutes=3)
    assert "127.0.0.1: 1 requested" in tactful("github", "sweep")
    assert len(github_server.hooks.log) == 2


def test_off_and_disconnected_tokens_end_on_both_sides(app: GitHubApp, github_server: FakeGitHub, store: Store):
    keep_a_token(store, github_server, app)
    assert "could not be ended" not in tactful("github", "pending", app.server, "off")
    assert github_server.world.tokens == []
    tactful("github", "disconnect", app.server)
    assert GitHubApps(store).every() == {}


def test_pending_reviews_are_listed_as_they_are(app: GitHubApp):
    assert "read of people who tick it" in tactful("github", "list")
    tactful("github", "pending", app.server, "off")
    assert "no pending reviews" in tactful("github", "list")
    assert "read of people who tick it now" in tactful("github", "pending", app.server, "on")


def test_what_cannot_be_ended_there_is_said(app: GitHubApp, github_server: FakeGitHub, store: Store):
    keep_a_token(store, github_server, app)
    github_server.trouble.fail(503)
    assert "1 token could not be ended" in tactful("github", "disconnect", app.server)
