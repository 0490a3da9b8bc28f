from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import NotNow
from app.platforms.gerrit.saves import APART, Moment, Saves

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
QUIET = timedelta(seconds=60)


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def moment(seconds: float) -> Moment:
    return at(int(seconds)), at(seconds)


@pytest.fixture
def saves() -> Saves:
    return Saves(QUIET)


def looked(saves: Saves, delivery: str, save: Moment, now: datetime) -> datetime:
    look = saves.look("k", delivery, save, now)
    saves.saw("k", look)
    return look.up_to[0]


def test_each_draft_is_looked_at_once_it_rests_although_others_are_being_written(saves: Saves) -> None:
    """Somebody writes all the time, and pauses nowhere for a minute: still nothing waits for the end of it."""
    every = [0, 20, 40, 60, 80]
    for second in every:
        saves.heard("k", moment(second), emptied=False)
    for second in every:
        assert not saves.is_over("k", f"save {second}", moment(second))
        assert looked(saves, f"save {second}", moment(second), at(second + 60)) == at(second)


def test_many_saves_in_a_row_are_few_looks(saves: Saves) -> None:
    for second in range(5):
        saves.heard("k", moment(second), emptied=False)
    assert looked(saves, "0", moment(0), at(60)) == at(0)
    with pytest.raises(NotNow) as wait:
        saves.look("k", "1", moment(1), at(61))
    assert wait.value.retry_after_s == 5
    assert looked(saves, "1", moment(1), at(60) + APART) == at(4), "all that rest by now"
    assert saves.is_over("k", "2", moment(2))
    assert saves.is_over("k", "4", moment(4))
    assert not saves.is_over("k", "1", moment(1)), "its own attempt may have failed after looking"
    assert not saves.is_over("k", "5", moment(5))
    assert not saves.is_over("another", "2", moment(2))


def test_once_no_draft_is_left_earlier_saves_are_over(saves: Saves) -> None:
    saves.heard("k", moment(10), emptied=True)
    assert saves.is_over("k", "earlier", moment(9))
    assert not saves.is_over("k", "later", moment(11))


def test_what_another_process_took_is_simply_looked_at(saves: Saves) -> None:
    assert not saves.is_over("k", "one", moment(0))
    assert looked(saves, "one", moment(0), at(60)) == at(0)
