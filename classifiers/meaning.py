"""Whether two texts say the same, by the encoder: ``python -m classifiers.meaning --weights FOLDER`` sets the threshold.

It is measured on the project's own pairs: a text against its rewrite (true), and against the rewrite of another text under
the same concern (shuffled). The threshold keeps ``KEPT`` of the true pairs of the writers learnt from; what it does to the
held-out writers is printed and recorded in the manifest beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from classifiers import corpus
from classifiers.pairs import Pair, learnt_from, pairs
from classifiers.runtime import OnnxClassifier

KEPT: Final = 0.9
"""Share of true pairs that count as saying the same. Rewrites by hand change more than a suggestion may."""


class Encoder(Protocol):
    """What is needed of weights: a vector of length 1 for each text."""

    def meanings(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class EncodedMeaning:
    """The similarity of texts as the cosine of what the encoder makes of them."""

    def __init__(self, encoder: Encoder, threshold: float) -> None:
        self._encoder = encoder
        self.threshold = threshold

    def similarity(self, a: str, b: Sequence[str]) -> list[float]:
        """Of ``a`` to each of ``b``, -1…1."""
        first, *others = self._encoder.meanings([a, *b])
        return [float(first @ other) for other in others]


def of(classifier: OnnxClassifier) -> EncodedMeaning | None:
    """The meaning that ``classifier`` hears, where its weights tell and a threshold was set."""
    threshold = classifier.meaning_threshold
    return EncodedMeaning(classifier, threshold) if threshold is not None and threshold <= 1 else None


def similarities(encoder: Encoder, found: Sequence[Pair], seed: int = 11) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of the true pairs, and of as many shuffled ones."""
    texts = encoder.meanings([pair.text for pair in found])
    rewrites = encoder.meanings([pair.rewrite for pair in found])
    # A cycle through everything in random order: nobody meets their own rewrite.
    order = np.random.default_rng(seed).permutation(len(found))
    other = np.empty(len(found), dtype=np.int64)
    other[order] = np.roll(order, 1)
    return (texts * rewrites).sum(1), (texts * rewrites[other]).sum(1)


def calibrated(encoder: Encoder, learnt: Sequence[Pair], held: Sequence[Pair]) -> dict[str, float]:
    """The threshold, and which share of true and shuffled pairs lies at or above it."""
    true, shuffled = similarities(encoder, learnt)
    threshold = float(np.quantile(true, 1 - KEPT))
    held_true, held_shuffled = similarities(encoder, held)
    return {
        "threshold": round(threshold, 4),
        "true": round(float((true >= threshold).mean()), 4),
        "shuffled": round(float((shuffled >= threshold).mean()), 4),
        "held_out_true": round(float((held_true >= threshold).mean()), 4),
        "held_out_shuffled": round(float((held_shuffled >= threshold).mean()), 4),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.meaning", description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).parent / "weights" / "tone")
    args = parser.parse_args()
    classifier = OnnxClassifier(args.weights)
    if classifier.meaning_threshold is None:
        raise SystemExit(
            "These weights have no output named meaning. Export them again with python -m classifiers.export."
        )
    found = calibrated(classifier, pairs(learnt_from()), pairs(corpus.HELD_OUT))
    path = args.weights / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["meaning"] = found
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
