from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Silence
from tests.test_policy import NOON, PERSON, decision, reason


def quiet_at(moment: datetime, begins: time | None, ends: time | None, zone: str = "UTC") -> bool:
    person = replace(PERSON, timezone=zone, quiet_from=begins, quiet_until=ends)
    return reason(decision(person=person, now=moment)) is Silence.QUIET_HOURS


@pytest.mark.parametrize(
    ("clock", "begins", "ends", "quiet"),
    [
        (time(8, 59, 59), time(9), time(17), False),
        (time(9), time(9), time(17), True),
        (time(16, 59, 59), time(9), time(17), True),
        (time(17), time(9), time(17), False),
        (time(21, 59), time(22), time(7), False),
        (time(22), time(22), time(7), True),
        (time(0), time(22), time(7), True),
        (time(6, 59), time(22), time(7), True),
        (time(7), time(22), time(7), False),
        (time(23, 30), time(23), time(0), True),
        (time(0), time(23), time(0), False),
        (time(9), time(9), time(9), False),
        (time(9), None, time(17), False),
        (time(9), time(9), None, False),
    ],
)
def test_quiet_hours_are_half_open_and_may_cross_midnight(
    clock: time, begins: time | None, ends: time | None, quiet: bool
) -> None:
    assert quiet_at(datetime.combine(NOON.date(), clock, UTC), begins, ends) is quiet


def test_quiet_hours_are_read_on_the_persons_own_wall() -> None:
    late = datetime(2025, 1, 15, 3, 30, tzinfo=UTC)
    assert quiet_at(late, time(22), time(7), "America/New_York")  # 22:30 there
    assert not quiet_at(late, time(22), time(7), "Asia/Tokyo")  # 12:30 there


def test_quiet_hours_follow_the_clock_through_both_changes() -> None:
    berlin = "Europe/Berlin"
    # 30 March 2025: 02:00 becomes 03:00, so 00:59 UTC is 01:59 and 01:00 UTC is 03:00.
    assert quiet_at(datetime(2025, 3, 30, 0, 59, tzinfo=UTC), time(1), time(3), berlin)
    assert not quiet_at(datetime(2025, 3, 30, 1, 0, tzinfo=UTC), time(1), time(3), berlin)
    # 26 October 2025: 02:30 comes twice, at 00:30 and 01:30 UTC, and is quiet both times.
    assert quiet_at(datetime(2025, 10, 26, 0, 30, tzinfo=UTC), time(2), time(3), berlin)
    assert quiet_at(datetime(2025, 10, 26, 1, 30, tzinfo=UTC), time(2), time(3), berlin)
    assert not quiet_at(datetime(2025, 10, 26, 2, 0, tzinfo=UTC), time(2), time(3), berlin)


TIMES = st.times().map(lambda t: t.replace(microsecond=0))


@given(
    TIMES,
    TIMES,
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1 < moment.year < 9999),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia"]),
)
def test_a_moment_is_quiet_in_exactly_one_of_two_complementary_ranges(
    a: time, b: time, moment: datetime, zone: str
) -> None:
    assert (quiet_at(moment, a, b, zone) != quiet_at(moment, b, a, zone)) is (a != b)


def test_a_zone_that_the_data_no_longer_know_is_read_as_utc() -> None:
    for zone in ("Nowhere/Land", "../etc/passwd", ""):
        assert quiet_at(NOON, time(11), time(13), zone)
