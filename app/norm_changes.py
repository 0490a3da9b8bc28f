"""What differs between two versions of the norms, in words that a team can read. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.norms import Conduct, Example, Norm, Norms, Own

__all__ = ["Change", "Kind", "changes"]


class Kind(StrEnum):
    REWORDED = "reworded"
    ADDED = "added"
    REMOVED = "removed"
    BACK = "back"


#: What stands in front of "was … and is now …".
_PARTS: Final = {
    "title": "The title",
    "norm": "The norm",
    "says": "What Tactful says",
    "way_1": "One other way",
    "way_2": "Another way",
    "source": "Where it comes from",
    "examples": "An example",
    "discussion": "Where to talk about it",
    "frames": "A way to say it again",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a version says differently. ``label`` is empty for what stands behind the norms (conduct).

    ``part`` begins a sentence; ``before`` and ``after`` are plain text, empty where there was or is nothing.
    """

    kind: Kind
    label: str
    title: str
    part: str = ""
    before: str = ""
    after: str = ""

    def in_words(self) -> str:
        """One sentence without the title."""
        match self.kind:
            case Kind.ADDED:
                return f"New: {self.after}"
            case Kind.REMOVED:
                return "No longer a norm here."
            case Kind.BACK:
                return "A norm here again."
        if not self.before:
            return f"{self.part} is now “{self.after}”."
        return f"{self.part} was “{self.before}” and is {f'now “{self.after}”' if self.after else 'gone'}."


def changes(before: Norms, after: Norms) -> tuple[Change, ...]:
    """Everything that ``after`` says differently, in the order of the norms. Tolerances are settings and left out."""
    old, new = before.all(), after.all()
    found = [change for label, norm in new.items() for change in _of_norm(old.get(label), norm)]
    found += [Change(Kind.REMOVED, label, norm.title) for label, norm in old.items() if norm.on and label not in new]
    return (*found, *_of_conduct(before.conduct, after.conduct), *_of_own(before.own, after.own))


def _of_norm(before: Norm | None, after: Norm) -> Iterator[Change]:
    if before is None:
        if after.on:
            yield Change(Kind.ADDED, after.label, after.title, after=after.norm)
        return
    if before.on and not after.on:
        yield Change(Kind.REMOVED, after.label, before.title)
    elif after.on and not before.on:
        yield Change(Kind.BACK, after.label, after.title)
    old, new = _parts(before), _parts(after)
    for part in old | new:
        was, now = old.get(part, ""), new.get(part, "")
        if was != now:
            words = _PARTS[part.partition(":")[0]]
            yield Change(Kind.REWORDED, after.label, after.title, words, was, now)


def _parts(norm: Norm) -> dict[str, str]:
    ways = {f"way_{number}": way for number, way in enumerate(norm.ways, 1)}
    source = " ".join(part for part in (norm.source.name, norm.source.url) if part)
    examples = {f"examples:{number}": _example(example) for number, example in enumerate(norm.examples)}
    said = {"title": norm.title, "norm": norm.norm, "says": norm.says, **ways}
    frames = {f"frames:{name}": frame for name, frame in norm.frames.items()}
    return {**said, "source": source, "discussion": norm.discussion, **examples, **frames}


def _example(example: Example) -> str:
    return f"{example.said} → {example.instead}" if example.instead else example.said


def _of_conduct(before: Conduct, after: Conduct) -> Iterator[Change]:
    title = "When a word is not enough"
    if before.code_of_conduct != after.code_of_conduct:
        yield Change(Kind.REWORDED, "", title, "The code of conduct", before.code_of_conduct, after.code_of_conduct)
    was, now = (", ".join(f"{c.name} ({c.how})" for c in conduct.contacts) for conduct in (before, after))
    if was != now:
        yield Change(Kind.REWORDED, "", title, "Who there is to turn to", was, now)


def _of_own(before: Own, after: Own) -> Iterator[Change]:
    title = "Words of our own"
    for words, was, now in (
        ("What is fine here", ", ".join(before.fine), ", ".join(after.fine)),
        ("What to say instead", *("; ".join(_example(e) for e in own.wordings) for own in (before, after))),
    ):
        if was != now:
            yield Change(Kind.REWORDED, "", title, words, was, now)
