"""Scores of public comments that ship with the weights: how harmless comments and each concern score with them.

There is no text in them, no author and no link, and none of it was trained on. ``classifiers.reference`` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.vectors import Vectors

WEIGHTS: Final = Path(__file__).parent / "weights" / "tone"
FILE: Final = "reference.npz"


@dataclass(frozen=True)
class Reference:
    """``harmless``: real review comments without a concern; where ``measured``, the tolerance curves were counted on them.

    ``labelled``: comments labelled by our guide, ``truth`` (comments, concerns) what they carry; where ``real``, they
    were written in real reviews, else for this project.
    """

    model: str
    harmless: Vectors
    measured: NDArray[np.bool_]
    labelled: Vectors
    truth: NDArray[np.bool_]
    real: NDArray[np.bool_]

    @property
    def history(self) -> Vectors:
        """The real comments of both kinds, as a project's own would be."""
        return np.concatenate([self.harmless, self.labelled[self.real & self.truth.any(axis=1)]])


def load(folder: Path = WEIGHTS) -> Reference | None:
    """What was shipped with the weights in ``folder``; ``None`` where nothing was."""
    path = folder / FILE
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as found:
        parts = {name: found[name] for name in ("harmless", "measured", "labelled", "truth", "real")}
        return Reference(str(found["model"]), **parts)


def save(reference: Reference, folder: Path) -> Path:
    path = folder / FILE
    np.savez_compressed(
        path,
        model=np.array(reference.model),
        harmless=reference.harmless,
        measured=reference.measured,
        labelled=reference.labelled,
        truth=reference.truth,
        real=reference.real,
    )
    return path
