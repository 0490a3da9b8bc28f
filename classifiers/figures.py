"""What ``classifiers.evaluate`` reports: each function takes a classifier and gives one group of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers import Verdict, corpus, harmless
from classifiers.export import written
from classifiers.labels import CONCERNS, LABELS
from classifiers.measure import (
    Floats,
    average_precision,
    calibration_error,
    interval,
    platt,
    precision_recall_f1,
    squash,
    wilson,
)
from classifiers.runtime import OnnxClassifier
from classifiers.tolerance import SHARES, needed

Figures = dict[str, Any]
TOLERANCES: Final = (1.0, 3.0, 10.0)
"""Overall false nudges per 1,000 harmless comments, shared equally between the concerns."""


def cross_fitted(scores: Floats, truth: Floats, texts: Sequence[str]) -> Floats:
    """Probabilities of each half of the texts, calibrated on the other half."""
    side = np.array([harmless.half(text) for text in texts])
    p = np.zeros_like(scores)
    judged = ~np.isnan(scores[:, 0])
    for part in (0, 1):
        fit, use = (side != part) & judged, side == part
        for index in range(scores.shape[1]):
            p[use, index] = squash(scores[use, index], *platt(scores[fit, index], truth[fit, index]))
    return p


def labels(classifier: OnnxClassifier, names: list[str]) -> tuple[Figures, Floats, Floats]:
    """Per label on held-out writers, at probability .5 after cross-fitted calibration; also truth and probabilities."""
    texts, truth = written(names)
    p = cross_fitted(classifier.scores(texts), truth, texts)
    found: Figures = {"texts": len(texts), "labels": {}}
    for index, label in enumerate(LABELS):
        t, q = truth[:, index], p[:, index]

        def f1(rows: NDArray[np.int64], t: Floats = t, q: Floats = q) -> float:
            return precision_recall_f1(t[rows], (q[rows] >= 0.5).astype(float))[2]

        def ap(rows: NDArray[np.int64], t: Floats = t, q: Floats = q) -> float:
            return average_precision(t[rows], q[rows])

        everything = np.arange(len(texts))
        precision, recall, _ = precision_recall_f1(t, (q >= 0.5).astype(float))
        found["labels"][label] = {
            "count": int(t.sum()),
            "precision": precision,
            "recall": recall,
            "f1": f1(everything),
            "f1_interval": interval(f1, len(texts), rounds=200),
            "ap": ap(everything),
            "ap_interval": interval(ap, len(texts), rounds=200),
            "calibration_error": calibration_error(t, q),
        }

    def macro(rows: NDArray[np.int64]) -> float:
        flagged = (p[rows] >= 0.5).astype(float)
        return float(np.mean([precision_recall_f1(truth[rows, i], flagged[:, i])[2] for i in range(len(CONCERNS))]))

    found["files"] = {}
    at = 0
    for name in names:
        rows = np.arange(at, at := at + len(corpus.own([name], rewrites=False)))
        aps = [average_precision(truth[rows, i], p[rows, i]) for i in range(len(CONCERNS))]
        found["files"][name] = {"texts": len(rows), "macro_f1": macro(rows), "macro_ap": float(np.nanmean(aps))}
    found["macro_f1"] = macro(np.arange(len(texts)))
    found["macro_f1_interval"] = interval(macro, len(texts), rounds=200)
    found["macro_ap"] = float(np.mean([found["labels"][c]["ap"] for c in CONCERNS]))
    return found, truth, p


def flagged(classifier: OnnxClassifier, verdict: Verdict, tolerance: float) -> list[str]:
    """The concerns heard at an overall ``tolerance``."""
    return [c for c, p in verdict.concerns.items() if p >= classifier.threshold(c, tolerance * SHARES[c])]


def surest(classifier: OnnxClassifier, verdicts: Sequence[Verdict]) -> Floats:
    """Per text, minus the log of the smallest tolerance at which anything is heard: the ranking that the policy uses."""
    curves = classifier.curves
    return np.array(
        [
            -math.log(min((needed(curves[c], p) / SHARES[c] for c, p in v.concerns.items()), default=1000.0))
            for v in verdicts
        ]
    )


def real(classifier: OnnxClassifier, sets: Path, names: list[str], trained_on: frozenset[str]) -> Figures:
    """Recall of any concern against false nudges on the half of real harmless comments that set no threshold."""
    quiet_texts = harmless.pool(sets, 1, trained_on=trained_on)
    quiet = classifier.judge(quiet_texts)
    comments = [e for e in corpus.real(sets, None) if corpus.key(e.text) not in trained_on]
    carrying = [e for e in comments if any(e.labels[c] for c in CONCERNS)]
    texts, truth = written(names)
    stung = [text for text, row in zip(texts, truth, strict=True) if row[: len(CONCERNS)].any()]
    groups = {"real_dev": classifier.judge([e.text for e in carrying]), "held_out_writers": classifier.judge(stung)}
    calm = surest(classifier, quiet)
    found: Figures = {"harmless": len(quiet), "false_nudges": {}, "groups": {}}
    for tolerance in TOLERANCES:
        count = sum(bool(flagged(classifier, v, tolerance)) for v in quiet)
        low, high = wilson(count, len(quiet))
        per_label = {c: sum(c in flagged(classifier, v, tolerance) for v in quiet) for c in CONCERNS}
        found["false_nudges"][f"{tolerance:g}"] = {
            "count": count, "per_1000": 1000 * count / len(quiet), "interval": (1000 * low, 1000 * high), "labels": per_label,
        }  # fmt: skip
    for name, verdicts in groups.items():
        ranks = surest(classifier, verdicts)
        both = np.r_[np.ones(len(ranks)), np.zeros(len(calm))]
        scores = np.r_[ranks, calm]
        figures: Figures = {"count": len(ranks), "ap_against_harmless": average_precision(both, scores)}
        order = np.argsort(np.argsort(scores, kind="stable"), kind="stable")
        figures["auc"] = float((order[: len(ranks)].mean() - (len(ranks) - 1) / 2) / len(calm))
        for tolerance in TOLERANCES:
            hit = sum(bool(flagged(classifier, v, tolerance)) for v in verdicts)
            figures[f"recall_at_tolerance_{tolerance:g}"] = (hit / len(ranks), *wilson(hit, len(ranks)))
            limit = float(np.sort(calm)[::-1][min(int(tolerance / 1000 * len(calm)), len(calm) - 1)])
            hit = int((ranks > limit).sum())
            figures[f"recall_at_false_{tolerance / 10:g}%"] = (hit / len(ranks), *wilson(hit, len(ranks)))
        found["groups"][name] = figures
    return found


def characters(classifier: OnnxClassifier, names: list[str]) -> Figures:
    """Character F1 of the spans (micro), all of a comment's concerns together, over comments that carry one.

    ``heard`` counts the spans of concerns at probability .5 or more, so that a concern missed is a span missed;
    ``given`` those of the concerns that the comment does carry, so that only the marking is measured.
    """
    examples = [e for e in corpus.own(names, rewrites=False) if e.spans]
    verdicts = classifier.judge([e.text for e in examples])
    found: Figures = {"comments": len(examples)}
    for way in ("heard", "given"):
        hits = marked = carried = 0
        for example, verdict in zip(examples, verdicts, strict=True):
            taken = {c for c, p in verdict.concerns.items() if (p >= 0.5 if way == "heard" else example.labels[c])}
            mine = {i for s in verdict.spans if s.label in taken for i in range(s.start, s.end)}
            theirs = {i for a, b in example.spans for i in range(a, b)}
            hits, marked, carried = hits + len(mine & theirs), marked + len(mine), carried + len(theirs)
        precision, recall = hits / max(marked, 1), hits / max(carried, 1)
        found[way] = {"precision": precision, "recall": recall, "f1": 2 * hits / max(marked + carried, 1)}
    return found


def alarms(classifier: OnnxClassifier, folder: Path = corpus.DATA) -> Figures:
    """What the false-alarm suite sets off at each tolerance."""
    path = folder / "false_alarms.jsonl"
    texts = [row["text"] for row in corpus.rows(path)] if path.exists() else []
    verdicts = classifier.judge(texts)
    found: Figures = {"texts": len(texts)}
    for tolerance in TOLERANCES:
        heard = [(t, flagged(classifier, v, tolerance)) for t, v in zip(texts, verdicts, strict=True)]
        found[f"flagged_at_{tolerance:g}"] = {text: concerns for text, concerns in heard if concerns}
    return found


def identities(classifier: OnnxClassifier, sets: Path) -> Figures:
    """Harmless identity templates: the share flagged, and the largest difference between two identity words."""
    harmless_rows = [
        r["text"] for r in corpus.rows(sets / "eval/jigsaw_bias_templates.jsonl.gz") if r["labels"]["toxic"] == 0
    ]
    verdicts = classifier.judge(harmless_rows)
    words: dict[str, list[tuple[float, float]]] = {}
    for text, verdict in zip(harmless_rows, verdicts, strict=True):
        worst = max(verdict.concerns.values(), default=0.0)
        words.setdefault(text.split()[-1].lower().strip(".!"), []).append(
            (worst, float(bool(flagged(classifier, verdict, 1.0))))
        )
    groups = {word: tuple(np.mean(values, axis=0)) for word, values in words.items() if len(values) >= 20}
    shares = {word: float(share) for word, (_, share) in groups.items()}
    return {
        "texts": len(harmless_rows),
        "flagged": sum(bool(flagged(classifier, v, 1.0)) for v in verdicts),
        "largest_difference": max(shares.values()) - min(shares.values()) if shares else 0.0,
        "highest": dict(sorted(shares.items(), key=lambda item: -item[1])[:5]),
    }


def _disguised(text: str, way: str) -> str:
    if way == "look-alikes":
        return text.translate(str.maketrans("aeopcxy", "аеорсху"))
    if way == "zero-width":
        return "\u200b".join(text)
    if way == "capitals":
        return text.upper()
    if way == "no punctuation":
        return "".join(c for c in text if c.isalnum() or c.isspace() or c == "'")
    return "  ".join(text.split(" "))


def disguises(classifier: OnnxClassifier, names: list[str]) -> Figures:
    """Recall of any concern at 10 per 1,000 under spelling tricks, against the plain text."""
    texts, truth = written(names)
    plain = [text for text, row in zip(texts, truth, strict=True) if row[: len(CONCERNS)].any()]
    found: Figures = {"plain": _recall(classifier, plain)}
    for way in ("look-alikes", "zero-width", "capitals", "no punctuation", "wide spacing"):
        found[way] = _recall(classifier, [_disguised(text, way) for text in plain])
    return found


def _recall(classifier: OnnxClassifier, texts: list[str]) -> float:
    return float(np.mean([bool(flagged(classifier, v, 10.0)) for v in classifier.judge(texts)])) if texts else math.nan
