"""Unlabelled texts for a teacher to speak about: real harmless review lines beside sentences of the project's own comments.

What was written for the project is well-formed and to the point, and real comments are neither; a sentence between two real lines
teaches the small network to hear it there. No label is guessed: the teacher says what the mixture sounds like.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from classifiers.corpus import Example

_ENDS: Final = re.compile(r"(?<=[.!?])\s+|\n+")
LONGEST: Final = 240
"""Characters of a real line that is mixed in."""


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
