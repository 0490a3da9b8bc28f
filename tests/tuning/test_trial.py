"""The trial's proposal: never more readily than tried, only what would mostly be right, and as sure as it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.norms import load
from app.project_settings import Mode, NormSetting, ProjectSettings, start
from app.tuning import trial
from app.tuning.beliefs import Beliefs, believe
from app.tuning.calibration import Counts, calibrate
from app.tuning.replay import History
from classifiers import shipped
from classifiers.labels import CONCERNS
from classifiers.tolerance import GRID
from tests.web.tuned import CurvedJudge, scores

NORMS = load()
JUDGE = CurvedJudge()
SHIPPED = shipped.load()
assert SHIPPED is not None
CALIBRATION = calibrate(SHIPPED, {t: JUDGE.thresholds(dict.fromkeys(CONCERNS, t)) for t in GRID})


def thresholds(tolerances: Mapping[str, float]) -> Mapping[str, float]:
    return JUDGE.thresholds(tolerances)


def history(rate: float, comments: int = 4000, weeks: tuple[str, ...] = ("2026-02-02", "2026-02-09")) -> History:
    parts = np.array_split(scores(comments, rate=rate), len(weeks))
    return History.of(dict(zip(weeks, parts, strict=True)))


def believed(of: History) -> Beliefs:
    found = believe(CALIBRATION, Counts.of(CALIBRATION, of.scores))
    assert found is not None
    return found


def tried(tolerance: float = 1.0) -> ProjectSettings:
    settings = start(NORMS)
    return replace(settings, norms={label: NormSetting(Mode.ON, tolerance) for label in settings.norms})


def test_two_weeks_are_a_trial() -> None:
    since = datetime(2026, 2, 2, tzinfo=UTC)
    assert not trial.is_over(since, since + timedelta(days=13, hours=23))
    assert trial.is_over(since, since + timedelta(days=14))


def test_only_whole_weeks_since_the_trial_began_count() -> None:
    whole = history(0.05, 400, ("2026-01-26", "2026-02-02", "2026-02-09"))
    kept = trial.of_the_trial(whole, datetime(2026, 2, 1, 9, tzinfo=UTC))
    assert kept.weeks == ("2026-02-02", "2026-02-09")
    assert kept.comments == int((whole.week > 0).sum())
    assert set(kept.week.tolist()) == {0, 1}
    assert trial.of_the_trial(whole, datetime(2026, 3, 1, tzinfo=UTC)).comments == 0


def test_where_stings_are_frequent_norms_are_proposed_on() -> None:
    heard = history(0.1)
    found = trial.propose(heard, tried(), thresholds, believed(heard))
    assert found.settings.mode is Mode.ON
    assert {n.proposed.mode for n in found.norms} <= {Mode.ON, Mode.SHADOW}
    on = [n for n in found.norms if n.proposed.mode is Mode.ON]
    assert on
    assert all(n.proposed.tolerance <= n.tried.tolerance for n in found.norms)
    assert all(n.share is None or n.share.low > 0.5 for n in on)
    assert found.low <= found.a_week <= found.high
    assert (found.weeks, found.comments) == (2, 4000)
    assert found.share is not None


def test_where_everybody_is_kind_nothing_more_is_proposed_than_is_right() -> None:
    heard = history(0.0)
    found = trial.propose(heard, tried(5.0), thresholds, believed(heard))
    for norm in found.norms:
        spoke = norm.tried_a_week > 0
        if spoke and norm.proposed.mode is Mode.ON:
            assert norm.proposed.tolerance < norm.tried.tolerance or (norm.share and norm.share.low > 0.5)


def test_what_was_off_stays_off() -> None:
    heard = history(0.1, 1000)
    settings = tried()
    settings = replace(settings, norms={**settings.norms, "hostility": NormSetting(Mode.OFF, 0.3)})
    found = trial.propose(heard, settings, thresholds, believed(heard))
    assert found.settings.norms["hostility"] == NormSetting(Mode.OFF, 0.3)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (100, 81.4, 121.6)]
)
def test_the_interval_of_a_rate_is_nearly_the_exact_one(count: int, low: float, high: float) -> None:
    """Exact (Garwood 1936): to a tenth of a note, which is what the page shows."""
    found = trial.poisson(count)
    assert found[0] == pytest.approx(low, abs=0.11)
    assert found[1] == pytest.approx(high, abs=0.11)
