"""Drafts on a real Gerrit: a word before anyone else can read them, and what becomes of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

import app.platforms.gerrit.drafts
from app.domain import CommentRef, Key
from app.platforms import Applied, Drafts, Refusal, Refused
from app.platforms.gerrit import Gerrit
from app.store import people as store_people
from app.store import servers, tokens
from tests.real.gerrit.house import NAME, STING, House, house, wait_for
from tests.real.gerrit.server import RealGerrit

T = TypeVar("T")


@pytest.fixture
def drafting(home: House) -> House:
    home.keep_token(home.gerrit.people.rita)
    return home


def now(asking: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asking)


def own(home: House) -> Drafts:
    """The same adapter on a loop of the test's own."""
    shared = home.state.gerrit
    assert isinstance(shared, Gerrit)
    keyring = shared._drafts._keyring
    return Gerrit(home.state.gerrit_servers.named, keyring, home.store.vault.digest, home.state.now, 1)


def test_a_draft_is_spoken_about_before_anyone_else_can_read_it(drafting: House) -> None:
    people = drafting.gerrit.people
    change = people.owen.change()
    id = people.rita.draft(change, STING)
    people.rita.draft(change, "Please rename `tmp`.", line=4)
    wait_for(lambda: len(drafting.inbox()) == 1)
    assert people.owen.comments(change) == []
    [entry] = drafting.inbox()
    assert entry.ref == CommentRef("gerrit", NAME, "comment", f"{change}~{id}")
    assert (entry.text, entry.published, entry.project, entry.thread) == (STING, False, "lib", f"lib~{change}")
    drafting.settle()
    assert {drafting.store.vault.open(row.sealed) for row in drafting.kept()} == {STING, "Please rename `tmp`."}


def test_half_a_sentence_is_never_judged(gerrit: RealGerrit, tmp_path: Path) -> None:
    with house(gerrit, tmp_path, draft_quiet_seconds=5) as home:
        rita = home.gerrit.people.rita
        home.keep_token(rita)
        change = home.gerrit.people.owen.change()
        id = rita.draft(change, "This is {hostility:half a")
        rita.rewrite_draft(change, id, "This is {hostility:half a sentence}, not yet kind.")
        home.gerrit.drain()
        assert home.state.engine.pending() >= 1
        assert not home.kept()
        rita.rewrite_draft(change, id, "This is half a sentence. It became kind.")
        home.settle()
        assert [home.store.vault.open(row.sealed) for row in home.kept()] == [
            "This is half a sentence. It became kind."
        ]
        assert home.reasons() == ["below_tolerance"]


def test_an_edit_withdraws_and_the_old_words_bring_it_back(drafting: House) -> None:
    rita = drafting.gerrit.people.rita
    change = drafting.gerrit.people.owen.change()
    id = rita.draft(change, STING)
    wait_for(lambda: drafting.said() == [STING])
    rita.rewrite_draft(change, id, "The handle leaks here. Please close it.")
    wait_for(lambda: drafting.said() == [])
    rita.rewrite_draft(change, id, STING)
    wait_for(lambda: drafting.said() == [STING])
    assert len(drafting.inbox()) == 1


def test_a_deleted_draft_takes_its_note_and_its_words_along(drafting: House) -> None:
    rita = drafting.gerrit.people.rita
    change = drafting.gerrit.people.owen.change()
    first, second = rita.draft(change, STING), rita.draft(change, "Please rename `tmp`.", line=4)
    wait_for(lambda: drafting.said() == [STING])
    drafting.settle()
    rita.delete_draft(change, first)  # one is left: the event is a change of the reference
    wait_for(lambda: drafting.inbox() == [])
    rita.delete_draft(change, second)  # none is left: the reference goes
    drafting.settle()
    assert [(row.sealed, row.gone_at is not None) for row in drafting.kept()] == [(None, True)] * 2


def test_what_is_published_as_it_was_is_not_spoken_about_again(drafting: House) -> None:
    rita = drafting.gerrit.people.rita
    change = drafting.gerrit.people.owen.change()
    rita.draft(change, STING)
    wait_for(lambda: drafting.said() == [STING])
    rita.publish_drafts(change)
    wait_for(lambda: drafting.inbox()[0].published)
    drafting.settle()
    assert len(drafting.inbox()) == 1
    assert drafting.reasons() == [None]
    [row] = drafting.kept()
    assert row.gone_at is None


def test_published_with_other_words_is_judged_as_it_was_published(drafting: House) -> None:
    rita = drafting.gerrit.people.rita
    change = drafting.gerrit.people.owen.change()
    id = rita.draft(change, "Please rename `tmp`.")
    drafting.settle()
    rita.rewrite_draft(change, id, STING)
    rita.publish_drafts(change)
    wait_for(lambda: drafting.said() == [STING])
    assert drafting.inbox()[0].published


def test_drafts_of_a_private_change_are_their_writers_affair(drafting: House) -> None:
    people = drafting.gerrit.people
    change = people.owen.change(private=True)
    people.owen.ask("POST", f"changes/{change}/reviewers", {"reviewer": "rita"})
    people.rita.draft(change, STING)
    wait_for(lambda: drafting.said() == [STING])
    [entry] = drafting.inbox()
    assert (entry.project, entry.thread) == ("", f"~{change}")
    people.rita.publish_drafts(change)  # where the account that reads may not follow
    wait_for(lambda: drafting.inbox() == [])


def test_without_a_token_nothing_is_read_or_written(home: House) -> None:
    people = home.gerrit.people
    change = people.owen.change()
    home.gerrit.drain()
    before = home.rows()
    people.rita.draft(change, STING)
    people.owen.draft(change, STING)
    home.settle()
    assert home.rows() == before


def test_a_revoked_token_is_forgotten_and_its_owner_is_told(drafting: House) -> None:
    people = drafting.gerrit.people
    change = people.owen.change()
    people.rita.end_token(drafting.handed[0][1])
    people.rita.draft(change, STING)
    account = drafting.account(people.rita)

    def kept() -> object:
        with drafting.store.read() as c:
            return tokens.of_account(c, drafting.store.vault, account)

    wait_for(lambda: kept() is None)
    drafting.settle()
    assert not drafting.kept()
    assert drafting.state.engine.failed() == 0
    with drafting.store.read() as c:
        assert store_people.bindings(c, drafting.rita)[0].token_ended_at is not None


def test_switched_off_for_the_server_drafts_are_left_alone(drafting: House) -> None:
    people = drafting.gerrit.people
    with drafting.store.begin() as c:
        servers.change(c, "gerrit", NAME, drafts_allowed=False)
    drafting.state.gerrit_servers.look_again()
    people.rita.draft(people.owen.change(), STING)
    drafting.settle()
    assert drafting.counted("drafts_not_allowed") == 1
    assert not drafting.kept()


# --- apply ------------------------------------------------------------------------------------------------------------


def test_apply_changes_the_words_and_nothing_else(drafting: House) -> None:
    people = drafting.gerrit.people
    change = people.owen.change()
    place = {"line": 2, "range": {"start_line": 1, "start_character": 0, "end_line": 2, "end_character": 3}}
    id = people.rita.draft(change, STING, **place, unresolved=True)
    ref = CommentRef("gerrit", NAME, "comment", f"{change}~{id}")
    account, expected = drafting.account(people.rita), drafting.store.vault.digest(STING)
    [before] = people.rita.drafts(change)
    assert now(own(drafting).apply(account, ref, "", expected, "Please close the handle.")) == Applied(
        "Please close the handle."
    )
    [after] = people.rita.drafts(change)
    changed = {"message", "updated"}
    assert {k: v for k, v in after.items() if k not in changed} == {k: v for k, v in before.items() if k not in changed}
    assert after["message"] == "Please close the handle."
    assert people.owen.comments(change) == [], "it stays a draft"
    again = now(own(drafting).apply(account, ref, "", expected, "Please close the handle."))
    assert again == Applied("Please close the handle."), "an attempt whose answer was lost may be repeated"


def test_apply_refuses_what_is_not_as_it_was_shown(drafting: House) -> None:
    people = drafting.gerrit.people
    change = people.owen.change()
    id = people.rita.draft(change, "Something else by now.")
    ref = CommentRef("gerrit", NAME, "comment", f"{change}~{id}")
    account, shown = drafting.account(people.rita), drafting.store.vault.digest(STING)
    assert now(own(drafting).apply(account, ref, "", shown, "Words.")) == Refused(Refusal.CHANGED)
    assert now(own(drafting).apply(account, ref, "", shown, " ")) == Refused(Refusal.NOT_ALLOWED)
    assert people.rita.drafts(change)[0]["message"] == "Something else by now."
    people.rita.publish_drafts(change)
    assert now(own(drafting).apply(account, ref, "", shown, "Words.")) == Refused(Refusal.GONE)
    nowhere = CommentRef("gerrit", NAME, "comment", f"999999~{id}")
    assert now(own(drafting).apply(account, nowhere, "", shown, "Words.")) == Refused(Refusal.GONE)
    others = replace(account, id=account.id + 1)
    assert now(own(drafting).apply(others, ref, "", shown, "Words.")) == Refused(Refusal.NO_TOKEN)


def test_an_expired_token_is_not_even_tried(drafting: House, monkeypatch: pytest.MonkeyPatch) -> None:
    people = drafting.gerrit.people
    account = drafting.account(people.rita)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with drafting.store.begin() as c:
        binding = store_people.binding_of(c, account)
        assert binding is not None
        tokens.keep(c, drafting.store.vault, binding, Key("rita", "old", "gone", past), past, past)
    monkeypatch.setattr(app.platforms.gerrit.drafts, "PersonalClient", None)
    assert list(now(own(drafting).list(account, CommentRef("gerrit", NAME, "change", "1")))) == []
