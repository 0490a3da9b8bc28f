"""What a walk adds to the counts of people who agreed, and the arm in which nothing is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.domain import CommentRef
from app.project_settings import Mode, as_json, start
from app.releasing import Releaser
from app.stats import arms
from app.store import Store, comments, effects, judgements, projects, tallies
from app.store.project_tables import effects as effects_table
from app.store.tables import comments as comments_table
from app.store.tallies import Consents
from tests.engine.house import REF, STING, House, build

ALL_OF_IT = Consents(statistics=True, experiment=True, my_month=True)


@pytest.fixture
def house(store: Store, now: datetime) -> House:
    return build(store, now)


def project(house: House, hold_out: float = 0.0) -> int:
    pipeline = house.pipeline
    settings = replace(start(pipeline.in_force.service().norms, Mode.ON), hold_out=hold_out)
    with pipeline.store.begin() as c:
        number = projects.add(
            c, "forge", "forge.test", "org", as_json(settings), projects.ADMINISTRATOR, "A test.", house.clock[0]
        )
    pipeline.in_force.look_again()
    return number


def agree(house: House, agreed: Consents) -> None:
    with house.pipeline.store.begin() as c:
        tallies.agree(c, house.person, agreed)


def counted(house: House) -> set[tuple[int, str, str, int]]:
    day = house.clock[0].date()
    with house.pipeline.store.read() as c:
        rows = tallies.of_quarter(c, day - timedelta(days=30), day + timedelta(days=30))
    return {(row.project, row.kind, row.label, row.count) for row in rows}


def draft(house: House, text: str, minutes: int = 0) -> None:
    """The walk of a text that is not published yet: as it would be if the forge had drafts."""
    house.deliver("", ref=REF, minutes=minutes)  # known, and then held as a draft
    with house.pipeline.store.begin() as c:
        c.execute(sa.update(comments_table).values(published=False))
    with_words = replace_text(house, text)
    house.pipeline.judge_text(*with_words)
    house.pipeline.decide(*with_words)


def replace_text(house: House, text: str) -> tuple[int, str]:
    vault = house.pipeline.store.vault
    digest = vault.digest(text)
    with house.pipeline.store.begin() as c:
        c.execute(sa.update(comments_table).values(sealed=vault.seal(text), digest=digest))
        number = comments.find(c, REF)
    assert number is not None
    return number, digest


def publish(house: House) -> int:
    with house.pipeline.store.begin() as c:
        c.execute(sa.update(comments_table).values(published=True))
    clock = house.clock
    return Releaser(house.pipeline.store, house.pipeline.in_force, lambda: clock[0], timedelta(days=90)).settle()


def rows(house: House) -> list[tuple[str, bool | None, str, str | None]]:
    with house.pipeline.store.read() as c:
        found = c.execute(sa.select(effects_table).order_by(effects_table.c.id)).mappings()
        return [(row["arm"], row["edited"], row["band_first"], row["band_published"]) for row in found]


def test_nobody_is_counted_who_did_not_agree(house: House) -> None:
    project(house)
    house.deliver(STING)
    agree(house, ALL_OF_IT)
    assert counted(house) == set()


def test_a_walk_counts_what_was_read_said_and_done_well(house: House) -> None:
    number = project(house)
    agree(house, ALL_OF_IT)
    house.deliver(STING)
    house.deliver("{support} {appreciation} Well done.", ref=CommentRef("forge", "forge.test", "note", "2"))
    house.deliver(STING)  # the same again
    assert counted(house) == {
        (number, "read", "", 2),
        (number, "nudged", "belittling", 1),
        (number, "strength", "support", 1),
        (number, "strength", "appreciation", 1),
    }


def test_an_edited_comment_is_read_once(house: House) -> None:
    number = project(house)
    agree(house, ALL_OF_IT)
    house.deliver("{support} Fine.")
    house.deliver("{support} Fine, truly.", minutes=1)
    assert counted(house) == {(number, "read", "", 1), (number, "strength", "support", 1)}


def test_outside_every_project_only_ones_own_weeks_are_counted(house: House) -> None:
    agree(house, ALL_OF_IT)
    house.deliver(STING)
    assert counted(house) == set()
    with house.pipeline.store.read() as c:
        assert {(one.kind, one.count) for one in tallies.mine(c, house.person)} == {("read", 1), ("nudged", 1)}


def test_a_draft_edited_after_a_note_is_an_edit_before_publication(house: House) -> None:
    number = project(house)
    agree(house, ALL_OF_IT)
    draft(house, STING)
    assert [row[:2] for row in rows(house)] == [("spoken", None)]
    assert publish_after(house, "Please close the handle.") == 1
    arm, edited, first, published = rows(house)[0]
    assert (arm, edited, published) == ("spoken", True, "below")
    assert first != "below"
    assert (number, "edited", "belittling", 1) in counted(house)
    assert publish(house) == 0  # settled once


def publish_after(house: House, text: str) -> int:
    with_words = replace_text(house, text)
    house.pipeline.judge_text(*with_words)
    house.pipeline.decide(*with_words)
    return publish(house)


def test_a_held_out_draft_is_told_in_the_history_only_once_it_is_out(house: House) -> None:
    project(house, hold_out=0.5)
    agree(house, ALL_OF_IT)
    held = next(
        thread
        for thread in (f"org/repo#{n}" for n in range(50))
        if arms.held_out(house.pipeline.store.vault.digest, house.person, f"forge:forge.test:{thread}", 0.5)
    )
    house.deliver("", ref=REF, thread=held)
    with house.pipeline.store.begin() as c:
        c.execute(sa.update(comments_table).values(published=False))
    house.pipeline.judge_text(*replace_text(house, STING))
    house.pipeline.decide(*replace_text(house, STING))
    assert house.reasons()[-1] == "hold_out"

    def history() -> list[str | None]:
        with house.pipeline.store.read() as c:
            return [line.reason for line in judgements.mine(c, house.person, 10)]

    assert "hold_out" not in history()
    publish(house)
    assert "hold_out" in history()
    assert [row[:2] for row in rows(house)] == [("held", False)]


def test_whoever_did_not_agree_to_the_experiment_is_never_held_out(house: House) -> None:
    project(house, hold_out=0.5)
    agree(house, Consents(statistics=True))
    for number in range(12):
        house.deliver(STING, ref=CommentRef("forge", "forge.test", "note", str(number)), thread=f"org/repo#{number}")
    assert "hold_out" not in house.reasons()


def test_arms_are_released_only_of_people_who_agreed_to_both(house: House) -> None:
    project(house)
    agree(house, ALL_OF_IT)
    draft(house, STING)
    publish(house)
    day = house.clock[0].date()

    def kinds() -> set[str]:
        with house.pipeline.store.read() as c:
            return {row.kind for row in effects.counted(c, day - timedelta(days=30), day + timedelta(days=30))}

    assert kinds() == {"spoken_kept", "spoken_same"}
    agree(house, replace(ALL_OF_IT, statistics=False))
    assert kinds() == set()
