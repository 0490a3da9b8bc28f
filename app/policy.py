"""Whether to speak, and if not, why not. Pure: everything it knows is handed to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from app.domain import Concern, History, Person, Silence, Silent, Speak, Verdict
from app.norms import Norms
from app.project_settings import Mode

__all__ = ["THREAD_COOLDOWN", "WORDS", "decide", "heard"]

THREAD_COOLDOWN: Final = timedelta(hours=24)
"""One conversation, one word a day: whoever is in the middle of an argument needs time, not another one."""

WORDS: Final[Mapping[Silence, str]] = MappingProxyType(
    {
        Silence.NOT_OPTED_IN: "you have not opted in",
        Silence.NO_WORDS: "no words of your own",
        Silence.UNKNOWN_LANGUAGE: "a language not known here",
        Silence.BELOW_TOLERANCE: "below your setting",
        Silence.NORM_OFF: "that norm is switched off",
        Silence.FINE_HERE: "fine in your project",
        Silence.PROJECT_OFF: "switched off in this project",
        Silence.SNOOZED: "you asked for a pause",
        Silence.QUIET_HOURS: "you asked for quiet",
        Silence.DAILY_BUDGET: "today's were all sent",
        Silence.WEEKLY_BUDGET: "this week's were all sent",
        Silence.THREAD_COOLDOWN: "already told you in here",
        Silence.ALREADY_TOLD: "already told you",
        Silence.HOLD_OUT: "kept quiet, to compare later",
        Silence.SHADOW: "a trial, nothing is sent",
        Silence.WITHDRAWN: "the comment changed or went",
        Silence.UNFIT: "the classifier failed its check",
    }
)
"""What a person reads in their history: at most five words each."""


def heard(verdict: Verdict, thresholds: Mapping[str, float]) -> tuple[Concern, ...]:
    """The concerns at or above their threshold, strongest first; equals keep the order of the labels.

    Strength is how far the probability lies above its threshold in logits, that is, by which factor the odds exceed
    what was asked for. Probabilities cannot be compared across labels: each has its own threshold, and near 1 a small
    difference means a lot. A label without a threshold is never heard.
    """
    concerns = [
        Concern(label, p, thresholds[label], tuple(span for span in verdict.spans if span.label == label))
        for label, p in verdict.concerns.items()
        if label in thresholds and p >= thresholds[label]
    ]
    return tuple(sorted(concerns, key=lambda concern: _logit(concern.threshold) - _logit(concern.p)))


def decide(
    *,
    verdict: Verdict,
    norms: Norms,
    thresholds: Mapping[str, float],
    person: Person,
    history: History,
    now: datetime,
    has_words: bool = True,
    held_out: bool = False,
    mode: Mode = Mode.ON,
    shadowed: Collection[str] = (),
    fine: Callable[[Concern], bool] = lambda concern: False,
) -> Speak | Silent:
    """Speak about the strongest concern that is switched on, or be silent for the first reason that holds.

    The order of reasons is what a person would want to know first: consent, then whether the project has Tactful on and
    the text could be judged at all, then whether there was anything to say (below tolerance; norm off, only if that is
    true of every concern heard; words that the project is fine with, likewise), then that it was said before, then what
    they chose (snooze, quiet hours), then moderation (thread, day, week). Shadow and hold-out come last, so that their
    cases are exactly those that would have been spoken. ``mode`` is the project's; ``shadowed`` are norms that are in
    shadow on their own: they give way to any other. ``fine`` tells whether the project is fine with the words of a
    concern. Strengths are not looked at: good conduct never nudges. ``now`` must carry a zone (``ValueError``).
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    if not person.opted_in:
        return Silent(Silence.NOT_OPTED_IN)
    if mode is Mode.OFF:
        return Silent(Silence.PROJECT_OFF)
    if not has_words:
        return Silent(Silence.NO_WORDS)
    if not verdict.known_language:
        return Silent(Silence.UNKNOWN_LANGUAGE)
    concerns = heard(verdict, thresholds)
    if not concerns:
        return Silent(Silence.BELOW_TOLERANCE)
    on = [concern for concern in concerns if norms.on(concern.label) and concern.label not in person.norms_off]
    if not on:
        return Silent(Silence.NORM_OFF, concerns[0])
    spoken = [concern for concern in on if not fine(concern)]
    if not spoken:
        return Silent(Silence.FINE_HERE, on[0])
    live = [concern for concern in spoken if concern.label not in shadowed]
    shadow = mode is Mode.SHADOW or not live
    about = (live or spoken)[0]
    reason = next(_reasons(about, person, history, now, held_out=held_out, shadow=shadow), None)
    return Speak(about) if reason is None else Silent(reason, about)


def _reasons(
    about: Concern, person: Person, history: History, now: datetime, *, held_out: bool, shadow: bool
) -> Iterator[Silence]:
    """Every reason not to say what could be said, in the order of ``decide``."""
    # What is out was read as it was: about that, once is enough, however it is edited.
    if history.told_about_this_text or about.label in history.told_in_this_comment:
        yield Silence.ALREADY_TOLD
    if person.snoozed_until is not None and now < person.snoozed_until:
        yield Silence.SNOOZED
    if _quiet(person, now):
        yield Silence.QUIET_HOURS
    if history.last_in_thread is not None and now - history.last_in_thread < THREAD_COOLDOWN:
        yield Silence.THREAD_COOLDOWN
    if history.spoken_today >= person.daily_budget:
        yield Silence.DAILY_BUDGET
    if history.spoken_this_week >= person.weekly_budget:
        yield Silence.WEEKLY_BUDGET
    if shadow:
        yield Silence.SHADOW  # before the hold-out: where nobody is told anything, there is nothing to compare
    if held_out:
        yield Silence.HOLD_OUT


def _quiet(person: Person, now: datetime) -> bool:
    """Whether the person's own clock shows a quiet hour; half-open, and none where both ends are the same.

    Only the time of day on their wall is compared, never a length of time, so the nights when clocks change are safe.
    """
    begins, ends = person.quiet_from, person.quiet_until
    if begins is None or ends is None or begins == ends:
        return False
    clock = now.astimezone(person.zone).time()
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends


def _logit(p: float) -> float:
    # Rounded probabilities reach 0 and 1, and a threshold above 1 means never.
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))
