"""Weights back out of an exported file, to go on learning from them. Needs the ``train`` extra.

What int8 rounded away stays away, which costs a few thousandths of F1 and is learnt again in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifiers.cascade import flat
from classifiers.model import Tone

Arrays = dict[str, NDArray[Any]]
_ATTENTION = ("query", "key", "value")


def stored(path: Path) -> dict[str, Tensor]:
    """Every parameter in the file that ``classifiers.graph`` wrote, by its name in :class:`classifiers.model.Tone`."""
    nodes, weights = flat(onnx.load(str(path)))
    found: Arrays = {i.name: onnx.numpy_helper.to_array(i) for i in weights}
    return {name: torch.tensor(value) for name, value in _parameters(nodes, found)}


def load_into(tone: Tone, path: Path) -> None:
    """Put the parameters of ``path`` into ``tone``; the side tasks' head, which is never shipped, stays as it is.

    Raises ``ValueError`` where the file lacks a parameter or one is of another shape.
    """
    weights = stored(path)
    own = tone.state_dict()
    lacking = [n for n in own if n not in weights and not n.startswith("auxiliary.") and "position_ids" not in n]
    if lacking or any(own[name].shape != value.shape for name, value in weights.items()):
        raise ValueError(f"{path} is not an export of this network: {', '.join(lacking) or 'other sizes'}.")
    tone.load_state_dict(own | weights)


def _parameters(nodes: Sequence[onnx.NodeProto], found: Arrays) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for name, value in found.items():
        if name.startswith("tone.") and value.dtype == np.float32 and not name.endswith("_scale"):
            yield name.removeprefix("tone."), value
        elif name.startswith("tone.encoder.embeddings.") and name.endswith("_quantized"):
            yield name.removeprefix("tone.").removesuffix("_quantized"), _floats(found, name.removesuffix("_quantized"))
    for node in nodes:
        if node.op_type == "QAttention":
            number = node.name.split("_")[1]
            weights = np.split(_floats(found, f"Attention_{number}_qkv_weight"), 3, axis=1)
            biases = np.split(found[f"Attention_{number}_qkv_bias"].astype(np.float32), 3)
            for part, weight, bias in zip(_ATTENTION, weights, biases, strict=True):
                place = f"encoder.encoder.layer.{number}.attention.self.{part}"
                yield f"{place}.weight", weight.T
                yield f"{place}.bias", bias
        elif node.op_type in ("MatMulInteger", "MatMul") and node.input[1] not in found:
            base = node.input[1].removesuffix("_whole")  # stored small, multiplied in single precision
            if f"{base}_int8" in found:
                yield _place(node.name), (found[f"{base}_int8"] * found[f"{base}_scale"]).astype(np.float32).T
        elif node.op_type == "MatMulInteger":
            yield _place(node.name), _floats(found, node.input[1].removesuffix("_quantized")).T


def _floats(found: Arrays, name: str) -> NDArray[np.float32]:
    """``scale · (small - zero point)``, per column or for the whole matrix."""
    small, zero = (found[f"{name}_{kind}"].astype(np.float32) for kind in ("quantized", "zero_point"))
    floats: NDArray[np.float32] = (small - zero) * found[f"{name}_scale"]
    return floats


def _place(node: str) -> str:
    """``/tone/looks/MatMul_quant`` → ``looks.weight``; layers are called past the encoder that they belong to."""
    name = ".".join(node.strip("/").split("/")[1:-1]) + ".weight"
    return f"encoder.{name}" if name.startswith("encoder.layer.") else name
