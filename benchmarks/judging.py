"""How fast one comment is judged: ``python -m benchmarks.judging [--sets FOLDER] [--bert]``.

One core, tokenising and marking included. ``--sets`` judges a real mix of review comments, else the project's own.
``--bert`` adds a BERT-base of random weights in transformers and torch (the ``train`` extra), for the same texts in the
same run: speed does not depend on what the weights say.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from classifiers import corpus, harmless
from classifiers.runtime import OnnxClassifier


def _memory_mb() -> float:
    """Resident memory of this process now, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _each(judge: Callable[[str], object], texts: list[str]) -> dict[str, float]:
    for text in texts[:20]:
        judge(text)
    seconds = []
    for text in texts:
        began = time.perf_counter()
        judge(text)
        seconds.append(time.perf_counter() - began)
    cuts = statistics.quantiles(seconds, n=100)
    return {
        "median_ms": 1e3 * cuts[49],
        "p95_ms": 1e3 * cuts[94],
        "p99_ms": 1e3 * cuts[98],
        "per_second": len(texts) / sum(seconds),
    }


def _bert(texts: list[str]) -> dict[str, float]:
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    torch.set_num_threads(1)
    model = BertModel(BertConfig()).eval()
    weights = Path(corpus.__file__).parent / "weights" / "tone" / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(weights))

    def judge(text: str) -> object:
        with torch.inference_mode():
            return model(torch.tensor([tokenizer.encode(text).ids[:512]])).pooler_output

    return _each(judge, texts)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging", description=__doc__)
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--bert", action="store_true")
    args = parser.parse_args()
    texts = harmless.pool(args.sets) if args.sets else [e.text for e in corpus.own(["t14"], rewrites=False)]
    texts = sorted(texts, key=corpus.key)[: args.count]
    before = _memory_mb()
    began = time.perf_counter()
    classifier = OnnxClassifier.load()
    found: dict[str, object] = {"load_s": time.perf_counter() - began, "texts": len(texts)}
    short = [text for text in texts if len(text) <= 220]
    found["up_to_220_characters"] = _each(lambda text: classifier.judge([text]), short)
    found["all"] = _each(lambda text: classifier.judge([text]), texts)
    found["memory_mb"] = _memory_mb() - before
    for batch in (8, 32):
        bulk = OnnxClassifier(Path(corpus.__file__).parent / "weights" / "tone", batch=batch)
        began = time.perf_counter()
        bulk.judge(texts)
        found[f"per_second_in_batches_of_{batch}"] = len(texts) / (time.perf_counter() - began)
    if args.bert:
        found["bert_base_torch"] = _bert(texts[:200])
    print(json.dumps(found, indent=1, default=lambda x: round(x, 3)))


if __name__ == "__main__":
    main()
