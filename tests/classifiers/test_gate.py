"""The gate before the network, on a network small enough for a test. Needs the ``train`` extra; see conftest.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import transformers
from numpy.typing import NDArray

from classifiers import gate as lessons
from classifiers import graph
from classifiers.cascade import UNHEARD, WHOLE
from classifiers.labels import CONCERNS, LABELS
from classifiers.model import Gate, Tone
from classifiers.reopen import load_into

pytestmark = pytest.mark.train
VOCABULARY = 60
IDS = np.array([[2, 7, 9, 11, 3], [2, 8, 3, 0, 0]], dtype=np.int64)
MASK = (IDS != 0).astype(np.int64)


@pytest.fixture(scope="module")
def tone() -> Tone:
    torch.manual_seed(5)
    config = transformers.BertConfig(
        vocab_size=VOCABULARY, hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        attn_implementation="eager",
    )  # fmt: skip
    made = Tone(transformers.BertModel(config, add_pooling_layer=False), 24).eval()
    for value in made.parameters():  # equal ones would be stored once
        torch.nn.init.normal_(value, std=0.05)
    return made


@pytest.fixture(scope="module")
def plain(tone: Tone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quantised network without a gate."""
    folder = tmp_path_factory.mktemp("plain")
    graph.write_float(graph.Shipped(tone), tone.encoder.config, folder / "float.onnx")
    graph.write_integer(folder / "float.onnx", folder / "model.onnx", depths=(0,))
    return folder / "model.onnx"


def gated(plain: Path, to: Path, limit: float) -> tuple[Gate, onnxruntime.InferenceSession]:
    torch.manual_seed(6)
    gate = Gate(24).eval()
    gate.limits = torch.full((len(LABELS),), limit)
    shutil.copyfile(plain, to / "model.onnx")
    graph.write_gate(gate, to / "model.onnx")
    return gate, onnxruntime.InferenceSession(str(to / "model.onnx"))


def run(session: onnxruntime.InferenceSession, *wanted: str, **more: NDArray[Any]) -> list[NDArray[np.float32]]:
    found: list[NDArray[np.float32]] = session.run(list(wanted), {"ids": IDS, "mask": MASK, **more})
    return found


def test_where_the_gate_is_unsure_the_network_speaks_as_before(plain: Path, tmp_path: Path) -> None:
    _, session = gated(plain, tmp_path, -1e9)
    before = onnxruntime.InferenceSession(str(plain))
    wanted = ("labels", "tokens", "meaning")
    for a, b in zip(run(session, *wanted), run(before, *wanted), strict=True):
        assert np.array_equal(a, b)


def test_where_it_is_sure_it_speaks_alone_and_no_word_is_marked(tone: Tone, plain: Path, tmp_path: Path) -> None:
    gate, session = gated(plain, tmp_path, 1e9)
    labels, tokens = run(session, "labels", "tokens")
    with torch.inference_mode():
        said = gate(tone.embed(torch.tensor(IDS)), torch.tensor(MASK, dtype=torch.float32)).numpy()
    assert np.allclose(labels, said, atol=0.05)  # its embeddings are small integers
    assert tokens.shape == (*IDS.shape, len(CONCERNS))
    assert (tokens == UNHEARD).all()


def test_for_the_meaning_nothing_above_the_embeddings_is_asked(plain: Path, tmp_path: Path) -> None:
    _, session = gated(plain, tmp_path, -1e9)
    below = {WHOLE: np.array(False)}
    assert np.array_equal(run(session, "meaning", **below)[0], run(session, "meaning")[0])
    assert (run(session, "tokens", **below)[0] == UNHEARD).all()


def test_a_gated_file_opens_again_as_the_network_behind_the_gate(tone: Tone, plain: Path, tmp_path: Path) -> None:
    gated(plain, tmp_path, 0.0)
    again, other = (Tone(transformers.BertModel(tone.encoder.config, add_pooling_layer=False), 24) for _ in range(2))
    load_into(again, plain)
    load_into(other, tmp_path / "model.onnx")
    for name, value in again.state_dict().items():
        assert name.startswith("auxiliary.") or torch.equal(value, other.state_dict()[name])


def test_limits_keep_nearly_all_that_is_heard() -> None:
    torch.manual_seed(7)
    said = torch.randn((2000, len(CONCERNS)))
    guess = said + 0.3 * torch.randn(said.shape)
    edges = torch.full((len(CONCERNS),), 2.0)
    found = lessons.limits(said, guess, edges, 0.99)
    loud = (said >= edges).any(dim=1)
    asked = (guess >= found).any(dim=1)
    assert asked[loud].float().mean() >= 0.98
    assert asked[~loud].float().mean() < 0.8
