"""People's tokens over their life on a real (fake) GitHub: kept, refreshed once, ended on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.consent import Consents
from app.crypto import Vault, new_key
from app.domain import Account, Key, NotNow, Server
from app.github_app import GitHubApp, as_server
from app.platforms.github.client import Client
from app.platforms.github.grants import GitHubGrants
from app.platforms.github.transport import Transport
from app.platforms.keys import KeyRefused
from app.store import Store, people, servers, tokens, upkeep
from app.user_tokens import NO_END, NOT_ALLOWED, NOT_YOURS, UserTokens
from tests.gerrit_keys import FakeKeys
from tests.github_server import FakeGitHub
from tests.github_server.world import User

pytestmark = pytest.mark.anyio
KEYS = (new_key(),)


@dataclass
class House:
    store: Store
    github: FakeGitHub
    app: GitHubApp
    transport: Transport
    person: int
    anna: User
    user_tokens: UserTokens

    @property
    def account(self) -> Account:
        return Account("github", self.github.server, self.anna.id, "anna")

    @property
    def server(self) -> Server:
        return as_server(self.app)

    def now(self) -> datetime:
        return self.github.world.clock.now()

    def keep(self) -> Key:
        key = self.github.authorise(self.app, self.anna)
        self.user_tokens.keep(self.person, self.account, key)
        return key

    def refused_at(self) -> datetime | None:
        with self.store.read() as c:
            return people.bindings(c, self.person)[0].token_ended_at

    def readable(self) -> list[Account]:
        with self.store.read() as c:
            return tokens.readable(c, "github", self.now())

    async def works(self, key: Key) -> bool:
        return bool((await Client(self.app, key.token, self.transport).get("/user"))["login"] == "anna")


@pytest.fixture
async def house(store: Store, github_server: FakeGitHub) -> AsyncIterator[House]:
    now = github_server.world.clock.now
    app, anna = github_server.app(), github_server.user("anna")
    transport = Transport(now)
    with store.begin() as c:
        servers.save(c, store.vault, as_server(app), now())
        person = people.newcomer(c, Account("github", github_server.server, anna.id, "anna"), now())
        people.opt_in(c, person, now())
    user_tokens = UserTokens(store, "github", GitHubGrants(transport), now)
    yield House(store, github_server, app, transport, person, anna, user_tokens)
    await transport.close()


async def test_what_is_kept_is_found_and_sealed(house: House):
    key = house.keep()
    assert await house.user_tokens.find(house.account) == key
    assert await house.works(key)
    assert house.readable() == [house.account]
    with house.store.read() as c:
        [held] = tokens.of_person(c, house.store.vault, house.person)
    assert key.token not in held.version
    assert key.refresh_token not in held.version
    assert key.refresh_token not in repr(held)


async def test_nothing_is_found_where_nothing_is_kept(house: House):
    assert await house.user_tokens.find(house.account) is None
    assert house.readable() == []


async def test_it_is_refreshed_when_its_hours_are_over(house: House):
    first = house.keep()
    house.github.advance(timedelta(hours=9))
    second = await house.user_tokens.find(house.account)
    assert second is not None
    assert second.token != first.token
    assert await house.works(second)
    house.github.advance(timedelta(hours=9))
    third = await house.user_tokens.find(house.account)
    assert third is not None
    assert await house.works(third)


def _asked_for_tokens(github: FakeGitHub) -> int:
    return sum(asked.path == "/login/oauth/access_token" for asked in github.requests)


async def test_many_who_want_it_at_once_refresh_it_once(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    house.github.trouble.slow(0.3, path="access_token")
    another = replace(house.user_tokens, _refreshing=set())  # as in another replica: nothing is shared but the database
    found = await asyncio.gather(*(one.find(house.account) for one in (house.user_tokens, another) * 4))
    assert len({key.token for key in found if key}) == 1
    assert None not in found
    assert _asked_for_tokens(house.github) == 1


async def test_two_replicas_on_postgresql_refresh_it_once(postgres_url: str, house: House):
    stores = [Store.open(postgres_url, Vault(KEYS)) for _ in range(2)]
    with stores[0].begin() as c:
        servers.save(c, stores[0].vault, house.server, house.now())
        person = people.newcomer(c, house.account, house.now())
    many = [UserTokens(one, "github", GitHubGrants(house.transport), house.now) for one in stores]
    many[0].keep(person, house.account, house.github.authorise(house.app, house.anna))
    house.github.advance(timedelta(hours=9))
    house.github.trouble.slow(0.3, path="access_token")
    found = await asyncio.gather(*(one.find(house.account) for one in many * 4))
    assert len({key.token for key in found if key}) == 1
    assert None not in found
    assert _asked_for_tokens(house.github) == 1
    for one in stores:
        one.close()


async def test_whoever_waited_may_go_away_and_it_is_stored_all_the_same(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    house.github.trouble.slow(0.3, path="access_token")
    waiting = asyncio.create_task(house.user_tokens.find(house.account))
    await asyncio.sleep(0.15)
    waiting.cancel()
    await asyncio.sleep(0.6)
    found = await house.user_tokens.find(house.account)
    assert found is not None
    assert await house.works(found)
    assert _asked_for_tokens(house.github) == 1


async def test_a_github_that_is_away_costs_nothing(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    house.github.trouble.fail(502, path="access_token")
    with pytest.raises(NotNow):
        await house.user_tokens.find(house.account)
    found = await house.user_tokens.find(house.account)
    assert found is not None
    assert await house.works(found)


async def test_an_app_whose_own_secret_is_refused_costs_nobody_their_token(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    registered = house.github.registered(house.app)
    secret, registered.client_secret = registered.client_secret, "another"
    with pytest.raises(NotNow):
        await house.user_tokens.find(house.account)
    registered.client_secret = secret
    assert await house.user_tokens.find(house.account) is not None


async def test_sealed_anew_while_it_is_refreshed_it_is_replaced_all_the_same(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    house.github.trouble.slow(0.4, path="access_token")
    finding = asyncio.create_task(house.user_tokens.find(house.account))
    await asyncio.sleep(0.2)
    with house.store.begin() as c:
        upkeep.reseal(c, house.store.vault)
    found = await finding
    assert found is not None
    assert await house.user_tokens.find(house.account) == found


async def test_ended_while_it_is_refreshed_it_stays_ended_on_both_sides(house: House):
    house.keep()
    house.github.advance(timedelta(hours=9))
    house.github.trouble.slow(0.4, path="access_token")
    finding = asyncio.create_task(house.user_tokens.find(house.account))
    await asyncio.sleep(0.2)
    with house.store.begin() as c:
        for held in tokens.of_person(c, house.store.vault, house.person):
            tokens.drop(c, held)
    assert await finding is None
    assert await house.user_tokens.find(house.account) is None
    assert house.github.world.tokens == []


async def test_revoked_on_github_it_is_forgotten_and_its_owner_sees_when(house: House):
    house.keep()
    house.github.revoke(house.app, house.anna)
    house.github.advance(timedelta(hours=9))
    assert await house.user_tokens.find(house.account) is None
    assert house.refused_at() is not None
    assert house.readable() == []


async def test_refused_it_is_forgotten_unless_it_was_refreshed_meanwhile(house: House):
    first = house.keep()
    house.github.advance(timedelta(hours=9))
    second = await house.user_tokens.find(house.account)
    assert second is not None
    await house.user_tokens.refused(house.account, first)
    assert await house.user_tokens.find(house.account) == second
    await house.user_tokens.refused(house.account, second)
    assert await house.user_tokens.find(house.account) is None
    assert house.refused_at() is not None


async def test_what_nobody_used_for_half_a_year_is_forgotten(house: House):
    house.keep()
    house.github.advance(timedelta(days=100))
    assert house.user_tokens.let_go_of_ended() == {"ended": 0}
    house.github.advance(timedelta(days=100))
    assert house.readable() == []
    assert house.user_tokens.let_go_of_ended() == {"ended": 1}
    assert house.refused_at() is not None


async def test_switched_off_for_the_server_nothing_is_found(house: House):
    house.keep()
    with house.store.begin() as c:
        servers.change(c, "github", house.github.server, drafts_allowed=False)
    assert await house.user_tokens.find(house.account) is None


async def test_who_turned_reading_off_is_not_to_be_read(house: House):
    house.keep()
    with house.store.begin() as c:
        people.opt_out(c, house.person)
    assert house.readable() == []


async def test_what_may_not_be_kept_is_refused(house: House):
    key = house.github.authorise(house.app, house.anna)
    with pytest.raises(KeyRefused, match=NOT_ALLOWED):
        house.user_tokens.refuse_unfit(replace(house.server, drafts_allowed=False), key)
    with pytest.raises(KeyRefused) as endless:
        house.user_tokens.refuse_unfit(house.server, Key("", "", "ghu_endless"))
    assert str(endless.value) == NO_END
    with pytest.raises(KeyRefused, match=NOT_YOURS):
        house.user_tokens.keep(house.person, Account("github", house.github.server, 9), key)
    with pytest.raises(KeyRefused, match=NOT_YOURS):
        house.user_tokens.keep(house.person + 1, house.account, key)


async def test_stopping_ends_it_on_both_sides(house: House):
    key = house.keep()
    run = _on_another_loop(house)
    consents = Consents(house.store, FakeKeys(), house.now, run, {"github": house.user_tokens.grants})
    assert await asyncio.to_thread(consents.end_of, house.person) == []
    assert await house.user_tokens.find(house.account) is None
    assert house.github.world.token(key.token) is None


async def test_what_github_does_not_know_any_more_has_ended_there_too(house: House):
    house.keep()
    house.github.revoke(house.app, house.anna)
    consents = Consents(
        house.store, FakeKeys(), house.now, _on_another_loop(house), {"github": house.user_tokens.grants}
    )
    assert await asyncio.to_thread(consents.end_of, house.person) == []


async def test_a_github_that_is_away_when_it_ends_is_named(house: House):
    house.keep()
    house.github.trouble.fail(503)
    consents = Consents(
        house.store, FakeKeys(), house.now, _on_another_loop(house), {"github": house.user_tokens.grants}
    )
    assert await asyncio.to_thread(consents.end_of, house.person) == [house.github.server]
    assert await house.user_tokens.find(house.account) is None


def _on_another_loop(house: House) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """As the service has it: from a worker's thread, on its loop."""
    loop = asyncio.get_running_loop()
    return lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)
