"""From torch weights to one quantised ONNX file. Needs the ``train`` extra."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from classifiers.model import Tone
from classifiers.train import base_folder


class Shipped(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """The heads that are shipped, as plain tensors."""

    def __init__(self, tone: Tone) -> None:
        super().__init__()
        self.tone = tone

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        heard = self.tone(ids, mask)
        return heard.labels, heard.tokens


def load(folder: Path, base: str) -> Tone:
    """The trained network in ``folder`` (``tone.pt``, ``tokenizer.json``), shaped like ``base``."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    config = AutoConfig.from_pretrained(base_folder(base), vocab_size=len(vocabulary))
    encoder = AutoModel.from_config(config, attn_implementation="eager", add_pooling_layer=False)
    tone = Tone(encoder, int(config.hidden_size))
    tone.load_state_dict(torch.load(folder / "tone.pt", weights_only=True))
    tone.eval()
    return tone


def write_float(tone: Tone, path: Path) -> None:
    """Write the network in single precision, its layers fused (attention, layer norm, GELU)."""
    ids = torch.ones((2, 8), dtype=torch.long)
    size = {0: "batch", 1: "size"}
    raw = path.with_suffix(".raw.onnx")
    torch.onnx.export(
        Shipped(tone).eval(),
        (ids, torch.ones_like(ids)),
        str(raw),
        input_names=["ids", "mask"],
        output_names=["labels", "tokens"],
        dynamic_axes={"ids": size, "mask": size, "labels": {0: "batch"}, "tokens": size},
        opset_version=17,
        dynamo=False,
    )
    config = tone.encoder.config
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


def write_integer(source: Path, path: Path) -> None:
    """Quantise to int8: weights per channel and to seven bits, activations as they come (MatMulInteger).

    Seven bits (``reduce_range``) keep processors without VNNI from overflowing 16-bit sums.
    """
    quantize_dynamic(
        str(source),
        str(path),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
