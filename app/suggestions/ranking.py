"""Which of several wordings is offered first, and which is a real choice beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from app.domain import Verdict
from app.suggestions.candidates import Candidate, Source
from app.suggestions.edits import apply
from app.suggestions.sentences import words

__all__ = ["apart", "ranked"]

_ORDER: Final = tuple(Source)
ALIKE: Final = 0.9
"""Share of words that two wordings may have in common and still be two."""


def ranked(text: str, clear: Sequence[tuple[Candidate, Verdict]], thresholds: Mapping[str, float]) -> list[Candidate]:
    """Best first: by source, the project's own wordings before all, and of one source what keeps the most and is heard least."""

    def worth(one: tuple[Candidate, Verdict]) -> tuple[int, float]:
        candidate, verdict = one
        heard = max((p / thresholds[k] for k, p in verdict.concerns.items() if thresholds.get(k)), default=0.0)
        kept = _alike(text, apply(text, candidate.edits))
        return _ORDER.index(candidate.source), heard - kept

    return [candidate for candidate, _ in sorted(clear, key=worth)]


def apart(a: str, b: str) -> bool:
    """Whether somebody would see two ways to say it."""
    return _alike(a, b) < ALIKE


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, words(a), words(b), autojunk=False).ratio()
