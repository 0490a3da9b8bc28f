"""Leases: on both databases a round is somebody's, of one process, until it is given back or lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.crypto import Vault
from app.domain import Account, Key
from app.store import Store, people, rounds, tokens

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = Store.open(url, vault)
    yield opened
    opened.close()


def ticked(store: Store, number: int, now: datetime, platform: str = "github") -> Account:
    """Somebody who is read, and handed over a token."""
    account = Account(platform, f"{platform}.com", number, f"user-{number}")
    with store.begin() as c:
        person = people.newcomer(c, account, now)
        people.opt_in(c, person, now)
        binding = people.binding_of(c, account)
        assert binding is not None
        tokens.keep(c, store.vault, binding, Key(account.login, "t", "token"), now, now)
    return account


def claim(store: Store, now: datetime, most: int = 10) -> list[rounds.Turn]:
    with store.begin() as c:
        rounds.enrol(c, "github", now)
        return rounds.claim(c, "github", now, most, LEASE)


def give_back(store: Store, turn: rounds.Turn, due_at: datetime, soon_at: datetime | None = None) -> bool:
    with store.begin() as c:
        return rounds.done(c, turn, due_at, soon_at or due_at, 0, turn.active_at)


def is_due(store: Store, now: datetime) -> bool:
    with store.read() as c:
        return rounds.is_due(c, "github", now)


def test_whoever_ticks_it_is_asked_at_once_and_by_one_process(store: Store, now: datetime) -> None:
    assert not is_due(store, now)
    anna = ticked(store, 1, now)
    ticked(store, 2, now, platform="gerrit")
    with store.read() as c:
        assert rounds.is_new(c, "github")
    [turn] = claim(store, now)
    with store.read() as c:
        assert not rounds.is_new(c, "github")
    assert turn.account == anna
    assert turn.until == now + LEASE
    assert claim(store, now + SECOND) == []
    assert not is_due(store, now + SECOND)


def test_a_round_comes_again_when_it_is_due(store: Store, now: datetime) -> None:
    ticked(store, 1, now)
    [turn] = claim(store, now)
    assert give_back(store, turn, now + 20 * SECOND)
    assert claim(store, now + 19 * SECOND) == []
    assert len(claim(store, now + 20 * SECOND)) == 1


def test_a_dead_process_loses_its_round_and_cannot_give_it_back(store: Store, now: datetime) -> None:
    ticked(store, 1, now)
    [lost] = claim(store, now)
    [taken] = claim(store, now + LEASE)
    assert not give_back(store, lost, now + LEASE + SECOND)
    assert claim(store, now + LEASE + 2 * SECOND) == [], "it is still the other's"
    assert give_back(store, taken, now + 2 * LEASE)


def test_the_longest_overdue_come_first(store: Store, now: datetime) -> None:
    accounts = [ticked(store, n, now) for n in range(1, 6)]
    for turn in claim(store, now):
        give_back(store, turn, now + (10 - turn.account.id) * SECOND)
    first, second = claim(store, now + 60 * SECOND, most=2), claim(store, now + 60 * SECOND, most=2)
    order = [turn.account for turn in (*first, *second)]
    assert order == list(reversed(accounts))[:4]


def test_who_is_heard_of_is_asked_soon_and_what_came_during_a_round_is_not_missed(store: Store, now: datetime) -> None:
    anna = ticked(store, 1, now)
    [turn] = claim(store, now)
    give_back(store, turn, now + 300 * SECOND)
    with store.begin() as c:
        rounds.stir(c, anna, now + 5 * SECOND, now + 25 * SECOND)
        rounds.stir(c, Account("github", "github.com", 99), now, now)  # not among them: nothing happens
    [turn] = claim(store, now + 25 * SECOND)
    assert turn.active_at == now + 5 * SECOND
    with store.begin() as c:
        rounds.stir(c, anna, now + 26 * SECOND, now + 46 * SECOND)
    give_back(store, turn, now + 300 * SECOND, soon_at=now + 47 * SECOND)
    [turn] = claim(store, now + 47 * SECOND)
    assert turn.active_at == now + 26 * SECOND


def test_whoever_ends_it_is_not_asked_any_more(store: Store, now: datetime) -> None:
    anna, ben = ticked(store, 1, now), ticked(store, 2, now)
    for turn in claim(store, now):
        give_back(store, turn, now)
    with store.begin() as c:
        held = tokens.of_account(c, store.vault, anna)
        assert held is not None
        tokens.drop(c, held)
        owner = people.owner(c, ben)
        assert owner is not None
        people.opt_out(c, owner.id)
    assert claim(store, now + SECOND) == []
    assert not is_due(store, now + SECOND)


def test_many_processes_at_once_share_the_rounds_and_double_none(store: Store, now: datetime) -> None:
    for number in range(1, 61):
        ticked(store, number, now)
    got: list[int] = []
    begin = threading.Barrier(6)

    def replica() -> None:
        begin.wait()
        for _ in range(12):
            got.extend(turn.account.id for turn in claim(store, now, most=2))

    threads = [threading.Thread(target=replica) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 61))
