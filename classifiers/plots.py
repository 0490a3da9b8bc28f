"""Two plots as SVG, drawn with a page of code rather than a plotting library."""

from __future__ import annotations

from html import escape

import numpy as np

from classifiers.labels import CONCERNS
from classifiers.measure import Floats

_SIZE, _EDGE = 320, 44
_COLOURS = ("#1b6ca8", "#c8553d", "#2d7d46", "#8a4f9e", "#b8860b", "#00797a", "#7a3b2e", "#4a4a4a")


def _frame(title: str, x: str, y: str, body: list[str]) -> str:
    width, height = _SIZE + 2 * _EDGE + 150, _SIZE + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="#999"/>',
        f'<text x="{_EDGE}" y="24" font-size="14">{escape(title)}</text>',
        f'<text x="{_EDGE + _SIZE / 2}" y="{height - 10}" text-anchor="middle">{escape(x)}</text>',
        f'<text transform="translate(14 {_EDGE + _SIZE / 2}) rotate(-90)" text-anchor="middle">{escape(y)}</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        across, down = _place(tick, tick)
        parts.append(
            f'<text x="{across:.0f}" y="{_EDGE + _SIZE + 14}" text-anchor="middle" fill="#555">{tick:g}</text>'
        )
        parts.append(f'<text x="{_EDGE - 5}" y="{down + 4:.0f}" text-anchor="end" fill="#555">{tick:g}</text>')
    return "\n".join([*parts, *body, "</svg>", ""])


def _place(x: float, y: float) -> tuple[float, float]:
    return _EDGE + x * _SIZE, _EDGE + (1 - y) * _SIZE


def _line(points: list[tuple[float, float]], number: int, name: str) -> list[str]:
    colour = _COLOURS[number]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in (_place(x, y) for x, y in points))
    y = _EDGE + 14 * number + 8
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>',
        f'<rect x="{_EDGE + _SIZE + 12}" y="{y - 8}" width="10" height="10" fill="{colour}"/>',
        f'<text x="{_EDGE + _SIZE + 27}" y="{y + 1}">{escape(name)}</text>',
    ]


def precision_recall(truth: Floats, p: Floats) -> str:
    """Precision against recall of each concern; ``truth`` and ``p`` are (N, labels)."""
    body: list[str] = []
    for number, label in enumerate(CONCERNS):
        order = np.argsort(-p[:, number], kind="stable")
        hits = np.cumsum(truth[order, number])
        if not len(hits) or not hits[-1]:
            continue
        precision, recall = hits / (np.arange(len(hits)) + 1), hits / hits[-1]
        keep = np.unique(np.searchsorted(recall, np.linspace(0.01, 1, 80)).clip(0, len(hits) - 1))
        body += _line([(float(recall[i]), float(precision[i])) for i in keep], number, label)
    return _frame("Precision and recall, held-out writers", "recall", "precision", body)


def reliability(truth: Floats, p: Floats, bins: int = 8) -> str:
    """Observed share against mean probability, in equally filled bins of each concern."""
    (a, b), (c, d) = _place(0, 0), _place(1, 1)
    body = [f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="#ccc" stroke-dasharray="4"/>']
    for number, label in enumerate(CONCERNS):
        order = np.argsort(p[:, number], kind="stable")
        order = order[p[order, number] >= 0.02]
        parts = [part for part in np.array_split(order, bins) if len(part)]
        body += _line([(float(p[x, number].mean()), float(truth[x, number].mean())) for x in parts], number, label)
    return _frame("Reliability, held-out writers", "probability", "observed share", body)
