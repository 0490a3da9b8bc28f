"""A replay decides as the walk does, and counts what it decided."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app import policy
from app.domain import Verdict
from app.tuning.replay import History, all_binned, limit, replay
from classifiers.labels import CONCERNS
from classifiers.vectors import pack, unpack

fours = st.integers(0, 10_000).map(lambda n: n / 10_000)
rows = st.lists(st.lists(fours, min_size=8, max_size=8), min_size=1, max_size=20)


@given(
    rows,
    st.lists(st.one_of(fours, st.just(1.01), st.floats(0, 1).map(lambda p: round(p, 9))), min_size=8, max_size=8),
    st.sets(st.sampled_from(CONCERNS)),
)
@settings(max_examples=300, deadline=None)
def test_a_replay_speaks_where_the_policy_would(scores, thresholds, on):
    asked = dict(zip(CONCERNS, thresholds, strict=True))
    packed = [pack(dict(zip(CONCERNS, row, strict=True))) for row in scores]
    history = History.of({f"2026-01-{number + 1:02}": unpack([one]) for number, one in enumerate(packed)})
    found = {int(week): CONCERNS[label] for week, label in zip(*_week_label(replay(history, asked, on)), strict=True)}
    for number, row in enumerate(scores):
        heard = policy.heard(Verdict("m", dict(zip(CONCERNS, row, strict=True))), asked)
        spoken = [concern.label for concern in heard if concern.label in on]
        assert found.get(number) == (spoken[0] if spoken else None)


def _week_label(found):
    return found.week, found.label


def test_weeks_and_rates():
    quiet, loud = [0] * 8, [9900] + [0] * 7
    history = History.of(
        {"2026-01-12": np.array([quiet, loud], np.uint16), "2026-01-05": np.array([loud, loud, quiet], np.uint16)}
    )
    assert history.weeks == ("2026-01-05", "2026-01-12")
    found = replay(history, dict.fromkeys(CONCERNS, 0.9), CONCERNS)
    assert found.weekly()[:, 0].tolist() == [2, 1]
    assert found.rates()[0] == 1.5
    assert found.nudges == 3


def test_without_weeks_a_rate_is_per_thousand_comments():
    scores = np.zeros((500, 8), np.uint16)
    scores[:2, 3] = 9999
    found = replay(History.timeless(scores), dict.fromkeys(CONCERNS, 0.5), CONCERNS)
    assert found.rates()[3] == 4.0


def test_nothing_is_said_of_an_empty_history_or_with_all_norms_off():
    assert replay(History.of({}), dict.fromkeys(CONCERNS, 0.5), CONCERNS).nudges == 0
    loud = History.timeless(np.full((3, 8), 10_000, np.uint16))
    assert replay(loud, dict.fromkeys(CONCERNS, 0.5), ()).nudges == 0
    assert replay(loud, dict.fromkeys(CONCERNS, 1.01), CONCERNS).nudges == 0


def test_a_limit_is_the_least_score_that_reaches_the_threshold():
    assert limit(0.5) == 5000
    assert limit(0.50001) == 5001
    assert limit(0.0) == 0
    assert limit(1.01) > 10_000


def test_bins_take_scores_from_their_edge_on_and_equal_edges_leave_all_to_the_first():
    edges = np.array([[10_000, 10_000, 5000, 0, 0]])
    assert all_binned(np.array([[10_000], [9999], [5000], [4999], [0]], np.uint16), edges).tolist() == [[1, 0, 2, 2, 0]]
