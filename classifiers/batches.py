"""From examples to padded batches: the same text as at run time, pairs kept together, lengths kept alike."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from classifiers.corpus import AUXILIARY, UNKNOWN, Example
from classifiers.labels import CONCERNS, LABELS
from classifiers.teacher import Teacher
from classifiers.text import own_words

LONGEST = 192
"""Tokens in one window, the two special ones included."""


@dataclass(frozen=True, slots=True)
class Item:
    """One encoded example; ``tokens`` marks the words that carry a concern, or is ``None`` where that is unknown.

    ``aims`` are the probabilities to learn: ``labels`` where no teacher was asked.
    """

    ids: list[int]
    labels: list[float]
    aims: list[float]
    auxiliary: list[float]
    tokens: list[float] | None
    pair: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Shapes: ids, mask, tokens (B, T); labels, aims (B, 15); auxiliary (B, A); twins (P, 2) rows. NaN is unknown."""

    ids: Tensor
    mask: Tensor
    labels: Tensor
    aims: Tensor
    auxiliary: Tensor
    tokens: Tensor
    twins: Tensor


def encode(example: Example, tokenizer: Tokenizer, longest: int = LONGEST, teacher: Teacher | None = None) -> Item:
    """Read ``example`` as the run time would, cut to ``longest`` tokens; what ``teacher`` says of it joins the aims."""
    words = own_words(example.text)
    encoded = tokenizer.encode(words.text)
    ids = encoded.ids if len(encoded.ids) <= longest else [*encoded.ids[: longest - 1], encoded.ids[-1]]
    tokens = None
    if example.spans and any(example.labels.get(c) for c in CONCERNS):
        carried = [
            any(s < words.ends[i] and words.starts[i] < e for s, e in example.spans) for i in range(len(words.text))
        ]
        tokens = [float(b > a and any(carried[a:b])) for a, b in encoded.offsets[: len(ids)]]
    labels = [example.labels.get(label, UNKNOWN) for label in LABELS]
    return Item(
        ids,
        labels,
        teacher.aims(example.text, labels) if teacher else labels,
        [example.auxiliary.get(task, UNKNOWN) for task in AUXILIARY],
        tokens,
        example.pair,
    )


def collate(items: Sequence[Item], padding: int = 0) -> Batch:
    """Pad ``items`` to the longest among them."""
    size = max(len(item.ids) for item in items)
    ids = torch.full((len(items), size), padding)
    mask = torch.zeros((len(items), size), dtype=torch.long)
    tokens = torch.full((len(items), size), math.nan)
    first: dict[str, int] = {}
    twins = []
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        mask[row, : len(item.ids)] = 1
        if item.tokens is not None:
            tokens[row, : len(item.tokens)] = torch.tensor(item.tokens)
        if item.pair and item.pair in first:
            twins.append((first[item.pair], row))
        elif item.pair:
            first[item.pair] = row
    return Batch(
        ids,
        mask,
        torch.tensor([item.labels for item in items]),
        torch.tensor([item.aims for item in items]),
        torch.tensor([item.auxiliary for item in items]),
        tokens,
        torch.tensor(twins, dtype=torch.long).reshape(-1, 2),
    )


def batches(items: Sequence[Item], *, seed: int, most_items: int = 40, most_tokens: int = 2400) -> Iterator[list[Item]]:
    """One pass over ``items`` in an order fixed by ``seed``: twins side by side, batches of like length, shuffled."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    units: dict[str, list[Item]] = {}
    for number, item in enumerate(items):
        units.setdefault(item.pair or f"#{number}", []).append(item)
    order = list(units.values())
    chance.shuffle(order)
    found: list[list[Item]] = []
    for start in range(0, len(order), 1500):
        pool = sorted(order[start : start + 1500], key=lambda unit: max(len(i.ids) for i in unit))
        batch: list[Item] = []
        for unit in pool:
            longest = max(len(i.ids) for i in unit)
            if batch and (len(batch) + len(unit) > most_items or (len(batch) + len(unit)) * longest > most_tokens):
                found.append(batch)
                batch = []
            batch = batch + unit
        if batch:
            found.append(batch)
    chance.shuffle(found)
    yield from found
