"""A line with which somebody can take back a comment that is out. Theirs to say or not: nothing here is ever posted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["SORRY", "sorry"]

#: Honest and short: each says what came out wrong, and leaves the point as it was. The writer speaks, so this is the one
#: place with a "sorry" in it.
SORRY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "belittling": "Sorry, I made that sound easier than it is.",
        "feigned_surprise": "Sorry, my surprise was beside the point. Not knowing this is fine.",
        "well_actually": "Sorry, that was beside your point.",
        "backseat_driving": "Sorry, I gave directions where I meant to offer something to think about.",
        "subtle_ism": "Sorry, that picture left people out. The point stands without it.",
        "bare_opposition": "Sorry, I only said what I am against. Here is what I would prefer:",
        "assumption": "Sorry, that was a guess about your reasons. What were they?",
        "hostility": "Sorry, that came out wrong. It was meant to be about the code.",
    }
)
ANY: Final = "Sorry, that came out wrong."


def sorry(label: str) -> str:
    """The line for a comment in which ``label`` was heard; a general one for norms that a team added."""
    return SORRY.get(label, ANY)
