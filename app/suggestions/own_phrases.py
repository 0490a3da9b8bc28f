"""A project's own phrases: other words for what its people say, and words it is fine with. They win over ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.domain import Concern, Edit, Span
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source

__all__ = ["OwnWordings", "fine"]


class OwnWordings:
    """Puts the project's own words in the place of those it named, wherever they stand as whole words."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        every: list[Edit] = []
        for example in norms.own.wordings:
            edits = [Edit(a, b, _as_capital(text[a], example.instead)) for a, b in _places(text, example.said)]
            every += [edit for edit in edits if not any(edit.start < o.end and o.start < edit.end for o in every)]
        every.sort(key=lambda edit: edit.start)
        return (Candidate(tuple(every), Source.OWN),) if every else ()


def fine(text: str, spans: Sequence[Span], norms: Norms) -> bool:
    """Whether every marked word is one that the project is fine with. Nothing marked is not fine: there is more to it."""
    if not spans or not norms.own.fine:
        return False
    covered = [place for phrase in norms.own.fine for place in _places(text, phrase)]
    return all(
        any(a <= at < b for a, b in covered) or not text[at].isalnum()
        for span in spans
        for at in range(max(0, span.start), min(span.end, len(text)))
    )


def _places(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(part) for part in phrase.split())
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE):
        yield match.span()


def _as_capital(first: str, words: str) -> str:
    return words[0].upper() + words[1:] if first.isupper() else words
