"""Candidates by deletion: the marked words go, and the sentence around them is mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.clauses import without_clause
from app.suggestions.needed import asks, still_said
from app.suggestions.protect import protected, quoted, touches
from app.suggestions.sentences import Sentence, is_aside, leans_back, sentences, words
from app.suggestions.sighs import is_sigh

__all__ = ["POINT_ITSELF", "MarkedWords", "apply", "marks_of", "sighs", "without_marks"]

POINT_ITSELF: Final = frozenset({"bare_opposition", "backseat_driving"})
"""Here the marked words are what the comment wants to say: without them it would say something else, or nothing."""

_LEADING: Final = re.compile(
    r"(?:but|and|so|yet)\s+(?=\w|`)"
    r"|so:\s+|(?:but |and |so )?(?:any(?:way|how)|still|also|that (?:said|aside)|regardless|nevertheless|by the way)\s?[,:]\s+",
    re.IGNORECASE,
)
"""What leads over from what is gone, at the beginning of what is left."""


def apply(text: str, edits: Sequence[Edit]) -> str:
    """``text`` after ``edits``, which must be in order and apart (``ValueError``)."""
    parts, at = [], 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError("edits must be in order, apart and inside the text")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


class MarkedWords:
    """Deletes what carries the concern; offers nothing where the rest may not be a sentence, or not the same point."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        marks = marks_of(text, concern)
        if not marks or concern.label in POINT_ITSELF:
            return ()
        if concern.label == "feigned_surprise":
            marks = sorted([*marks, *sighs(text, marks)])
        found = [edits for each in (marks, _whole(text, marks)) if (edits := without_marks(text, each))]
        return [
            Candidate(edits, Source.MARKED)
            for edits in dict.fromkeys(found)
            if still_said([text[e.start : e.end] for e in edits], apply(text, edits), concern.label)
        ]


def sighs(text: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences that are sighs and hold nothing of ``marks``."""
    found = [(unit.start, unit.end) for unit in sentences(text) if is_sigh(text[unit.start : unit.end])]
    return [(a, b) for a, b in found if not any(start < b and end > a for start, end in marks)]


def _whole(text: str, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The marks, each widened to its sentence where it holds two thirds of the words: the rest would be a scrap."""
    found = []
    for unit in sentences(text):
        inside = [text[max(a, unit.start) : min(b, unit.end)] for a, b in marks if a < unit.end and b > unit.start]
        if inside and 3 * len(words(" ".join(inside))) >= 2 * len(words(text[unit.start : unit.end])):
            found.append((unit.start, unit.end))
    return sorted({*found, *((a, b) for a, b in marks if not any(s <= a and b <= e for s, e in found))})


def marks_of(text: str, concern: Concern) -> list[tuple[int, int]]:
    """The marked words, widened to whole words; marks with nothing but signs between them are one."""
    marks: list[tuple[int, int]] = []
    for span in sorted(concern.spans, key=lambda span: span.start):
        start, end = max(0, min(span.start, len(text))), max(0, min(span.end, len(text)))
        while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
            end += 1
        if marks and "\n" not in text[marks[-1][1] : start] and not words(text[marks[-1][1] : start]):
            marks[-1] = marks[-1][0], max(end, marks[-1][1])
        elif words(text[start:end]):
            marks.append((start, end))
    return marks


def without_marks(text: str, marks: list[tuple[int, int]]) -> tuple[Edit, ...] | None:
    """``text`` without the marked words, its sentences mended; ``None`` where the rest may not be English."""
    guarded = protected(text)
    units = sentences(text, guarded)
    edits: list[Edit] = []
    gone: list[int] = []
    for i, unit in enumerate(units):
        inside = [(max(a, unit.start), min(b, unit.end)) for a, b in marks if a < unit.end and b > unit.start]
        if not any(words(text[a:b]) for a, b in inside):
            continue
        if is_aside(text[unit.start : inside[0][0]] + text[inside[-1][1] : unit.end]) and len(inside) == 1:
            if asks(text[unit.start : unit.end]):
                return None  # the request would go with the sting
            gone.append(i)
            continue
        edit = without_clause(text, unit.start, unit.end, *inside[0]) if len(inside) == 1 else None
        if edit is None:
            return None
        edits.append(edit)
    for run in _runs(text, units, gone):
        edit = _without_sentences(text, units, *run)
        if edit is None:
            return None
        edits.append(edit)
    if gone and (led := _led_over(text, units, gone)):
        edits.append(led)
    edits.sort(key=lambda edit: edit.start)
    if any(b.start < a.end for a, b in pairwise(edits)):
        return None
    marked_elsewhere = any(not any(a < unit.end and b > unit.start for unit in units) for a, b in marks)
    if marked_elsewhere or any(touches(guarded, edit.start, edit.end) or _unbalanced(text, edit) for edit in edits):
        return None
    return tuple(edits)


def _led_over(text: str, units: Sequence[Sentence], gone: list[int]) -> Edit | None:
    """The edit that lets the first line that is left begin by itself: "Anyway: …" answers to what is gone."""
    first = next((i for i in range(len(units)) if i not in gone), 0)
    unit = units[first]
    joint = _LEADING.match(text, unit.start, unit.end) if unit.first and first else None
    if not joint:
        return None
    capital = text[joint.start()].isupper() and text[joint.end()].islower()
    return Edit(joint.start(), joint.end() + capital, text[joint.end()].upper() if capital else "")


def _runs(text: str, units: Sequence[Sentence], gone: list[int]) -> list[tuple[int, int]]:
    """Neighbouring ``gone`` sentences as first and last: within one line, or whole lines with only space between."""
    runs: list[tuple[int, int]] = []
    for i in gone:
        if runs and runs[-1][1] == i - 1 and units[i].line == units[i - 1].line:
            runs[-1] = runs[-1][0], i
        else:
            runs.append((i, i))
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        whole = _whole_lines(units, first, last) and bool(joined) and _whole_lines(units, *joined[-1])
        if whole and joined[-1][1] == first - 1 and not text[units[first - 1].end : units[first].line].strip():
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined


def _whole_lines(units: Sequence[Sentence], first: int, last: int) -> bool:
    return units[first].first and (last + 1 == len(units) or units[last + 1].line != units[last].line)


def _without_sentences(text: str, units: Sequence[Sentence], first: int, last: int) -> Edit | None:
    start, end = units[first].start, units[last].end
    after = units[last + 1] if last + 1 < len(units) else None
    if text[end - 1] == ":" or (after is not None and leans_back(text[after.start : after.end])):
        return None
    if not units[first].first:
        return Edit(units[first - 1].end, end, "")
    if after is None or after.line != units[last].line:
        return _without_line(text, units[first].line, end)
    leading = _LEADING.match(text, after.start, after.end)
    follows = leading.end() if leading else after.start
    capital = text[start].isupper() and text[follows].islower() and follows > after.start
    return Edit(start, follows + 1, text[follows].upper()) if capital else Edit(start, follows, "")


def _without_line(text: str, line: int, end: int) -> Edit | None:
    """Take a whole line away, its marker and one of the blank lines around it too."""
    above, below = text[:line].rstrip(), text[end:].lstrip()
    not_own = quoted(text)
    answers = bool(above) and touches(not_own, len(above) - 1, len(above))
    if answers and (not below or touches(not_own, len(text) - len(below), len(text) - len(below) + 1)):
        return None  # a quote would be left without its answer
    if text[line:end].lstrip().startswith("#"):
        return None
    if not below:
        return Edit(len(above), len(text.rstrip()), "")
    blank_above = not above or text[len(above) : line].count("\n") > 1
    gap = text[end : len(text) - len(below)]
    keep_indent = gap.rfind("\n") + 1
    if blank_above or gap.count("\n") == 1:
        return Edit(line, end + keep_indent, "")
    return Edit(line, end + gap.index("\n") + 1, "")


def _unbalanced(text: str, edit: Edit) -> bool:
    """Whether half a pair would go: one bracket, one star."""
    removed = text[edit.start : edit.end]
    brackets = any(removed.count(a) != removed.count(b) for a, b in ("()", "[]", "{}"))
    return brackets or any(removed.count(sign) % 2 for sign in ('"', "`", "*", "__", "~~"))
