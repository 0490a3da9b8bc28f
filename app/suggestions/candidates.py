"""What a source of wordings offers, and what the walk asks of the models. Values and protocols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain import Concern, Edit
from app.norms import Norms

__all__ = ["Candidate", "Fluency", "Meaning", "Rewriter", "Source"]


class Source(StrEnum):
    """Where a wording comes from, as it is counted, and in the order in which they are offered: the less is new, the safer."""

    OWN = "own"  # the project's own wordings: they win over ours
    MARKED = "marked"
    SOFTER = "softer"
    EDITOR = "editor"
    FRAME = "frame"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to change a text; ``edits`` are in order and apart.

    ``framed`` is the sentence (code points, half-open) that was put into a frame, where one was: a frame may ask where the
    text told, and may be longer than what it replaces.
    """

    edits: tuple[Edit, ...]
    source: Source
    framed: tuple[int, int] | None = None


class Rewriter(Protocol):
    """A source of wordings. It may offer anything: the guard decides."""

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        """Ways to change ``text``, best first. Never raises."""


class Fluency(Protocol):
    """Whether a text reads as somebody would write it."""

    @property
    def threshold(self) -> float:
        """The oddness from which it does not."""

    def oddness(self, text: str, places: Sequence[tuple[int, int]]) -> float:
        """How oddly ``text`` reads beside ``places`` (code points, half-open), where it was changed, 0…1."""


class Meaning(Protocol):
    """How near texts are in what they say."""

    @property
    def threshold(self) -> float:
        """The similarity from which two texts count as saying the same."""

    def similarity(self, a: str, b: Sequence[str]) -> list[float]:
        """Of ``a`` to each of ``b``, -1…1; 1 for the same text."""
