"""Two persons become one, on both engines: everything moves, nothing is doubled, and ways in do not open another's door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.crypto import Vault
from app.domain import Account, Comment, CommentRef, Key, Silence, Silent, Suggestion, TactfulError
from app.store import Store, access, comments, joining, judgements, people, projects, suggestions, tallies, tokens
from app.store.project_tables import tallies as counted
from app.store.tables import accounts, metadata

RITA = Account("gerrit", "review.example.org", 1000001, "rita")
OCTO = Account("github", "github.com", 7, "octo")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = Store.open(url, vault)
    yield opened
    opened.close()


def furnished(store: Store, now: datetime) -> tuple[int, int]:
    """(the one who came by Gerrit, the one who is signed in)."""
    with store.begin() as c:
        rita = people.newcomer(c, RITA, now)
        anna = people.add(c, "anna@example.org", now)
        people.propose(c, anna, OCTO, now)
        people.confirm(c, anna, people.bindings(c, anna)[0].id, now)
        binding = people.binding_of(c, RITA)
        assert binding is not None
        tokens.keep(c, store.vault, binding, Key("rita", "t-1", "secret", now + timedelta(days=30)), now, now)
        access.new_client(c, rita, "Gerrit", ("check",), now)
        ref = CommentRef("gerrit", RITA.server, "comment", "1~abc")
        comment = Comment(ref, RITA, "A comment.", "parser", "parser~1", "", now)
        kept = comments.keep(c, store.vault, comment, rita, now, now)
        assert kept is not None
        digest = store.vault.digest(comment.text)
        judgements.decide(c, kept, digest, rita, Silent(Silence.QUIET_HOURS), "1", now)
        suggestions.keep(c, store.vault, kept, digest, rita, Suggestion("belittling", "t", "s", "", "a"), now)
    return rita, anna


def belongings(store: Store, person: int) -> dict[str, int]:
    with store.read() as c:
        counts = {
            table.name: c.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.person_id == person)) or 0
            for table in metadata.sorted_tables
            if "person_id" in table.c
        }
    return {name: n for name, n in counts.items() if n}


def test_everything_moves_and_the_emptied_one_is_gone(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    with store.begin() as c:
        joining.join(c, emptied=rita, into=anna)
    assert belongings(store, rita) == {}
    moved = {"accounts": 2, "client_tokens": 1, "comments": 1, "decisions": 1, "suggestions": 1}
    assert belongings(store, anna) == moved
    with store.read() as c:
        assert people.profile(c, rita) is None
        assert people.owner(c, RITA) == people.profile(c, anna).person  # type: ignore[union-attr]
        [held] = tokens.of_person(c, store.vault, anna)
    assert held.key.token == "secret"


def test_ways_in_end_and_choices_stay(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    with store.begin() as c:
        people.opt_in(c, rita, now)
        link, session = access.new_link(c, rita, now), access.new_session(c, rita, now)
        code = access.new_code(c, rita, "pair", now)
        joining.join(c, emptied=rita, into=anna)
        assert access.use_link(c, link, now) is None
        assert access.session_person(c, session, now) is None
        assert access.use_code(c, code, "pair", now) is None
        assert not people.profile(c, anna).person.opted_in  # type: ignore[union-attr]


def test_the_confirmed_binding_of_an_account_stays(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    with store.begin() as c:
        people.propose(c, anna, RITA, now)  # an administrator proposed it before
        people.propose(c, rita, OCTO, now)
        joining.join(c, emptied=rita, into=anna)
        found = {b.account: b.confirmed for b in people.bindings(c, anna)}
        assert len(tokens.of_person(c, store.vault, anna)) == 1, "with the token that hangs on it"
    assert found == {RITA: True, OCTO: True}


def test_an_administrator_is_not_emptied_and_nothing_changes(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    before = belongings(store, rita)
    with store.begin() as c:
        people.change(c, rita, is_admin=True)
    for emptied, into in ((rita, anna), (anna, anna), (rita + 100, anna), (anna, rita + 100)):
        with pytest.raises(TactfulError, match="Nothing was changed"), store.begin() as c:
            joining.join(c, emptied=emptied, into=into)
    assert belongings(store, rita) == before


def test_offices_and_counts_join_where_the_one_who_stays_agrees(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    with store.begin() as c:
        project = projects.add(c, "github", "github.com", "octo/parser", {"mode": "on"}, "administrator", "new", now)
        for person, count in ((rita, 3), (anna, 5)):
            projects.name_maintainer(c, project, person, "administrator", now)
            week = {"project_id": project, "week": "2026-03-02", "person_id": person, "count": count}
            c.execute(sa.insert(counted).values(**week, kind="nudged", label="hostility"))
        c.execute(sa.insert(counted).values(**week | {"person_id": rita}, kind="read", label=""))
        tallies.agree(c, anna, tallies.Consents(statistics=True))
        joining.join(c, emptied=rita, into=anna)
        assert projects.maintained_by(c, anna) == {project}
        rows = c.execute(sa.select(counted.c.person_id, counted.c.kind, counted.c.count)).all()
        assert sorted(rows) == [(anna, "nudged", 5), (anna, "read", 5)]


def test_counts_that_the_one_who_stays_never_agreed_to_go(store: Store, now: datetime) -> None:
    rita, anna = furnished(store, now)
    with store.begin() as c:
        project = projects.add(c, "github", "github.com", "octo/parser", {"mode": "on"}, "administrator", "new", now)
        week = {"project_id": project, "week": "2026-03-02", "person_id": rita, "count": 2}
        tallies.agree(c, rita, tallies.Consents(statistics=True))
        c.execute(sa.insert(counted).values(**week, kind="read", label=""))
        joining.join(c, emptied=rita, into=anna)
        assert c.execute(sa.select(counted)).all() == []


def test_no_other_table_holds_one_row_a_person() -> None:
    """A unique key beside the primary one would need a rule of its own in ``joining``."""
    unique = [
        table.name
        for table in metadata.sorted_tables
        for constraint in [*table.constraints, *table.indexes]
        if isinstance(constraint, sa.UniqueConstraint) or (isinstance(constraint, sa.Index) and constraint.unique)
        if "person_id" in constraint.columns
    ]
    assert unique == [accounts.name]
