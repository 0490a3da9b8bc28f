"""Texts of a blind calibration: in memory, one at a time, gone when answered or after two hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.tuning.blind import Question
from app.web.sittings import MOST_AT_ONCE, Sittings

ASKED = [Question("first", "hostility", 0.5), Question("second", "hostility", 0.6)]
ME = (1, 2)


def test_each_ticket_answers_once(now: datetime) -> None:
    at = Sittings()
    assert at.begin(ME, list(ASKED), now)
    sitting = at.current(ME, now)
    assert sitting is not None
    assert (sitting.number, sitting.of) == (1, 2)
    ticket = sitting.ticket
    assert at.take(ME, "another", now) is None
    first = at.take(ME, ticket, now)
    assert first is not None
    assert first.text == "first"
    assert at.take(ME, ticket, now) is None
    assert at.take(ME, sitting.ticket, now) is not None
    assert at.current(ME, now) is None


def test_nobody_elses_and_nothing_after_two_hours(now: datetime) -> None:
    at = Sittings()
    at.begin(ME, list(ASKED), now)
    assert at.current((1, 3), now) is None
    assert at.current(ME, now + timedelta(hours=2)) is None


def test_memory_is_bounded_and_texts_are_not_in_a_trace(now: datetime) -> None:
    at = Sittings()
    for person in range(MOST_AT_ONCE):
        assert at.begin((person, 1), list(ASKED), now)
    assert not at.begin((MOST_AT_ONCE, 1), list(ASKED), now)
    assert at.begin((0, 1), list(ASKED), now)
    assert "first" not in repr(at.current((0, 1), now))
    at.end((0, 1))
    assert at.begin((MOST_AT_ONCE, 1), list(ASKED), now)
