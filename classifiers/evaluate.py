"""Measure exported weights: ``python -m classifiers.evaluate --sets FOLDER``.

Prints every figure as JSON and, with ``--write``, records it as ``figures.json`` with plots beside the weights.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from classifiers import corpus, figures
from classifiers.card import put
from classifiers.manifest import digest
from classifiers.plots import precision_recall, reliability
from classifiers.runtime import OnnxClassifier


def rounded(value: Any) -> Any:
    """Figures to four digits, for printing."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def single_precision(weights: Path, source: Path, names: list[str]) -> dict[str, float]:
    """Macro figures of the same network before quantising, from the ``float.onnx`` that export left behind."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copyfile(source, folder / "model.onnx")
        shutil.copyfile(weights / "tokenizer.json", folder / "tokenizer.json")
        manifest = json.loads((weights / "manifest.json").read_text(encoding="utf-8"))
        manifest["files"]["model.onnx"] = digest(source)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        found, _, _ = figures.labels(OnnxClassifier(folder), names)
    return {"macro_f1": found["macro_f1"], "macro_ap": found["macro_ap"]}


def evaluate(weights: Path, sets: Path, source: Path | None, write: bool) -> dict[str, Any]:
    """All figures of the weights in ``weights``."""
    classifier = OnnxClassifier.load(weights)
    manifest = json.loads((weights / "manifest.json").read_text(encoding="utf-8"))
    names: list[str] = manifest["held_out"]
    learnt = corpus.real(sets) if manifest["training"].get("real") else []
    trained_on = frozenset(corpus.key(example.text) for example in learnt)
    held, truth, p = figures.labels(classifier, names)
    found: dict[str, Any] = {"model": classifier.model, "held_out": names, "labels": held}
    found["real"] = figures.real(classifier, sets, names, trained_on)
    found["spans"] = figures.characters(classifier, names)
    found["false_alarms"] = figures.alarms(classifier)
    found["identities"] = figures.identities(classifier, sets)
    found["disguises"] = figures.disguises(classifier, names)
    if source is not None:
        found["single_precision"] = single_precision(weights, source, names)
    found = rounded(found)
    if write:
        (weights / "figures.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        put(weights / "CARD.md", found)
        (weights / "precision_recall.svg").write_text(precision_recall(truth, p), encoding="utf-8")
        (weights / "reliability.svg").write_text(reliability(truth, p), encoding="utf-8")
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.evaluate", description=__doc__)
    parser.add_argument("--sets", type=Path, required=True, help="folder with the evaluation sets")
    parser.add_argument("--weights", type=Path, default=Path(__file__).parent / "weights" / "tone")
    parser.add_argument(
        "--float", type=Path, dest="source", help="the float.onnx of the same training, to compare with"
    )
    parser.add_argument("--write", action="store_true", help="record figures and plots beside the weights")
    args = parser.parse_args()
    print(json.dumps(evaluate(args.weights, args.sets, args.source, args.write), indent=1, ensure_ascii=False))  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
