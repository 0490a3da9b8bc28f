"""What the reader needs of the words that go: a request, a warning, the thing to look up. English, cautious, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.suggestions.sentences import first_word, listed, words
from app.suggestions.shapes import FACT, THING
from app.suggestions.verbs import is_base

__all__ = ["asks", "still_said"]

_STINGS: Final = listed(
    "ask come do find get give go keep know learn leave let look make open read say see show stop take tell think try wait"
)
"""Verbs that a sting may begin with; any other at the beginning of a sentence asks for something."""
_ASKS: Final = re.compile(r"\W*(?:can|could|would|will) (?:you|we|one|some\w*|any\w*)\b", re.IGNORECASE)
_OR_ELSE: Final = re.compile(r"\bor (?:else|i|i'\w+|we|you)\b", re.IGNORECASE)
_WARNING: Final = re.compile(r"\bnext time (?:you|i|we|let|please)\b", re.IGNORECASE)
_SCOFF: Final = re.compile(
    r"\b(?:lol|lmao|rofl|haha+|smh)\b|\U0001f644|\U0001f44f|\U0001f602|\U0001f923", re.IGNORECASE
)
_LONG: Final = 15
"""Words from which a sentence with an -ism in it says more than that."""


def asks(said: str) -> bool:
    """Whether a sentence asks for something, be it under a threat."""
    verb = first_word(said)
    if is_base(verb):
        return verb not in _STINGS or _OR_ELSE.search(said) is not None
    return _ASKS.match(said) is not None


def still_said(gone: Sequence[str], left: str, label: str) -> bool:
    """Whether nothing is lost where, for a concern of ``label``, the pieces ``gone`` go and ``left`` stays; no scoff stays."""
    if _SCOFF.search(left):
        return False
    for said in gone:
        if _WARNING.search(said) or (label == "subtle_ism" and len(words(said)) > _LONG):
            return False
        if label == "feigned_surprise":
            named = [fit for fit in (THING(said), FACT(said)) if fit]
            if any(not set(words(said[fit.start : fit.end])) <= set(words(left)) for fit in named):
                return False
    return True
