"""What is known about a set of weights: ``manifest.json``, read and held to account. Standard library only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classifiers import Unfit
from classifiers.labels import LABELS

FORMAT: Final = 1
NEVER: Final = 1.01
"""A similarity that no two texts reach."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """``curves``: per concern, ``(tolerance per 1,000, threshold)`` by rising tolerance. ``slopes`` and ``intercepts``: per
    label, in label order, probability = sigmoid(slope · score + intercept). ``golden``: texts with the probabilities they
    had at export, and ``margin``, by how much they may differ elsewhere. ``meaning``: the similarity from which two texts
    say the same; above 1 where it was not measured."""

    model: str
    curves: Mapping[str, tuple[tuple[float, float], ...]]
    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]
    marking: Mapping[str, float]
    golden: tuple[tuple[str, Mapping[str, float]], ...]
    margin: float
    meaning: float = NEVER

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read ``folder/manifest.json`` and compare the files' digests with it. Raises :class:`Unfit`."""
        path = folder / "manifest.json"
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Unfit(
                f"{path} cannot be read ({error}). Reinstall the package, or run python -m classifiers.export."
            ) from error
        if data.get("format") != FORMAT or tuple(data.get("labels", ())) != LABELS:
            raise Unfit(
                f"{path} was written for other labels or an older format. Run python -m classifiers.export again."
            )
        for name, expected in data["files"].items():
            if not (folder / name).is_file() or digest(folder / name) != expected:
                raise Unfit(
                    f"{folder / name} is not the file that was exported. Reinstall the package, or export again."
                )
        return cls(
            model=f"{data['name']}-{data['version']}+{data['files']['model.onnx'][:8]}",
            curves={
                label: tuple((float(t), float(p)) for t, p in points) for label, points in data["tolerance"].items()
            },
            slopes=tuple(data["calibration"][label]["slope"] for label in LABELS),
            intercepts=tuple(data["calibration"][label]["intercept"] for label in LABELS),
            marking=data["marking"],
            golden=tuple((row["text"], row["p"]) for row in data["golden"]),
            margin=float(data["golden_margin"]),
            meaning=float(data.get("meaning", {}).get("threshold", NEVER)),
        )
