"""What training minimises."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from classifiers.batches import Batch
from classifiers.labels import CONCERNS
from classifiers.model import Heard

MARGIN = 2.0


def masked_cross_entropy(scores: Tensor, truth: Tensor) -> Tensor:
    """Mean binary cross-entropy over the entries of ``truth`` that are known (not NaN)."""
    known = ~torch.isnan(truth)
    if not bool(known.any()):
        return scores.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(scores[known], truth[known])


def twins_apart(scores: Tensor, batch: Batch) -> Tensor:
    """A text must score above its rewrite, on the concerns it carries and its twin does not (logistic ranking)."""
    if not len(batch.twins):
        return scores.sum() * 0.0
    left, right = batch.twins.unbind(1)
    count = len(CONCERNS)
    differs = (batch.labels[left, :count] == 1) & (batch.labels[right, :count] == 0)
    if not bool(differs.any()):
        return scores.sum() * 0.0
    gap = scores[left, :count] - scores[right, :count]
    return functional.softplus(MARGIN - gap[differs]).mean()


def marked(tokens: Tensor, batch: Batch) -> Tensor:
    """Token loss. Spans are known per comment, not per label, so a word must be marked by one of the row's labels."""
    known = ~torch.isnan(batch.tokens)
    if not bool(known.any()):
        return tokens.sum() * 0.0
    here = (batch.labels[:, : len(CONCERNS)] == 1).unsqueeze(1).expand_as(tokens)
    best = tokens.masked_fill(~here, -1e4).amax(-1)
    return functional.binary_cross_entropy_with_logits(best[known], batch.tokens[known])


def loss(heard: Heard, batch: Batch) -> Tensor:
    """The weighted sum of all tasks, a scalar."""
    count = len(CONCERNS)
    return (
        masked_cross_entropy(heard.labels[:, :count], batch.aims[:, :count])
        + 0.4 * masked_cross_entropy(heard.labels[:, count:], batch.aims[:, count:])
        + 0.05 * twins_apart(heard.labels, batch)
        + 0.2 * masked_cross_entropy(heard.auxiliary, batch.auxiliary)
        + 0.2 * marked(heard.tokens, batch)
    )
