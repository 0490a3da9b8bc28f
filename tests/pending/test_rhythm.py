"""Who is asked again when: soon after a sign of life, then ever later, and never before GitHub allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.pending.rhythm import JITTER, LATEST, LONGEST_FAILING, RESERVE, SOONEST, Asked, next_at, pause

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
dice = st.floats(0, 1)
seconds = st.floats(0, 10**6)


def test_twenty_seconds_after_activity_then_slower_and_five_minutes_when_idle() -> None:
    pauses = [pause(timedelta(minutes=quiet)).total_seconds() for quiet in (0, 1, 2, 5, 10, 30, 600)]
    assert pauses == [20, 20, 20, 50, 100, 300, 300]


@given(seconds, dice)
def test_every_pause_is_within_its_bounds(quiet: float, dice: float) -> None:
    due = next_at(Asked(), NOW - timedelta(seconds=quiet), 0, NOW, dice)
    assert SOONEST * (1 - JITTER) <= due - NOW <= LATEST * (1 + JITTER)


def test_people_who_came_together_do_not_stay_together() -> None:
    due = {next_at(Asked(), NOW, 0, NOW, n / 10) for n in range(11)}
    assert len(due) == 11


def test_an_idle_hour_takes_fewer_than_fifteen_requests() -> None:
    asked, at = 0, NOW
    while (at := next_at(Asked(), NOW - timedelta(days=1), 0, at, 0.0)) <= NOW + timedelta(hours=1):
        asked += 1  # the fastest that the dice allow
    assert asked <= 14


@given(st.floats(0, 4000), dice, st.integers(1, 40))
def test_what_the_forge_asks_to_wait_is_never_cut_short(wait_s: float, dice: float, failures: int) -> None:
    due = next_at(Asked(failed=True, wait_s=wait_s), NOW, failures, NOW, dice)
    assert due >= NOW + timedelta(seconds=wait_s)


def test_failures_wait_longer_each_time_up_to_a_quarter_of_an_hour() -> None:
    waits = [next_at(Asked(failed=True), NOW, n, NOW, 0.5) - NOW for n in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0] == SOONEST * 2
    assert waits[-1] == LONGEST_FAILING


def test_the_last_of_somebodys_own_hour_is_left_to_them() -> None:
    resets_at = NOW + timedelta(minutes=40)
    low = Asked(left=RESERVE - 1, resets_at=resets_at)
    assert next_at(low, NOW, 0, NOW, 0.0) >= resets_at
    enough = Asked(left=RESERVE, resets_at=resets_at)
    assert next_at(enough, NOW, 0, NOW, 0.5) == NOW + SOONEST
