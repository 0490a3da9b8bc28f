"""Made-up comments with facts in them, to see whether a wording ever loses one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from classifiers.labels import CONCERNS

_FACTS: Final[tuple[Callable[[int], str], ...]] = (
    lambda n: f"`take{n}()`",
    lambda n: f"read_{n}_bytes",
    lambda n: f"parseNode{n}",
    lambda n: f"--max-{n}",
    lambda n: f"https://example.org/{n}",
    lambda n: f"src/part{n}/main.py",
    lambda n: f"@rev{n}",
    lambda n: f"#{n}",
    lambda n: f"{n} ms",
    lambda n: f"{n}.4.1",
    lambda n: f'"quoted {n}"',
    lambda n: f"\n> they said {n}\n\n",
    lambda n: f"\n```\ncode {n}\n```\n",
)
_WORDS: Final = (
    *(
        "You never test",
        "you clearly did not bother to read",
        "why would you use",
        "the loop ends",
        "obviously",
        "just",
        "No",
    ),
    *(
        "please rename",
        "it leaks",
        "so simple",
        "any junior knows that",
        "Wow, you have never heard of",
        "Technically it is",
    ),
    *("what a mess", "genius", "this is garbage", ", and", ".", "?", ",", "because", "but", "-", "you forgot to close"),
    *("I am against", "for my grandmother", "the hell"),
)


class MadeUp(NamedTuple):
    """``marks``: (start, end) of the words that are said to carry the concern ``label``; ``facts``: as they were planted."""

    text: str
    label: str
    marks: list[tuple[int, int]]
    facts: list[str]


def fuzzed(count: int, seed: int = 8) -> Iterator[MadeUp]:
    """Made-up comments with facts in them, marked at random."""
    chance = random.Random(seed)  # noqa: S311  not for secrets
    for number in range(count):
        pieces: list[str] = []
        facts: list[str] = []
        for _ in range(chance.randint(2, 9)):
            if chance.random() < 0.35:
                facts.append(chance.choice(_FACTS)(1000 + number % 8000 + len(facts)))
                pieces.append(facts[-1])
            else:
                pieces.append(chance.choice(_WORDS))
        text = " ".join(pieces).replace(" \n", "\n")
        label = chance.choice(CONCERNS)
        marks = sorted(chance.randint(0, len(text)) for _ in range(2 * chance.randint(1, 2)))
        yield MadeUp(text, label, list(zip(marks[::2], marks[1::2], strict=True)), facts)


def in_order(facts: Sequence[str], wording: str) -> bool:
    at = 0
    for fact in facts:
        found = wording.find(fact.strip(), at)
        if found < 0:
            return False
        at = found + len(fact.strip())
    return True
