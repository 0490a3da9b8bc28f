"""Average trained weights with those they began from: ``python -m classifiers.average --trained RUN --begin PARENT --out RUN2``.

Half-way weights keep what the parent heard and most of what was learnt since (Wortsman et al. 2022, WiSE-FT). Needs the
``train`` extra.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch

from classifiers.reopen import stored


def average(trained: Path, begin: Path, out: Path, share: float) -> None:
    """Write ``tone.pt``, ``tokenizer.json`` and ``report.json`` into ``out``; ``share`` (0 to 1) is that of ``trained``."""
    out.mkdir(parents=True, exist_ok=True)
    floats = begin / "tone.pt"
    parent = torch.load(floats, weights_only=True) if floats.exists() else stored(begin / "model.onnx")
    weights = torch.load(trained / "tone.pt", weights_only=True)
    for name, learnt in weights.items():
        if name in parent and learnt.dtype.is_floating_point:
            weights[name] = share * learnt + (1 - share) * parent[name]
    torch.save(weights, out / "tone.pt")
    shutil.copyfile(trained / "tokenizer.json", out / "tokenizer.json")
    report = json.loads((trained / "report.json").read_text(encoding="utf-8")) | {"averaged_with_begin": share}
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.average", description=__doc__)
    parser.add_argument("--trained", type=Path, required=True, help="folder that classifiers.train wrote")
    parser.add_argument(
        "--begin",
        type=Path,
        required=True,
        help="the weights that it began from: a folder that training or export wrote",
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.75, help="of the trained weights; the rest is the parent's")
    args = parser.parse_args()
    average(args.trained, args.begin, args.out, args.share)


if __name__ == "__main__":
    main()
