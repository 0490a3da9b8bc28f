"""The network: a small encoder, one head per label that looks where it needs to, and one that marks the words.

Torch and transformers only; needed to train and to export, never to run.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from classifiers.corpus import AUXILIARY
from classifiers.labels import CONCERNS, LABELS


@dataclass(frozen=True, slots=True)
class Heard:
    """Raw scores (logits). Shapes: labels (B, 15), auxiliary (B, A), tokens (B, T, 8)."""

    labels: Tensor
    auxiliary: Tensor
    tokens: Tensor


class Neighbours(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """What each word is among its neighbours: two dilated convolutions, (B, T, width) → (B, T, hidden).

    Written as shifts and one matrix product each: integer kernels exist for the product.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(width, hidden)
        self.near = nn.Linear(hidden * 5, hidden)
        self.far = nn.Linear(hidden * 5, hidden)

    @staticmethod
    def _neighbours(x: Tensor, step: int) -> Tensor:
        size = x.shape[1]
        padded = nn.functional.pad(x, (0, 0, 2 * step, 2 * step))
        return torch.cat([padded[:, i * step : i * step + size] for i in range(5)], dim=-1)

    def look(self, hidden: Tensor, mask: Tensor) -> Tensor:
        seen = mask.unsqueeze(-1)
        x = nn.functional.gelu(self.narrow(hidden)) * seen
        x = x + nn.functional.gelu(self.near(self._neighbours(x, 1))) * seen
        return x + nn.functional.gelu(self.far(self._neighbours(x, 3))) * seen


class TokenHead(Neighbours):
    """Marks the words that carry each concern, from frozen hidden states, so that it cannot hurt the other heads."""

    def __init__(self, width: int, hidden: int = 128) -> None:
        super().__init__(width, hidden)
        self.out = nn.Linear(hidden, len(CONCERNS))

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        out: Tensor = self.out(self.look(hidden, mask))
        return out


class Gate(Neighbours):
    """What the embeddings alone say of each label, (B, 15), and whether that is enough: in a text where everything said is
    below its limit there is nothing to hear, and the layers above need not be asked.

    An early exit after BranchyNet (Teerapittayanon et al. 2016), taught with what the whole network says.
    """

    def __init__(self, width: int, hidden: int = 96) -> None:
        super().__init__(width, hidden)
        self.out = nn.Linear(2 * hidden, len(LABELS))
        self.register_buffer("limits", torch.full((len(LABELS),), -torch.inf))

    def forward(self, embedded: Tensor, mask: Tensor) -> Tensor:
        seen = mask.unsqueeze(-1)
        x = self.look(embedded, mask)
        mean = x.sum(1) / seen.sum(1).clamp(min=1.0)
        out: Tensor = self.out(torch.cat([mean, (x + (1.0 - seen) * -1e4).amax(1)], dim=-1))
        return out

    def unsure(self, said: Tensor) -> Tensor:
        """Whether anything in the batch may be heard: one truth value."""
        return (said >= self.limits).any()


class Tone(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """Encoder, pooled view (mean and max), label-wise attention (after CAML, Mullenbach et al. 2018), token head."""

    def __init__(self, encoder: nn.Module, width: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.looks = nn.Linear(width, len(LABELS), bias=False)
        self.weighs = nn.Parameter(torch.randn(len(LABELS), width) * 0.02)
        self.whole = nn.Linear(2 * width, len(LABELS))
        self.auxiliary = nn.Linear(2 * width, len(AUXILIARY))
        self.tokens = TokenHead(width)
        nn.init.normal_(self.looks.weight, std=0.02)

    def embed(self, ids: Tensor) -> Tensor:
        """What the first layer makes of each token, (B, T, width)."""
        embedded: Tensor = self.encoder.embeddings(input_ids=ids)
        return embedded

    def forward(self, ids: Tensor, mask: Tensor, embedded: Tensor | None = None) -> Heard:
        """``ids`` and ``mask``: (B, T) integers; the mask is 1 on tokens, 0 on padding. ``embedded`` is ``embed(ids)``,
        where the caller has it already."""
        seen = mask.to(torch.float32)
        if self.encoder.config.model_type == "bert":
            # Written out, so that tracing keeps it and onnxruntime's optimiser knows it for BERT's mask.
            wide = mask.unsqueeze(1).unsqueeze(2).expand(-1, 1, mask.shape[1], -1)
            inverted = 1.0 - wide.to(torch.float32)
            attended = inverted.masked_fill(inverted.to(torch.bool), -10000.0)
            first = self.embed(ids) if embedded is None else embedded
            hidden = self.encoder.encoder(first, attention_mask=attended).last_hidden_state.float()
        else:
            hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        away = (1.0 - seen).unsqueeze(-1) * -1e4
        mean = (hidden * seen.unsqueeze(-1)).sum(1) / seen.sum(1, keepdim=True).clamp(min=1.0)
        pooled = self.dropout(torch.cat([mean, (hidden + away).amax(1)], dim=-1))
        attention = torch.softmax(self.looks(hidden) + away, dim=1)
        looked = self.dropout(attention.transpose(1, 2) @ hidden)
        labels = self.whole(pooled) + (looked * self.weighs).sum(-1)
        return Heard(labels, self.auxiliary(pooled), self.tokens(hidden.detach(), seen))
