"""The database on both engines: migrations fit the tables, one-time things work once, retention lets go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.crypto import Vault, new_key
from app.domain import (
    Account,
    Comment,
    CommentRef,
    ConfigurationError,
    Edit,
    Suggestion,
    TactfulError,
    Verdict,
    Wording,
)
from app.store import (
    Store,
    access,
    alembic_config,
    comments,
    feedback,
    judgements,
    make_engine,
    people,
    suggestions,
    upkeep,
)
from app.store.tables import metadata

ANNA = Account("github", "github.com", 7, "anna")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = Store.open(url, vault)
    yield opened
    opened.close()


def test_migrations_and_tables_agree(store: Store) -> None:
    ours = set(metadata.tables)
    with store.read() as c:
        context = MigrationContext.configure(
            c,
            opts={
                "version_table": "schema_version",
                "include_name": lambda name, kind, _: kind != "table" or name in ours,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_every_released_state_migrates_to_the_newest_and_keeps_its_rows(store: Store, now: datetime) -> None:
    """Down to each revision and up again, with a row in the first table."""
    with store.begin() as c:
        people.add(c, "anna@example.org", now)
    config = alembic_config()
    for revision in ScriptDirectory.from_config(config).walk_revisions():
        with store.begin() as c:
            config.attributes["connection"] = c
            command.downgrade(config, revision.revision)
            command.upgrade(config, "head")
    with store.read() as c:
        assert people.find(c, "anna@example.org") is not None


def test_an_upgrade_keeps_what_hangs_on_a_row_and_never_reuses_an_id(tmp_path: Path, vault: Vault) -> None:
    """SQLite makes a table anew to alter it: neither the accounts of people nor the counting of ids may go with the old one."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine, config = make_engine(url), alembic_config()
    with engine.begin() as c:
        config.attributes["connection"] = c
        command.upgrade(config, "0001")
    rows = (
        "INSERT INTO people (id, email, created_at, norms_off) VALUES (7, 'anna@example.org', '2026-01-01', '[]')",
        "INSERT INTO accounts (person_id, platform, server, number, proposed_at) VALUES (7, 'github', 'g', 1, '2026-01-01')",
    )
    with engine.begin() as c:
        for row in rows:
            c.exec_driver_sql(row)
    engine.dispose()
    opened = Store.open(url, vault)
    with opened.begin() as c:
        assert len(people.bindings(c, 7)) == 1
        people.forget(c, 7)
        assert c.exec_driver_sql("SELECT count(*) FROM accounts").scalar() == 0, "and now they go with their person"
        assert people.add(c, "ben@example.org", datetime(2026, 3, 4, tzinfo=UTC)) == 8
    opened.close()


def test_opening_twice_keeps_the_digest_key(store: Store) -> None:
    before = store.vault.digest("x")
    again = Store.open(store.engine.url.render_as_string(hide_password=False), store.vault)
    assert again.vault.digest("x") == before
    again.close()


def test_a_wrong_key_is_a_sentence_and_changes_nothing(store: Store) -> None:
    with pytest.raises(ConfigurationError, match="Nothing is lost"):
        Store.open(store.engine.url.render_as_string(hide_password=False), Vault((new_key(),)))


def test_a_link_works_once_and_not_late(store: Store, now: datetime) -> None:
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
        first, second = access.new_link(c, person, now), access.new_link(c, person, now)
    with store.begin() as c:
        assert access.use_link(c, first, now) == person
        assert access.use_link(c, first, now) is None
        assert access.use_link(c, second, now + timedelta(minutes=16)) is None
        assert access.use_link(c, second, now) is None
        assert access.use_link(c, "guess", now) is None


def test_a_code_bears_five_wrong_guesses(store: Store, now: datetime) -> None:
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
        code = access.new_code(c, person, "pair", now, ("check",))
        for _ in range(4):
            assert access.use_code(c, code[:5] + "AAAAAA", "pair", now) is None
        assert access.use_code(c, code.lower().replace("-", " "), "pair", now) == (person, ("check",))
        assert access.use_code(c, code, "pair", now) is None
        code = access.new_code(c, person, "pair", now)
        for _ in range(5):
            access.use_code(c, code[:5] + "AAAAAA", "pair", now)
        assert access.use_code(c, code, "pair", now) is None


def test_an_account_means_nothing_until_confirmed_and_is_one_persons(store: Store, now: datetime) -> None:
    with store.begin() as c:
        anna, other = people.add(c, "anna@example.org", now), people.add(c, "other@example.org", now)
        for person in (anna, other):
            people.propose(c, person, ANNA, now)
            people.propose(c, person, ANNA, now)
        assert people.owner(c, ANNA) is None
        people.confirm(c, anna, people.bindings(c, anna)[0].id, now)
        owner = people.owner(c, ANNA)
        assert owner is not None
        assert owner.id == anna
        with pytest.raises(TactfulError, match="Somebody else"):
            people.confirm(c, other, people.bindings(c, other)[0].id, now)
        assert people.owner(c, Account("github", "ghe.example.org", 7)) is None


@pytest.mark.parametrize(
    "bad", ["", "anna", "@example.org", "anna@", "a b@example.org", "a@b@c", "x" * 250 + "@e.org", "a,b@e.org"]
)
def test_what_is_no_address_is_refused(store: Store, now: datetime, bad: str) -> None:
    with store.begin() as c, pytest.raises(TactfulError, match="e-mail address"):
        people.add(c, bad, now)


def _comment_of(store: Store, person: int, now: datetime, key: str = "1") -> int:
    ref = CommentRef("github", "github.com", "review", key)
    with store.begin() as c:
        comment_id = comments.keep(
            c, store.vault, Comment(ref, ANNA, f"words {key}", "o/r", "o/r#1", "u", now), person, now, now
        )
        assert comment_id
        digest = store.vault.digest(f"words {key}")
        judgements.keep(c, comment_id, digest, Verdict("m", {"hostility": 0.9}, {}, ()), now)
        suggestions.keep(c, store.vault, comment_id, digest, person, Suggestion("hostility", "t", "s", "u", "a"), now)
    return comment_id


def test_retention_lets_go_of_words_then_of_scores(store: Store, now: datetime) -> None:
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
    comment_id = _comment_of(store, person, now)
    week, quarter = timedelta(days=7), timedelta(days=90)
    with store.begin() as c:
        assert upkeep.retain(c, now + timedelta(days=6), week, quarter) == {"texts": 0, "suggestions": 0, "comments": 0}
        assert upkeep.retain(c, now + timedelta(days=8), week, quarter) == {"texts": 1, "suggestions": 1, "comments": 0}
        kept = comments.get(c, store.vault, comment_id)
        assert kept is not None
        assert kept.text is None
        [entry] = suggestions.inbox(c, store.vault, person)
        assert (entry.suggestion, entry.text, entry.label) == (None, None, "hostility")
        assert upkeep.retain(c, now + timedelta(days=91), week, quarter)["comments"] == 1
        assert suggestions.inbox(c, store.vault, person) == []


def test_forgetting_somebody_leaves_no_row_of_theirs(store: Store, now: datetime) -> None:
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
        people.propose(c, person, ANNA, now)
        access.new_link(c, person, now)
        access.new_session(c, person, now)
        access.new_client(c, person, "laptop", ("check",), now)
        access.new_code(c, person, "pair", now)
    _comment_of(store, person, now)
    with store.begin() as c:
        people.forget(c, person)
        rest = {name: c.scalar(sa.select(sa.func.count()).select_from(t)) for name, t in metadata.tables.items()}
    assert {name: n for name, n in rest.items() if n} == {"meta": 1}


def test_answers_are_counted_once_per_context(store: Store, now: datetime) -> None:
    with store.begin() as c:
        assert feedback.count(c, store.vault, "hostility", "high", "wrong", "ctx", now)
        assert not feedback.count(c, store.vault, "hostility", "high", "wrong", "ctx", now)
        assert feedback.count(c, store.vault, "hostility", "high", "wrong", "other", now)
        assert feedback.totals(c) == {("hostility", "wrong"): 2}


def test_resealing_moves_everything_under_the_new_key(
    request: pytest.FixtureRequest, tmp_path: Path, now: datetime
) -> None:
    old, new = new_key(), new_key()
    url = f"sqlite:///{tmp_path / 'rotated.db'}"
    before = Store.open(url, Vault((old,)))
    with before.begin() as c:
        person = people.add(c, "anna@example.org", now)
    comment_id = _comment_of(before, person, now)
    between = Store.open(url, Vault((new, old)))
    with between.begin() as c:
        assert upkeep.reseal(c, between.vault) == 3  # the digest key, a text, a suggestion
    after = Store.open(url, Vault((new,)))
    with after.read() as c:
        kept = comments.get(c, after.vault, comment_id)
    assert kept is not None
    assert kept.text == "words 1"
    assert after.vault.digest("x") == before.vault.digest("x")
    for one in (before, between, after):
        one.close()


def test_a_suggestion_is_read_back_whole(store: Store) -> None:
    edits = (Edit(0, 4, "x"), Edit(6, 6, "y"))
    whole = Suggestion("hostility", "t", "s", "u", "a", (), "w", edits, Wording("v", edits[:1]))
    for one in (whole, replace(whole, alternative=None)):
        assert suggestions.unsealed(store.vault, store.vault.seal(json.dumps(asdict(one)))) == one
    before = asdict(whole)
    del before["alternative"]  # as it was stored by an earlier release
    assert suggestions.unsealed(store.vault, store.vault.seal(json.dumps(before))) == replace(whole, alternative=None)


def test_times_keep_their_zone(store: Store, now: datetime) -> None:
    with store.begin() as c:
        person = people.add(c, "anna@example.org", now)
    comment_id = _comment_of(store, person, now)
    with store.read() as c:
        kept = comments.get(c, store.vault, comment_id)
    assert kept is not None
    assert kept.comment.written_at == now
    assert kept.comment.written_at.utcoffset() == timedelta(0)
