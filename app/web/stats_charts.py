"""The charts of the statistics page, each with the table that stands beneath it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.charts import Bar, Line, bars, lines
from app.stats import reading
from app.stats.documents import Released
from app.stats.reading import Experiment, Shown
from app.stats.sentences import KINDS, QUESTIONS, title

MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Charted:
    """A picture, its series by name, and its numbers again: column titles, then rows of cells ("–": not told)."""

    picture: Markup
    series: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def by_norm(released: Released, kinds: Sequence[str], titles: Mapping[str, str], name: str) -> Charted | None:
    """People of several kinds, for each norm that any of them has a number for."""
    labels = [label for label in _order(titles) if any(reading.number(released, kind, label) for kind in kinds)]
    if not labels:
        return None
    found = {label: [reading.number(released, kind, label) for kind in kinds] for label in labels}
    series = tuple(f"People who {KINDS[kind]}" for kind in kinds)
    picture = bars(
        f"{name}, {released.period.title}",
        series,
        [
            Bar(
                _short(title(label, titles)),
                tuple(one.value if one else None for one in shown),
                tuple((one.low, one.high) if one else None for one in shown),
            )
            for label, shown in found.items()
        ],
        unit="people",
    )
    rows = tuple((title(label, titles), *(_cell(one) for one in shown)) for label, shown in found.items())
    return Charted(picture, series, ("Norm", *series), rows)


def helpful(released: Sequence[Released], titles: Mapping[str, str]) -> Charted | None:
    """Of those who answered, how many found a note helpful, over all releases shown."""
    # Not of norms pooled together: which they are may differ from answer to answer.
    arms = {label: arm for label in _order(titles)[:-1] if (arm := reading.helpful(released, label)) is not None}
    if not arms:
        return None
    series = ("Said it helped, of those who answered",)
    picture = bars(
        "Share of answers that say a note helped",
        series,
        [
            Bar(
                _short(title(label, titles)),
                (round(100 * arm.share),),
                ((100 * arm.interval[0], 100 * arm.interval[1]),),
            )
            for label, arm in arms.items()
        ],
        top=100,
        unit="%",
    )
    rows = tuple(
        (title(label, titles), f"{arm.share:.0%}", f"{arm.interval[0]:.0%} to {arm.interval[1]:.0%}")
        for label, arm in arms.items()
    )
    return Charted(picture, series, ("Norm", series[0], "95 % interval"), rows)


def over_time(released: Sequence[Released], kinds: Sequence[str]) -> Charted | None:
    """People by period and kind, all norms together."""
    shown = {kind: [reading.number(one, kind) for one in released] for kind in kinds}
    if len(released) < 2 or not any(one for series in shown.values() for one in series):
        return None
    series = tuple(f"People who {KINDS[kind]}" for kind in kinds)
    every = max(1, -(-len(released) // MOST_NAMES))
    picture = lines(
        "People by period",
        [
            Line(
                name,
                tuple((float(at), float(one.value) if one else None) for at, one in enumerate(shown[kind])),
                tuple((one.low, one.high) if one else None for one in shown[kind]),
            )
            for kind, name in zip(kinds, series, strict=True)
        ],
        [(float(at), _brief(one)) for at, one in enumerate(released) if at % every == 0],
        unit="people",
    )
    rows = tuple((one.period.title, *(_cell(shown[kind][at]) for kind in kinds)) for at, one in enumerate(released))
    return Charted(picture, series, ("Period", *series), rows)


def effect(experiment: Experiment, about: str, titles: Mapping[str, str]) -> Charted | None:
    """The two arms of one question, by norm and all together."""
    questions = [one for one in experiment.questions if one.about == about]
    if not questions:
        return None
    series = ("Where something was said", "Where nothing was said, to compare")
    picture = bars(
        f"Share of people who {QUESTIONS[about]}",
        series,
        [
            Bar(
                _short(title(one.label, titles)),
                tuple(round(100 * arm.share) for arm in (one.spoken, one.held)),
                tuple((100 * arm.interval[0], 100 * arm.interval[1]) for arm in (one.spoken, one.held)),
            )
            for one in questions
        ],
        top=100,
        unit="%",
    )
    rows = tuple(
        (
            title(one.label, titles),
            f"{one.spoken.share:.0%}",
            f"{one.held.share:.0%}",
            f"{100 * one.effect.difference:+.0f} points",
            f"{100 * one.effect.low:+.0f} to {100 * one.effect.high:+.0f}",
        )
        for one in questions
    )
    return Charted(picture, series, ("Norm", *series, "Difference", "95 % interval"), rows)


def _order(titles: Mapping[str, str]) -> list[str]:
    """All norms together first, then in the order of the norms, pools of several last."""
    return ["", *titles, "*"]


def _cell(shown: Shown | None) -> str:
    return f"{shown.value} ± {round(shown.margin)}" if shown else "–"


def _short(text: str) -> str:
    """What fits beside a bar; the table has it whole."""
    return text if len(text) <= 27 else f"{text[:26].rstrip()}…"


def _brief(released: Released) -> str:
    words = released.period.title.split(" ")
    return f"{words[0][:3]} {words[1]}" if len(words) == 2 else released.period.start.strftime("%d %b")
