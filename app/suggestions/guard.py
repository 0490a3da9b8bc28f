"""What a wording must pass before anyone sees it. Every refusal has a name; no wording is better than a poor one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import Edit, Verdict
from app.suggestions.candidates import Candidate
from app.suggestions.edits import apply
from app.suggestions.protect import Spans, protected, touches
from app.suggestions.sentences import listed, words
from app.suggestions.stance import asked, duties, mended, names, negations, openers, questions, votes

__all__ = ["BOUNDS", "Bounds", "Refusal", "inspect", "judged_again", "substantial"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a wording may go. ``shortest`` and ``longest`` are lengths relative to the original: outside of these it
    would be another comment. ``margin_logits`` is how far below its threshold a concern must fall, so that a wording is
    not one more word away from being spoken to, and it must be less likely than ``likely`` in any case: where a threshold
    is near 1, a few words more are enough to fall below it. ``strength_from`` is the probability from which a strength
    counts as there.
    """

    shortest: float = 1 / 3
    longest: float = 3 / 2
    margin_logits: float = 0.5
    likely: float = 0.5
    strength_from: float = 0.5


BOUNDS: Final = Bounds()

_SMALL_TALK: Final = listed(
    "a an and but cheers done fine good great hello hey hi hm hold i is it it's lgtm nice no of oh ok okay on please"
    " right see so sorry sure thank thanks that that's the this to wait well yeah yes you"
)
_SIGNS: Final = re.compile(r"(?<![.!?])[.!?][)\"]*[.,;:](?!\.)|[,;:] ?[.!?,;:]|(?<=[?!])[.:]|\s[.,;!?](?=\s|$)")
"""Signs that do not follow each other: "it works.,"."""
_NO_FACT = (">", "@", '"', "\u201c", "\u00ab", "\u201e")
"""How parts begin that somebody else said, or that only call somebody."""


class Refusal(StrEnum):
    """Why a candidate is not shown."""

    UNCHANGED = "unchanged"
    PROTECTED = "protected"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NEGATION = "negation"
    STANCE = "stance"  # a vote, a duty, a request or a refusal came or went
    ADDRESSEE = "addressee"  # who may, should or is asked to do what
    QUESTION = "question"  # a question became none, or the other way round
    NEW_NAME = "new_name"
    UNBALANCED = "unbalanced"  # half a pair of brackets or stars would be left
    LITTLE_LEFT = "little_left"
    NOT_JUDGED = "not_judged"
    STILL_HEARD = "still_heard"
    NEW_CONCERN = "new_concern"
    STRENGTH_LOST = "strength_lost"
    ODD = "odd"  # nobody would write it so, as far as the editor can tell
    MEANING = "meaning"  # it says something else, as far as the encoder can tell


def inspect(text: str, candidate: Candidate, kept: Spans | None = None, bounds: Bounds = BOUNDS) -> Refusal | None:
    """Look at the words alone; ``None`` where nothing speaks against them. Edits as ``apply`` takes them.

    ``kept`` is ``protected(text)``, where the caller has it already.
    """
    edits = candidate.edits
    wording = apply(text, edits)
    if wording == text:
        return Refusal.UNCHANGED
    kept = protected(text) if kept is None else kept
    still = protected(wording)
    if any(touches(kept, edit.start, edit.end) for edit in edits) or _parts(text, kept) != _parts(wording, still):
        return Refusal.PROTECTED
    if candidate.framed is None:
        if len(wording) < len(text) * bounds.shortest:
            return Refusal.TOO_SHORT
        if len(wording) > len(text) * bounds.longest:
            return Refusal.TOO_LONG
    if refusal := _stance(text, candidate, wording, kept):
        return refusal
    if names(wording, still) - names(text, kept):
        return Refusal.NEW_NAME
    if _unbalanced(text, wording):
        return Refusal.UNBALANCED
    if len(_SIGNS.findall(wording)) > len(_SIGNS.findall(text)):
        return Refusal.ODD
    return None if substantial(wording, still) else Refusal.LITTLE_LEFT


def _stance(text: str, candidate: Candidate, wording: str, kept: Spans) -> Refusal | None:
    """What is protected in meaning. A vote stands wherever it is; of a sentence in a frame, nothing else is asked: it may
    ask where the text told. A negation may go with its whole sentence; one that goes or comes in a sentence that stays
    turns its meaning. Asking where the text told is no harm if it asks for the same ("Could you …"), and so is a "please".
    """
    if votes(text) != votes(wording):
        return Refusal.STANCE
    edits = candidate.edits
    whole = text
    if candidate.framed is not None:
        start, end = candidate.framed
        edits = tuple(sorted((*_outside(edits, start, end), Edit(start, end, "")), key=lambda edit: edit.start))
        whole, wording = apply(text, [Edit(start, end, "")]), apply(text, edits)
    before = mended(text, edits, kept)
    if Counter(negations(before)) != Counter(negations(wording)):
        return Refusal.NEGATION
    please = sum(edit.text.strip(" ,").lower() == "please" for edit in edits)
    if not duties(whole) <= duties(wording) <= duties(whole) + please:
        return Refusal.STANCE
    gained, lost = (
        Counter(openers(wording)) - Counter(openers(before)),
        Counter(openers(before)) - Counter(openers(wording)),
    )
    if lost or Counter(asked(before)) != Counter(asked(wording)):
        return Refusal.ADDRESSEE
    more = questions(wording) - questions(before, kept if before == text else None)
    return None if 0 <= more <= gained.total() else Refusal.QUESTION


def _outside(edits: Sequence[Edit], start: int, end: int) -> list[Edit]:
    # What is inserted right behind the sentence belongs to its frame.
    apart = [edit for edit in edits if edit.end <= start or edit.start >= end]
    return [edit for edit in apart if not edit.start == edit.end == end]


def judged_again(
    before: Verdict, after: Verdict, thresholds: Mapping[str, float], bounds: Bounds = BOUNDS
) -> Refusal | None:
    """Compare the verdicts on a text and on its wording; ``None`` where the wording is clear of every concern."""
    if not after.known_language:
        return Refusal.NOT_JUDGED
    for label, p in after.concerns.items():
        clear = _eased(thresholds.get(label, math.inf), bounds)
        if p >= clear:
            was = before.concerns.get(label, 0.0) >= clear
            return Refusal.STILL_HEARD if was else Refusal.NEW_CONCERN
    for label, p in before.strengths.items():
        if p >= bounds.strength_from and after.strengths.get(label, 0.0) < bounds.strength_from:
            return Refusal.STRENGTH_LOST
    return None


def _eased(threshold: float, bounds: Bounds) -> float:
    if not 0 < threshold < 1:
        return threshold  # always or never
    odds = threshold / (1 - threshold) * math.exp(-bounds.margin_logits)
    return min(odds / (1 + odds), bounds.likely)


def _parts(text: str, spans: Spans) -> list[str]:
    return [text[start:end] for start, end in spans]


def _unbalanced(text: str, wording: str) -> bool:
    """Whether half a pair went: one bracket, one star."""
    brackets = any(text.count(a) - text.count(b) != wording.count(a) - wording.count(b) for a, b in ("()", "[]", "{}"))
    return brackets or any((text.count(sign) - wording.count(sign)) % 2 for sign in ('"', "`", "*", "__", "~~"))


def substantial(wording: str, spans: Spans) -> bool:
    """Whether a point is left: three words that carry something, or one beside a fact."""
    own, at = [], 0
    for start, end in spans:
        own.append(wording[at:start])
        at = end
    own.append(wording[at:])
    carrying = [word for word in words(" ".join(own)) if word not in _SMALL_TALK]
    fact = any("\n" not in part and not part.startswith(_NO_FACT) for part in _parts(wording, spans))
    return len(carrying) >= 3 or (len(carrying) >= 1 and fact)
