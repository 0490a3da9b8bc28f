"""What a team may want to look at together: what changed, what the released figures say, and three questions. Pure.

Nobody is in it: what changed is told by role, the figures are those of the releases, and proposals come without names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import Final

__all__ = ["Change", "Figures", "Open", "Retro", "Row", "day", "questions", "rows"]

ALL, OTHER = "", "*"
"""Labels of the releases: every norm together, and the norms that had too few people each."""
OFTEN_WRONG: Final = 0.3
_KINDS: Final = ("nudged", "edited", "helpful", "wrong")


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the settings or norms: ``role`` says in which office, ``lines`` what differs."""

    on: date
    role: str
    why: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A proposal that waits for an answer, as plain text."""

    on: date
    about: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The releases of the time, added up: (kind, label) → people, each counted once a period, noise included.

    Kinds are those of the releases: nudged, edited, helpful, wrong, strength. ``periods`` are their titles, oldest first.
    """

    periods: tuple[str, ...] = ()
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    k: int = 10
    epsilon: float = 0.0  # of one release
    epsilon_a_year: float = 0.0

    def people(self, kind: str, label: str) -> int | None:
        """At least 0; ``None`` where too few stand behind it to be told."""
        value = self.counts.get((kind, label))
        return None if value is None else max(value, 0)


@dataclass(frozen=True, slots=True)
class Retro:
    """The whole report. ``titles`` names every norm by its label; ``until`` is the day it was made."""

    project: str
    since: date
    until: date
    titles: Mapping[str, str]
    settings: tuple[Change, ...]
    norms: tuple[Change, ...]
    figures: Figures
    proposals: tuple[Open, ...]
    effect: str = ""  # what the experiment says so far, in a sentence

    @property
    def questions(self) -> tuple[str, ...]:
        return questions(self)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of figures; ``None`` where too few stand behind a number."""

    title: str
    nudged: int | None
    edited: int | None
    helpful: int | None
    wrong: int | None


def rows(figures: Figures, titles: Mapping[str, str]) -> tuple[Row, ...]:
    """The norms about which anything may be told, most people first; the pool of the rest and all together last."""
    found = {label for kind, label in figures.counts if kind in _KINDS}
    norms = sorted(found - {ALL, OTHER}, key=lambda label: (-(figures.people("nudged", label) or 0), label))
    ordered = [*norms, *(label for label in (OTHER, ALL) if label in found)]
    return tuple(Row(name(label, titles), *(figures.people(kind, label) for kind in _KINDS)) for label in ordered)


def strengths(figures: Figures, titles: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """(title, people) of the good conduct that may be told, most people first."""
    found = [(label, max(value, 0)) for (kind, label), value in figures.counts.items() if kind == "strength"]
    others = {ALL: "All kinds together", OTHER: "Kinds with few people each"}
    return tuple((others.get(label) or name(label, titles), n) for label, n in sorted(found, key=lambda pair: -pair[1]))


def name(label: str, titles: Mapping[str, str]) -> str:
    return {ALL: "All norms together", OTHER: "Norms with few people each"}.get(label) or titles.get(label, label)


def day(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"


# --- three questions ----------------------------------------------------------------------------------------------------


def questions(retro: Retro) -> tuple[str, ...]:
    """Three questions to talk about: those that the figures raise first, then those that any team may ask itself."""
    return tuple(islice(dict.fromkeys(chain(_raised(retro), _always())), 3))


def _raised(retro: Retro) -> Iterator[str]:
    figures, titles = retro.figures, retro.titles
    yield from _often_wrong(figures, titles)
    most = _most(figures, "nudged")
    if most is not None:
        label, people = most
        yield (
            f"Most notes were about “{titles[label]}” (some {people} people). What in our reviews makes that one likely, "
            "and what would make it rarer?"
        )
    if retro.proposals:
        oldest = min(proposal.on for proposal in retro.proposals)
        many = len(retro.proposals)
        waits = "One proposal waits for an answer" if many == 1 else f"{many} proposals wait for an answer"
        yield f"{waits}, since {day(oldest)}. What can we settle today?"
    edited = _most(figures, "edited")
    if edited is not None:
        label, people = edited
        yield f"After a note about “{titles[label]}” some {people} people changed their words. What did the new ones do better?"
    if retro.norms:
        yield f"Our norms changed on {day(max(change.on for change in retro.norms))}. What have you noticed since?"
    kind = _most(figures, "strength")
    if kind is not None:
        yield f"“{titles[kind[0]]}” was there most often. When did it last help you, and how?"
    tuned = [change.on for change in retro.settings if change.lines]  # the first version changes nothing
    if tuned:
        changed = day(max(tuned))
        yield f"A setting changed on {changed}. Is it quieter than it should be, or louder?"


def _often_wrong(figures: Figures, titles: Mapping[str, str]) -> Iterator[str]:
    shares: list[tuple[float, str, int, int]] = []
    for kind, label in figures.counts:
        wrong, helpful = figures.people("wrong", label), figures.people("helpful", label) or 0
        if kind == "wrong" and label in titles and wrong and wrong / (wrong + helpful) >= OFTEN_WRONG:
            shares.append((wrong / (wrong + helpful), label, wrong, helpful))
    for _, label, wrong, helpful in sorted(shares, reverse=True):
        other = f"some {helpful} that they helped" if helpful else "hardly anybody that they helped"
        yield (
            f"Some {wrong} people said that notes about “{titles[label]}” were wrong, {other}. "
            "Is it set too eager, or worded for another team than ours?"
        )


def _most(figures: Figures, kind: str) -> tuple[str, int] | None:
    found = [
        (value, label) for (what, label), value in figures.counts.items() if what == kind and label not in (ALL, OTHER)
    ]
    value, label = max(found, default=(0, ""))
    return (label, value) if value > 0 else None


def _always() -> Iterator[str]:
    yield "Which comment of these weeks did you good, and what was in it?"
    yield "Which of our norms would you miss, if it went?"
    yield "What do we already do for each other in reviews that no norm here says?"
