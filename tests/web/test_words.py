"""Time as people read it, and the manners of every sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import app.web
from app.web import words

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


def test_a_day_is_the_persons_own() -> None:
    late = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert words.day(late, NOON, UTC) == "Yesterday"
    assert words.day(late, NOON, BERLIN) == "Today"
    assert words.day(NOON - timedelta(days=2), NOON, UTC) == "Monday 2 March 2026"


def test_a_time_ahead_names_its_day_unless_it_is_today() -> None:
    assert words.moment(NOON + timedelta(hours=1), NOON, BERLIN) == "14:00"
    assert words.moment(NOON + timedelta(days=5), NOON, BERLIN) == "Monday 9 March, 13:00"


@pytest.mark.parametrize(
    ("pause", "until"),
    [
        ("hour", datetime(2026, 3, 4, 14, 0, tzinfo=BERLIN)),
        ("today", datetime(2026, 3, 5, 0, 0, tzinfo=BERLIN)),
        ("week", datetime(2026, 3, 9, 0, 0, tzinfo=BERLIN)),
    ],
)
def test_a_pause_ends_on_the_persons_clock(pause: words.Pause, until: datetime) -> None:
    assert words.pause_until(pause, NOON, BERLIN) == until


def test_midnight_is_midnight_when_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # clocks change in the night to Sunday
    assert words.pause_until("today", saturday, BERLIN).astimezone(UTC) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert words.pause_until("week", saturday, BERLIN).astimezone(UTC) == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_no_page_scolds() -> None:
    folder = Path(app.web.__file__).parent
    sources = [*folder.glob("templates/*.html"), *folder.glob("static/*.js"), folder / "words.py"]
    assert len(sources) > 15
    for source in sources:
        said = source.read_text("utf-8").lower()
        for word in ("flagged", "detected", "violation", "policy", "toxic", "be respectful", "please be"):
            assert word not in said, f"{source.name} says {word}"
        if source.suffix == ".html":
            assert not re.search(r"[a-z]!", said), f"{source.name} shouts"
