"""Keys for drafts over their life: given, renewed before they end, and gone on both sides when they may not be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.consent import Consents
from app.domain import Account, NotNow
from app.platforms.keys import KeyRefused
from app.store import Store, people, servers, tokens
from app.store.tokens import Held
from tests.gerrit_keys import GERRIT, LIFE, RITA, FakeKeys

ALLOWED = replace(GERRIT, drafts_allowed=True)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


@dataclass
class House:
    store: Store
    gerrit: FakeKeys
    person: int
    at: datetime

    @property
    def consents(self) -> Consents:
        return Consents(self.store, self.gerrit, lambda: self.at, run)

    def held(self) -> list[Held]:
        with self.store.read() as c:
            return tokens.of_person(c, self.store.vault, self.person)

    def renew(self, after: timedelta = timedelta(0)) -> dict[str, int]:
        self.at += after
        return dict(self.consents.renew("gerrit"))


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    with store.begin() as c:
        servers.save(c, store.vault, ALLOWED, now)
        person = people.newcomer(c, RITA, now)
        people.opt_in(c, person, now)
    made = House(store, FakeKeys(), person, now)
    assert made.consents.give(ALLOWED, person, made.gerrit.make())
    return made


def test_it_is_kept_sealed_and_says_since_when(house: House, now: datetime) -> None:
    [one] = house.held()
    assert (one.since, one.made_at, one.key.ends_at) == (now, now, now + LIFE)
    assert one.key.token not in one.version
    assert one.key.token not in repr(one)


def test_it_is_renewed_before_it_ends_and_not_earlier(house: House, now: datetime) -> None:
    [first] = house.held()
    assert house.renew(timedelta(days=19)) == {"kept": 1}
    assert house.renew(timedelta(days=2)) == {"renewed": 1}
    [second] = house.held()
    assert second.key.ends_at == house.at + LIFE
    assert second.since == now, "consent was given once"
    assert house.gerrit.ids() == [second.key.token_id] != [first.key.token_id]
    assert house.renew() == {"kept": 1}


def test_a_gerrit_that_is_away_is_asked_again_until_it_is_too_late(house: House) -> None:
    house.gerrit.away = True
    assert house.renew(timedelta(days=25)) == {"waiting": 1}
    house.gerrit.away = False
    assert house.renew(timedelta(days=1)) == {"renewed": 1}
    house.gerrit.away = True
    assert house.renew(timedelta(days=31)) == {"gone": 1}
    assert house.held() == []


def test_one_that_its_person_deleted_there_is_forgotten(house: House) -> None:
    house.gerrit.tokens.clear()
    assert house.renew(timedelta(days=25)) == {"gone": 1}
    assert house.held() == []


@pytest.mark.parametrize("why", ["powerful", "unfit", "another", "off"])
def test_what_may_not_be_kept_any_more_ends_on_both_sides(house: House, why: str) -> None:
    if why == "powerful":
        house.gerrit.powerful.add("rita")
    elif why == "unfit":
        house.gerrit.unfit = "This account is switched off in Gerrit."
    elif why == "another":
        house.gerrit.accounts["rita"] = Account("gerrit", GERRIT.name, 5, "rita")
    else:
        with house.store.begin() as c:
            servers.change(c, "gerrit", GERRIT.name, drafts_allowed=False)
    assert house.renew(timedelta(days=25)) == {"ended": 1}
    assert (house.held(), house.gerrit.ids()) == ([], [])


def test_who_turned_reading_off_is_not_renewed(house: House) -> None:
    with house.store.begin() as c:
        people.opt_out(c, house.person)
    assert house.renew(timedelta(days=25)) == {"kept": 1}
    assert house.renew(timedelta(days=6)) == {"gone": 1}


def test_ended_while_it_was_renewed_it_stays_ended(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = house.gerrit.exchange

    async def meanwhile(*given: Any) -> Any:
        made = await exchange(*given)
        with house.store.begin() as c:
            for one in tokens.of_person(c, house.store.vault, house.person):
                tokens.drop(c, one)
        return made

    monkeypatch.setattr(house.gerrit, "exchange", meanwhile)
    [first] = house.held()
    assert house.renew(timedelta(days=25)) == {"ended": 1}
    assert house.held() == []
    assert house.gerrit.ids() == [first.key.token_id], (
        "the new one was deleted; the first was ended by whoever ended it"
    )


def test_removed_while_it_was_given_nothing_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.consents.end_of(house.person)
    exchange = house.gerrit.exchange

    async def meanwhile(*given: Any) -> Any:
        made = await exchange(*given)
        with house.store.begin() as c:
            people.unbind(c, house.person, people.bindings(c, house.person)[0].id)
        return made

    monkeypatch.setattr(house.gerrit, "exchange", meanwhile)
    with pytest.raises(KeyRefused):
        house.consents.give(ALLOWED, house.person, house.gerrit.make())
    assert (house.held(), house.gerrit.ids()) == ([], [])


def test_ending_says_where_it_could_not_be_deleted(house: House) -> None:
    house.gerrit.away = True
    assert house.consents.end_of(house.person) == [GERRIT.name]
    assert house.held() == [], "forgotten here all the same"


def test_a_gerrit_that_is_away_gives_nothing(house: House) -> None:
    house.gerrit.away = True
    with pytest.raises(NotNow):
        house.consents.give(ALLOWED, house.person, house.gerrit.make())
    assert len(house.held()) == 1, "what was there before stays"
