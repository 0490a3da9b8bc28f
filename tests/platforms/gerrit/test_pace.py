from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import NotNow
from app.platforms.gerrit.pace import Look, Looks, Pace

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_change_is_read_so_often_in_a_minute_and_says_when_again() -> None:
    pace = Pace(most=3)
    for second in (0, 10, 20):
        pace.admit("one", second)
    with pytest.raises(NotNow) as wait:
        pace.admit("one", 25)
    assert wait.value.retry_after_s == 35
    pace.admit("another", 25)
    pace.admit("one", 60)


def test_a_later_look_of_another_delivery_covers_an_earlier_event() -> None:
    looks = Looks()
    assert not looks.covers("k", "first", AT, AT)
    looks.saw("k", Look("second", began_at=AT + SECOND, since=AT - 60 * SECOND))
    assert looks.covers("k", "first", AT, AT - 50 * SECOND)
    assert not looks.covers("k", "second", AT, AT - 50 * SECOND), "its own attempt may have failed after looking"
    assert not looks.covers("k", "first", AT + 2 * SECOND, AT), "it came in after the look began"
    assert not looks.covers("k", "first", AT, AT - 70 * SECOND), "it points further back"
    assert not looks.covers("other", "first", AT, AT)
