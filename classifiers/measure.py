"""The figures: precision, recall, average precision, calibration, with intervals. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def average_precision(truth: Floats, scores: Floats) -> float:
    """Area under the precision/recall steps; ties count as one step. NaN without positives."""
    if truth.sum() == 0:
        return math.nan
    order = np.argsort(-scores, kind="stable")
    truth, scores = truth[order], scores[order]
    last = np.r_[np.nonzero(np.diff(scores))[0], len(scores) - 1]
    hits = np.cumsum(truth)[last]
    precision = hits / (last + 1)
    recall = hits / truth.sum()
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def precision_recall_f1(truth: Floats, flagged: Floats) -> tuple[float, float, float]:
    """Precision, recall and F1 of one label; 0 where a denominator is 0."""
    hits = float((truth * flagged).sum())
    precision = hits / flagged.sum() if flagged.sum() else 0.0
    recall = hits / truth.sum() if truth.sum() else 0.0
    return float(precision), float(recall), float(2 * hits / max(truth.sum() + flagged.sum(), 1))


def calibration_error(truth: Floats, p: Floats, bins: int = 15) -> float:
    """Expected calibration error over equally filled bins (Nixon et al. 2019, adaptive)."""
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(abs(truth[part].mean() - p[part].mean()) * len(part) for part in parts) / len(order))


def interval(
    figure: Callable[[NDArray[np.int64]], float], count: int, *, rounds: int = 400, seed: int = 7
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of ``figure(row numbers)`` over ``count`` rows."""
    chance = np.random.default_rng(seed)
    found = [figure(chance.integers(0, count, count)) for _ in range(rounds)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    if not count:
        return 0.0, 1.0
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def platt(scores: Floats, truth: Floats, *, rounds: int = 50) -> tuple[float, float]:
    """Slope and intercept of ``sigmoid(slope · score + intercept)`` (Platt 1999), by Newton steps; slope stays above 0.1."""
    weights = np.array([1.0, 0.0])
    design = np.c_[scores, np.ones_like(scores)]
    for _ in range(rounds):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - truth) + 1e-2 * (weights - np.array([1.0, 0.0]))
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + 1e-2 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return max(float(weights[0]), 0.1), float(weights[1])


def squash(scores: Floats, slope: float, intercept: float) -> Floats:
    """Calibrated probabilities; unjudged (NaN) scores become 0."""
    p = 1.0 / (1.0 + np.exp(-np.clip(slope * scores + intercept, -60, 60)))
    return np.where(np.isnan(scores), 0.0, p)
