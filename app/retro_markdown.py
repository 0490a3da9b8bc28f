"""The report for a retrospective as Markdown: plain text in, nothing that could become a link, an image or HTML. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.retro import Change, Retro, day, rows, strengths

__all__ = ["escaped", "markdown"]

# Every sign that means something to CommonMark or its common extensions may stand behind a backslash.
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~&:@$^=.\"'/])")
_NUMBER = re.compile(r"\d+\\?[.)]")  # at the beginning: an item of a list
_WORDS = re.compile(r"(?<=\w)\\([.'\-:/])(?=[\w\s]|$)")  # within words and after them these mean nothing


def escaped(text: str) -> str:
    """``text`` in one line, to be read as it was typed."""
    line = _SIGNS.sub(r"\\\1", " ".join(text.split()))
    return line if "://" in text or "www" in text.lower() or _NUMBER.match(line) else _WORDS.sub(r"\1", line)


def markdown(retro: Retro) -> str:
    return "\n".join(_lines(retro)).rstrip("\n") + "\n"


def _lines(retro: Retro) -> Iterator[str]:
    yield f"# Retrospective: {escaped(retro.project)}"
    yield f"\nFrom {day(retro.since)} to {day(retro.until)}. Nobody is named here, and nobody can be told from the figures."
    yield "\n## Three questions\n"
    yield from (f"{number}. {escaped(question)}" for number, question in enumerate(retro.questions, 1))
    yield "\n## What changed\n"
    if not retro.settings and not retro.norms:
        yield "Neither settings nor norms."
    yield from _changes("Settings", retro.settings)
    yield from _changes("Norms", retro.norms)
    yield "\n## Figures\n"
    yield from _figures(retro)
    yield "\n## Open proposals\n"
    if not retro.proposals:
        yield "None."
    for proposal in retro.proposals:
        yield f"- **{escaped(proposal.about)}** (since {day(proposal.on)}): {escaped(proposal.text)}"
        if proposal.why:
            yield f"  Because: {escaped(proposal.why)}"


def _changes(title: str, changes: tuple[Change, ...]) -> Iterator[str]:
    if changes:
        yield f"### {title}\n"
    for change in changes:
        yield f"- {day(change.on)}, by {_office(change.role)}: {escaped(change.why)}"
        yield from (f"  - {escaped(line)}" for line in change.lines)
    if changes:
        yield ""


def _office(role: str) -> str:
    return {"administrator": "an administrator", "maintainer": "a maintainer"}.get(role, f"the {role}")


def _figures(retro: Retro) -> Iterator[str]:
    figures = retro.figures
    if not figures.periods:
        yield "Nothing was released for this time. The page of the statistics says why, and when the next is due."
        return
    yield f"People in {', '.join(figures.periods)}; somebody counts once in each."
    if table := rows(figures, retro.titles):
        yield "\n| norm | got a note | edited before publication | said it helped | said it was wrong |"
        yield "| --- | ---: | ---: | ---: | ---: |"
        for row in table:
            cells = (row.nudged, row.edited, row.helpful, row.wrong)
            yield f"| {escaped(row.title)} | {' | '.join('–' if n is None else str(n) for n in cells)} |"
    if kinds := strengths(figures, retro.titles):
        yield "\n| good conduct | people |"
        yield "| --- | ---: |"
        yield from (f"| {escaped(title)} | {people} |" for title, people in kinds)
    if retro.effect:
        yield f"\n{escaped(retro.effect)}"
    yield (
        f"\nEach number rests on at least {figures.k} people and carries noise (ε = {figures.epsilon:g} a release, "
        f"{figures.epsilon_a_year:g} a year); – means that too few stand behind it. They tell of people who take part "
        "and said yes to statistics, not of everybody, and not why."
    )
