"""From tolerance to threshold and back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.tolerance import NEVER, curve, needed, sigmoid, threshold


def _scores(count: int, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [sigmoid(chance.gauss(-5, 1.5)) for _ in range(count)]


def test_thresholds_fall_as_tolerance_rises() -> None:
    points = curve(_scores(3000))
    levels = [threshold(points, t) for t in (0.005, 0.02, 0.125, 0.3, 1, 4, 15, 60, 300, 1000)]
    assert levels == sorted(levels, reverse=True)
    assert all(0 <= level < 1 for level in levels)


def test_zero_tolerance_is_never_reached() -> None:
    points = curve(_scores(1000))
    assert threshold(points, 0) == NEVER > 1
    assert threshold(points, -1) == NEVER


def test_a_curve_keeps_its_promise_on_fresh_comments_of_the_same_kind() -> None:
    points = curve(_scores(3000, seed=1))
    fresh = _scores(200_000, seed=2)
    for tolerance in (0.5, 1.0, 5.0, 20.0):
        level = threshold(points, tolerance)
        share = 1000 * sum(p >= level for p in fresh) / len(fresh)
        assert tolerance / 3 < share < tolerance * 3


@settings(max_examples=50, deadline=None)
@given(st.floats(0.02, 90.0))
def test_needed_is_the_inverse(tolerance: float) -> None:
    points = curve(_scores(2000))
    assert needed(points, threshold(points, tolerance)) == pytest.approx(tolerance, rel=0.3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=30, max_size=200), st.floats(1e-6, 1e4))
def test_any_pool_gives_a_threshold(scores: list[float], tolerance: float) -> None:
    assert 0 <= threshold(curve(scores), tolerance) <= 1
