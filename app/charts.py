"""Charts as SVG, drawn here: no script, no inline style; colours come from the page's style sheet by class.

Every chart is one picture with a name (``role="img"``), and stands above a table with the same numbers. A series is told
apart by its shape too, not by its colour alone: outlined and filled bars, plain and dashed lines. Sizes are in the
units of the ``viewBox``; a picture is as wide as its column and no text in it gets smaller than 11 of 640.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

__all__ = ["Bar", "Line", "bars", "lines", "shape", "ticks"]

WIDTH: Final = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 34
_ROW, _NAME = 40, 214


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: ``values`` one per series, in the chart's unit; ``None`` is not known and drawn as nothing."""

    name: str
    values: tuple[float | None, ...]
    intervals: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One series: points by rising x; a ``None`` y leaves a gap. ``band`` is its interval, point by point."""

    name: str
    points: tuple[tuple[float, float | None], ...]
    band: tuple[tuple[float, float] | None, ...] = ()


def ticks(top: float, most: int = 5) -> list[float]:
    """Round numbers from 0 to at least ``top``: steps of 1, 2 or 5 times a power of ten."""
    if not (top > 0 and math.isfinite(top)):
        return [0.0, 1.0]
    raw = top / most
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * (1 - 1e-9))
    return [round(step * n, 10) for n in range(math.ceil(top / step - 1e-9) + 1)]


def shape(value: float) -> str:
    """A number for people: three digits that count, no needless zeros."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bars(label: str, series: Sequence[str], rows: Sequence[Bar], *, top: float | None = None, unit: str = "") -> Markup:
    """Horizontal bars, a group of ``series`` per row. ``label`` names the picture; ``top`` fixes the scale's end."""
    marks = ticks(top if top is not None else _greatest(_values(rows)))
    room = WIDTH - _NAME - _RIGHT - 46
    height = _TOP + _ROW * len(rows) + _BOTTOM
    scale = room / marks[-1]
    parts = [_grid(_NAME + mark * scale, _TOP, height - _BOTTOM, mark) for mark in marks]
    thick = (_ROW - 12) / max(len(series), 1)
    for index, row in enumerate(rows):
        y = _TOP + _ROW * index + 6
        parts.append(f'<text class="axis" x="{_NAME - 10}" y="{y + 18}" text-anchor="end">{escape(row.name)}</text>')
        for number, value in enumerate(row.values):
            at = y + thick * number
            if value is None:
                parts.append(f'<text class="axis" x="{_NAME + 6}" y="{at + thick - 3:g}">not known</text>')
                continue
            long = max(min(value, marks[-1]) * scale, 0)
            parts.append(
                f'<rect class="s{number + 1}" x="{_NAME}" y="{at:g}" width="{long:.1f}" height="{thick - 2:g}"/>'
            )
            end = long
            if number < len(row.intervals) and (interval := row.intervals[number]) is not None:
                low, high = (min(max(edge, 0), marks[-1]) * scale for edge in interval)
                middle, end = at + thick / 2 - 1, max(long, high)
                parts.append(_whisker(_NAME + low, _NAME + high, middle))
            parts.append(f'<text class="axis" x="{_NAME + end + 6:.1f}" y="{at + thick - 3:g}">{shape(value)}</text>')
    parts.append(_unit(unit, height))
    return _picture(label, height, parts)


def lines(
    label: str,
    series: Sequence[Line],
    names: Sequence[tuple[float, str]],
    *,
    top: float | None = None,
    unit: str = "",
    height: int = 240,
) -> Markup:
    """Lines over a common axis; ``names`` are what is written under it, by x. Zero is always on the scale."""
    points = [(x, y) for line in series for x, y in line.points if y is not None]
    edges = [edge for line in series for pair in line.band if pair for edge in pair]
    xs = [x for line in series for x, _ in line.points] or [0.0]
    marks = ticks(top if top is not None else _greatest([*(y for _, y in points), *edges]))
    low, high = min(xs), max(xs)
    across = (WIDTH - _LEFT - _RIGHT) / ((high - low) or 1)
    down = (height - _TOP - _BOTTOM) / marks[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + (x - low) * across, height - _BOTTOM - min(max(y, 0), marks[-1]) * down

    parts = [_level(place(low, mark)[1], mark) for mark in marks]
    under = height - _BOTTOM + 18
    for x, name in names:
        at = f'x="{place(x, 0)[0]:.1f}" y="{under}" text-anchor="{_anchor(x, low, high)}"'
        parts.append(f'<text class="axis" {at}>{escape(name)}</text>')
    for number, line in enumerate(series, 1):
        parts += _band(line, number, place)
        for run in _runs(line.points):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in run))
            if len(run) > 1:
                parts.append(f'<polyline class="l{number}" points="{path}"/>')
            if len(run) == 1 or len(line.points) <= 30:
                parts += [
                    f'<circle class="d{number}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in (place(*p) for p in run)
                ]
    parts.append(_unit(unit, height))
    return _picture(label, height, parts)


# --- pieces -----------------------------------------------------------------------------------------------------------


def _values(rows: Sequence[Bar]) -> Iterable[float]:
    for row in rows:
        yield from (value for value in row.values if value is not None)
        yield from (pair[1] for pair in row.intervals if pair is not None)


def _greatest(values: Iterable[float]) -> float:
    return max((value for value in values if math.isfinite(value)), default=0.0)


def _grid(x: float, top: float, bottom: float, mark: float) -> str:
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'
        f'<text class="axis" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{shape(mark)}</text>'
    )


def _level(y: float, mark: float) -> str:
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="axis" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{shape(mark)}</text>'
    )


def _whisker(low: float, high: float, y: float) -> str:
    ends = "".join(
        f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 4:g}" y2="{y + 4:g}"/>' for x in (low, high)
    )
    return f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y:g}" y2="{y:g}"/>{ends}'


def _band(line: Line, number: int, place: Callable[[float, float], tuple[float, float]]) -> list[str]:
    pairs = [(x, pair) for (x, _), pair in zip(line.points, line.band, strict=False) if pair is not None]
    if len(pairs) < 2:
        return []
    forth = [place(x, high) for x, (_, high) in pairs]
    back = [place(x, low) for x, (low, _) in reversed(pairs)]
    return [f'<polygon class="b{number}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in forth + back)}"/>']


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """The stretches between gaps."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [run for run in found if run]


def _anchor(x: float, low: float, high: float) -> str:
    return "middle" if low == high else "start" if x == low else "end" if x == high else "middle"


def _unit(unit: str, height: int) -> str:
    return (
        f'<text class="axis" x="{WIDTH - _RIGHT}" y="{height - 3}" text-anchor="end">{escape(unit)}</text>'
        if unit
        else ""
    )


def _picture(label: str, height: int, parts: Iterable[str]) -> Markup:
    return Markup(  # noqa: S704  every name went through escape
        f'<svg class="chart" role="img" aria-label="{escape(label)}" viewBox="0 0 {WIDTH} {height}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
