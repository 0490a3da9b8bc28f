"""Texts with a joint that nobody would write, to teach what reads oddly once words went or came. Standard library only.

Words of a real text are deleted, replaced or joined by a known phrase at random, as a poor edit would do it, and repaired as
an edit is (see :mod:`classifiers.tags`). In the manner of ELECTRA (Clark et al. 2020), from the paper: each token is asked
whether it stands beside such a joint, and every other one teaches what does not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from classifiers.mapped import Mapped
from classifiers.tags import DELETE, KEEP, Change, Word, changed, changes, landed, tag, words
from classifiers.text import own_words

LONGEST_RUN: Final = 8
_STOPS: Final = frozenset(".?!")


@dataclass(frozen=True, slots=True)
class Joined:
    """``places`` are where an edit landed in ``text``: code points, half-open, empty where words only went."""

    text: str
    places: tuple[tuple[int, int], ...] = ()


def spoiled(text: str, phrases: Sequence[str], chance: random.Random) -> Joined:
    """``text`` after one or two poor edits; as it is where it is too short for one."""
    found = words(own_words(text), text)
    tags = [KEEP] * (len(found) + 1)
    for _ in range(1 + (chance.random() < 0.3)):
        run = _run(found, chance)
        if run is None:
            continue
        kind = chance.random()
        begin, end = run if kind < 0.85 else (run[0], run[0])
        tags[begin:end] = [DELETE] * (end - begin)
        if kind >= 0.6 and phrases:
            tags[begin] = tag(begin == end, chance.choice(phrases))
    return joined(text, changes(text, found, tags))


def _run(found: Sequence[Word], chance: random.Random) -> tuple[int, int] | None:
    """A few words of one's own, some of which stay around them; not a whole sentence, which may well go."""
    if len(found) < 5:
        return None
    size = min(1 + int(chance.expovariate(0.4)), LONGEST_RUN, len(found) // 2)
    begin = chance.randrange(len(found) - size + 1)
    run = found[begin : begin + size]
    opens = begin == 0 or found[begin - 1].text in _STOPS
    closes = begin + size == len(found) or run[-1].text in _STOPS
    if not all(word.own for word in run) or (opens and closes) or not any(word.text[0].isalnum() for word in run):
        return None
    return begin, begin + size


def rewritten(text: str, rewrite: str) -> Joined:
    """A rewrite by hand, and where it differs: joints that somebody did write."""
    before, after = (words(own_words(one), one) for one in (text, rewrite))
    matcher = SequenceMatcher(None, [w.key for w in before], [w.key for w in after], autojunk=False)
    places = []
    for kind, _, _, begin, end in matcher.get_opcodes():
        if kind != "equal":
            start = after[begin].begin if begin < len(after) else len(rewrite)
            places.append((start, after[end - 1].finish if end > begin else start))
    return Joined(rewrite, tuple(places))


def joined(text: str, made: Sequence[Change]) -> Joined:
    """``text`` after ``made``, and where they landed."""
    return Joined(changed(text, made), tuple(landed(made)))


def mistakes(text: str, rewrite: str, ways: Sequence[Sequence[Change]]) -> list[Joined]:
    """What an editor made of ``text``, where it joined words that the rewrite by hand and the text do not join."""
    known = {pair for one in (text, rewrite) for pair in pairwise([None, *_keys(one), None])}
    found = []
    for way in ways:
        made = joined(text, way)
        keys, at = _keys(made.text), {word.begin: i for i, word in enumerate(words(own_words(made.text), made.text))}
        places = tuple(
            (start, end)
            for start, end in made.places
            if any(pair not in known for pair in pairwise(_around(keys, at, start, end)))
        )
        found += [Joined(made.text, places)] if places else []
    return found


def _keys(text: str) -> list[str]:
    return [word.key for word in words(own_words(text), text)]


def _around(keys: Sequence[str], at: Mapping[int, int], start: int, end: int) -> list[str | None]:
    """The words in a place, with the one before it and the one after; ``None`` where the text begins or ends."""
    inside = [i for begin, i in at.items() if start <= begin < end]
    first = inside[0] if inside else next((i for begin, i in at.items() if begin >= start), len(keys))
    last = inside[-1] + 1 if inside else first
    padded = [None, *keys, None]
    return padded[first : last + 2]


def beside(own: Mapped, offsets: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> set[int]:
    """Which tokens, by their ``offsets`` into ``own``, stand in one of ``places`` of the original text or next to it."""
    found: set[int] = set()
    spots = [(own.starts[a], own.ends[b - 1]) if b > a else (-1, -1) for a, b in offsets]
    for start, end in places:
        found |= {i for i, (a, b) in enumerate(spots) if a < end and b > start}
        before = [i for i, (a, b) in enumerate(spots) if 0 <= a < b <= start]
        after = [i for i, (a, b) in enumerate(spots) if a >= end and a >= 0]
        found |= {*before[-1:], *after[:1]}
    return found
