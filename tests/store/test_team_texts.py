"""What a team writes about its norms, and what people give: versions, proposals, given texts, counts with k."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.crypto import Vault
from app.domain import TactfulError
from app.store import Store, feedback, given, norm_versions, people, projects, proposals, takeout
from app.store.given import Text
from app.store.project_tables import given as given_table
from app.store.project_tables import proposals as proposals_table
from app.store.proposals import Kind, Said, State
from classifiers.labels import CONCERNS, LABELS

TODAY = date(2026, 3, 4)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = Store.open(url, vault)
    yield opened
    opened.close()


@pytest.fixture
def anna(store: Store, now: datetime) -> int:
    with store.begin() as c:
        return people.add(c, "anna@example.org", now)


def _project(store: Store, now: datetime) -> int:
    with store.begin() as c:
        return projects.add(c, "github", "github.com", "octo", {"mode": "on"}, "administrator", "Because.", now)


def _written_in_second(token: str) -> int:
    """What a Fernet token says of its time without any key (https://github.com/fernet/spec)."""
    return int.from_bytes(base64.urlsafe_b64decode(token)[1:9], "big")


def _version(store: Store, project: int | None, now: datetime, after: int | None, review: date | None = None) -> int:
    with store.begin() as c:
        return norm_versions.add(
            c, project, toml=f"# {now}", role="maintainer", note="Why.", review_on=review, now=now, after=after
        )


def test_versions_stand_on_each_other_and_places_apart(store: Store, now: datetime) -> None:
    project = _project(store, now)
    first = _version(store, None, now, None)
    second = _version(store, None, now + timedelta(days=1), first, TODAY)
    ours = _version(store, project, now, None)
    with pytest.raises(TactfulError, match="changed while you were writing"):
        _version(store, None, now, first)
    with pytest.raises(TactfulError, match="changed while you were writing"):
        _version(store, project, now, None)
    with pytest.raises(TactfulError, match="in a sentence why"), store.begin() as c:
        norm_versions.add(c, None, toml="", role="maintainer", note=" ", review_on=None, now=now, after=second)
    with store.read() as c:
        assert [v.id for v in norm_versions.versions(c, None)] == [second, first]
        assert [v.id for v in norm_versions.versions(c, None, up_to=first)] == [first]
        newest = norm_versions.newest(c, project)
    assert newest is not None
    assert (newest.id, newest.role, newest.note, newest.review_on) == (ours, "maintainer", "Why.", None)


def test_a_review_is_due_once_and_only_for_what_is_in_force(store: Store, now: datetime) -> None:
    project = _project(store, now)
    first = _version(store, None, now, None, TODAY - timedelta(days=1))
    second = _version(store, None, now, first, TODAY)
    _version(store, project, now, None, TODAY + timedelta(days=1))
    with store.begin() as c:
        assert norm_versions.due(c, TODAY - timedelta(days=1)) == []
        assert [v.id for v in norm_versions.due(c, TODAY)] == [second]
        assert norm_versions.reminded(c, second, now)
        assert not norm_versions.reminded(c, second, now)
        assert norm_versions.due(c, TODAY) == []
        again = norm_versions.add(
            c, None, toml="# more", role="x", note="Accepted.", review_on=TODAY, now=now, after=second
        )
        assert norm_versions.due(c, TODAY) == [], "the day stays, and so does its reminder"
        norm_versions.add(c, None, toml="", role="x", note="Later.", review_on=None, now=now, after=again)
        assert [v.project_id for v in norm_versions.due(c, TODAY + timedelta(days=1))] == [project]


def test_an_unsigned_proposal_leads_to_nobody(store: Store, now: datetime, anna: int) -> None:
    said = Said("Say it warmer.", why="It stings.", part="says")
    with store.begin() as c:
        number = proposals.add(c, store.vault, None, Kind.WORDING, "hostility", said, anna, now)
        row = c.execute(sa.select(proposals_table)).mappings().one()
        assert (row["person_id"], row["anonymous"], row["at"].hour) == (None, True, 0)
        assert _written_in_second(row["sealed"]) == row["at"].timestamp()
        assert "warmer" not in json.dumps(dict(row), default=str)
        assert proposals.get(c, store.vault, None, number).said == said
        assert not proposals.take_back(c, anna, number)
        people.forget(c, anna)
        assert proposals.of(c, store.vault, None) != []


def test_a_signed_proposal_can_be_taken_back_and_goes_with_its_person(store: Store, now: datetime, anna: int) -> None:
    project = _project(store, now)
    with store.begin() as c:
        first, second, third = (
            proposals.add(c, store.vault, project, Kind.FEEDBACK, "apology", Said(text, name="Anna"), anna, now)
            for text in ("one", "two", "three")
        )
        other = people.add(c, "other@example.org", now)
        assert not proposals.take_back(c, other, first)
        assert proposals.take_back(c, anna, first)
        proposals.answer(c, second, State.ANSWERED, " Thank  you. ", now)
        assert not proposals.take_back(c, anna, second), "answered: it is part of the record"
        with pytest.raises(TactfulError, match="answered before"):
            proposals.answer(c, second, State.DECLINED, "No.", now)
        with pytest.raises(TactfulError, match="Give a reason"):
            proposals.answer(c, third, State.DECLINED, " ", now)
        found = proposals.of(c, store.vault, project, "apology")
        assert [(p.id, p.state, p.answer) for p in found] == [(third, "open", ""), (second, "answered", "Thank you.")]
        assert proposals.of(c, store.vault, None) == proposals.of(c, store.vault, project, "hostility") == []
        assert proposals.get(c, store.vault, None, third) is None
        assert "three" in json.dumps(takeout.everything(c, store.vault, anna)["proposals"])
        people.forget(c, anna)
        assert proposals.of(c, store.vault, project) == []


# --- given texts ------------------------------------------------------------------------------------------------------


def test_the_queue_has_the_shape_of_the_data_and_names_nobody(store: Store, now: datetime, anna: int) -> None:
    stings = Text("You never ran it.", ("assumption",), ("You never ran it",), "Did it run?", ("clarification",))
    with store.begin() as c:
        first = given.give(c, store.vault, stings, anna, now)
        second = given.give(c, store.vault, Text("Fine.\n\nReally {fine}.", ("appreciation",)), anna, now)
        third = given.give(c, store.vault, Text("No harm in this."), anna, now)
        rows = [given.as_row(one) for one in given.queue(c, store.vault)]
        stored = c.execute(sa.select(given_table)).mappings().all()
    assert "never" not in json.dumps([dict(row) for row in stored])
    assert rows[0] == {
        "id": f"given-{first:04d}",
        "text": "You never ran it.",
        "labels": ["assumption"],
        "spans": ["You never ran it"],
        "rewrite": "Did it run?",
        "rewrite_labels": ["clarification"],
        "licence": "Apache-2.0",
    }
    for row in rows:  # as tests/classifiers/test_data.py holds the data to
        assert set(row["labels"]) <= set(LABELS)
        assert all(words in row["text"] for words in row["spans"])
        assert bool(set(row["labels"]) & set(CONCERNS)) == bool(row["spans"])
    with store.begin() as c:
        assert given.decide(c, [first], given.State.ACCEPTED) == 1
        assert given.decide(c, [third, 999], given.State.DECLINED) == 1
        assert [one.id for one in given.queue(c, store.vault)] == [second]
        assert given.texts(c, store.vault) == ["You never ran it.", "Fine.\n\nReally {fine}."]
        assert [one.id for one in given.mine(c, store.vault, anna)] == [third, second, first]
        other = people.add(c, "other@example.org", now)
        assert not given.take_back(c, other, first)
        assert given.take_back(c, anna, first)
        people.forget(c, anna)
        assert given.queue(c, store.vault, tuple(given.State)) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"text": "  "}, "between 1 and"),
        ({"text": "x" * 10_001}, "between 1 and"),
        ({"text": "x", "labels": ("kindness",)}, "not known here"),
        ({"text": "x", "labels": ("hostility",)}, "Copy the words"),
        ({"text": "x", "labels": ("hostility",), "spans": ("y",)}, "stand in the text"),
        ({"text": "x", "spans": ("x",)}, "go with a norm"),
        ({"text": "x", "rewrite": "y"}, "go with a norm"),
        ({"text": "x", "labels": ("hostility",), "spans": ("x",), "rewrite_labels": ("hostility",)}, "not known here"),
    ],
)
def test_a_text_that_could_not_be_learned_from_is_not_kept(values: dict, says: str) -> None:
    with pytest.raises(TactfulError, match=says):
        Text(**values)


def test_nobody_fills_the_queue(store: Store, now: datetime, anna: int) -> None:
    with store.begin() as c:
        for _ in range(given.MOST_WAITING):
            given.give(c, store.vault, Text("x"), anna, now)
        with pytest.raises(TactfulError, match="take one back or wait"):
            given.give(c, store.vault, Text("x"), anna, now)


# --- answers ----------------------------------------------------------------------------------------------------------


def test_answers_are_told_only_with_enough_people_behind_a_quarter(store: Store, now: datetime) -> None:
    later = datetime(2026, 4, 1, tzinfo=now.tzinfo)
    with store.begin() as c:
        for person in range(9):
            for answer in ("helpful", "wrong", "used"):  # the latest counts, once each; what was done is no voice
                feedback.count(c, store.vault, "hostility", "high", answer, f"{person}", now, person)
        feedback.count(c, store.vault, "hostility", "high", "wrong", "nobody known", now)
        feedback.count(c, store.vault, "hostility", "low", "wrong", "c", now, 1)
        assert feedback.by_band(c, later) == {}
        feedback.count(c, store.vault, "hostility", "high", "not_now", "d", now, 9)
        assert feedback.by_band(c, now) == {}, "the quarter is not over"
        assert feedback.by_band(c, later) == {("hostility", "high"): feedback.Answers(0, 9, 1)}
        for person in range(10):
            feedback.count(c, store.vault, "hostility", "high", "helpful", f"later {person}", later, person)
        after = datetime(2026, 7, 1, tzinfo=now.tzinfo)
        assert feedback.by_band(c, after) == {("hostility", "high"): feedback.Answers(10, 9, 1)}
        feedback.forget(c, store.vault, 9)
        assert feedback.by_band(c, after) == {}
        assert feedback.by_band(c, after, k=9) == {("hostility", "high"): feedback.Answers(9, 9, 0)}
