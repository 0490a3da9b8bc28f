"""Write the scores of public comments that ship with the weights: ``python -m classifiers.reference --sets FOLDER``.

On day one a project has no history of its own: these stand in for it. The file is ``reference.npz`` beside the weights,
see ``classifiers.shipped``; the command is to be run again whenever weights are exported.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers import Classifier, corpus, harmless
from classifiers.labels import CONCERNS
from classifiers.shipped import WEIGHTS, Reference, save
from classifiers.vectors import Vectors, ten_thousandths


def judged(classifier: Classifier, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors of the texts in a language that is known, and which of ``texts`` these are."""
    verdicts = classifier.judge(texts)
    known = np.array([verdict.known_language for verdict in verdicts], dtype=bool)
    rows = [[verdict.concerns[label] for label in CONCERNS] for verdict in verdicts if verdict.known_language]
    return ten_thousandths(np.array(rows).reshape(-1, len(CONCERNS))), known


def gather(classifier: Classifier, sets: Path, held_out: Sequence[str], *, learnt_from_real: bool) -> Reference:
    """Score the pool of harmless comments, the held-out files and the labelled real comments that no training saw."""
    seen = frozenset(corpus.key(e.text) for e in corpus.real(sets)) if learnt_from_real else frozenset()
    quiet = harmless.pool(sets, trained_on=seen)
    quiet_scores, known = judged(classifier, quiet)
    measured = np.array([harmless.half(text) == 0 for text in quiet], dtype=bool)[known]
    theirs = [e for e in corpus.real(sets, None) if corpus.key(e.text) not in seen]
    examples = [*corpus.own(list(held_out), rewrites=False), *theirs]
    scores, known = judged(classifier, [e.text for e in examples])
    truth = np.array([[bool(e.labels[label]) for label in CONCERNS] for e in examples], dtype=bool)[known]
    real = np.array([e.origin.startswith("real:") for e in examples], dtype=bool)[known]
    return Reference(classifier.model, quiet_scores, measured, scores, truth, real)


def main() -> None:
    """The command line."""
    from classifiers.runtime import OnnxClassifier

    parser = argparse.ArgumentParser(prog="python -m classifiers.reference", description=__doc__)
    parser.add_argument("--sets", type=Path, required=True, help="folder with the evaluation sets")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    manifest = json.loads((args.weights / "manifest.json").read_text(encoding="utf-8"))
    classifier = OnnxClassifier.load(args.weights)
    learnt = bool(manifest["training"].get("real"))
    reference = gather(classifier, args.sets, manifest["held_out"], learnt_from_real=learnt)
    path = save(reference, args.weights)
    size = path.stat().st_size / 1e3
    print(f"{reference.model}: {len(reference.harmless)} harmless, {len(reference.labelled)} labelled, {size:.0f} kB")  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
