"""From a concern to what its writer reads: the norm in one sentence, another way, and a wording if one is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from app.domain import Concern, Edit, NotNow, Suggestion, Verdict
from app.norms import Norms
from app.suggestions.edits import MarkedWords, apply
from app.suggestions.guard import inspect, judged_again
from app.suggestions.protect import protected

__all__ = ["MarkedWords", "Rewriter", "apply", "compose"]

MOST_CANDIDATES: Final = 8
"""Texts judged again per comment: the cost of a suggestion stays known, however many rewriters there are."""

LONGEST_TEXT: Final = 10_000
"""Code points up to which a wording is looked for. Longer texts are rarely a comment somebody would reword, and reading
them sentence by sentence, then judging candidates of that length, would keep others waiting: the advice is enough."""

LONGEST_QUOTE: Final = 40
"""Code points of the marked words that read well inside a sentence; longer ones are marked in the text anyway."""


class Rewriter(Protocol):
    """A source of wordings. It may offer anything: the guard decides."""

    def candidates(self, text: str, concern: Concern) -> Sequence[tuple[Edit, ...]]:
        """Ways to change ``text``, best first; the edits of one are in order and apart. Never raises."""


def compose(
    text: str,
    concern: Concern,
    norms: Norms,
    judge: Callable[[Sequence[str]], Sequence[Verdict]],
    thresholds: Mapping[str, float],
    rewriters: Sequence[Rewriter] = (MarkedWords(),),
) -> Suggestion:
    """Say what the norm says about ``concern``; add the first wording that passes the guard and is judged clear.

    ``judge`` is called at most once, with ``text`` and the candidates, and only if there are any. ``thresholds`` are
    those in force, by label of the concerns. While it is away (``NotNow``), and for texts above ``LONGEST_TEXT``, there
    is no wording and the advice stands alone.
    """
    norm = norms[concern.label]
    edits = _first_clear(text, concern, judge, thresholds, rewriters)
    return Suggestion(
        label=concern.label,
        title=norm.title,
        says=norm.say(_quote(text, concern)),
        source=norm.source.url,
        advice=norm.ways[0],
        spans=concern.spans,
        wording=apply(text, edits) if edits else None,
        edits=edits,
    )


def _first_clear(
    text: str,
    concern: Concern,
    judge: Callable[[Sequence[str]], Sequence[Verdict]],
    thresholds: Mapping[str, float],
    rewriters: Sequence[Rewriter],
) -> tuple[Edit, ...]:
    if len(text) > LONGEST_TEXT:
        return ()
    kept = protected(text)
    offered = (edits for rewriter in rewriters for edits in rewriter.candidates(text, concern))
    passed = list(islice((edits for edits in offered if inspect(text, edits, kept) is None), MOST_CANDIDATES))
    if not passed:
        return ()
    try:
        before, *after = judge([text, *(apply(text, edits) for edits in passed)])
    except NotNow:
        return ()
    clear = (e for e, verdict in zip(passed, after, strict=True) if judged_again(before, verdict, thresholds) is None)
    return next(clear, ())


def _quote(text: str, concern: Concern) -> str:
    """The words that carry it most, if they are few enough to be read aloud in a sentence."""
    if not concern.spans:
        return ""
    strongest = max(concern.spans, key=lambda span: span.p)
    words = text[strongest.start : strongest.end].strip().rstrip(".,;:!?")
    readable = len(words) <= LONGEST_QUOTE and not set(words) & set('\n`“”"')
    return words if readable else ""
