"""Train the gate, a quick first look: ``python -m classifiers.gate --out RUN --sets SETS --real``.

It learns from what the whole network says of every text that may teach, and passes comments in which that network would hear
no concern and none of the strengths ``RARE``; what it says of the other strengths there stands. Its limits are set on texts it
did not learn from, so that of what is heard there ``KEPT`` still is. Writes ``gate.pt`` into the folder of the trained network,
where ``classifiers.export`` finds it. About ten minutes on one core.
"""

from __future__ import annotations

import argparse
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from tqdm import tqdm

from classifiers import corpus
from classifiers.batches import Item, batches, collate, encode
from classifiers.graph import load
from classifiers.labels import CONCERNS, LABELS
from classifiers.lessons import gather, share
from classifiers.model import Gate, Tone
from classifiers.train import arguments
from classifiers.vocabulary import special

RARE: Final = ("appreciation", "apology", "forgiveness", "support")
"""Strengths that few comments have, so that asking for them costs little."""
KEPT: Final = {"concerns": 0.99, "strengths": 0.95}
QUIET: Final = 0.99
"""Of harmless comments, the share in which a concern counts as not heard: beyond it lie the tolerances in use."""
LOUDEST: Final = 8.0
"""Scores are learnt up to here, either way: what lies beyond is as sure."""
MISSED: Final = 2.0
"""What it costs to say less than the network, against saying more."""


def texts(args: argparse.Namespace) -> tuple[list[corpus.Example], set[str]]:
    """What may teach, each text once, and the keys of harmless real comments among it."""
    main, before, quiet, side, _ = gather(args)
    each = {corpus.key(e.text): e for part in (share(side, args.side, 0, 1), quiet, before, main) for e in part}
    return list(each.values()), {corpus.key(e.text) for e in quiet}


def left_out(text: str) -> bool:
    """Whether ``text`` is one of the eighth that limits are set on; by the text alone."""
    return int(corpus.key(text)[4:6], 16) < 256 // 8


def heard(tone: Tone, items: list[Item], padding: int, *, bfloat16: bool) -> dict[int, Tensor]:
    """What the whole network says of each item, (15,), by the item's ``id``."""
    found: dict[int, Tensor] = {}
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        for some in tqdm(list(batches(items, seed=1, most_items=80, most_tokens=4800)), mininterval=20, unit="batch"):
            batch = collate(some, padding)
            said = tone(batch.ids, batch.mask).labels.float().clamp(-LOUDEST, LOUDEST)
            found |= {id(item): row.clone() for item, row in zip(some, said, strict=True)}
    return found


def learn(gate: Gate, tone: Tone, rows: list[tuple[Item, Tensor]], padding: int, epochs: int, seed: int) -> None:
    """Teach ``gate`` what was heard."""
    said = {id(item): row for item, row in rows}
    plan = [b for epoch in range(epochs) for b in batches([item for item, _ in rows], seed=seed + epoch, most_items=64)]
    optimiser = torch.optim.AdamW(gate.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=len(plan))
    gate.train()
    for some in tqdm(plan, mininterval=20, unit="batch"):
        batch = collate(some, padding)
        aim = torch.stack([said[id(item)] for item in some])
        mask = batch.mask.float()
        with torch.no_grad():
            hidden = (torch.rand(mask.shape) < 0.05).unsqueeze(-1)
            embedded = tone.embed(batch.ids).masked_fill(hidden, 0.0)
        guess = gate(embedded, mask)
        cost = nn.functional.smooth_l1_loss(guess, aim, reduction="none")
        (cost * torch.where(guess < aim, MISSED, 1.0)).mean().backward()
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
    gate.eval()


def guesses(gate: Gate, tone: Tone, items: list[Item], padding: int) -> Tensor:
    """What the gate says of each text, (N, 15)."""
    with torch.inference_mode():
        batched = (collate([item], padding) for item in items)
        return torch.cat([gate(tone.embed(b.ids), b.mask.float()) for b in batched])


def limits(said: Tensor, guess: Tensor, edges: Tensor, kept: float) -> Tensor:
    """The limit of each of L labels, (L,): of N texts in which any is ``said`` (N, L) beyond its edge, (L,), that share has a
    ``guess`` (N, L) beyond a limit."""
    loud = (said >= edges).any(dim=1)
    nearest = (guess - edges).amax(dim=1)[loud]
    return edges + torch.quantile(nearest, 1 - kept)


def main() -> None:
    """The command line."""
    parser = arguments()
    parser.prog = "python -m classifiers.gate"
    parser.set_defaults(epochs=8, side=6000)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.out / "tokenizer.json"))
    padding = special(tokenizer.get_vocab(), "[PAD]")
    tone = load(args.out, args.base)
    examples, calm = texts(args)
    items = [encode(example, tokenizer) for example in examples]
    said = heard(tone, items, padding, bfloat16=args.bfloat16)
    gate = Gate(int(tone.encoder.config.hidden_size))
    told = [(i, said[id(i)]) for e, i in zip(examples, items, strict=True) if not left_out(e.text)]
    learn(gate, tone, told, padding, args.epochs, args.seed)

    kept_back = [(e, i) for e, i in zip(examples, items, strict=True) if left_out(e.text)]
    quiet = torch.tensor([corpus.key(e.text) in calm for e, _ in kept_back])
    network = torch.stack([said[id(i)] for _, i in kept_back])
    guess = guesses(gate, tone, [i for _, i in kept_back], padding)
    concerns, rare = list(range(len(CONCERNS))), [LABELS.index(name) for name in RARE]
    edges = torch.quantile(network[quiet][:, concerns], QUIET, dim=0)
    gate.limits.fill_(torch.inf)
    gate.limits[concerns] = limits(network[:, concerns], guess[:, concerns], edges, KEPT["concerns"])
    gate.limits[rare] = limits(network[:, rare], guess[:, rare], torch.zeros(len(rare)), KEPT["strengths"])
    passed = (guess[quiet] < gate.limits).all(dim=1).float().mean()
    torch.save(gate.state_dict(), args.out / "gate.pt")
    print(f"{len(told)} texts; limits from {len(kept_back)}; passes {passed:.1%} of {int(quiet.sum())} harmless ones")  # noqa: T201


if __name__ == "__main__":
    main()
