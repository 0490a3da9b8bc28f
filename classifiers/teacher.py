"""What a larger network says of a text, kept in a file, for a small one to learn from (Hinton et al. 2015)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.corpus import key

Probabilities = NDArray[np.float32]


def _logit(p: Probabilities) -> Probabilities:
    sure = np.clip(p, 1e-4, 1 - 1e-4)
    return (np.log(sure) - np.log1p(-sure)).astype(np.float32)


def _squash(z: Probabilities) -> Probabilities:
    return (1 / (1 + np.exp(-z))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Teacher:
    """``said``: probabilities (15,) by :func:`classifiers.corpus.key`. ``trust``: their weight where labels are known."""

    said: Mapping[str, Probabilities]
    trust: float

    @classmethod
    def load(cls, path: Path, trust: float) -> Teacher:
        with np.load(path) as saved:
            return cls(dict(zip(saved["keys"].tolist(), saved["said"].astype(np.float32), strict=True)), trust)

    def save(self, path: Path) -> None:
        said = np.stack(list(self.said.values())).astype(np.float16)
        np.savez_compressed(path, keys=np.array(list(self.said)), said=said)

    def beside(self, other: Teacher, share: float) -> Teacher:
        """What both say, as the mean of their logits, ``share`` of it the other's; this one alone where it alone speaks."""
        mixed = {
            k: _squash((1 - share) * _logit(p) + share * _logit(other.said[k]))
            for k, p in self.said.items()
            if k in other.said
        }
        return Teacher({**self.said, **mixed}, self.trust)

    def aims(self, text: str, labels: Sequence[float]) -> list[float]:
        """Probabilities to learn: label and teacher mixed; the teacher alone where no label is known (NaN)."""
        said = self.said.get(key(text))
        if said is None:
            return list(labels)
        return [
            float(p) if math.isnan(known) else (1 - self.trust) * known + self.trust * float(p)
            for known, p in zip(labels, said, strict=True)
        ]
