"""What training learns from, and how much of it in which epoch."""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers import corpus
from classifiers.batches import Item
from classifiers.labels import CONCERNS
from classifiers.mixing import fragments, mixed


def gather(args: argparse.Namespace) -> tuple[list[corpus.Example], ...]:
    """What every epoch learns; of which it sees a part: what was learnt before, harmless real comments, side tasks, mixtures."""
    held = tuple(args.hold_out.split(",")) if args.hold_out else ()
    keys = corpus.forbidden(args.sets, held)
    keys |= {corpus.key(row["text"]) for row in corpus.rows(args.apart)} if args.apart else set()
    names = [name for name in corpus.writers() if name not in held and name not in args.leave.split(",")]
    known = learnt_before(args.begin) if args.begin else set()
    main, before = (
        corpus.without(corpus.own(part), keys)
        for part in ([n for n in names if n not in known], [n for n in names if n in known])
    )
    if not args.sets:
        return main, before, [], [], []
    found = corpus.without(corpus.labelled(args.sets), keys)
    # Real comments with a concern are few and what it is for: each counts three times.
    mine = found + [e for e in found if any(e.labels[c] for c in CONCERNS)] * 2
    mine += corpus.real(args.sets) * 2 if args.real else []
    keys |= {corpus.key(e.text) for e in found}
    quiet = corpus.without(corpus.harmless(args.sets), keys)
    mine += corpus.without(fragments(quiet, args.fragments, args.seed), keys)
    blend = corpus.without(mixed(main + before, quiet, args.mixed * args.epochs, args.seed), keys)
    return main + mine, before, quiet, corpus.without(corpus.side_tasks(args.sets), keys), blend


def learnt_before(begin: Path) -> set[str]:
    """The writer files that the weights in ``begin`` have learnt from."""
    for name in ("manifest.json", "report.json"):
        if (begin / name).exists():
            return {file.removesuffix(".jsonl") for file in json.loads((begin / name).read_text("utf-8"))["data"]}
    raise SystemExit(f"{begin} holds neither manifest.json nor report.json: it is not a folder of weights.")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn, encoded; every epoch sees all of ``main`` and a part of the rest."""

    main: list[Item]
    before: list[Item]
    quiet: list[Item]
    side: list[Item]
    mixed: list[Item]

    def of(self, epoch: int, args: argparse.Namespace) -> list[Item]:
        """What one epoch learns, the same for the same seed."""
        return [
            *self.main,
            *rehearse(self.before, args.rehearse, epoch, args.seed),
            *share(self.quiet, args.quiet, epoch, args.seed),
            *share(self.side, args.side, epoch, args.seed),
            *share(self.mixed, args.mixed, epoch, args.seed),
        ]

    def sizes(self) -> dict[str, int]:
        names = {"examples": self.main, "learnt_before": self.before, "quiet_pool": self.quiet, "side_pool": self.side}
        return {name: len(items) for name, items in names.items()} | {"mixed_pool": len(self.mixed)}


def share(items: list[Any], count: int, epoch: int, seed: int) -> list[Any]:
    """The next ``count`` of ``items`` in an order fixed by ``seed``, beginning again when all were seen."""
    order = list(range(len(items)))
    random.Random(seed).shuffle(order)  # noqa: S311  an order, not a secret
    return [items[order[i % len(order)]] for i in range(epoch * count, (epoch + 1) * count)] if items else []


def rehearse(items: list[Item], rate: float, epoch: int, seed: int) -> list[Item]:
    """That share of ``items``, another one each epoch, a text always with its rewrite."""

    def drawn(number: int, item: Item) -> bool:
        return random.Random(f"{seed}:{epoch}:{item.pair or number}").random() < rate  # noqa: S311  an order, not a secret

    return [item for number, item in enumerate(items) if drawn(number, item)]
