"""What a writer would be told about a text: the same for every door that is asked directly (API, front page, terminal)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from app import policy
from app.bands import band
from app.domain import Concern, History, Person, Silence, Silent, Suggestion, Verdict
from app.norms import Norms
from app.project_settings import Mode
from app.suggestions import PLAIN, Rewording, compose
from app.suggestions.own_phrases import fine

Again = Callable[[Sequence[str]], Sequence[Verdict]]

#: Somebody who asks without an account: everything on, nothing said before.
ANYBODY = Person(id=0, opted_in=True)


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict read against the norms. ``flagged`` holds every concern heard, ``concern`` the one to speak about.

    Where the project speaks about nothing (off, or in shadow), nothing is flagged either.
    """

    verdict: Verdict
    flagged: tuple[Concern, ...]
    concern: Concern | None
    suggestion: Suggestion | None
    silence: Silence | None


def check(
    text: str,
    verdict: Verdict,
    *,
    norms: Norms,
    thresholds: Mapping[str, float],
    again: Again,
    now: datetime,
    rewrite: bool,
    person: Person = ANYBODY,
    mode: Mode = Mode.ON,
    shadowed: Collection[str] = (),
    held_out: bool = False,
    rewording: Rewording = PLAIN,
) -> Checked:
    """Read one verdict. ``again`` judges candidate wordings; it is called only with ``rewrite`` and a concern."""
    outcome = policy.decide(
        verdict=verdict,
        norms=norms,
        thresholds=thresholds,
        person=person,
        history=History(),  # what is asked for is answered: budgets are for what comes unasked
        now=now,
        has_words=bool(text.strip()),
        mode=mode,
        shadowed=shadowed,
        held_out=held_out,
        fine=lambda concern: fine(text, concern.spans, norms),
    )
    flagged = policy.heard(verdict, thresholds) if mode is Mode.ON else ()
    if isinstance(outcome, Silent):
        if outcome.reason is Silence.HOLD_OUT:  # or whoever is in that arm would be told after all
            return Checked(replace(verdict, spans=()), (), None, None, outcome.reason)
        return Checked(verdict, flagged, None, None, outcome.reason)
    concern = outcome.concern
    suggestion = compose(text, concern, norms, again, thresholds, rewording, verdict) if rewrite else None
    return Checked(verdict, flagged, outcome.concern, suggestion, None)


def as_result(checked: Checked, norms: Norms) -> dict[str, Any]:
    """The ``Result`` of /v1/check (see the contracts there) as plain JSON values."""
    concern, suggestion = checked.concern, checked.suggestion
    norm = norms[concern.label] if concern else None
    return {
        **verdict_fields(checked.verdict, [c.label for c in checked.flagged]),
        "norm": {
            "label": norm.label,
            "title": norm.title,
            "says": norm.say(),
            "source": norm.source.url or norm.source.name,
        }
        if norm
        else None,
        "suggestion": {
            "advice": suggestion.advice,
            "wording": suggestion.wording,
            "edits": [asdict(edit) for edit in suggestion.edits],
            "alternative": {
                "wording": suggestion.alternative.text,
                "edits": [asdict(edit) for edit in suggestion.alternative.edits],
            }
            if suggestion.alternative
            else None,
        }
        if suggestion
        else None,
        "silence": checked.silence.value if checked.silence else None,
        "band": band(concern.p, concern.threshold) if concern else None,
    }


def verdict_fields(verdict: Verdict, flagged: list[str]) -> dict[str, Any]:
    return {
        "flagged": flagged,
        "concerns": dict(verdict.concerns),
        "strengths": dict(verdict.strengths),
        "spans": [asdict(span) for span in verdict.spans],
    }


def strong(verdict: Verdict) -> list[str]:
    """The strengths that are more likely there than not."""
    return [label for label, p in verdict.strengths.items() if p >= 0.5]
