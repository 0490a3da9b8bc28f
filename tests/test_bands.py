"""Bands: coarse, in order, and relative to the threshold in force."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bands import band


@pytest.mark.parametrize(
    ("p", "threshold", "expected"),
    [
        (0.49, 0.5, "below"),
        (0.5, 0.5, "low"),
        (0.66, 0.5, "low"),
        (0.67, 0.5, "mid"),
        (0.88, 0.5, "mid"),
        (0.89, 0.5, "high"),
        (0.95, 0.9, "mid"),
        (1.0, 0.99, "high"),
        (1.0, 1.01, "below"),
        (0.0, 0.0, "low"),
    ],
)
def test_examples(p: float, threshold: float, expected: str) -> None:
    assert band(p, threshold) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_a_lower_band(p: float, q: float, threshold: float) -> None:
    order = ("below", "low", "mid", "high")
    low, high = sorted((p, q))
    assert order.index(band(low, threshold)) <= order.index(band(high, threshold))
