"""The marked words of a comment with a little of what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain import Span

__all__ = ["Piece", "excerpt"]

_AROUND: Final = 120
"""Characters kept on each side of marked words: enough to find the place again."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an excerpt, marked or not."""

    text: str
    marked: bool = False


def excerpt(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """``text`` around ``spans`` (half-open, code points) in order, spans marked; "…" where something is left out.

    Spans that overlap or touch are marked as one; what lies beyond the text is ignored. Without any span, nothing.
    """
    marks = _merged([(max(0, span.start), min(span.end, len(text))) for span in spans])
    pieces: list[Piece] = []
    end = 0
    for window in _merged([_around(text, *mark) for mark in marks]):
        at, stop = window
        if at > end:
            pieces.append(Piece(" … " if pieces else "… "))
        for start, end in marks:
            if at <= start < stop:
                pieces += [Piece(text[at:start]), Piece(text[start:end], marked=True)]
                at = end
        pieces.append(Piece(text[at:stop]))
        end = stop
    if pieces and end < len(text):
        pieces.append(Piece(" …"))
    return tuple(piece for piece in pieces if piece.text)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The window about ``[start, end)``, cut between words where there is a space to cut at."""
    left, right = max(0, start - _AROUND), min(end + _AROUND, len(text))
    if left and (space := re.search(r"\s+", text[left - 1 : start])):
        left += space.end() - 1
    if right < len(text) and (whole := re.match(r".*(?=\s)", text[end : right + 1], re.DOTALL)):
        right = end + len(whole[0].rstrip())
    return left, right


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found for found in ranges if found[0] < found[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
