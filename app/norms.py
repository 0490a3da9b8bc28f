"""The norms: what they are, what is said about them, and how a project words or bends them.

``norms.toml`` beside this module ships all of them. A project's file has the same shape and says only what differs; so
does each version of the norms that a team makes for itself (see ``app/living_norms.py``), but for tolerances, which are
settings. A team may write norms of its own: they are read by people and listened for by nobody.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.strict_toml import Table, TomlFile, closest

__all__ = ["FRAMES", "Conduct", "Contact", "Example", "Norm", "Norms", "Own", "Source", "load", "overlay"]

MOST_TOLERANCE: Final = 50.0
"""False nudges per 1,000 harmless comments: beyond this nobody would call it a colleague's word."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,29}")
_WORDED_KEYS = ("title", "norm", "says", "source", "on", "examples", "discussion")
_CONCERN_KEYS = ("title", "norm", "says", "ways", "source", "tolerance", "on", "examples", "discussion", "frames")
_TOP_KEYS = ("conduct", "concerns", "strengths", "written", "own")

FRAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "undone": "{do}",  # "you didn't bother to run the tests"
        "chose": "{do}",  # "why would you use a global here"
        "forgot": "{do}",  # "you forgot to close the file"
        "order": "{do}",  # "use a queue there"
        "please": "{do}",  # "for god's sake stop tagging me"
        "due": "{do}",  # "if this isn't merged by Friday, I …"
        "thing": "{thing}",  # "you have never heard of context managers"; three ways to say it
        "pointer": "{thing}",
        "explain": "{thing}",
        "fact": "{rest}",  # "you didn't know that printk sleeps"
        "lead": "{rest}",  # the first sentence left, when the marked ones go
        "open": "",  # said after the marked sentence
        "worded": "",  # after a correction of words that somebody will read
        "option": "",  # after a proposal
    }
)
"""The ways to reframe a marked sentence, and what of it each is filled with. See ``app/suggestions/frames.py``."""


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
class Example:
    """Something one might read in a review, and for a concern how else to say it."""

    said: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """What a team's own words are: ``fine`` are phrases about which nothing is said here, ``wordings`` what to say instead."""

    fine: tuple[str, ...] = ()
    wordings: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Norm:
    """One concern or strength. A strength has no ``ways`` and tolerance 0: it is named, never nudged.

    ``tolerance`` is in false nudges per 1,000 harmless comments. ``discussion`` is where the team talks about it, besides
    its page here; it may be empty. ``frames`` are ways to say a marked sentence, by their name in ``FRAMES``.
    """

    label: str
    title: str = ""
    norm: str = ""
    says: str = ""
    ways: tuple[str, ...] = ()
    source: Source = Source()
    tolerance: float = 0.0
    on: bool = True
    examples: tuple[Example, ...] = ()
    discussion: str = ""
    frames: Mapping[str, str] = field(default_factory=dict)

    def say(self, words: str = "") -> str:
        """The sentence a person reads, with ``words`` of theirs in quotes, or "this" where none are given."""
        said = self.says.replace("{words}", f"“{words}”" if words else "this")
        return said[:1].upper() + said[1:] if not words else said


@dataclass(frozen=True)
class Norms:
    """All norms by label, in the order of the classifier's labels; ``written`` are those that a team has as text only."""

    concerns: Mapping[str, Norm]
    strengths: Mapping[str, Norm]
    conduct: Conduct = Conduct()
    written: Mapping[str, Norm] = field(default_factory=dict)
    own: Own = Own()

    def __getitem__(self, label: str) -> Norm:
        return self.all()[label]

    def all(self) -> dict[str, Norm]:
        """Every norm by its label, those that are off too."""
        return {**self.concerns, **self.strengths, **self.written}

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
        said = [asdict(norm) for norm in self.all().values()]
        content = json.dumps([said, asdict(self.conduct), asdict(self.own)], sort_keys=True, ensure_ascii=False)
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


def overlay(base: Norms, text: str, name: str) -> Norms:
    """``base`` with a version of a team's norms over it: TOML in the shape of ``norms.toml``, without tolerances.

    ``name`` is what errors call it by. Raises ``ConfigurationError`` as ``load`` does.
    """
    top = TomlFile(name, text).parse()
    for label, table in top.table("concerns").values.items():
        if isinstance(table, dict) and "tolerance" in table:
            raise (
                top.table("concerns").table(label).refuse("tolerance", "is a setting, not a norm: change it at tuning.")
            )
    return _overlay(base, top)


def _overlay(base: Norms, top: Table) -> Norms:
    top.only(_TOP_KEYS)
    concerns, strengths, written = (top.table(key) for key in ("concerns", "strengths", "written"))
    concerns.only(tuple(base.concerns))
    strengths.only(tuple(base.strengths))
    return Norms(
        MappingProxyType({k: _concern(n, concerns.table(k)) for k, n in base.concerns.items()}),
        MappingProxyType({k: _strength(n, strengths.table(k)) for k, n in base.strengths.items()}),
        _conduct(base.conduct, top.table("conduct")),
        MappingProxyType(_written(base, written)),
        _own(base.own, top.table("own")),
    )


def _written(base: Norms, table: Table) -> dict[str, Norm]:
    found = dict(base.written)
    for label in table.values:
        if not _SLUG.fullmatch(label) or label in base.concerns or label in base.strengths:
            why = "needs a name of its own: up to 30 small letters, digits and _, and none that is listened for."
            raise table.refuse(label, why)
        norm = table.table(label)
        norm.only(_WORDED_KEYS)
        found[label] = _worded(found.get(label, Norm(label)), norm)
        if not (found[label].title and found[label].norm):
            raise table.refuse(label, "needs a title and a norm.")
    return found


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
        frames=_frames(base.frames, table.table("frames")),
    )


def _frames(base: Mapping[str, str], table: Table) -> dict[str, str]:
    table.only(tuple(FRAMES))
    found = dict(base)
    for name in table.values:
        found[name] = table.text(name, "").strip()
        if "".join(f"{{{part}}}" for part in _PLACEHOLDER.findall(found[name])) != FRAMES[name]:
            wanted = f"must have {FRAMES[name]} in it once, and nothing else" if FRAMES[name] else "must have nothing"
            raise table.refuse(name, f"{wanted} in braces.")
    return found


def _own(base: Own, table: Table) -> Own:
    """What a project says is fine here, too, beside what those above it said; its wordings come before theirs."""
    table.only(("fine", "wordings"))
    fine = table.values.get("fine", [])
    if not isinstance(fine, list) or not all(isinstance(one, str) and one.strip() for one in fine):
        raise table.refuse("fine", "must be a list of texts in quotes.")
    wordings = table.tables("wordings") or []
    for one in wordings:
        one.only(("said", "instead"))
        for key in ("said", "instead"):
            if key not in one.values:
                raise one.refuse(None, f'needs "{key}". Allowed: said, instead.')
    said = tuple(Example(one.text("said", ""), one.text("instead", "")) for one in wordings)
    return Own(tuple(dict.fromkeys((*fine, *base.fine))), (*said, *base.wordings))


def _strength(base: Norm, table: Table) -> Norm:
    table.only(_WORDED_KEYS)
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
        examples=_examples(base.examples, table),
        discussion=table.link("discussion", base.discussion),
    )


def _examples(base: tuple[Example, ...], table: Table) -> tuple[Example, ...]:
    examples = table.tables("examples")
    if examples is None:
        return base
    for example in examples:
        example.only(("said", "instead"))
        if "said" not in example.values:
            raise example.refuse(None, 'needs "said". Allowed: said, instead.')
    return tuple(Example(example.text("said", ""), example.text("instead", "")) for example in examples)


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
