"""Training, on a network small enough for a test. Needs torch and transformers (the ``train`` extra); see conftest.py."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer

from classifiers import corpus, train
from classifiers.average import average
from classifiers.batches import batches, collate, encode
from classifiers.labels import CONCERNS, LABELS
from classifiers.lessons import rehearse
from classifiers.losses import marked, masked_cross_entropy, twins_apart
from classifiers.model import Tone
from classifiers.reopen import load_into, stored
from classifiers.runtime import OnnxClassifier
from classifiers.vocabulary import keeps, prune

pytestmark = pytest.mark.train
TOKENIZER = Path(str(resources.files("classifiers") / "weights" / "tone" / "tokenizer.json"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


@pytest.fixture(scope="module")
def examples() -> list[corpus.Example]:
    return corpus.own(["t1"])[:60]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A two-layer encoder of random weights, saved as a hub folder would be."""
    config = transformers.BertConfig(
        vocab_size=len(json.loads(TOKENIZER.read_text())["model"]["vocab"]), hidden_size=24, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=48,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(tmp_path / "base")
    (tmp_path / "base" / "tokenizer.json").write_text(TOKENIZER.read_text())
    return tmp_path / "base"


def test_tokens_under_a_span_are_marked(tokenizer: Tokenizer) -> None:
    text = "Fine. You never learn."
    labels = dict.fromkeys(LABELS, 0.0) | {"assumption": 1.0}
    item = encode(corpus.Example(text, labels, ((6, 21),)), tokenizer)
    words = [tokenizer.id_to_token(i) for i in item.ids]
    assert item.tokens is not None
    assert [w for w, t in zip(words, item.tokens, strict=True) if t] == ["you", "never", "learn"]


def test_one_pass_holds_every_example_once_and_twins_together(
    tokenizer: Tokenizer, examples: list[corpus.Example]
) -> None:
    items = [encode(e, tokenizer) for e in examples]
    found = list(batches(items, seed=3, most_items=8))
    assert sorted(map(id, (i for b in found for i in b))) == sorted(map(id, items))
    assert [[i.ids for i in b] for b in found] == [[i.ids for i in b] for b in batches(items, seed=3, most_items=8)]
    for batch in found:
        pairs = [item.pair for item in batch if item.pair]
        assert all(pairs.count(pair) == 2 for pair in pairs)


def test_losses_ignore_what_is_unknown(tokenizer: Tokenizer, examples: list[corpus.Example]) -> None:
    nan = torch.full((2, 3), float("nan"))
    assert float(masked_cross_entropy(torch.ones(2, 3), nan)) == 0.0
    batch = collate([encode(e, tokenizer) for e in examples[:6]])
    assert len(batch.twins) >= 1
    scores = torch.zeros((6, len(LABELS)))
    right = scores.clone()
    right[:, : len(CONCERNS)] = torch.nan_to_num(batch.labels[:, : len(CONCERNS)]) * 20
    assert float(twins_apart(right, batch)) < float(twins_apart(scores, batch))
    good = torch.nan_to_num(batch.tokens).unsqueeze(-1).expand(-1, -1, len(CONCERNS)) * 20 - 10
    assert float(marked(good, batch)) < 0.01


def test_padding_does_not_change_what_is_heard(base: Path, tokenizer: Tokenizer) -> None:
    model = train.build(str(base), TOKENIZER.read_text(), list(range(len(tokenizer.get_vocab())))).eval()
    items = [
        encode(corpus.Example(t, {}), tokenizer) for t in ("No.", "thanks, but could you explain why this is needed?")
    ]
    together, alone = collate(items), collate(items[:1])
    with torch.inference_mode():
        a, b = model(together.ids, together.mask), model(alone.ids, alone.mask)
    assert torch.allclose(a.labels[0], b.labels[0], atol=1e-5)
    assert torch.allclose(a.tokens[0, : alone.ids.shape[1]], b.tokens[0], atol=1e-5)


def test_the_token_head_cannot_move_the_encoder(base: Path, tokenizer: Tokenizer) -> None:
    model = train.build(str(base), TOKENIZER.read_text(), list(range(len(tokenizer.get_vocab()))))
    batch = collate([encode(corpus.Example("No.", {}), tokenizer)])
    model(batch.ids, batch.mask).tokens.sum().backward()
    assert all(p.grad is None or not p.grad.any() for p in model.encoder.parameters())


def test_an_interrupted_training_ends_as_an_uninterrupted_one(
    base: Path, tmp_path: Path, examples: list[corpus.Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "gather", lambda args: (examples, [], [], [], []))
    monkeypatch.setattr(train, "EVERY", 1)

    def run(out: str) -> dict[str, torch.Tensor]:
        args = ["--out", str(tmp_path / out), "--base", str(base), "--epochs", "2", "--no-bfloat16"]
        train.train(train.arguments().parse_args(args))
        found: dict[str, torch.Tensor] = torch.load(tmp_path / out / "tone.pt", weights_only=True)
        return found

    whole = run("whole")
    saves = 0
    save = torch.save

    def stops(what: object, where: object) -> None:
        nonlocal saves
        save(what, where)
        saves += 1
        if saves == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", stops)
    with pytest.raises(KeyboardInterrupt):
        run("halves")
    monkeypatch.setattr(torch, "save", save)
    halves = run("halves")
    assert whole.keys() == halves.keys()
    assert all(torch.equal(whole[name], halves[name]) for name in whole)


def test_an_exported_file_opens_again_as_the_network_it_was_made_of(tokenizer: Tokenizer) -> None:
    config = transformers.BertConfig(
        vocab_size=len(tokenizer.get_vocab()), hidden_size=384, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=1536, attn_implementation="eager",
    )  # fmt: skip
    tone = Tone(transformers.BertModel(config, add_pooling_layer=False), 384).eval()
    load_into(tone, TOKENIZER.parent / "model.onnx")
    # In both there is something to hear: of others the gate speaks alone.
    texts = ["So simple my grandmother could review it.", "You clearly never ran this."]
    expected = OnnxClassifier(TOKENIZER.parent).scores(texts)
    for text, scores in zip(texts, expected, strict=True):
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            again = tone(ids, torch.ones_like(ids)).labels[0].numpy()
        assert abs(again - scores).max() < 1.0  # logits; what int8 rounds while it runs


def test_averaged_weights_lie_between_what_was_learnt_and_its_parent(tmp_path: Path) -> None:
    weights = TOKENIZER.parent
    parent = stored(weights / "model.onnx")
    (tmp_path / "run").mkdir()
    torch.save({name: value + 1 for name, value in parent.items()}, tmp_path / "run" / "tone.pt")
    (tmp_path / "run" / "tokenizer.json").write_text("{}")
    (tmp_path / "run" / "report.json").write_text('{"real": true}')
    average(tmp_path / "run", weights, tmp_path / "out", 0.75)
    found = torch.load(tmp_path / "out" / "tone.pt", weights_only=True)
    assert all(torch.allclose(found[name], parent[name] + 0.75) for name in parent)
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == {"real": True, "averaged_with_begin": 0.75}


def test_trained_weights_may_be_averaged_with_trained_ones(tmp_path: Path) -> None:
    for name, value in (("run", 3.0), ("begun", 1.0)):
        (tmp_path / name).mkdir()
        torch.save({"looks": torch.full((2,), value)}, tmp_path / name / "tone.pt")
        (tmp_path / name / "tokenizer.json").write_text("{}")
        (tmp_path / name / "report.json").write_text("{}")
    average(tmp_path / "run", tmp_path / "begun", tmp_path / "out", 0.5)
    assert torch.load(tmp_path / "out" / "tone.pt", weights_only=True)["looks"].tolist() == [2.0, 2.0]


def test_a_rehearsal_keeps_texts_with_their_rewrites(tokenizer: Tokenizer, examples: list[corpus.Example]) -> None:
    items = [encode(e, tokenizer) for e in examples]
    found = rehearse(items, 0.5, epoch=1, seed=3)
    pairs = [item.pair for item in found if item.pair]
    assert 0 < len(found) < len(items)
    assert all(pairs.count(pair) == 2 for pair in pairs)
    assert [i.ids for i in found] != [i.ids for i in rehearse(items, 0.5, epoch=2, seed=3)]


def test_a_pruned_vocabulary_reads_english_as_before(tokenizer: Tokenizer) -> None:
    pruned, kept = prune(TOKENIZER.read_text())
    again = Tokenizer.from_str(pruned)
    text = "you've clearly never used lockdep, NACK! :)"
    assert [kept[i] for i in again.encode(text).ids] == tokenizer.encode(text).ids
    assert keeps("[CLS]")
    assert not keeps("[unused3]")
    assert not keeps("語")
