"""Where the sentences of a comment are, and whether a piece of one can stand alone. English, cautious, no model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.suggestions.protect import Spans, leave, protected, quoted, touches

__all__ = ["FACE", "Sentence", "first_word", "is_aside", "is_sentence", "leans_back", "listed", "sentences", "words"]

_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019](?=[^\W\d_]))*")
_MARKER: Final = re.compile(r"[ \t]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|#{1,6}[ \t]+)?")
_EMOTICON = "[:;]-?[)(DPpOo]"
FACE: Final = re.compile(rf"(?:{_EMOTICON}|[\U0001f000-\U0001faff\u2600-\u27bf]\ufe0f?)$")
"""An emoticon or emoji, which closes a sentence as a full stop does."""
_STOP: Final = re.compile(rf"(?:(?<![.!?…])[.!?…]+[\"'”\u2019)\]*_]*|{_EMOTICON})(?=\s|$)")
_ABBREVIATION: Final = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|incl|fig|dr|mr|ms|[a-z])\.$", re.I)
_WRAPPED_AT: Final = 50
"""A line at least this long that goes on in lower case was wrapped by an editor; a shorter one, by its writer."""


def listed(text: str) -> frozenset[str]:
    """The words of ``text`` as a set: lists of words are easier to read and mend as a line of them."""
    return frozenset(text.split())


_DANGLING: Final = listed(
    "a an the this these those my your our their his her its of to in on at by for from with without into onto"
    " over under about as than like and or but nor so yet if when while because since unless until though although"
    " that which who whose where is are was were be been being am has have had do does did will would shall should"
    " can could may might must not never very too more most less even only just such both either neither no any"
    " some every each how what why i you we they he she it's that's there's i'm you're isn't aren't wasn't don't"
    " doesn't didn't can't won't"
)
_SUBORDINATE: Final = listed(
    "if when while because since unless whereas although though which who whose whom than as like instead"
    " for of to with without by from into until till even such where whether"
)
_MAY_OPEN: Final = listed("if when while since as for with without by from in on to until")
_BACKWARD: Final = listed(
    "because which unlike otherwise instead mine yours hers theirs ours they he she neither nor than then not"
)
_VERBS: Final = listed(
    "is are was were am be been has have had do does did can could will would should shall must may might isn't"
    " aren't wasn't weren't hasn't haven't don't doesn't didn't can't won't wouldn't shouldn't couldn't it's"
    " that's there's i'm i've i'd i'll we're we've we'd we'll you're let's here's what's needs need looks look"
    " seems breaks break leaks leak works work fails fail runs makes returns gives takes belongs goes uses means"
    " reads passes compiles thinks think prefer suggest want guess hope see saw found tested tried checked added"
    " got went made gets"
)
_IMPERATIVES: Final = listed(
    "please use add remove move drop rename fix see make split keep put take try check run let change replace"
    " write read test delete revert rebase squash merge wrap set get give look consider return call pass avoid"
    " stop start note mind document update bump pin sort extract inline apply send show open close ask tell leave"
    " do don't have restore go"
)
_ASIDES: Final = listed(
    "wait hold on oh wow so and but or lol hm hmm well ok okay come hey hi hello ah huh um honestly seriously"
    " really again also then look listen man dude fwiw imho imo tbh btw"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``[start, end)`` without surrounding space; ``line`` is where its line begins, list marker included.

    ``first``: whether none precedes it in that line.
    """

    start: int
    end: int
    line: int
    first: bool


def words(text: str) -> list[str]:
    """The words in ``text`` in lower case, with straight apostrophes; numbers and signs are none."""
    return [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]


def first_word(text: str) -> str:
    """The first of ``words``, or nothing."""
    return next(iter(words(text)), "")


def is_aside(text: str) -> bool:
    """Whether ``text`` is nothing but the run-up to something: "wait,", "oh well", an emoji."""
    return all(word in _ASIDES for word in words(text)) and not any(char.isdigit() for char in text) and "`" not in text


def is_sentence(text: str, *, opened: bool) -> bool:
    """Whether ``text`` reads as a sentence or as the short note that reviews are full of ("Typo in line 3").

    ``opened`` says that a sentence began with it. A rest from further inside must show a verb, a request or code.
    """
    found = words(text)
    if len(found) < 2 or (found[-1] in _DANGLING and text.rstrip(" .!?")[-1:] not in ("`", ")")):
        return False
    if found[0] in _SUBORDINATE and not ("," in text and found[0] in _MAY_OPEN):
        return False
    if opened:
        return True
    return len(found) >= 3 and (bool(_VERBS & set(found)) or found[0] in _IMPERATIVES or "`" in text)


def leans_back(text: str) -> bool:
    """Whether a sentence needs the one before it to be understood: "Because …", "(line 9)"."""
    return text.startswith("(") or first_word(text[:40]) in _BACKWARD


def sentences(text: str, guarded: Spans | None = None) -> tuple[Sentence, ...]:
    """The sentences of the writer's own lines, in order; quotes, code and tables have none. Never raises.

    ``guarded`` is ``protected(text)``, where the caller has it already.
    """
    if guarded is None:
        guarded = protected(text)
    not_own = quoted(text)
    found: list[Sentence] = []
    for line, begin, end in _lines(text, not_own):
        stops = [
            stop.end()
            for stop in _STOP.finditer(text, begin, end)
            if not touches(guarded, stop.start(), stop.start() + 1)
            and not _ABBREVIATION.search(text, max(begin, stop.start() - 8), stop.start() + 1)
        ]
        found += _cut(text, line, begin, end, stops)
    return tuple(found)


def _cut(text: str, line: int, begin: int, end: int, stops: list[int]) -> Iterator[Sentence]:
    pieces = []
    for stop in (*stops, end):
        piece = text[begin:stop]
        start = begin + len(piece) - len(piece.lstrip())
        if piece.strip():
            pieces.append((start, start + len(piece.strip())))
        begin = stop
    for i, (start, stop) in enumerate(pieces):
        yield Sentence(start, stop, line, i == 0)


def _lines(text: str, not_own: Spans) -> Iterator[tuple[int, int, int]]:
    """``(start of line, start of its content, end)`` for each own line; lines that an editor wrapped are one."""
    pending: tuple[int, int, int] | None = None
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        end = start + len(line)
        start = min(leave(not_own, start), end)
        marker = _MARKER.match(text, start, end)
        content = marker.end() if marker else start
        if pending is not None:
            if (
                start == at - len(line) - 1
                and pending[2] - pending[1] >= _WRAPPED_AT
                and text[start:end].lstrip()[:1].islower()
            ):
                pending = (pending[0], pending[1], end)
                continue
            yield pending
        pending = (start, content, end) if text[content:end].strip() else None
    if pending is not None:
        yield pending
