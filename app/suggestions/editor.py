"""Candidates of the learned editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain import Concern, Edit
from app.norms import Norms
from app.suggestions.candidates import Candidate, Source
from app.suggestions.protect import protected

__all__ = ["Editor", "LearnedEditor"]


class Change(Protocol):
    """Replace ``[start, end)`` (code points) by ``text``."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


class Editor(Protocol):
    """A network that edits; see ``classifiers.editor``."""

    def edits(self, text: str, fixed: Sequence[tuple[int, int]]) -> Sequence[Sequence[Change]]:
        """Ways to change ``text`` around what is ``fixed``, best first, each in order and apart."""


class LearnedEditor:
    """Offers what the editor would change. It was taught on comments with a concern, and is asked about no others."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        ways = self._editor.edits(text, protected(text))
        return [Candidate(tuple(Edit(c.start, c.end, c.text) for c in way), Source.EDITOR) for way in ways]
