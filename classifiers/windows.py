"""Long comments are judged by windows of whole sentences; a short one is its own only window."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 192
"""Tokens in a comment that is still judged as a whole, special tokens included; as in training."""
WINDOW: Final = 48
"""Most tokens in one window of a longer comment, special tokens not included: a barb drowns in more."""
MOST_WINDOWS: Final = 24
"""Windows judged in one comment. Beyond that, the first sixteen and the last eight count: a cost no text can exceed."""

_BREAK = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")


def sentence_starts(text: str) -> list[int]:
    """Character positions at which a sentence or line begins, 0 included."""
    starts = [0, *(m.end() for m in _BREAK.finditer(text) if m.end() < len(text))]
    return sorted(set(starts))


def windows(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open ranges of tokens to judge together.

    ``offsets`` are the character ranges of the tokens of ``text``, special tokens left out. Windows begin where a
    sentence does; each repeats the last sentence of the one before it if that fits in a third of a window.
    """
    count = len(offsets)
    if count <= LONGEST - 2:
        return [(0, count)]
    cuts: list[int] = []
    token = 0
    for start in sentence_starts(text):
        while token < count and offsets[token][0] < start:
            token += 1
        if token < count and (not cuts or token > cuts[-1]):
            cuts.append(token)
    found: list[tuple[int, int]] = []
    begin = 0
    while begin < count:
        limit = begin + WINDOW
        if limit >= count:
            found.append((begin, count))
            break
        inside = [cut for cut in cuts if begin < cut <= limit]
        end = inside[-1] if inside else limit
        found.append((begin, end))
        repeat = inside[-2] if len(inside) > 1 and end - inside[-2] <= WINDOW // 3 else end
        begin = repeat
    if len(found) > MOST_WINDOWS:
        found = found[:16] + found[-8:]
    return found
