"""What is believed about a project: near the truth where the truth is known, wide where little is, silent below 200."""

from __future__ import annotations

import numpy as np
import pytest

from app.tuning.beliefs import believe
from app.tuning.blind import known, questions, with_feedback
from app.tuning.calibration import Calibration, Counts, Known, calibrate
from app.tuning.replay import History, binned, replay
from app.tuning.shares import _told, shares
from benchmarks.simulated import World, project
from classifiers.labels import CONCERNS
from classifiers.tolerance import GRID, threshold


@pytest.fixture(scope="module")
def world() -> World:
    return World(11)


@pytest.fixture(scope="module")
def calibration(world: World) -> Calibration:
    from tests.web.tuned import CURVES

    return calibrate(world.shipped, {t: {label: threshold(CURVES[label], t) for label in CONCERNS} for t in GRID})


@pytest.fixture(scope="module")
def asked() -> dict[str, float]:
    from tests.web.tuned import CURVES

    return {label: threshold(CURVES[label], 1.0) for label in CONCERNS}


def test_the_calibration_knows_every_comment_of_the_reference(calibration: Calibration, world: World) -> None:
    assert np.allclose(calibration.harmless.sum(axis=1), len(world.shipped.harmless) / 2, atol=1)
    assert (np.diff(calibration.edges, axis=1) <= 0).all()
    assert np.isin(calibration.other.sum(axis=2).round(9), (0, 1)).all()  # 0: a concern beside itself
    assert np.allclose(calibration.any.sum(axis=1), 1)


def test_a_base_rate_is_found_and_a_share_with_it(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    for rates in (np.full(8, 0.004), np.full(8, 0.02)):
        scores, truth = world.comments(8000, rates)
        beliefs = believe(calibration, Counts.of(calibration, scores))
        assert beliefs is not None
        low, high = np.quantile(beliefs.any_rate, (0.001, 0.999))
        assert low <= truth.any(axis=1).mean() <= high
        said = replay(History.timeless(scores), asked, CONCERNS)
        total, each = shares(beliefs, said)
        assert total is not None
        came = truth[said.comment, said.label].mean()
        assert abs(total.expected - came) < 0.12
        assert total.low < total.expected < total.high
        assert sum(share.nudges for share in each if share) == total.nudges == said.nudges


def test_with_known_truth_intervals_hold_and_lean_to_neither_side() -> None:
    """``python -m benchmarks.tuning`` counts 200 projects; here are enough to notice that the model was broken."""
    world = World(12)
    found = [total for total, _ in (project(world) for _ in range(16)) if total is not None]
    assert sum(one.held for one in found) >= 14
    assert abs(np.mean([one.expected.expected - one.came for one in found])) < 0.025


def test_a_comment_told_about_something_stronger_is_not_counted(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    """Of those that carry another concern, few that are heard for this one are told about it."""
    scores, _ = world.comments(2000)
    beliefs = believe(calibration, Counts.of(calibration, scores))
    assert beliefs is not None
    told = _told(beliefs, replay(History.timeless(scores), asked, CONCERNS), np.random.default_rng(1))
    mine, theirs, none = told.mean(axis=1)
    assert (mine > theirs).all()
    assert (none > 0.6).all()


def test_where_nobody_stings_few_nudges_are_right(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    scores = world.shaken(world.shipped.harmless)
    beliefs = believe(calibration, Counts.of(calibration, scores))
    assert beliefs is not None
    total, _ = shares(beliefs, replay(History.timeless(scores), asked, CONCERNS))
    assert total is not None
    assert total.low < 0.35


def test_below_two_hundred_comments_nothing_is_known(calibration: Calibration, world: World) -> None:
    scores, _ = world.comments(199)
    assert believe(calibration, Counts.of(calibration, scores)) is None
    scores, _ = world.comments(200)
    assert believe(calibration, Counts.of(calibration, scores)) is not None


def test_the_same_history_gives_the_same_figures(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    scores, _ = world.comments(1000)
    said = replay(History.timeless(scores), asked, CONCERNS)
    first, second = (believe(calibration, Counts.of(calibration, scores)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert shares(first, said) == shares(second, said)


def test_answers_move_the_share_their_way_and_narrow_it(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    scores, _ = world.comments(3000)
    said = replay(History.timeless(scores), asked, CONCERNS)
    everything = binned(said.score, said.label, calibration.edges)
    nothing = np.zeros_like(everything)
    found = {}
    for name, one in (("none", None), ("right", Known(everything, nothing)), ("wrong", Known(nothing, everything))):
        beliefs = believe(calibration, Counts.of(calibration, scores), one)
        assert beliefs is not None
        found[name], _ = shares(beliefs, said)
    assert found["wrong"].expected < found["none"].expected < found["right"].expected  # type: ignore[union-attr]


def test_more_answers_than_comments_do_no_harm(calibration: Calibration, world: World) -> None:
    scores, _ = world.comments(500)
    many = np.full(calibration.edges.shape, 1000)
    assert believe(calibration, Counts.of(calibration, scores), Known(many, many)) is not None


def test_a_blind_answer_lands_in_the_bin_of_its_score(calibration: Calibration) -> None:
    said = known(calibration, [("hostility", 0.9999, "yes"), ("hostility", 0.0, "no"), ("belittling", 0.5, "unsure")])
    row = CONCERNS.index("hostility")
    assert said.right.sum() == said.wrong.sum() == 1
    assert said.right[row].argmax() < said.wrong[row].argmax()


def test_feedback_speaks_for_half_of_a_band_at_most(
    calibration: Calibration, world: World, asked: dict[str, float]
) -> None:
    scores, _ = world.comments(8000, np.full(8, 0.02))
    said = replay(History.timeless(scores), asked, CONCERNS)
    count = int((said.label == CONCERNS.index("hostility")).sum())
    taken = {("hostility", band): (3000, 1000) for band in ("low", "mid", "high")} | {("unheard of", "low"): (5, 5)}
    heard = with_feedback(Known.nothing(calibration), calibration, said, taken, asked)
    assert 0 < heard.right.sum() + heard.wrong.sum() <= count / 2
    assert heard.right.sum() > heard.wrong.sum()


def test_questions_are_near_thresholds_each_text_once_and_sixty_at_most(world: World, asked: dict[str, float]) -> None:
    from random import Random

    scores, _ = world.comments(2000, np.full(8, 0.03))
    texts = [f"text {n % 1900}" for n in range(1999)] + ["x" * 5000]
    found = questions(texts, scores, asked, CONCERNS, Random(1))
    assert len(found) == len({q.text for q in found}) == 60
    assert len({q.label for q in found}) > 3
    assert {q.label for q in questions(texts, scores, asked, ("hostility",), Random(1))} == {"hostility"}
    assert questions([], scores[:0], asked, CONCERNS, Random(1)) == []
    assert "text" not in repr(found[0])
