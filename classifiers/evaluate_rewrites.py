"""Measure the wordings: ``python -m classifiers.evaluate_rewrites --sets FOLDER [--second FOLDER]``.

The whole walk of ``app.suggestions`` with the shipped weights, as the service runs it, on comments of the writers that nothing
was taught on, beside a baseline that only deletes the marked words. ``--second`` names other exported weights, a judge that
the guard never saw. Prints every figure as JSON; ``--write`` puts it into ``rewrites.json`` beside the weights.

This module alone looks from here into the service, because what is measured is the service.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from app import policy
from app.domain import Concern, Span, Suggestion
from app.endpoint import Endpoint, Terms
from app.norms import load
from app.suggestions import OURS, Rewording, compose
from app.suggestions.editor import LearnedEditor
from app.suggestions.edits import apply
from app.suggestions.guard import Refusal, inspect, judged_again
from app.suggestions.language_model import Ask, LanguageModel
from app.suggestions.protect import protected
from classifiers import Verdict, corpus, harmless, meaning
from classifiers.editor import OnnxEditor
from classifiers.evaluate import rounded
from classifiers.labels import CONCERNS
from classifiers.made_up import MadeUp, fuzzed, in_order
from classifiers.measure import wilson
from classifiers.runtime import OnnxClassifier

WEIGHTS: Final = Path(__file__).parent / "weights" / "tone"


@dataclass(frozen=True, slots=True)
class Case:
    """A flagged comment and what was composed about it. ``took_s``: of one core, from the verdict to the suggestion."""

    id: str
    text: str
    concern: Concern
    suggestion: Suggestion
    took_s: float


class Walk:
    """The walk with the shipped norms, at their default tolerances. ``refused`` counts what became of candidates."""

    def __init__(self, classifier: OnnxClassifier, editor: OnnxEditor | None, *, offers: bool = False) -> None:
        """``offers``: the editor's own edits are candidates as well; the service takes it as a reader alone."""
        self.refused: Counter[str] = Counter()
        self.norms = load()
        self.thresholds = thresholds(classifier, self.norms.tolerances())
        self._classifier = classifier
        sources = (*OURS, *((LearnedEditor(editor),) if editor and offers else ()))
        hears = meaning.of(classifier)
        self.rewording = Rewording(sources, meaning=hears, fluency=editor, count=self._count)

    def _count(self, source: str, outcome: str) -> None:
        self.refused[f"{source}: {outcome}"] += 1

    def heard(self, verdict: Verdict) -> Concern | None:
        return next(iter(policy.heard(verdict, self.thresholds)), None)

    def cases(self, texts: Iterable[tuple[str, str]]) -> Iterator[Case]:
        """Of the (id, text) pairs those that are flagged."""
        for name, text in texts:
            [verdict] = self._classifier.judge([text])
            concern = self.heard(verdict)
            if concern is None:
                continue
            begun = time.process_time()
            judge = self._classifier.judge
            said = compose(text, concern, self.norms, judge, self.thresholds, self.rewording, verdict)
            yield Case(name, text, concern, said, time.process_time() - begun)


def thresholds(classifier: OnnxClassifier, tolerances: Mapping[str, float]) -> dict[str, float]:
    return {label: classifier.threshold(label, tolerance) for label, tolerance in tolerances.items()}


def without_span(case: Case) -> str:
    """The baseline: the marked words are deleted, and nothing else is done."""
    text = case.text
    for span in sorted(case.concern.spans, key=lambda span: -span.start):
        text = text[: span.start] + text[span.end :]
    return text.strip()


def share(hits: int, count: int) -> dict[str, Any]:
    """A share with its 95 % interval (Wilson)."""
    return {"count": count, "share": hits / count if count else 0.0, "interval": list(wilson(hits, count))}


def clear(judge: OnnxClassifier, limits: Mapping[str, float], texts: Sequence[str]) -> dict[str, Any]:
    """The share of ``texts`` that are below every threshold of ``judge``."""
    verdicts = judge.judge(texts)
    hits = sum(all(v.concerns.get(label, 0.0) < limit for label, limit in limits.items()) for v in verdicts)
    return share(hits, len(texts))


def coverage(cases: Sequence[Case]) -> dict[str, Any]:
    """Of flagged comments, the share with a wording, in all and by concern; how often there was an alternative."""
    shown = [case for case in cases if case.suggestion.wording is not None]
    by = {
        label: share(sum(c.concern.label == label for c in shown), count)
        for label in CONCERNS
        if (count := sum(case.concern.label == label for case in cases))
    }
    return {
        **share(len(shown), len(cases)),
        "alternative": sum(case.suggestion.alternative is not None for case in shown),
        "delete_the_span": share(sum(bool(without_span(case)) for case in cases), len(cases)),
        "by_concern": by,
    }


def protected_parts(walk: Walk, texts: Sequence[MadeUp]) -> dict[str, Any]:
    """Of all wordings that the guard lets through by their words, how many keep every planted fact, in order."""
    passed = lost = 0
    for text, label, marks, facts in texts:
        concern = Concern(label, 0.9, 0.5, tuple(Span(start, end, label, 0.9) for start, end in marks))
        for rewriter in walk.rewording.rewriters:
            for one in rewriter.candidates(text, concern, walk.norms):
                if inspect(text, one) is not None:
                    continue
                passed += 1
                lost += not in_order(facts, apply(text, one.edits))
    return {"comments": len(texts), "wordings": passed, "lost": lost}


def by_hand(walk: Walk, judge: OnnxClassifier, cases: Sequence[Case]) -> dict[str, Any]:
    """What the guard says of the rewrites that the writers of the comments made by hand, which may add what they know: how
    many pass, and the ceiling of what a wording can be without."""
    written_ones = {row["id"]: row for name in corpus.HELD_OUT for row in corpus.rows(corpus.DATA / f"{name}.jsonl")}
    found: Counter[str] = Counter()
    for case in cases:
        row = written_ones[case.id]
        if not row.get("rewrite"):
            found["none"] += 1
            continue
        found["invented"] += bool(row.get("invented"))
        found[_passes(walk, judge, case.text, row["rewrite"])] += 1
    return {**share(found["passed"], len(cases)), "outcomes": dict(found)}


def _passes(walk: Walk, judge: OnnxClassifier, text: str, rewrite: str) -> str:
    if [text[a:b] for a, b in protected(text)] != [rewrite[a:b] for a, b in protected(rewrite)]:
        return Refusal.PROTECTED.value
    before, after = judge.judge([text, rewrite])
    refusal = judged_again(before, after, walk.thresholds)
    hears = walk.rewording.meaning
    if refusal is None and hears is not None and hears.similarity(text, [rewrite])[0] < hears.threshold:
        refusal = Refusal.MEANING
    return refusal.value if refusal else "passed"


def written(names: Sequence[str]) -> list[tuple[str, str]]:
    """Id and text of each comment of the named writers."""
    return [(row["id"], row["text"]) for name in names for row in corpus.rows(corpus.DATA / f"{name}.jsonl")]


def without_concern(sets: Path | None) -> list[tuple[str, str]]:
    """Harmless comments: those of the held-out writers, and real ones from the half that set no threshold."""
    rows = [row for name in corpus.HELD_OUT for row in corpus.rows(corpus.DATA / f"{name}.jsonl")]
    found = [(row["id"], row["text"]) for row in rows if not set(row["labels"]) & set(CONCERNS)]
    if sets is not None:
        learnt = frozenset(corpus.key(example.text) for example in corpus.real(sets))
        found += [(f"pool-{i}", text) for i, text in enumerate(harmless.pool(sets, 1, trained_on=learnt))]
    return found


def second_judge(judge: OnnxClassifier, tolerances: Mapping[str, float], shown: Sequence[Case]) -> dict[str, Any]:
    """What a judge that the guard never saw hears in the wordings, in the baseline, and in the comments themselves."""
    limits = thresholds(judge, tolerances)
    found = {
        "shown": clear(judge, limits, [case.suggestion.wording or "" for case in shown]),
        "delete_the_span": clear(judge, limits, [without_span(case) for case in shown]),
        "as_written": clear(judge, limits, [case.text for case in shown]),
    }
    return {"model": judge.model, **found}


def unguarded(ask: Ask, walk: Walk, cases: Sequence[Case]) -> list[str]:
    """What a language model makes of the comments, with no guard; where it gives nothing usable, nothing."""
    model = LanguageModel(ask)
    found = ((case, one) for case in cases for one in model.candidates(case.text, case.concern, walk.norms))
    return [apply(case.text, one.edits) for case, one in found]


def evaluate(
    weights: Path, sets: Path | None, second: Path | None, fuzz: int, ask: Ask | None = None, *, offers: bool = False
) -> dict[str, Any]:
    """All figures."""
    classifier = OnnxClassifier.load(weights)
    walk = Walk(classifier, OnnxEditor.load(), offers=offers)
    cases = list(walk.cases(written(corpus.HELD_OUT)))
    shown = [case for case in cases if case.suggestion.wording is not None]
    took = sorted(case.took_s for case in cases)
    found: dict[str, Any] = {"model": classifier.model, "held_out": list(corpus.HELD_OUT), "coverage": coverage(cases)}
    found["candidates"] = dict(sorted(walk.refused.items(), key=lambda item: -item[1]))
    found["milliseconds"] = {f"p{q}": 1000 * took[min(len(took) - 1, len(took) * q // 100)] for q in (50, 95, 99)}
    quiet = without_concern(sets)
    nudged = list(walk.cases(quiet))
    found["harmless"] = {
        "comments": len(quiet),
        "flagged": len(nudged),
        "with_a_wording": sum(case.suggestion.wording is not None for case in nudged),
    }
    found["by_hand"] = by_hand(walk, classifier, cases)
    found["fuzzed"] = protected_parts(walk, list(fuzzed(fuzz)))
    if second is not None:
        judge, tolerances = OnnxClassifier.load(second, check_golden=False), walk.norms.tolerances()
        found["second_judge"] = second_judge(judge, tolerances, shown)
        if ask is not None:
            wordings = unguarded(ask, walk, shown)
            found["second_judge"]["language_model_unguarded"] = clear(judge, thresholds(judge, tolerances), wordings)
    result: dict[str, Any] = rounded(found)
    return result


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.evaluate_rewrites", description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--sets", type=Path, help="folder with the evaluation sets, for real harmless comments")
    parser.add_argument("--second", type=Path, help="other exported weights, as a judge that the guard never saw")
    parser.add_argument(
        "--editor", action="store_true", help="with the editor's own edits, which the service does not offer"
    )
    parser.add_argument("--model", help="address of an OpenAI-compatible endpoint, as another baseline for that judge")
    parser.add_argument("--fuzz", type=int, default=100_000, help="how many made-up comments")
    parser.add_argument("--write", action="store_true", help="record the figures beside the weights")
    args = parser.parse_args()
    endpoint = Endpoint(Terms(args.model, "", timeout_s=120, calls_a_day=10_000), _now) if args.model else None
    ask = endpoint.ask if endpoint else None
    found = evaluate(args.weights, args.sets, args.second, args.fuzz, ask, offers=args.editor)
    if args.write:
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        (args.weights / "rewrites.json").write_text(text, encoding="utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
