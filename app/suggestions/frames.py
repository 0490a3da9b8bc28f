"""A marked sentence put into a frame of its norm: "What made you …?", filled with the comment's own clause.

The clause stays as it stands in the text; only what comes before and after it changes. Texts are in ``norms.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.edits import POINT_ITSELF, apply, marks_of, sighs, without_marks
from app.suggestions.endings import ENDINGS
from app.suggestions.guard import BOUNDS, substantial
from app.suggestions.needed import still_said
from app.suggestions.protect import Spans, protected, touches
from app.suggestions.sentences import FACE, Sentence, first_word, is_sentence, leans_back, listed, sentences, words
from app.suggestions.shapes import SHAPES, TAG, THREAT
from app.suggestions.sighs import is_sigh

__all__ = ["Frames"]

_JOINT: Final = re.compile(r"[\s,;:.?!…()–—-]*(?:(?:and|but|so)\b,?\s*)?", re.IGNORECASE)
_MAY_LOWER: Final = listed(
    "a an and as for if in it it's on so that that's the there there's these this those to we when you"
)


class Frames:
    """Offers each marked sentence in the frames of its norm that fit it; other marked words are deleted beside it."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        frames = norms[concern.label].frames
        marks = marks_of(text, concern)
        if not frames or not marks:
            return ()
        guarded = protected(text)
        units = sentences(text, guarded)
        found = []
        marked = [unit for unit in units if any(a < unit.end and b > unit.start for a, b in marks)]
        parts = [(max(a, u.start), min(b, u.end)) for u in units for a, b in marks if a < u.end and b > u.start]
        leave = sighs(text, []) if concern.label in POINT_ITSELF else sorted([*parts, *sighs(text, marks)])
        for unit in marked:
            others = [(a, b) for a, b in leave if b <= unit.start or a >= unit.end]
            beside = without_marks(text, others) if others else ()
            for name, frame in frames.items():
                edits = _framed(text, unit, name, frame, guarded)
                if edits and beside is not None and (whole := _in_order([*edits, *_up_to(unit, beside)])):
                    found.append(Candidate(whole, Source.FRAME, (unit.start, unit.end)))
        found += _ended(text, units, marked, frames)
        if "lead" in frames and (led := _led(text, units, marks, frames["lead"], concern.label)):
            found.append(led)
        return found


def _ended(
    text: str, units: Sequence[Sentence], marked: Sequence[Sentence], frames: Mapping[str, str]
) -> list[Candidate]:
    """The marked sentences stay, and something is said after the last of them; sighs go."""
    faces = [unit for unit in units if not words(text[unit.start : unit.end])]
    sighed = [unit for unit in units if unit not in faces and is_sigh(text[unit.start : unit.end])]
    last = next((unit for unit in reversed(marked) if unit not in sighed), None)
    if last is None:
        return []
    after = units[units.index(last) + 1 :][:1]
    last = after[0] if after and after[0] in faces and after[0].line == last.line else last
    plain = text.replace("\u2019", "'")
    gone = without_marks(text, [(unit.start, unit.end) for unit in sighed]) or ()
    said = [
        _opened(text, last, frames[n]) for n, fits in ENDINGS.items() if n in frames and fits(plain, plain[last.end :])
    ]
    whole = [_in_order([*gone, edit]) for edit in said if edit]
    return [Candidate(edits, Source.FRAME, (last.start, last.end)) for edits in whole if edits]


def _up_to(unit: Sentence, edits: Sequence[Edit]) -> list[Edit]:
    """``edits`` beside ``unit``; one that would mend its beginning too leaves that to the frame."""
    return [Edit(e.start, unit.start, "") if e.start < unit.start < e.end else e for e in edits]


def _in_order(edits: list[Edit]) -> tuple[Edit, ...] | None:
    edits.sort(key=lambda edit: (edit.start, edit.end))
    return None if any(b.start < a.end for a, b in pairwise(edits)) else tuple(edits)


def _framed(text: str, unit: Sentence, name: str, frame: str, guarded: Spans) -> list[Edit] | None:
    """The edits that put one sentence into one frame, or ``None`` where it does not fit."""
    said = text[unit.start : unit.end].replace("\u2019", "'")
    frame = frame if _opens_large(said) else frame[0].lower() + frame[1:]
    if name not in SHAPES:
        return None
    fit = SHAPES[name](said)
    if fit is None or fit.start >= fit.end:
        return None
    before, after = re.split(r"\{\w+\}", frame)
    kept = text[unit.start + fit.start : unit.start + fit.end]
    head = before + fit.word
    start = unit.start + fit.start
    if not before and kept[0].islower() and not touches(guarded, start, start + 1) and _opens_large(said):
        head, start = kept[0].upper(), start + 1
    elif before.endswith(": ") and first_word(kept) in _MAY_LOWER and kept[0].isupper():
        head, start = before + kept[0].lower(), start + 1
    edits, end = [Edit(unit.start, start, head)], unit.start + fit.end
    if fit.ends or (name == "please" and THREAT.match(said[fit.end :].lstrip(" ,"))):
        return [*edits, Edit(end, unit.end, after)]  # a taunt or a threat
    return _close(text, unit, edits, end, after)


def _close(text: str, unit: Sentence, edits: list[Edit], at: int, after: str) -> list[Edit] | None:
    """End the frame at ``at``; what follows in the sentence becomes one of its own, or the frame does not fit."""
    rest = text[at : unit.end]
    skipped = _JOINT.match(rest)
    begin = at + (skipped.end() if skipped else 0)
    if not after:
        return edits
    if not words(text[begin : unit.end]) and "`" not in text[begin : unit.end]:
        return [*edits, Edit(at, unit.end, after)]
    rest = text[begin : unit.end]
    if TAG.fullmatch(rest):
        return [*edits, Edit(at, unit.end, after)]
    if re.match(
        r"(?:because|since|as if|like you)\b.*\byou|i (?:learn|hear|find out|see)\b", rest, re.IGNORECASE | re.DOTALL
    ) or is_sigh(rest):
        return [*edits, Edit(at, unit.end, after)]  # the reason that was guessed, or a sigh
    if not is_sentence(rest, opened=True) or leans_back(rest) or not rest[0].isalpha() or first_word(rest) == "or":
        return None
    return [*edits, Edit(at, begin + 1, f"{after} {rest[0].upper()}")]


def _opened(text: str, unit: Sentence, frame: str) -> Edit | None:
    """The frame said after a sentence that stays; none after a question, which is open as it is."""
    said = text[unit.start : unit.end]
    last = said.rstrip(")]*_\"'”’")[-1:]
    if last == "?":
        return None
    ended = last in (".", "!", "…") or said[0] == "(" or FACE.search(said)
    stop = "" if ended else "."
    return Edit(unit.end, unit.end, f"{stop} {frame[0].upper()}{frame[1:]}")


def _led(
    text: str, units: Sequence[Sentence], marks: list[tuple[int, int]], frame: str, label: str
) -> Candidate | None:
    """The marked words deleted, and the first sentence that is left led in by the frame, where little else is left."""
    edits = without_marks(text, marks)
    gone = edits or ()
    rest = [u for u in units if not any(edit.start <= u.start and u.end <= edit.end for edit in gone)]
    if not edits or not rest:
        return None
    left = apply(text, edits)
    if not still_said([text[edit.start : edit.end] for edit in edits], left, label):
        return None
    if len(left) >= len(text) * BOUNDS.shortest or not substantial(left, protected(left)):
        return None
    if any(edit.start < rest[0].end and edit.end > rest[0].start for edit in edits):
        return None
    first = rest[0]
    said = text[first.start : first.end]
    if (len(words(said)) < 4 and "`" not in said) or said.rstrip()[-1:] == "?" or ": " in said:
        return None
    before = frame.partition("{rest}")[0]
    before = before if _opens_large(text[units[0].start :]) else before[0].lower() + before[1:]
    at, head = first.start, before
    if first_word(said) in _MAY_LOWER and said[0].isupper():
        at, head = first.start + 1, before + said[0].lower()
    whole = _in_order([*edits, Edit(first.start, at, head)])
    return Candidate(whole, Source.FRAME, (first.start, first.end)) if whole else None


def _opens_large(said: str) -> bool:
    letter = next((char for char in said if char.isalpha()), "A")
    return letter.isupper()
