"""Histories: what is kept of whom, which weeks may be read, files that go on where they were."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from app.domain import Account, Verdict
from app.store import Store, histories, people, projects
from app.store.histories import BlindAnswer, monday
from app.store.project_tables import contributors
from app.store.tables import people as people_table
from classifiers.labels import CONCERNS
from classifiers.vectors import BYTES, pack, unpack

MODEL = "tone-1"
VERDICT = Verdict(MODEL, {label: n / 10 for n, label in enumerate(CONCERNS)}, {})
SETTINGS = {"mode": "on"}


@pytest.fixture
def number(store: Store, now: datetime) -> int:
    with store.begin() as c:
        return projects.add(c, "github", "github.com", "octo/parser", SETTINGS, projects.COMMAND_LINE, "A test.", now)


def somebody(store: Store, now: datetime, n: int, *, agreed: bool = True, read: bool = True) -> int:
    with store.begin() as c:
        person = people.add(c, f"p{n}@example.org", now)
        people.propose(c, person, Account("github", "github.com", n), now)
        if read:
            people.opt_in(c, person, now)
        c.execute(sa.update(people_table).where(people_table.c.id == person).values(tuning_on=agreed))
    return person


def test_vectors_hold_four_digits_without_loss() -> None:
    p = {label: n / 10_000 for label, n in zip(CONCERNS, (0, 1, 4999, 5000, 9998, 9999, 10_000, 1234), strict=True)}
    assert len(pack(p)) == BYTES == 16
    assert (unpack([pack(p), pack(p)])[1] / 10_000).tolist() == list(p.values())
    with pytest.raises(KeyError):
        pack({})


def test_only_people_who_agreed_leave_scores(store: Store, number: int, now: datetime) -> None:
    yes, no, unread = (
        somebody(store, now, 1),
        somebody(store, now, 2, agreed=False),
        somebody(store, now, 3, read=False),
    )

    def record(person: int, project: int | None = number, verdict: Verdict = VERDICT) -> bool:
        with store.begin() as c:
            return histories.record(c, store.vault, person, project, verdict, "12345678", now, shadow=False)

    assert record(yes)
    assert not record(no)
    assert not record(unread)
    assert not record(yes, None)
    assert not record(yes, verdict=Verdict(MODEL, known_language=False))


def test_a_week_is_read_when_it_is_over_and_k_people_stand_behind_it(store: Store, number: int, now: datetime) -> None:
    for n in range(3):
        person = somebody(store, now, n)
        with store.begin() as c:
            for shadow in (False, True):
                histories.record(c, store.vault, person, number, VERDICT, "12345678", now, shadow=shadow)

    def sizes(k: int, at: datetime) -> dict[str, int]:
        with store.read() as c:
            return histories.sizes(c, number, MODEL, "own", k, at)

    later = now + timedelta(days=7)
    assert sizes(3, later) == {monday(now.date()): 6}
    assert sizes(4, later) == {}
    assert sizes(3, now) == {}
    with store.read() as c:
        assert histories.sizes(c, number, "tone-2", "own", 3, later) == {}
        assert histories.sizes(c, number, MODEL, "file", 3, later) == {}
        found = histories.vectors(c, number, MODEL, "own", [monday(now.date())])
    assert found[monday(now.date())].shape == (6, len(CONCERNS))


def test_contributors_are_counted_once_and_cannot_be_followed(store: Store, number: int, now: datetime) -> None:
    person = somebody(store, now, 1)
    for at in (now, now + timedelta(hours=1), now + timedelta(days=7)):
        with store.begin() as c:
            histories.record(c, store.vault, person, number, VERDICT, "12345678", at, shadow=False)
    with store.read() as c:
        rows = c.execute(sa.select(contributors)).mappings().all()
    assert len(rows) == 2
    assert len({row["contributor"] for row in rows}) == 2
    assert len({row["key"] for row in rows}) == 2


def test_a_file_is_taken_back_whole_and_nothing_else(store: Store, number: int, now: datetime) -> None:
    week = monday(now.date())
    with store.begin() as c:
        histories.add(c, number, week, MODEL, "12345678", histories.FILE, [pack(VERDICT.concerns)] * 3)
        histories.add(c, number, week, MODEL, "12345678", histories.LIVE, [pack(VERDICT.concerns)])
        histories.set_lines_done(c, number, "digest", 3, now)
        histories.set_lines_done(c, number, "digest", 5, now)
        assert histories.lines_done(c, number, "digest") == 5
        assert histories.sizes(c, number, MODEL, "file", 10, now) == {week: 3}
        assert histories.forget_files(c, number) == 3
        assert histories.lines_done(c, number, "digest") == 0
        assert len(histories.vectors(c, number, MODEL, "own", [week])[week]) == 1


def test_blind_answers_are_scores_and_answers(store: Store, number: int, now: datetime) -> None:
    given = BlindAnswer("hostility", 0.25, "yes")
    with store.begin() as c:
        histories.keep_answer(c, number, MODEL, given, now)
        assert histories.answers(c, number, MODEL) == [given]
        assert histories.answers(c, number, "tone-2") == []
        assert histories.forget_answers(c, number) == 1
        assert histories.answers(c, number, MODEL) == []


def test_mondays() -> None:
    assert monday(datetime(2026, 3, 4).date()) == "2026-03-02"  # noqa: DTZ001  a day
    assert monday(datetime(2026, 3, 2).date()) == "2026-03-02"  # noqa: DTZ001
    assert np.all([monday(datetime(2026, 3, d).date()) == "2026-03-02" for d in range(2, 9)])  # noqa: DTZ001
