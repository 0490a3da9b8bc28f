"""The App's JWT and its installations' tokens, by PyGithub, against a GitHub that checks RS256."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import ConfigurationError, NotNow
from app.github_app import GitHubApp
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.client import Client, GitHubRefused
from app.platforms.github.transport import Transport
from tests.github_server import FakeGitHub


@pytest.fixture
def app(github_server: FakeGitHub) -> GitHubApp:
    return github_server.app()


@pytest.fixture
def auth(github_server: FakeGitHub) -> AppAuth:
    return AppAuth(github_server.world.clock.now)


@pytest.fixture
async def transport(github_server: FakeGitHub) -> AsyncIterator[Transport]:
    made = Transport(github_server.world.clock.now)
    yield made
    await made.close()


def _made(github: FakeGitHub) -> int:
    return sum(asked.path.endswith("/access_tokens") for asked in github.requests)


@pytest.mark.anyio
async def test_github_knows_the_app_by_its_key(app: GitHubApp, auth: AppAuth, transport: Transport):
    assert (await Client(app, auth.jwt(app), transport).get("/app"))["id"] == app.id


@pytest.mark.anyio
async def test_another_key_is_refused(app: GitHubApp, auth: AppAuth, transport: Transport, github_server: FakeGitHub):
    other = replace(app, private_key=github_server.app().private_key)
    with pytest.raises(GitHubRefused) as caught:
        await Client(app, auth.jwt(other), transport).get("/app")
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "key", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_a_sentence(app: GitHubApp, auth: AppAuth, key: str):
    for ask in (auth.jwt, lambda broken: auth.installation_token(broken, 1)):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            ask(replace(app, private_key=key))


@pytest.mark.anyio
async def test_an_installations_token_reads_there(
    app: GitHubApp, auth: AppAuth, transport: Transport, github_server: FakeGitHub
):
    token = auth.installation_token(app, github_server.install(app).id)
    assert await Client(app, token, transport).get("/installation/repositories", per_page=1)


def test_it_is_kept_for_its_hour_and_made_once(app: GitHubApp, auth: AppAuth, github_server: FakeGitHub):
    id = github_server.install(app).id
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(auth.installation_token(app, id))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert _made(github_server) == 1
    github_server.advance(timedelta(minutes=54))
    assert auth.installation_token(app, id) == found[0]
    github_server.advance(timedelta(minutes=2))
    assert auth.installation_token(app, id) != found[0]


@pytest.mark.parametrize(("why", "status"), [("suspended", 403), ("gone", 404)])
def test_where_it_may_not_be_read_it_is_refused(
    app: GitHubApp, auth: AppAuth, github_server: FakeGitHub, why: str, status: int
):
    installed = github_server.install(app)
    if why == "suspended":
        installed.suspended_at = github_server.world.clock.now()
    else:
        del github_server.registered(app).installations[installed.id]
    with pytest.raises(GitHubRefused) as caught:
        auth.installation_token(app, installed.id)
    assert caught.value.status == status


def test_a_github_that_is_away_is_not_now(app: GitHubApp, auth: AppAuth, github_server: FakeGitHub):
    id = github_server.install(app).id
    github_server.trouble.fail(502)
    with pytest.raises(NotNow):
        auth.installation_token(app, id)
    with pytest.raises(NotNow):
        auth.installation_token(replace(app, url="http://127.0.0.1:9"), id)
    assert auth.installation_token(app, id)
