"""Accepting a proposal: the change it asks for, made in the text of the norms, with the team's own comments kept. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.domain import TactfulError
from app.norms import Norms, overlay

__all__ = ["MOST_CHARACTERS", "PARTS", "Addition", "Edit", "Removal", "Wording", "edited", "new_label", "parts_of"]

MOST_CHARACTERS: Final = 600
"""Characters of one part of a norm: it is read in a breath, or not at all."""

PARTS: Final = {
    "title": "The title",
    "norm": "The norm",
    "says": "What Tactful says",
    "way_1": "One other way",
    "way_2": "Another way",
}
"""What can be proposed to read differently, by the name that forms use."""


@dataclass(frozen=True, slots=True)
class Wording:
    """``part`` (of ``PARTS``) of a norm is to read ``text``."""

    label: str
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Addition:
    """A norm as text only: people read it, nothing listens for it."""

    title: str
    norm: str


@dataclass(frozen=True, slots=True)
class Removal:
    """No longer a norm here. Its words stay in the file, switched off, so that it can come back."""

    label: str


Edit = Wording | Addition | Removal


def parts_of(norms: Norms, label: str) -> tuple[str, ...]:
    """The parts that the norm ``label`` has; a strength or a norm as text only has no other ways."""
    if label in norms.concerns:
        return tuple(PARTS)
    return ("title", "norm", "says") if label in norms.strengths else ("title", "norm")


def edited(base: Norms, toml: str, edit: Edit) -> str:
    """``toml`` (a version over ``base``) with ``edit`` made in it.

    Raises ``TactfulError`` where the result would not be a version of the norms, or would say something else.
    """
    norms = overlay(base, toml, "the norms")
    if not isinstance(edit, Addition) and edit.label not in norms.all():
        raise TactfulError("There is no such norm here. Nothing was changed; open the norm and try again.")
    if isinstance(edit, Wording) and edit.part not in parts_of(norms, edit.label):
        raise TactfulError("This norm has no such part. Nothing was changed; choose another.")
    try:
        document = tomlkit.parse(toml)
        _make(document, norms, edit)
        result = tomlkit.dumps(document)
    except TOMLKitError:
        raise TactfulError(
            "This could not be written into the norms. Nothing was changed; edit the text by hand."
        ) from None
    if not _is_made(overlay(base, result, "the norms"), edit):
        raise TactfulError("This could not be written into the norms. Nothing was changed; edit the text by hand.")
    return result


def new_label(norms: Norms, title: str) -> str:
    """A name for a new norm, from its title, that no other has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:24].strip("_") or "norm"
    taken = norms.all()
    return next(name for name in (words, *(f"{words}_{n}" for n in range(2, 10_000))) if name not in taken)


def _make(document: tomlkit.TOMLDocument, norms: Norms, edit: Edit) -> None:
    match edit:
        case Wording(label, part, text) if part.startswith("way_"):
            ways = [*norms[label].ways]
            ways[int(part[-1]) - 1] = _line(text)
            _table(document, norms, label)["ways"] = ways
        case Wording(label, part, text):
            _table(document, norms, label)[part] = _line(text)
        case Addition(title, norm):
            table = _table(document, norms, new_label(norms, title))
            table["title"], table["norm"] = _line(title), _line(norm)
        case Removal(label):
            _table(document, norms, label)["on"] = False


def _is_made(after: Norms, edit: Edit) -> bool:
    match edit:
        case Wording(label, part, text) if part.startswith("way_"):
            return after[label].ways[int(part[-1]) - 1] == _line(text)
        case Wording(label, part, text):
            return bool(getattr(after[label], part) == _line(text))
        case Addition(title, norm):
            return any((n.title, n.norm) == (_line(title), _line(norm)) for n in after.written.values())
        case Removal(label):
            return not after[label].on


def _table(document: tomlkit.TOMLDocument, norms: Norms, label: str) -> MutableMapping[str, Any]:
    kind = "concerns" if label in norms.concerns else "strengths" if label in norms.strengths else "written"
    group: MutableMapping[str, Any] = document.setdefault(kind, tomlkit.table(is_super_table=True))
    table: MutableMapping[str, Any] = group.setdefault(label, tomlkit.table())
    return table


def _line(text: str) -> str:
    """One line of at most ``MOST_CHARACTERS``; raises ``TactfulError`` for nothing or more."""
    line = " ".join(text.split())
    if not line or len(line) > MOST_CHARACTERS:
        raise TactfulError(f"Each part of a norm has between 1 and {MOST_CHARACTERS} characters. Nothing was changed.")
    return line
