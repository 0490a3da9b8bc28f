"""What every classifier offers. Standard library only, so that anything may import it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Span:
    """Words that carry a concern: code-point offsets into the original text, half-open."""

    start: int
    end: int
    label: str
    p: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a classifier heard in one comment.

    ``concerns`` and ``strengths`` map every label to a calibrated probability in 0…1, in label order.
    ``spans`` are ordered by ``start`` and may overlap only across labels. ``known_language`` is false where the text
    is in a language the classifier was not trained on; then both maps are empty and nothing may be concluded.
    """

    model: str
    concerns: Mapping[str, float] = field(default_factory=dict)
    strengths: Mapping[str, float] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    known_language: bool = True


class Classifier(Protocol):
    """Text in, verdict out: no I/O, no clock, no network, and no memory of earlier texts."""

    @property
    def model(self) -> str:
        """Name, version and digest of the weights, e.g. ``tone-1.0.0+3fa1b2c4``."""

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Judge ``texts`` (any Unicode, any length), one verdict each, in order. Thread-safe; never raises on text."""

    def threshold(self, label: str, tolerance: float) -> float:
        """The probability from which ``label`` counts as heard.

        ``tolerance`` is in false nudges per 1,000 harmless comments for this label alone; 0 means never.
        Raises ``KeyError`` for an unknown concern.
        """


class Unfit(Exception):
    """The weights do not score here as they did when exported; nothing may be judged with them."""
