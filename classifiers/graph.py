"""From torch weights to one quantised ONNX file. Needs the ``train`` extra."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from classifiers.batches import LONGEST
from classifiers.cascade import joined
from classifiers.model import Gate, Tone
from classifiers.reopen import load_into
from classifiers.text import own_words
from classifiers.train import base_folder

EXACT: Final = (0, 1, 2)
"""Layers whose feed-forward output is multiplied in single precision."""


class Shipped(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """The heads that are shipped, as plain tensors, and what the text is about: ``meaning`` (B, W), of length one. Last
    comes what they are made from, the embeddings.

    The meaning is the mean of the encoder's first layer, its embeddings, around ``centre``. Deeper ones have learnt to set
    a text apart from its rewrite: of the held-out writers' pairs, text and rewrite are nearer than text and another's
    rewrite in 96 % by the first layer, in 62 % by the last.
    """

    def __init__(self, tone: Tone, centre: Tensor | None = None) -> None:
        super().__init__()
        self.tone = tone
        self.register_buffer("centre", centre if centre is not None else torch.zeros(tone.looks.in_features))

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        embedded = self.tone.embed(ids)
        heard = self.tone(ids, mask, embedded)
        about = nn.functional.normalize(mean(embedded, mask) - self.centre, dim=-1)
        return heard.labels, heard.tokens, about, embedded


class FirstLook(nn.Module):  # type: ignore[misc,unused-ignore]
    """What the gate says of embeddings (B, T, W), and whether it is unsure."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        said = self.gate(embedded, mask.to(torch.float32))
        return said, self.gate.unsure(said)


def mean(embedded: Tensor, mask: Tensor) -> Tensor:
    """The mean embedding of each text."""
    seen = mask.to(torch.float32).unsqueeze(-1)
    return (embedded * seen).sum(1) / seen.sum(1).clamp(min=1.0)


def centred(tone: Tone, tokenizer: Tokenizer, texts: Sequence[str]) -> Shipped:
    """The heads, with the mean over ``texts`` as the centre of what texts are about."""
    with torch.inference_mode():
        ids = (torch.tensor([tokenizer.encode(own_words(text).text).ids[:LONGEST]]) for text in texts)
        means = [mean(tone.embed(one), torch.ones_like(one))[0] for one in ids]
    return Shipped(tone, torch.stack(means).mean(0).clone())


def load(folder: Path, base: str) -> Tone:
    """The trained network in ``folder``, shaped like ``base``: ``tone.pt``, or the exported ``model.onnx`` as floats."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    config = AutoConfig.from_pretrained(base_folder(base), vocab_size=len(vocabulary))
    encoder = AutoModel.from_config(config, attn_implementation="eager", add_pooling_layer=False)
    tone = Tone(encoder, int(config.hidden_size))
    if (folder / "tone.pt").exists():
        tone.load_state_dict(torch.load(folder / "tone.pt", weights_only=True))
    else:
        load_into(tone, folder / "model.onnx")
    tone.eval()
    return tone


def load_gate(path: Path, tone: Tone) -> Gate:
    """The gate that ``classifiers.gate`` taught to go before ``tone``."""
    gate = Gate(int(tone.encoder.config.hidden_size))
    gate.load_state_dict(torch.load(path, weights_only=True))
    gate.eval()
    return gate


SIZE: Final = {0: "batch", 1: "size"}
OUTPUTS: Final = {"labels": {0: "batch"}, "tokens": SIZE, "meaning": {0: "batch"}, "embedded": SIZE}


def write_float(module: nn.Module, config: Any, path: Path, outputs: Mapping[str, dict[int, str]] = OUTPUTS) -> None:
    """Write ``module`` of ids and mask in single precision; BERT's layers are fused (attention, layer norm, GELU)."""
    ids = torch.ones((2, 8), dtype=torch.long)
    raw = path.with_suffix(".raw.onnx")
    torch.onnx.export(
        module.eval(),
        (ids, torch.ones_like(ids)),
        str(raw),
        input_names=["ids", "mask"],
        output_names=list(outputs),
        dynamic_axes={"ids": SIZE, "mask": SIZE, **outputs},
        opset_version=17,
        dynamo=False,
    )
    if config.model_type != "bert":
        raw.replace(path)
        return
    options = FusionOptions("bert")
    fused = optimize_model(
        str(raw),
        "bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
        optimization_options=options,
    )
    fused.save_model_to_file(str(path))
    raw.unlink()


def write_gate(gate: Gate, deep: Path) -> None:
    """Put ``gate`` before the quantised network in the file ``deep``."""
    width = gate.narrow.in_features
    look, path = FirstLook(gate).eval(), deep.with_suffix(".gate.onnx")
    torch.onnx.export(
        look,
        (torch.zeros((2, 8, width)), torch.ones((2, 8), dtype=torch.long)),
        str(path),
        input_names=["embedded", "mask"],
        output_names=["said", "unsure"],
        dynamic_axes={"embedded": SIZE, "mask": SIZE, "said": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    model = joined(onnx.load(str(deep)), onnx.load(str(path)))
    onnx.checker.check_model(model)
    onnx.save(model, str(deep))
    path.unlink()


def weights_only(model: onnx.ModelProto, part: str) -> str:
    """Store the matrix of the one product whose name holds ``part`` as int8 per column, but multiply in single precision."""
    node = next(n for n in model.graph.node if n.op_type == "MatMul" and part in n.name)
    stored = next(i for i in model.graph.initializer if i.name == node.input[1])
    matrix = onnx.numpy_helper.to_array(stored)
    scale = np.maximum(np.abs(matrix).max(0), 1e-8).astype(np.float32) / 127
    small = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
    names = [f"{stored.name}_{kind}" for kind in ("int8", "scale", "whole")]
    model.graph.initializer.remove(stored)
    model.graph.initializer.extend(
        [onnx.numpy_helper.from_array(small, names[0]), onnx.numpy_helper.from_array(scale, names[1])]
    )
    model.graph.node.insert(0, onnx.helper.make_node("DequantizeLinear", names[:2], names[2:], axis=1))
    node.input[1] = names[2]
    return str(node.name)


def write_integer(source: Path, path: Path, depths: Sequence[int] = EXACT) -> None:
    """Quantise to int8: weights per channel and to seven bits, activations as they come (MatMulInteger).

    Seven bits (``reduce_range``) keep processors without VNNI from overflowing 16-bit sums. In the layers ``depths``, what
    GELU leaves has outliers that one scale cannot hold: there only the weights are small, the product is exact.
    """
    model = onnx.load(str(source))
    exact = [weights_only(model, f"layer.{depth}/output/dense/MatMul") for depth in depths]
    half = path.with_suffix(".half.onnx")
    onnx.save(model, str(half))
    quantize_dynamic(
        str(half),
        str(path),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=exact,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    half.unlink()
