"""The parts of a comment that no suggestion may touch: what is not the writer's own voice, and every technical fact."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from classifiers.blocks import blocks

__all__ = ["Spans", "leave", "protected", "quoted", "touches"]

_UNIT = r"(?:[ \u00a0]?(?:[kMGT]i?[Bb]|[kMG]?[HW]z|[nµu]?s|ms|min|px|[kmc]m|%|°C|bytes?|bits?|hours?|days?)\b|%)?"

_INLINE: Final = re.compile(
    r"``[^`\n]{1,2000}``|`[^`\n]{1,2000}`"
    r"|</?[a-zA-Z][^<>\n]{0,500}>"  # HTML, and addresses in angle brackets
    r"|!?\[[^\]\n]{0,300}\]\([^)\s]{0,2000}\)"  # Markdown links and images, whole
    r"|\b[a-z][a-z0-9+.-]{1,20}://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"
    r"|(?<![\w@])@[A-Za-z0-9][\w/-]{0,80}"
    r"|(?<!\w)(?:[\w.-]{1,80}/[\w.-]{1,80})?[#!]\d+|(?<!\w)#[A-Za-z][\w-]{1,50}"
    r"|\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|«[^»\n]{1,300}»|„[^“”\n]{1,300}[“”]"  # what others said or wrote
    r"|(?<!\w)(?:~|\.{1,2})?/[\w.*-]+(?:/[\w.*-]*)*"  # paths
    r"|\b[\w.-]{1,100}(?:/[\w.*-]+){2,}|\b[\w-]{1,100}/[\w-]{1,100}\.\w{1,5}\b"
    r"|(?<!\w)\*?\.[A-Za-z]\w{0,10}\b"  # *.py, .env
    r"|(?<![\w-])--?[A-Za-z][\w-]*(?:=\S+)?"  # flags
    r"|\$\{?\w+\}?|%\w\b|:[a-z0-9_+-]{2,30}:"
    r"|\b\w+(?:::\w+)+|\b\w+->\w+|\b[\w.]{1,80}\([^\s()]{0,80}\)"  # std::move, a->b, call(x)
    r"|\b(?!(?:e\.g|i\.e)\b)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\b"  # dotted
    r"|\b\w*_\w*\b|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z0-9]+[A-Z]\w*"  # snake_case, camelCase, PascalCase
    rf"|(?<!\w)[+-]?\w*\d[\w.,:/+-]*(?<![.,:/+-]){_UNIT}",  # numbers, versions, dates, votes, hashes
    re.DOTALL,
)
_TABLE_ROW: Final = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
_SETEXT_OR_RULE: Final = re.compile(r"^[ \t]*(?:={3,}|-{3,}|\*{3,})[ \t]*$", re.MULTILINE)

Spans = tuple[tuple[int, int], ...]
"""Code points, half-open, in order, and apart: what touches is one span."""


def quoted(text: str) -> Spans:
    """Whole runs that are not the writer's voice: quotes, code blocks, suggestion blocks, logs, trailers, tables."""
    found = [(start, end) for start, end, _ in blocks(text)]
    found += [match.span() for pattern in (_TABLE_ROW, _SETEXT_OR_RULE) for match in pattern.finditer(text)]
    return _merged(found)


def protected(text: str) -> Spans:
    """Every protected part of ``text``.

    Besides ``quoted``: code, links, mentions, references, quotations, paths, flags, identifiers, and all numbers with
    their units, since a number is a fact wherever it stands. Too much rather than too little is protected: then there
    is no wording, and the advice stands alone.
    """
    found = _merged([*quoted(text), *(match.span() for match in _INLINE.finditer(text))])
    return _merged([*found, *_comments(text, found)])


def touches(spans: Spans, start: int, end: int) -> bool:
    """Whether ``[start, end)`` shares a character with one of ``spans``."""
    i = bisect_right(spans, start, key=lambda span: span[1])
    return start < end and i < len(spans) and spans[i][0] < end


def leave(spans: Spans, at: int) -> int:
    """The first place from ``at`` on that is in none of ``spans``."""
    i = bisect_right(spans, at, key=lambda span: span[1])
    return spans[i][1] if i < len(spans) and spans[i][0] <= at else at


def _comments(text: str, code: Spans) -> list[tuple[int, int]]:
    """HTML comments that do not begin inside ``code``. One that is never closed hides all that follows it.

    Every search begins where the one before ended, and the first that finds nothing is the last.
    """
    found: list[tuple[int, int]] = []
    at = text.find("<!--")
    while at >= 0:
        after = leave(code, at)
        if after == at:
            close = text.find("-->", at + 4)
            after = close + 3 if close >= 0 else len(text)
            found.append((at, after))
        at = text.find("<!--", after)
    return found


def _merged(found: list[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif end > start:
            merged.append((start, end))
    return tuple(merged)
