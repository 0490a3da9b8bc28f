"""What the released numbers mean and cannot say, in sentences; and the same numbers as rows for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.stats import reading
from app.stats.documents import Released
from app.stats.pools import OTHER
from app.stats.reading import Experiment, Question, Shown
from app.stats.shares import ALL, COUNTED, PEOPLE, TRENDS

KINDS: Final[Mapping[str, str]] = {
    PEOPLE: "took part",
    "nudged": "got a note",
    "edited": "changed their words before publication",
    "helpful": "said a note helped",
    "wrong": "said a note was wrong",
    "strength": "did others good",
    TRENDS[0]: "heard less often from Tactful in the second half",
    TRENDS[1]: "heard more often from Tactful in the second half",
    TRENDS[2]: "heard as often as before",
}
QUESTIONS: Final = {
    "edited": "changed their words before publication",
    "softer": "were heard more softly once published",
}


def title(label: str, titles: Mapping[str, str]) -> str:
    return {ALL: "All norms together", OTHER: "Norms with too few people each, together"}.get(
        label, titles.get(label, label)
    )


def about(shown: Shown) -> str:
    """ "118 (± 23)"."""
    return f"{shown.value} (± {round(shown.margin)})"


def summary(released: Released) -> str:
    """The newest release in a sentence or two."""
    told = {kind: reading.number(released, kind) for kind in (PEOPLE, "nudged", "edited", "strength")}
    people, nudged = told[PEOPLE], told["nudged"]
    if not any(told.values()):
        return (
            f"In {released.period.title} too few people took part, or had something in common, for any number: one appears "
            f"from about {released.least} people on."
        )
    took_part = f"about {people.value} people took part" if people else "too few people took part to be told"
    parts = [
        f"about {shown.value} {what}"
        for shown, what in (
            (nudged, "got a note"),
            (told["edited"], "changed their words before publication"),
            (told["strength"], "did others good"),
        )
        if shown
    ]
    if not parts:
        return f"In {released.period.title} {took_part}."
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    if released.detail == "norms":
        return f"In {released.period.title} {took_part}. Counting each person once for each norm, {listed}."
    return f"In {released.period.title} {took_part}; {listed}."


def limits(released: Released) -> str:
    """What the numbers cannot say."""
    return (
        "They tell of people who agreed to be counted, not of everybody; how many people, not how often; and they are off by "
        "the noise that protects each of them. A dash means too few people, or none: the page does not know which. "
        "They say nothing about any one person, and nothing about why."
    )


def promise(released: Released) -> str:
    """What stands under every chart."""
    return (
        f"Every number rests on at least {released.k} people and carries noise, drawn once. Privacy loss: "
        f"ε = {released.epsilon:.2g} for this release, ε = {released.epsilon_of_a_year:g} for a whole year "
        f"(δ = {_power(released.delta_of_a_year)}), whatever a person did and in however many projects here."
    )


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.0e}".split("e")
    digits = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'' if mantissa == '1' else mantissa + ' · '}10{digits}"


def finding(question: Question) -> str:
    """One comparison in a sentence, no surer than its interval."""
    effect, verb = question.effect, QUESTIONS[question.about]
    spoken, held = question.spoken.share, question.held.share
    more = "more" if effect.difference > 0 else "fewer"
    shares = f"{spoken:.0%} {verb} where something was said, {held:.0%} where nothing was"
    interval = f"{100 * effect.low:+.0f} to {100 * effect.high:+.0f} points"
    if effect.known:
        return f"{shares}: {abs(100 * effect.difference):.0f} points {more} (95 % interval: {interval})."
    return f"{shares}. The difference may be chance (95 % interval: {interval})."


def missing(experiment: Experiment) -> str:
    """How far it is to an answer."""
    needed = experiment.missing
    if needed.more_people == 0:
        return f"{experiment.weeks} weeks are in; more would narrow the intervals."
    weeks = f", some {needed.weeks} more weeks at this pace" if needed.weeks is not None else ""
    return (
        f"{experiment.weeks} weeks are in. To find a difference of 10 points four times in five, about {needed.people:,} "
        f"counts are needed (a person counts once a release), {needed.more_people:,} more than so far{weeks}."
    )


def rows(released: Sequence[Released]) -> list[dict[str, Any]]:
    """Every published number: for CSV and JSON, one row each."""
    found = []
    for one in released:
        for kind in (PEOPLE, *COUNTED, *TRENDS):
            labels = sorted({pool.label for pool in one.pools if pool.kind == kind})
            for label in labels:
                shown = reading.number(one, kind, label)
                assert shown is not None, "it has a label because it has a pool"
                found.append(
                    {
                        "period_start": one.period.start.isoformat(),
                        "period_end": one.period.end.isoformat(),
                        "kind": kind,
                        "label": {ALL: "all", OTHER: "several"}.get(label, label),
                        "people": shown.value,
                        "margin_95": round(shown.margin, 1),
                        "epsilon_release": one.epsilon,
                        "epsilon_year": one.epsilon_of_a_year,
                        "delta_year": one.delta_of_a_year,
                        "k": one.k,
                    }
                )
    return found
