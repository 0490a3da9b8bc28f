"""From a concern to what its writer reads: the norm in one sentence, another way, and a wording if one is safe.

The walk: protect → candidates → guard → judge again → rank → at most one wording and one alternative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from app.domain import Concern, NotNow, Suggestion, Verdict, Wording
from app.norms import Norms
from app.suggestions.candidates import Candidate, Fluency, Meaning, Rewriter, Source
from app.suggestions.edits import MarkedWords, apply
from app.suggestions.frames import Frames
from app.suggestions.guard import BOUNDS, Bounds, Refusal, inspect, judged_again
from app.suggestions.own_phrases import OwnWordings
from app.suggestions.protect import protected
from app.suggestions.ranking import apart, ranked
from app.suggestions.softer import SofterWords
from classifiers.tags import landed

__all__ = [
    "OURS",
    "PLAIN",
    "Candidate",
    "Fluency",
    "MarkedWords",
    "Meaning",
    "Refusal",
    "Rewording",
    "Rewriter",
    "Source",
    "apply",
    "compose",
]

MOST_CANDIDATES: Final = 4
MOST_JUDGED: Final = 1_200
"""Texts, and code points in all, that are judged again per comment (one text at least): the cost of a suggestion stays
known, however many rewriters there are and however long the comment is."""

LONGEST_TEXT: Final = 10_000
"""Code points up to which a wording is looked for. Longer texts are rarely a comment somebody would reword, and reading
them sentence by sentence, then judging candidates of that length, would keep others waiting: the advice is enough."""

LONGEST_QUOTE: Final = 40
"""Code points of the marked words that read well inside a sentence; longer ones are marked in the text anyway."""

OURS: Final[tuple[Rewriter, ...]] = (OwnWordings(), MarkedWords(), SofterWords(), Frames())
"""The sources that need no model, best first."""

Count = Callable[[Source, str], None]


@dataclass(frozen=True, slots=True)
class Rewording:
    """What wordings are made with. ``count`` is told of each candidate what became of it: the name of its refusal,
    ``spare`` for one that passed and was not needed, or ``shown``."""

    rewriters: tuple[Rewriter, ...] = OURS
    last: Rewriter | None = None
    meaning: Meaning | None = None
    fluency: Fluency | None = None
    bounds: Bounds = BOUNDS
    count: Count = lambda source, outcome: None

    def at_last(self, rewriter: Rewriter) -> Rewording:
        """The same, with a source that is asked only where no other gave a wording that can be shown."""
        return replace(self, last=rewriter)


PLAIN: Final = Rewording()


def compose(
    text: str,
    concern: Concern,
    norms: Norms,
    judge: Callable[[Sequence[str]], Sequence[Verdict]],
    thresholds: Mapping[str, float],
    rewording: Rewording = PLAIN,
    verdict: Verdict | None = None,
) -> Suggestion:
    """Say what the norm says about ``concern``; add the best wording that passes the guard and is judged clear.

    ``judge`` is called at most once (and once more for a source asked at last), with the candidates, and ``text`` where
    its ``verdict`` is not given; and only if there are any. ``thresholds`` are those in force, by label of the concerns.
    While it is away (``NotNow``), and for texts above ``LONGEST_TEXT``, there is no wording and the advice stands alone.
    """
    norm = norms[concern.label]
    found: list[Candidate] = []
    if len(text) <= LONGEST_TEXT:
        found = _best(text, concern, norms, judge, thresholds, rewording, verdict)
        if not found and rewording.last is not None:
            last = replace(rewording, rewriters=(rewording.last,))
            found = _best(text, concern, norms, judge, thresholds, last, verdict)
    wordings = [Wording(apply(text, one.edits), one.edits) for one in found]
    return Suggestion(
        label=concern.label,
        title=norm.title,
        says=norm.say(_quote(text, concern)),
        source=norm.source.url,
        advice=norm.ways[0],
        spans=concern.spans,
        wording=wordings[0].text if wordings else None,
        edits=wordings[0].edits if wordings else (),
        alternative=wordings[1] if len(wordings) > 1 else None,
    )


def _best(
    text: str,
    concern: Concern,
    norms: Norms,
    judge: Callable[[Sequence[str]], Sequence[Verdict]],
    thresholds: Mapping[str, float],
    rewording: Rewording,
    verdict: Verdict | None,
) -> list[Candidate]:
    """At most two candidates that nothing speaks against, the better one first."""
    most = min(MOST_CANDIDATES, max(1, MOST_JUDGED // max(1, len(text))))
    passed = list(islice(_passed(text, concern, norms, rewording), most))
    if not passed:
        return []
    wordings = [apply(text, one.edits) for one in passed]
    try:
        first, *rest = judge([text, *wordings] if verdict is None else wordings)
    except NotNow:
        return []
    before, after = (first, rest) if verdict is None else (verdict, [first, *rest])
    clear = []
    for one, heard in zip(passed, after, strict=True):
        refusal = judged_again(before, heard, thresholds, rewording.bounds)
        if refusal is None:
            clear.append((one, heard))
        else:
            rewording.count(one.source, refusal.value)
    return _shown(text, ranked(text, clear, thresholds), rewording)


def _passed(text: str, concern: Concern, norms: Norms, rewording: Rewording) -> Iterable[Candidate]:
    """What the guard lets through by its words, each text once."""
    kept = protected(text)
    seen: set[str] = set()
    for rewriter in rewording.rewriters:
        for one in rewriter.candidates(text, concern, norms):
            wording = apply(text, one.edits)
            if wording in seen:
                continue
            seen.add(wording)
            refusal = inspect(text, one, kept, rewording.bounds)
            if refusal is None:
                yield one
            else:
                rewording.count(one.source, refusal.value)


def _shown(text: str, best: Sequence[Candidate], rewording: Rewording) -> list[Candidate]:
    """The first that says the same in plain English, and the first after it that also does and is different enough to be a
    choice."""
    shown: list[Candidate] = []
    meaning, fluency = rewording.meaning, rewording.fluency
    for one in best:
        wording = apply(text, one.edits)
        if len(shown) == 2 or (shown and not apart(apply(text, shown[0].edits), wording)):
            rewording.count(one.source, "spare")
        elif fluency is not None and fluency.oddness(wording, landed(one.edits)) >= fluency.threshold:
            rewording.count(one.source, Refusal.ODD.value)
        elif meaning is not None and meaning.similarity(text, [wording])[0] < meaning.threshold:
            rewording.count(one.source, Refusal.MEANING.value)
        else:
            rewording.count(one.source, "shown")
            shown.append(one)
    return shown


def _quote(text: str, concern: Concern) -> str:
    """The words that carry it most, if they are few enough to be read aloud in a sentence."""
    if not concern.spans:
        return ""
    strongest = max(concern.spans, key=lambda span: span.p)
    words = text[strongest.start : strongest.end].strip().rstrip(".,;:!?")
    readable = len(words) <= LONGEST_QUOTE and not set(words) & set('\n`“”"')
    return words if readable else ""
