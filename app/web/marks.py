"""A text in pieces, as pages show it: with its marked words, or with what goes and what comes. Pure; text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile
from typing import Final

from app.domain import Edit, Span

__all__ = ["LONG", "Kind", "Piece", "difference", "marked", "shortened", "words_difference"]

LONG: Final = 3000
"""Characters up to which a text is shown whole; beyond, only what stands around the pieces that matter."""

_AROUND: Final = 160
_AKIN: Final = 0.5


class Kind(StrEnum):
    PLAIN = "plain"
    MARKED = "marked"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    kind: Kind = Kind.PLAIN


def marked(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """``text`` whole, in order; spans (half-open, code points) that overlap are one mark, what lies outside is ignored."""
    pieces: list[Piece] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(at, span.start), min(span.end, len(text))
        if start >= end:
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], Kind.MARKED)]
        at = end
    return _joined([*pieces, Piece(text[at:])])


def difference(text: str, edits: Iterable[Edit]) -> tuple[Piece, ...]:
    """``text`` with each of ``edits`` (in order and apart) as what goes, then what comes; what stays in both is plain."""
    pieces: list[Piece] = []
    at = 0
    for edit in edits:
        gone = text[edit.start : edit.end]
        same = _same_end(gone, edit.text)
        pieces += [
            Piece(text[at : edit.start]),
            Piece(gone[: len(gone) - same], Kind.GONE),
            Piece(edit.text[: len(edit.text) - same], Kind.NEW),
        ]
        at = edit.end - same
    return _joined([*pieces, Piece(text[at:])])


def words_difference(before: str, after: str) -> tuple[Piece, ...]:
    """``before`` with the words that go, and those of ``after`` that come; between two texts with little in common, whole."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _AKIN:
        return _joined([Piece(before, Kind.GONE), Piece(" " if before and after else ""), Piece(after, Kind.NEW)])
    pieces: list[Piece] = []
    for _, i, j, k, m in matcher.get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        pieces += [Piece(gone)] if gone == come else [Piece(gone, Kind.GONE), Piece(come, Kind.NEW)]
    return _joined(pieces)


def shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same where it is short; of a long text only the pieces that matter and a little of what stands around them."""
    if sum(len(piece.text) for piece in pieces) <= LONG:
        return tuple(pieces)
    if len(pieces) == 1:
        return (replace(pieces[0], text=f"{_head(pieces[0].text, LONG)} …"),)
    last = len(pieces) - 1
    return tuple(
        replace(piece, text=_cut(piece.text, head=i > 0, tail=i < last)) if piece.kind is Kind.PLAIN else piece
        for i, piece in enumerate(pieces)
    )


def _same_end(a: str, b: str) -> int:
    pairs = zip(reversed(a), reversed(b), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cut(text: str, *, head: bool, tail: bool) -> str:
    if len(text) <= 2 * _AROUND:
        return text
    begin = _head(text, _AROUND) if head else ""
    end = _head(text[::-1], _AROUND)[::-1] if tail else ""
    return f"{begin} … {end}"


def _head(text: str, length: int) -> str:
    """At most ``length`` characters from the beginning, cut between words where there is a space to cut at."""
    head = text[:length]
    space = max(head.rfind(" "), head.rfind("\n"))
    return head[:space] if space > length // 2 else head


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and joined[-1].kind is piece.kind:
            joined[-1] = replace(piece, text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)
