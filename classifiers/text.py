"""What in a comment is the writer's own words. Shared by training and run time, so that both read the same text.

Quotes, code, suggestion blocks, logs, diff hunks, addresses, signatures and what tools add are left out or replaced by a
one-word stand-in ("code", "url", "user", "quote"); hidden spellings are undone. Offsets lead back to the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.blocks import blocks
from classifiers.mapped import Mapped
from classifiers.spelling import PLAIN, character, plain

_INLINE = re.compile(
    r"(?P<html><!--.*?(?:-->|\Z)|</?(?:details|summary|br|hr|img|sub|sup|kbd|p|b|i|em|strong|ul|ol|li|div|span|a|pre|code|table|tr|td)"
    r"(?:\s[^<>]{0,500})?/?>)"
    r"|(?P<image>!\[[^\]\n]{0,300}\]\([^)\s]{0,2000}\))"
    r"|(?P<code>``[^`\n]{1,2000}``|`[^`\n]{1,2000}`)"
    r"|(?P<target>\]\((?:https?:|/|\.|#)[^)\s]{0,2000}\))"
    r"|(?P<url>\b(?:https?|ftp|ssh|git)://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64})"
    r"|(?P<user>(?<![\w@/.])@[A-Za-z0-9][\w-]{0,38}(?:/[\w-]{1,40})?)"
    r"|(?P<hash>(?<![\w-])(?=[0-9a-f]{0,39}\d)(?=[0-9a-f]{0,39}[a-f])[0-9a-f]{7,40}(?![\w-]))",
    re.DOTALL,
)
_STAND_IN = {
    "html": " ",
    "image": " image ",
    "code": "code",
    "target": "]",
    "url": "url",
    "email": "email",
    "user": "user",
    "hash": "hash",
}
_RUNS = re.compile(r"[ -~\n]+|[^ -~\n]")
_SPACES = re.compile(r"[ \t]{2,}")
_BLANK = re.compile(r"\s*\n\s*")
_MARKUP = re.compile(r"(?<!\w)[*_~]{1,3}(?=\w)|(?<=[\w.!?,])[*_~]{1,3}(?!\w)|^#{1,6} +|^ *[-*+] +(?!\d)", re.MULTILINE)


def _pieces(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Cut ``text`` into what is read as it stands, single characters read otherwise, and stand-ins."""
    at = 0
    last_stand_in = ""
    for start, end, stand_in in (*blocks(text), (len(text), len(text), "")):
        if start > at:
            last_stand_in = ""
            yield from _inline(text, at, start)
        # A run of quoted or code lines is one quote, one piece of code.
        if stand_in and stand_in != last_stand_in:
            yield stand_in, start, end, False
        last_stand_in = stand_in or last_stand_in
        at = end


def _inline(text: str, at: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
    for match in _INLINE.finditer(text, at, end):
        yield from _typed(text, at, match.start())
        yield _STAND_IN[match.lastgroup or "html"], match.start(), match.end(), False
        at = match.end()
    yield from _typed(text, at, end)


def _typed(text: str, at: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
    for match in _RUNS.finditer(text, at, end):
        run = match[0]
        yield run if run[0] in PLAIN else character(run), match.start(), match.end(), True


def own_words(text: str) -> Mapped:
    """The writer's own words in ``text``, any Unicode, with offsets back to it. Never raises; linear in its length."""
    words = plain(Mapped.build(_pieces(text)))
    words = words.substitute(_MARKUP, lambda _: "", own=False)
    words = words.substitute(_SPACES, lambda _: " ", own=False)
    return words.substitute(_BLANK, lambda _: "\n", own=False)


def has_words(words: Mapped) -> bool:
    """Whether anything is left that the writer said in words."""
    return any(own and char.isalnum() for own, char in zip(words.own, words.text, strict=True)) or any(
        own and not char.isspace() and char not in ".,;:()-" for own, char in zip(words.own, words.text, strict=True)
    )
