"""The curve that answers give is the library's, chosen by cross-validation, and absent where there is too little."""

from __future__ import annotations

import numpy as np
import pytest

from app.tuning import refit

GRID = [n / 4 for n in range(-16, 17)]


def answered(count: int, seed: int = 1, slope: float = 1.0) -> tuple[list[float], list[bool]]:
    chance = np.random.default_rng(seed)
    excess = chance.uniform(-4, 4, count)
    return list(excess), list(chance.random(count) < 1 / (1 + np.exp(-slope * excess)))


def test_too_few_answers_have_no_curve() -> None:
    assert refit.refit(*answered(19), GRID) is None
    assert refit.refit([0.0] * 40, [True] * 40, GRID) is None
    assert refit.refit([], [], GRID) is None


def test_without_the_library_there_is_no_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refit, "possible", lambda: False)
    assert refit.refit(*answered(60), GRID) is None


@pytest.mark.skipif(not refit.possible(), reason='scikit-learn is not here: pip install "tactful[tuning]"')
def test_the_curve_follows_the_answers() -> None:
    found = refit.refit(*answered(400), GRID)
    assert found is not None
    assert found.answers == 400
    assert found.loss <= found.other
    shares = [share for _, share in found.points]
    assert shares == sorted(shares)
    assert abs(dict(found.points)[0.0] - 0.5) < 0.12
    assert shares[0] < 0.15
    assert shares[-1] > 0.85


@pytest.mark.skipif(not refit.possible(), reason='scikit-learn is not here: pip install "tactful[tuning]"')
def test_nobody_is_certain_after_sixty_answers() -> None:
    excess = list(np.linspace(-4, 4, 60))
    found = refit.refit(excess, [x > 0 for x in excess], GRID)
    assert found is not None
    assert all(0.02 <= share <= 0.98 for _, share in found.points)
