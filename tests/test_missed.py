"""Which deliveries are asked for again, and what is told of them: the plan alone, and against a log over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import Vault, new_key
from app.github_app import GitHubApp, as_server
from app.metrics import Metrics
from app.missed import BEHIND, MOST_AT_ONCE, PAUSES, REACH, Missed, plan
from app.platforms import Incoming
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.deliveries import Note, Somebody, payload
from app.platforms.github.delivery_log import GitHubLog
from app.platforms.github.transport import Transport
from app.platforms.log import Attempt
from app.store import Store, servers
from tests.github_server import FakeGitHub

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def attempt(id: int, guid: str, ago: timedelta, *, arrived: bool = False) -> Attempt:
    return Attempt(id, guid, "issue_comment", NOW - ago, arrived)


# --- the plan -----------------------------------------------------------------------------------------------------------


def test_what_arrived_is_left_alone():
    found = plan([attempt(1, "a", 10 * MINUTE, arrived=True)], NOW, None)
    assert (found.again, found.waiting, found.recovered) == ((), 0, 0)
    assert found.settled_to == NOW - BEHIND


def test_what_failed_is_asked_for_again_after_a_moment_and_holds_the_cursor():
    assert plan([attempt(1, "a", MINUTE)], NOW, None).again == ()
    found = plan([attempt(1, "a", 3 * MINUTE)], NOW, None)
    assert found.again == (1,)
    assert found.settled_to == NOW - 3 * MINUTE


def test_the_next_attempt_waits_longer_and_the_last_one_is_the_last():
    ago = timedelta(0)
    tries: list[Attempt] = []
    for number, pause in enumerate(reversed(PAUSES)):
        ago += pause
        tries.append(attempt(100 - number, "a", ago))
    assert plan(tries, NOW, None).again == (100,), "each pause was kept to"
    early = [*tries[1:], attempt(100, "a", PAUSES[-1] - MINUTE)]
    assert (plan(early, NOW, None).again, plan(early, NOW, None).waiting) == ((), 1)
    over = [*tries, attempt(101, "a", timedelta(0))]
    found = plan(over, NOW, NOW - MINUTE)
    assert (found.again, found.given_up) == ((), 1)
    assert found.settled_to == NOW - BEHIND, "what is given up holds nothing up"
    assert plan(over, NOW, NOW).given_up == 0, "and is told once"


def test_recovered_is_told_once():
    tries = [attempt(1, "a", 20 * MINUTE), attempt(2, "a", 4 * MINUTE, arrived=True)]
    assert plan(tries, NOW, NOW - 5 * MINUTE).recovered == 1
    assert plan(tries, NOW, NOW - 3 * MINUTE).recovered == 0


@given(
    st.lists(
        st.builds(
            attempt,
            id=st.integers(1, 10**6),
            guid=st.sampled_from("abcdefgh"),
            ago=st.timedeltas(timedelta(0), REACH),
            arrived=st.booleans(),
        ),
        max_size=40,
        unique_by=lambda one: one.id,
    )
)
def test_nothing_that_may_still_be_recovered_is_left_behind(attempts: list[Attempt]):
    found = plan(attempts, NOW, None)
    by_guid: dict[str, list[Attempt]] = {}
    for one in attempts:
        by_guid.setdefault(one.guid, []).append(one)
    for tries in by_guid.values():
        if not any(one.arrived for one in tries) and len(tries) <= len(PAUSES):
            assert found.settled_to <= min(one.at for one in tries)
    assert len(found.again) <= MOST_AT_ONCE
    again = {one.guid for one in attempts if one.id in found.again}
    assert len(again) == len(found.again), "one attempt each"
    assert not any(one.arrived for one in attempts if one.guid in again)


# --- against a log ------------------------------------------------------------------------------------------------------

ANNA = Somebody(583231, "octocat")


class Service:
    """What the fake delivers to: away, or there."""

    def __init__(self) -> None:
        self.status = 202
        self.came: list[str] = []

    def post(self, url: str, request: Incoming) -> int:
        if 200 <= self.status < 300:
            self.came.append(request.headers["x-github-delivery"])
        return self.status


@pytest.fixture
def service(github_server: FakeGitHub) -> Service:
    made = Service()
    github_server.hooks.post = made.post
    return made


@pytest.fixture
def app(github_server: FakeGitHub, store: Store) -> GitHubApp:
    made = github_server.app(hook_url="http://tactful.example.org/webhooks/github")
    with store.begin() as c:
        servers.save(c, store.vault, as_server(made), github_server.world.clock.now())
    return made


def missed(store: Store, github: FakeGitHub) -> Missed:
    """In a loop and a transport of its own, as another replica would be."""
    now = github.world.clock.now

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        async def alone() -> Any:
            try:
                return await coroutine
            finally:
                await transport.close()
                transport._http = None

        return asyncio.run(alone())

    transport = Transport(now)
    return Missed(store, "github", GitHubLog(AppAuth(now), transport), Metrics(), now, run, between_s=0)


def comment(github: FakeGitHub, app: GitHubApp, number: int) -> None:
    at = github.world.clock.now()
    note = Note("issue_comment", number, ANNA, "Why not a set?", at, at)
    github.deliver(app, note.event, payload(note, "created", ANNA))


Sweep = Callable[[], dict[str, int]]


@pytest.fixture
def sweep(store: Store, github_server: FakeGitHub) -> Sweep:
    sweeper = missed(store, github_server)

    def run() -> dict[str, int]:
        [found] = sweeper.sweep().values()
        return {what: number for what, number in found.items() if number}

    return run


def test_after_an_outage_everything_comes_once(
    github_server: FakeGitHub, app: GitHubApp, service: Service, sweep: Sweep
):
    comment(github_server, app, 1)
    service.status = 0
    for number in range(2, 7):
        comment(github_server, app, number)
    service.status = 202
    github_server.advance(timedelta(minutes=3))
    assert sweep() == {"requested": 5}
    github_server.advance(timedelta(minutes=5))
    assert sweep() == {"recovered": 5}
    assert len(service.came) == len(set(service.came)) == 6
    github_server.advance(timedelta(minutes=5))
    assert sweep() == {}


def test_a_service_that_stays_away_is_tried_less_and_less_and_then_no_more(
    github_server: FakeGitHub, app: GitHubApp, service: Service, sweep: Sweep
):
    service.status = 503
    comment(github_server, app, 1)
    asked = given_up = 0
    for _ in range(12 * 24 * 3):
        github_server.advance(timedelta(minutes=15))
        found = sweep()
        asked += found.get("requested", 0)
        given_up += found.get("given_up", 0)
        if given_up:
            break
    assert (asked, given_up) == (len(PAUSES), 1)


def test_what_is_not_read_anyway_is_not_asked_for(
    github_server: FakeGitHub, app: GitHubApp, service: Service, sweep: Sweep
):
    service.status = 500
    github_server.deliver(app, "push", {"ref": "refs/heads/main"})
    github_server.advance(timedelta(minutes=3))
    assert sweep() == {}


def test_the_log_is_followed_over_its_pages_and_no_further_than_needed(
    github_server: FakeGitHub, app: GitHubApp, service: Service, sweep: Sweep
):
    service.status = 502
    comment(github_server, app, 1)
    service.status = 202
    for number in range(2, 150):
        comment(github_server, app, number)
    github_server.advance(timedelta(minutes=3))
    assert sweep() == {"requested": 1}
    pages = [asked for asked in github_server.requests if asked.path.endswith("/deliveries")]
    assert len(pages) == 2
    github_server.advance(timedelta(minutes=10))
    assert sweep() == {"recovered": 1}
    github_server.advance(timedelta(minutes=10))
    sweep()
    pages = [asked for asked in github_server.requests if asked.path.endswith("/deliveries")]
    assert len(pages) == 5, "the last one stopped at the cursor"


def test_a_github_that_is_away_is_asked_next_time(
    github_server: FakeGitHub, app: GitHubApp, service: Service, store: Store, sweep: Sweep
):
    service.status = 502
    comment(github_server, app, 1)
    service.status = 202
    github_server.advance(timedelta(minutes=3))
    github_server.trouble.fail(500)
    assert missed(store, github_server).sweep() == {}
    assert sweep() == {"requested": 1}


def test_where_github_wants_a_pause_the_rest_is_asked_for_next_time(
    github_server: FakeGitHub, app: GitHubApp, service: Service, store: Store, sweep: Sweep
):
    service.status = 502
    for number in range(3):
        comment(github_server, app, number + 1)
    service.status = 202
    github_server.advance(timedelta(minutes=3))
    github_server.trouble.secondary(path="/attempts")
    assert sweep().get("requested", 0) == 0
    github_server.advance(timedelta(minutes=1))
    assert sweep() == {"requested": 3}


def test_an_app_that_was_deleted_on_github_is_a_line_in_the_log_and_nothing_else(
    github_server: FakeGitHub, app: GitHubApp, store: Store
):
    del github_server.world.apps[app.id]
    assert missed(store, github_server).sweep() == {}


def _at_once(store: Store, other: Store, github: FakeGitHub, app: GitHubApp, service: Service) -> list[dict[str, Any]]:
    service.status = 0
    for number in range(10):
        comment(github, app, number + 1)
    service.status = 202
    github.advance(timedelta(minutes=3))
    github.trouble.slow(0.3, path="/deliveries")
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda one: missed(one, github).sweep(), (store, other)))


def test_two_at_once_ask_for_each_once(github_server: FakeGitHub, app: GitHubApp, service: Service, store: Store):
    found = _at_once(store, store, github_server, app, service)
    assert sorted(len(one) for one in found) == [0, 1], "one of them was at it, and the other left it alone"
    assert len(service.came) == len(set(service.came)) == 10


def test_two_replicas_on_postgresql_ask_for_each_once(github_server: FakeGitHub, service: Service, postgres_url: str):
    key = new_key()
    stores = [Store.open(postgres_url, Vault((key,))) for _ in range(2)]
    app = github_server.app(hook_url="http://tactful.example.org/webhooks/github")
    with stores[0].begin() as c:
        servers.save(c, stores[0].vault, as_server(app), github_server.world.clock.now())
    found = _at_once(stores[0], stores[1], github_server, app, service)
    assert sorted(len(one) for one in found) == [0, 1]
    assert len(service.came) == len(set(service.came)) == 10
    for one in stores:
        one.close()
