"""Whether an edit reads as somebody would write it: ``python -m classifiers.fluency`` sets the editor's threshold.

It is measured on rewrites by hand that the editor did not learn from, where they differ from their text (natural), and on
texts with a poor edit (spoiled, see :mod:`classifiers.joints`). The threshold keeps ``KEPT`` of the natural ones; what it
does to the held-out writers is printed and recorded in ``fluency.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from classifiers import corpus
from classifiers.editor import OnnxEditor
from classifiers.joints import Joined, rewritten, spoiled
from classifiers.pairs import Pair, learnt_from, pairs

KEPT: Final = 0.8
"""Share of natural texts that pass. Where one of ours reads oddly to the editor, there is one wording less."""


def aside(pair: Pair) -> bool:
    """Whether a pair is left for the threshold: one in twelve, chosen by its text alone."""
    return int(corpus.key(pair.text)[:6], 16) % 12 == 0


def oddness(editor: OnnxEditor, found: Sequence[Joined]) -> np.ndarray:
    """Of each text, where it was changed."""
    return np.array([editor.oddness(one.text, one.places) for one in found if one.places])


def spoilt(found: Sequence[Pair], phrases: Sequence[str], seed: int = 5) -> list[Joined]:
    """The rewrites once more, with a poor edit each."""
    chance = random.Random(seed)  # noqa: S311  a choice of examples, not a secret
    return [spoiled(pair.rewrite, phrases, chance) for pair in found]


def calibrated(editor: OnnxEditor, left: Sequence[Pair], held: Sequence[Pair]) -> dict[str, float]:
    """The threshold, and which share of natural and spoiled texts lies below it."""
    phrases = editor.phrases
    natural = oddness(editor, [rewritten(pair.text, pair.rewrite) for pair in left])
    threshold = float(np.quantile(natural, KEPT))
    figures = {"threshold": threshold, "natural": float((natural < threshold).mean())}
    figures["spoiled"] = float((oddness(editor, spoilt(left, phrases)) < threshold).mean())
    held_natural = oddness(editor, [rewritten(pair.text, pair.rewrite) for pair in held])
    figures["held_out_natural"] = float((held_natural < threshold).mean())
    figures["held_out_spoiled"] = float((oddness(editor, spoilt(held, phrases)) < threshold).mean())
    return {name: round(value, 4) for name, value in figures.items()}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.fluency", description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path(__file__).parent / "weights" / "editor")
    args = parser.parse_args()
    left = [pair for pair in pairs(learnt_from()) if aside(pair)]
    found = calibrated(OnnxEditor(args.weights), left, pairs(corpus.HELD_OUT))
    (args.weights / "fluency.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))  # noqa: T201  a command prints its result


if __name__ == "__main__":
    main()
