"""What a wording must pass before anyone sees it. Every refusal has a name; no wording is better than a poor one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from app.domain import Edit, Verdict
from app.suggestions.edits import apply
from app.suggestions.protect import Spans, protected, touches
from app.suggestions.sentences import listed, sentences, words

__all__ = ["Refusal", "inspect", "judged_again"]

SHORTEST: Final = 1 / 3
LONGEST: Final = 3 / 2
"""Lengths relative to the original: outside of these it would be another comment."""

MARGIN_LOGITS: Final = 0.5
"""How far below its threshold a concern must fall, so that a wording is not one more word away from being spoken to."""

STRENGTH_FROM: Final = 0.5
"""Probability from which a strength counts as there: more likely than not."""

_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without)\b|\b\w{1,10}n['\u2019]t\b", re.IGNORECASE
)
# A vote, a duty, a request or a refusal is part of the point, wherever it stands.
_STANCE = re.compile(
    r"\b(?:n?ack|nak|veto|lgtm|reject|refuse|approve|merge|revert|block)(?:s|d|ed|ing|er)?\b"
    r"|\b(?:must|shall|should|please|pls)\b"
    r"|(?:^|[.,;:!?] |\b(?:so|and|but) )(?:don['\u2019]t|do not)\b"
    r"|\bI(?:['\u2019](?:m|ll)| am| will)? (?:not|won['\u2019]t|can['\u2019]t|cannot|don['\u2019]t|do not)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SMALL_TALK: Final = listed(
    "a an and but cheers done fine good great hello hey hi hm hold i is it it's lgtm nice no of oh ok okay on please"
    " right see so sorry sure thank thanks that that's the this to wait well yeah yes you"
)
_NO_FACT = (">", "@", '"', "\u201c", "\u00ab", "\u201e")
"""How parts begin that somebody else said, or that only call somebody."""


class Refusal(StrEnum):
    """Why a candidate is not shown."""

    UNCHANGED = "unchanged"
    PROTECTED = "protected"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NEGATION = "negation"
    STANCE = "stance"
    LITTLE_LEFT = "little_left"
    NOT_JUDGED = "not_judged"
    STILL_HEARD = "still_heard"
    NEW_CONCERN = "new_concern"
    STRENGTH_LOST = "strength_lost"


def inspect(text: str, edits: Sequence[Edit], kept: Spans | None = None) -> Refusal | None:
    """Look at the words alone; ``None`` where nothing speaks against them. ``edits`` as ``apply`` takes them.

    ``kept`` is ``protected(text)``, where the caller has it already.
    """
    wording = apply(text, edits)
    if wording == text:
        return Refusal.UNCHANGED
    kept = protected(text) if kept is None else kept
    still = protected(wording)
    if any(touches(kept, edit.start, edit.end) for edit in edits) or _parts(text, kept) != _parts(wording, still):
        return Refusal.PROTECTED
    if len(wording) < len(text) * SHORTEST:
        return Refusal.TOO_SHORT
    if len(wording) > len(text) * LONGEST:
        return Refusal.TOO_LONG
    # A negation may go with its whole sentence; one that goes or comes in a sentence that stays turns its meaning.
    if Counter(_negations(_mended(text, edits, kept))) != Counter(_negations(wording)):
        return Refusal.NEGATION
    if len(_STANCE.findall(text)) != len(_STANCE.findall(wording)):
        return Refusal.STANCE
    return None if _substantial(wording, still) else Refusal.LITTLE_LEFT


def judged_again(before: Verdict, after: Verdict, thresholds: Mapping[str, float]) -> Refusal | None:
    """Compare the verdicts on a text and on its wording; ``None`` where the wording is clear of every concern."""
    if not after.known_language:
        return Refusal.NOT_JUDGED
    for label, p in after.concerns.items():
        threshold = thresholds.get(label, math.inf)
        if p >= _eased(threshold):
            was = before.concerns.get(label, 0.0) >= threshold
            return Refusal.STILL_HEARD if was else Refusal.NEW_CONCERN
    for label, p in before.strengths.items():
        if p >= STRENGTH_FROM and after.strengths.get(label, 0.0) < STRENGTH_FROM:
            return Refusal.STRENGTH_LOST
    return None


def _eased(threshold: float) -> float:
    if not 0 < threshold < 1:
        return threshold
    odds = threshold / (1 - threshold) * math.exp(-MARGIN_LOGITS)
    return odds / (1 + odds)


def _parts(text: str, spans: Spans) -> list[str]:
    return [text[start:end] for start, end in spans]


def _negations(text: str) -> list[str]:
    return [found.lower() for found in _NEGATION.findall(text)]


def _mended(text: str, edits: Sequence[Edit], kept: Spans) -> str:
    """``text`` without the sentences that go entirely; a single letter in their place is the next one's capital."""
    gone = [
        Edit(unit.start, unit.end, "")
        for unit in sentences(text, kept)
        if any(edit.start <= unit.start and unit.end <= edit.end and len(edit.text) <= 1 for edit in edits)
    ]
    return apply(text, gone)


def _substantial(wording: str, spans: Spans) -> bool:
    """Whether a point is left: three words that carry something, or one beside a fact."""
    own, at = [], 0
    for start, end in spans:
        own.append(wording[at:start])
        at = end
    own.append(wording[at:])
    carrying = [word for word in words(" ".join(own)) if word not in _SMALL_TALK]
    fact = any("\n" not in part and not part.startswith(_NO_FACT) for part in _parts(wording, spans))
    return len(carrying) >= 3 or (len(carrying) >= 1 and fact)
