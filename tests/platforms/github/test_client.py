"""How GitHub is asked: with what, how often, and what becomes of an answer. Over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain import Key, NotNow
from app.github_app import GitHubApp
from app.platforms.github.client import Client, GitHubRefused
from app.platforms.github.transport import Transport
from tests.github_server import FakeGitHub

pytestmark = pytest.mark.anyio

WHO = "query { viewer { databaseId login } }"


@pytest.fixture
async def transport(github_server: FakeGitHub) -> AsyncIterator[Transport]:
    made = Transport(github_server.world.clock.now)
    yield made
    await made.close()


@pytest.fixture
def app(github_server: FakeGitHub) -> GitHubApp:
    return github_server.app()


@pytest.fixture
def key(github_server: FakeGitHub, app: GitHubApp) -> Key:
    return github_server.authorise(app, github_server.user("anna"))


@pytest.fixture
def client(app: GitHubApp, key: Key, transport: Transport) -> Client:
    return Client(app, key.token, transport)


async def not_now(asking: Any) -> float | None:
    with pytest.raises(NotNow) as caught:
        await asking
    return caught.value.retry_after_s


async def test_it_is_asked_as_a_person(client: Client):
    assert (await client.get("/user"))["login"] == "anna"
    assert (await client.graphql(WHO, {})).data["viewer"]["login"] == "anna"


async def test_what_has_not_changed_is_not_sent_again_and_costs_nothing(
    client: Client, github_server: FakeGitHub, key: Key, transport: Transport
):
    first = await client.get("/user")
    assert transport.budget(key.token).used == 1  # type: ignore[union-attr]
    assert await client.get("/user") == first
    assert [asked.status for asked in github_server.requests] == [200, 304]
    assert transport.budget(key.token).used == 1  # type: ignore[union-attr]


async def test_an_answer_is_remembered_for_its_own_token_only(
    client: Client, app: GitHubApp, github_server: FakeGitHub, transport: Transport
):
    await client.get("/user")
    bert = github_server.authorise(app, github_server.user("bert"))
    assert (await Client(app, bert.token, transport).get("/user"))["login"] == "bert"


async def test_a_token_that_ended_is_refused(client: Client, github_server: FakeGitHub):
    github_server.advance(timedelta(hours=9))
    for asking in (client.get("/user"), client.graphql(WHO, {})):
        with pytest.raises(GitHubRefused) as caught:
            await asking
        assert caught.value.status == 401


@pytest.mark.parametrize(("retry_after_s", "seconds"), [(30, 30.0), (None, 60.0)])
@pytest.mark.parametrize("status", [403, 429])
async def test_a_secondary_limit_is_kept_to_without_another_request(
    client: Client, github_server: FakeGitHub, retry_after_s: int | None, seconds: float, status: int
):
    github_server.trouble.secondary(retry_after_s, status=status)
    assert await not_now(client.get("/user")) == seconds
    waited = await not_now(client.graphql(WHO, {}))
    assert waited is not None
    assert seconds - 5 < waited <= seconds
    assert len(github_server.requests) == 1
    github_server.advance(timedelta(seconds=61))
    assert (await client.get("/user"))["login"] == "anna"


async def test_an_hour_that_is_used_up_ends_when_github_says(client: Client, github_server: FakeGitHub, key: Key):
    github_server.trouble.primary(key.token, resets_in=timedelta(minutes=20))
    waited = await not_now(client.get("/user"))
    assert waited is not None
    assert 1190 < waited <= 1200
    assert (await client.graphql(WHO, {})).data["viewer"]["login"] == "anna", "the other resource is not used up"
    github_server.advance(timedelta(minutes=21))
    assert (await client.get("/user"))["login"] == "anna"


async def test_graphql_says_it_is_used_up_with_status_200(
    client: Client, github_server: FakeGitHub, key: Key, transport: Transport
):
    github_server.trouble.primary(key.token, resource="graphql", resets_in=timedelta(minutes=20))
    waited = await not_now(client.graphql(WHO, {}))
    assert waited is not None
    assert 1190 < waited <= 1200
    budget = transport.budget(key.token, "graphql")
    assert budget is not None
    assert budget.remaining == 0
    await not_now(client.graphql(WHO, {}))
    assert len(github_server.requests) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503])
async def test_what_passes_by_itself_is_asked_again(client: Client, github_server: FakeGitHub, status: int):
    github_server.trouble.fail(status, times=2)
    await not_now(client.get("/user"))
    await not_now(client.graphql(WHO, {}))
    assert (await client.get("/user"))["login"] == "anna"


async def test_a_slow_answer_is_not_waited_for(app: GitHubApp, key: Key, github_server: FakeGitHub):
    transport = Transport(lambda: datetime.now(UTC), timeout_s=0.2)
    github_server.trouble.slow(1)
    await not_now(Client(app, key.token, transport).get("/user"))
    await transport.close()


async def test_nobody_there_is_not_now(app: GitHubApp, key: Key, transport: Transport):
    gone = replace(app, url="http://127.0.0.1:9")
    await not_now(Client(gone, key.token, transport).get("/user"))


async def test_a_part_that_may_not_be_seen_comes_as_an_error_beside_the_rest(client: Client):
    answer = await client.graphql('query { viewer { login } node(id: "PR_0") { id } }', {})
    assert answer.data == {"viewer": {"login": "anna"}, "node": None}
    assert [(error.type, error.path) for error in answer.errors] == [("NOT_FOUND", ("node",))]


async def test_a_document_that_github_does_not_know_fails_the_test_that_sent_it(
    client: Client, github_server: FakeGitHub
):
    with pytest.raises(NotNow):
        await client.graphql("query { viewer { nonsense } }", {})
    assert "nonsense" in github_server.violations.pop()


async def test_a_request_that_github_does_not_describe_fails_the_test_that_sent_it(
    client: Client, github_server: FakeGitHub
):
    with pytest.raises(NotNow):
        await client.get("/user/installations", per_page="many")
    assert github_server.violations.pop() == "query parameter per_page is not as described"
