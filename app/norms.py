"""The norms: what they are, what is said about them, and how a project words or bends them.

``norms.toml`` beside this module ships all of them. A project's file has the same shape and says only what differs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.strict_toml import Table, TomlFile, closest

__all__ = ["Conduct", "Contact", "Norm", "Norms", "Source", "load"]

MOST_TOLERANCE: Final = 50.0
"""False nudges per 1,000 harmless comments: beyond this nobody would call it a colleague's word."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CONCERN_KEYS = ("title", "norm", "says", "ways", "source", "tolerance", "on")
_STRENGTH_KEYS = ("title", "norm", "says", "source", "on")
# A project's own phrases and wordings will be one more key here, and one more field of Norms.
_TOP_KEYS = ("conduct", "concerns", "strengths")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a norm comes from, for people to read."""

    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to turn to, and how: an address, a channel, a room number."""

    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Conduct:
    """What stands behind the norms: they start a conversation, they do not end it. ``code_of_conduct`` may be empty."""

    code_of_conduct: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Norm:
    """One concern or strength. A strength has no ``ways`` and tolerance 0: it is named, never nudged.

    ``tolerance`` is in false nudges per 1,000 harmless comments.
    """

    label: str
    title: str = ""
    norm: str = ""
    says: str = ""
    ways: tuple[str, ...] = ()
    source: Source = Source()
    tolerance: float = 0.0
    on: bool = True

    def say(self, words: str = "") -> str:
        """The sentence a person reads, with ``words`` of theirs in quotes, or "this" where none are given."""
        said = self.says.replace("{words}", f"“{words}”" if words else "this")
        return said[:1].upper() + said[1:] if not words else said


@dataclass(frozen=True)
class Norms:
    """All norms by label, in the order of the classifier's labels."""

    concerns: Mapping[str, Norm]
    strengths: Mapping[str, Norm]
    conduct: Conduct = Conduct()

    def __getitem__(self, label: str) -> Norm:
        return self.concerns[label] if label in self.concerns else self.strengths[label]

    def on(self, label: str) -> bool:
        """Whether the project speaks about ``label``. What nobody wrote a norm for is never spoken about."""
        norm = self.concerns.get(label) or self.strengths.get(label)
        return norm is not None and norm.on

    def tolerances(self) -> dict[str, float]:
        """False nudges per 1,000 harmless comments for each concern, on or off."""
        return {label: norm.tolerance for label, norm in self.concerns.items()}

    @cached_property
    def version(self) -> str:
        """Eight hexadecimal digits that change with any word or number of the norms, so that history can name them."""
        said = [asdict(norm) for norm in (*self.concerns.values(), *self.strengths.values())]
        content = json.dumps([said, asdict(self.conduct)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:8]


def load(project_file: Path | None = None) -> Norms:
    """The shipped norms, overlaid with ``project_file`` where one is given.

    Raises ``ConfigurationError`` with file, line, key and what is allowed for anything it does not understand.
    """
    shipped = TomlFile("norms.toml", resources.files("app").joinpath("norms.toml").read_text("utf-8")).parse()
    blank = Norms(
        {label: Norm(label) for label in shipped.table("concerns").values},
        {label: Norm(label) for label in shipped.table("strengths").values},
    )
    norms = _overlay(blank, shipped)
    return norms if project_file is None else _overlay(norms, TomlFile.read(project_file).parse())


def _overlay(base: Norms, top: Table) -> Norms:
    top.only(_TOP_KEYS)
    concerns, strengths = top.table("concerns"), top.table("strengths")
    concerns.only(tuple(base.concerns))
    strengths.only(tuple(base.strengths))
    return Norms(
        MappingProxyType({k: _concern(n, concerns.table(k)) for k, n in base.concerns.items()}),
        MappingProxyType({k: _strength(n, strengths.table(k)) for k, n in base.strengths.items()}),
        _conduct(base.conduct, top.table("conduct")),
    )


def _concern(base: Norm, table: Table) -> Norm:
    table.only(_CONCERN_KEYS)
    says = table.text("says", base.says)
    for name in _PLACEHOLDER.findall(says):
        if name != "words":
            why = f"has {{{name}}} in it; only {{words}} can be filled in."
            raise table.refuse("says", why + closest(name, ["words"]))
    return replace(
        _worded(base, table),
        ways=table.texts("ways", base.ways, count=2),
        tolerance=table.number("tolerance", base.tolerance, 0, MOST_TOLERANCE),
    )


def _strength(base: Norm, table: Table) -> Norm:
    table.only(_STRENGTH_KEYS)
    return _worded(base, table)


def _worded(base: Norm, table: Table) -> Norm:
    source = table.table("source")
    source.only(("name", "url"))
    return replace(
        base,
        title=table.text("title", base.title),
        norm=table.text("norm", base.norm),
        says=table.text("says", base.says),
        source=Source(source.text("name", base.source.name), source.link("url", base.source.url)),
        on=table.flag("on", base.on),
    )


def _conduct(base: Conduct, table: Table) -> Conduct:
    table.only(("code_of_conduct", "contacts"))
    contacts = table.tables("contacts")
    return Conduct(
        table.link("code_of_conduct", base.code_of_conduct),
        base.contacts if contacts is None else tuple(_contact(contact) for contact in contacts),
    )


def _contact(table: Table) -> Contact:
    table.only(("name", "how"))
    for key in ("name", "how"):
        if key not in table.values:
            raise table.refuse(None, f'needs "{key}". Allowed: name, how.')
    return Contact(table.text("name", ""), table.text("how", ""))
