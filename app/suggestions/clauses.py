"""Taking one clause out of a sentence so that the rest is still one, or not at all."""

from __future__ import annotations

import re
from typing import Final

from app.domain import Edit
from app.suggestions.sentences import first_word, is_aside, is_sentence, leans_back, listed, words

__all__ = ["without_clause"]

_ADVERBS: Final = listed(
    "obviously clearly just simply honestly literally seriously apparently evidently merely even surely really actually"
)
_JOINTS: Final = listed("but and so as like because since yet or")
_ASKING: Final = listed(
    "is are was were do does did can could will would should may might has have what why how when where who which"
)
# Both are searched in the last few characters alone: over a whole text of spaces they would not be linear.
_TAIL_EDGE: Final = re.compile(r"(?:[,;(–—]|--?|\.{3}|…)$")
_TAIL_JOINT: Final = re.compile(r"(?<=\s)(?:but|and|so|yet|or)$", re.IGNORECASE)
_HEAD_EDGE: Final = re.compile(
    r"\s*(?P<edge>[,;:–—]|--?|\.{3}|…)?\s*(?P<joint>(?:but|and|so|yet|however|though)\b,?\s*)?",
    re.IGNORECASE,
)
_STRONG: Final = (":", ";", "–", "—", "-", "…")
_BOUNDARIES: Final = (",", *_STRONG)
_CLOSERS = " \t\n.!?…)*_\"'"
_OPENERS = " \t\n(*_\"'"


def without_clause(text: str, start: int, end: int, a: int, b: int) -> Edit | None:
    """The edit that takes the marked ``text[a:b]`` out of the sentence ``text[start:end]``, or ``None``.

    Something of the sentence stays on at least one side. All offsets are code points, half-open.
    """
    before, after = text[start:a], text[b:end]
    if not words(after) and not any(char.isdigit() or char == "`" for char in after):
        return _tail(text, start, end, a, b)
    if is_aside(before):
        return _front(text, start, end, a, b)
    return _middle(text, start, end, a, b)


def _adverbs(marked: str) -> bool:
    return set(words(marked)) <= _ADVERBS


def _tail(text: str, start: int, end: int, a: int, b: int) -> Edit | None:
    before, marked, after = text[start:a], text[a:b], text[b:end]
    head = before.rstrip()
    edge = _TAIL_EDGE.search(head[-3:])
    mark = edge[0] if edge else ""
    head = head.removesuffix(mark).rstrip()
    hanging = _TAIL_JOINT.search(head[-4:])
    joint = first_word(marked) in _JOINTS or hanging
    if not mark and not joint and not _adverbs(marked):
        return None
    if not mark and first_word(marked) == "and":
        return None  # "do that again and …" is a condition, not a request
    if hanging:
        head = head[: -len(hanging[0])].rstrip()
        head = head[:-1] if head[-1:] in (",", ";") else head
    if (mark == "(" and ")" not in marked + after) or not is_sentence(head, opened=True):
        return None
    stop = ""
    if (marked + after).rstrip(")*_\"' ")[-1:] in (".", "!", "?", "…") and head[-1:] not in (".", "!", "?"):
        asks = (marked + after).rstrip(_CLOSERS.replace("?", ""))[-1:] == "?" and first_word(head) in _ASKING
        stop = "?" if asks else "."
    return Edit(start + len(head), end, stop)


def _is_noun(text: str) -> bool:
    """Whether it is only a thing that is described: "a mistake that takes place" says nothing of its own."""
    found = words(text)
    relative = next((i for i, word in enumerate(found) if word in ("that", "which", "who")), None)
    return bool(found) and found[0] in ("a", "an", "the") and relative is not None and relative <= 3


def _front(text: str, start: int, end: int, a: int, b: int) -> Edit | None:
    marked = text[a:b]
    edge = _HEAD_EDGE.match(text, b, end)
    at = edge.end() if edge else b
    boundary = text[a:at].rstrip()[-1:]
    joint = edge is not None and edge["joint"] is not None
    if boundary not in _BOUNDARIES and not joint and not _adverbs(marked):
        return None
    rest = text[at:end]
    # What follows a colon, semicolon or dash opens a sentence of its own; what follows a comma has to show it.
    opened = not joint and (boundary in _STRONG or _adverbs(marked))
    if not is_sentence(rest, opened=opened) or leans_back(rest) or (not opened and _is_noun(rest)):
        return None
    opener = text[start:end].lstrip(_OPENERS)[:1]
    if opener.isupper() and rest[:1].islower() and not text[at : at + 2].endswith(("(", "_", ".")):
        return Edit(start, at + 1, rest[0].upper())
    return Edit(start, at, "")


def _middle(text: str, start: int, end: int, a: int, b: int) -> Edit | None:
    before, after = text[start:a], text[b:end]
    left, right = before.rstrip(), after.lstrip()
    opens, closes = left[-1:], right[:1]
    if opens == "(" and closes == ")":
        head, rest, glue = left[:-1].rstrip(), right[1:], ""
    elif (opens, closes) == (",", ","):
        head, rest = left[:-1], right[1:]
        glue = "," if is_sentence(head, opened=False) or first_word(rest) in _JOINTS else ""
    elif opens == closes and opens in ("–", "—"):
        head, rest, glue = left[:-1].rstrip(), right[1:], ""
    elif _adverbs(text[a:b]):
        head, rest, glue = left, " " + right, ""
    else:
        return None
    if not is_sentence(head + glue + rest, opened=True):
        return None
    return Edit(start + len(head), end - len(rest), glue)
