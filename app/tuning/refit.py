"""The curve that a project's own answers give: isotonic or Platt, whichever a cross-validation likes better.

scikit-learn fits and validates. It is an extra (``pip install "tactful[tuning]"``): with what it needs it takes 200 MB on disk
and 130 MB of memory, more than the whole service, for sixty answers. Without it the answers still count in
``shares``; only this curve is not drawn, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Method = Literal["Platt", "isotonic"]

FEWEST_ANSWERS: Final = 20
FEWEST_OF_A_KIND: Final = 5
_FOLDS: Final = 5
_EDGE: Final = 0.02
"""Nobody is sure of more than one in fifty after sixty answers; isotonic steps would say 0 and 1."""


@dataclass(frozen=True, slots=True)
class Refit:
    """``points``: (excess, share that stings). Excess is in log-odds over the threshold.

    ``loss`` is the cross-validated log loss of the method chosen, in nats an answer, ``other`` that of the one not chosen.
    """

    method: Method
    points: tuple[tuple[float, float], ...]
    answers: int
    loss: float
    other: float


def enough(yes: Sequence[bool]) -> bool:
    """Whether a curve can be fitted at all: 20 answers, five of either kind."""
    return len(yes) >= FEWEST_ANSWERS and min(sum(yes), len(yes) - sum(yes)) >= FEWEST_OF_A_KIND


@cache
def possible() -> bool:
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


def refit(excess: Sequence[float], yes: Sequence[bool], grid: Sequence[float]) -> Refit | None:
    """The better of both curves on ``grid``; ``None`` where there are too few answers or no library."""
    if not possible() or not enough(yes):
        return None
    x, y = np.asarray(excess, dtype=np.float64), np.asarray(yes, dtype=np.int64)
    ways: dict[Method, Callable[[Floats, NDArray[np.int64]], Callable[[Floats], Floats]]] = {
        "Platt": _platt,
        "isotonic": _isotonic,
    }
    losses = {name: _validated(fit, x, y) for name, fit in ways.items()}
    method: Method = "isotonic" if losses["isotonic"] < losses["Platt"] else "Platt"
    drawn = ways[method](x, y)(np.asarray(grid, dtype=np.float64))
    points = tuple((float(at), float(share)) for at, share in zip(grid, drawn, strict=True))
    return Refit(method, points, len(y), losses[method], max(losses.values()))


def _platt(x: Floats, y: NDArray[np.int64]) -> Callable[[Floats], Floats]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=10.0).fit(x[:, None], y)
    return lambda at: np.clip(fitted.predict_proba(at[:, None])[:, 1], _EDGE, 1 - _EDGE)


def _isotonic(x: Floats, y: NDArray[np.int64]) -> Callable[[Floats], Floats]:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=_EDGE, y_max=1 - _EDGE, out_of_bounds="clip").fit(x, y)
    return lambda at: np.asarray(fitted.predict(at), dtype=np.float64)


def _validated(
    fit: Callable[[Floats, NDArray[np.int64]], Callable[[Floats], Floats]], x: Floats, y: NDArray[np.int64]
) -> float:
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold

    p = np.zeros(len(y))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=7)
    for learn, hold in folds.split(x[:, None], y):
        p[hold] = fit(x[learn], y[learn])(x[hold])
    return float(log_loss(y, p, labels=[0, 1]))
