"""From torch weights to one quantised ONNX file. Needs the ``train`` extra."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from classifiers.batches import LONGEST
from classifiers.model import Tone
from classifiers.text import own_words
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


class Smoothed(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """A linear layer that takes its inputs scaled per channel, its weights scaled back: the same product.

    One scale for all activations wastes int8 on a few loud channels; part of their loudness moves into the weights, which
    have a scale per row (SmoothQuant, Xiao et al. 2023, alpha = .5).
    """

    def __init__(self, dense: nn.Linear, loudest: Tensor, alpha: float = 0.5) -> None:
        super().__init__()
        weights = dense.weight.detach().abs().amax(0).clamp(min=1e-4)
        scale = (loudest.clamp(min=1e-3) ** alpha / weights ** (1 - alpha)).clamp(min=1e-3)
        self.inverse = nn.Parameter(1.0 / scale, requires_grad=False)
        self.dense = nn.Linear(dense.in_features, dense.out_features)
        self.dense.weight.data = dense.weight.detach() * scale
        self.dense.bias.data = dense.bias.detach().clone()

    def forward(self, x: Tensor) -> Tensor:
        """``x`` is (…, in); the result (…, out)."""
        return self.dense(x * self.inverse)


def smooth(tone: Tone, tokenizer: Path, texts: Sequence[str]) -> None:
    """Smooth the second half of every feed-forward block, where GELU leaves outliers, after a look at ``texts``."""
    reader = Tokenizer.from_file(str(tokenizer))
    layers = [layer.output for layer in tone.encoder.encoder.layer]
    loudest = [torch.zeros(layer.dense.in_features) for layer in layers]

    def listen(number: int) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def note(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            loudest[number] = torch.maximum(loudest[number], inputs[0].detach().abs().flatten(0, -2).amax(0))

        return note

    handles = [layer.dense.register_forward_pre_hook(listen(i)) for i, layer in enumerate(layers)]
    with torch.inference_mode():
        for text in texts:
            ids = torch.tensor([reader.encode(own_words(text).text).ids[:LONGEST]])
            tone(ids, torch.ones_like(ids))
    for handle, layer, found in zip(handles, layers, loudest, strict=True):
        handle.remove()
        layer.dense = Smoothed(layer.dense, found)


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
