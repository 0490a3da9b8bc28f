"""Texts made of texts: real harmless review lines beside sentences of the project's own comments, for a teacher to speak about,
and scraps of such lines.

What was written for the project is well-formed and to the point, and real comments are neither; a sentence between two real lines
teaches the small network to hear it there. No label is guessed: the teacher says what the mixture sounds like.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from classifiers.corpus import Example
from classifiers.labels import CONCERNS

_ENDS: Final = re.compile(r"(?<=[.!?])\s+|\n+")
LONGEST: Final = 240
"""Characters of a real line that is mixed in."""


_REFUSES: Final = re.compile(
    r"\b(?:no|nope|not|never|wrong|bad|why|revert|remove|redo|stop|you\w*)\b|n't|[?!-]", re.IGNORECASE
)


def fragments(real: Sequence[Example], count: int, seed: int) -> list[Example]:
    """``count`` scraps of one to four words of harmless lines, free of concerns as those are: much of real review is as short
    ("clean up", "to the"), and what was written for the project, where it is that short, mostly stings. Scraps that could be a
    refusal by themselves are left out."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    found: list[Example] = []
    for _ in range(40 * count):
        words = chance.choice(real).text.split() if real else []
        first, many = chance.randrange(max(1, len(words))), chance.randint(1, 4)
        text = " ".join(words[first : first + many])
        if any(c.isalpha() for c in text) and not _REFUSES.search(text):
            found.append(Example(text, dict.fromkeys(CONCERNS, 0.0), origin="fragment"))
        if len(found) == count:
            break
    return found


def mixed(own: Sequence[Example], real: Sequence[Example], count: int, seed: int) -> list[Example]:
    """``count`` texts without labels, the same for the same seed: one or two of ``own``'s sentences, before or after a line
    of ``real``, or alone; now and then in small letters and without the last stop, as people type."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    lines = [e.text.strip() for e in real if len(e.text) <= LONGEST]
    found = []
    for number in range(count):
        sentences = [s for s in _ENDS.split(chance.choice(own).text.strip()) if s]
        first = chance.randrange(len(sentences)) if sentences else 0
        text = " ".join(sentences[first : first + chance.choice((1, 1, 2))])
        if chance.random() < 0.3:
            text = text.lower()
        if chance.random() < 0.3:
            text = text.rstrip(".!")
        kind = chance.random()
        if lines and kind < 0.3:
            text = f"{text} {chance.choice(lines)}"
        elif lines and kind < 0.6:
            text = f"{chance.choice(lines)} {text}"
        found.append(Example(text, {}, origin=f"mixed:{number}"))
    return found
