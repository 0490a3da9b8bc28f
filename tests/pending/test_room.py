"""One process stays within what GitHub allows to one client, gives way when it was too much, and recovers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.pending.room import AT_ONCE, MINUTE_S, POINTS_A_MINUTE, Room


def spend(room: Room, now_s: float, rounds: int, points: int = 1) -> None:
    for _ in range(rounds):
        room.begin()
        room.end(now_s, points)


def test_no_more_at_once_than_there_is_room_for() -> None:
    room = Room()
    assert room.free(0) == AT_ONCE
    for _ in range(AT_ONCE - 1):
        room.begin()
    assert room.free(0) == 1


def test_a_minutes_points_are_given_back_a_minute_after_the_answer() -> None:
    room = Room()
    spend(room, 10.0, POINTS_A_MINUTE - 3)
    room.begin()
    assert room.free(11.0) == 2, "what is under way counts, too"
    room.end(12.0, 3)
    assert room.free(13.0) == 0
    assert room.free(10.0 + MINUTE_S - 0.01) == 0
    assert room.free(10.0 + MINUTE_S) == AT_ONCE


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 4), st.integers(1, 60)), max_size=300))
def test_in_no_minute_more_than_it_may(steps: list[tuple[float, int, int]]) -> None:
    """Whenever rounds begin, as many as are free, the points of any minute stay within the bound."""
    room, now_s, spent = Room(points_a_minute=200), 0.0, []
    for pause_s, points, wanted in steps:
        now_s += pause_s
        for _ in range(min(wanted, room.free(now_s) // points)):
            room.begin()
            room.end(now_s, points)
            spent.append((now_s, points))
        assert sum(p for at, p in spent if at > now_s - MINUTE_S) <= 200


def test_a_refusal_halves_what_goes_at_once_and_answers_bring_it_back() -> None:
    room = Room()
    room.begin()
    room.end(0, 1, limited=True, wait_s=60)
    assert room.free(1) == AT_ONCE // 2
    spend(room, 2, 60)
    assert AT_ONCE // 2 < room.free(3) < AT_ONCE
    spend(room, 4, 1600)
    assert room.free(5) == AT_ONCE


def test_where_even_one_at_a_time_is_too_much_nobody_is_asked_for_a_while() -> None:
    room = Room()
    for second in range(6):
        room.begin()
        room.end(second, 1, limited=True, wait_s=90)
    assert room.free(6) == 1
    room.begin()
    room.end(7, 1, limited=True, wait_s=90)
    assert room.free(96.9) == 0
    assert room.free(97) == 1, "then one, to see"
