"""The shipped weights, as the service runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import Classifier, Unfit
from classifiers.labels import CONCERNS, STRENGTHS
from classifiers.runtime import OnnxClassifier
from classifiers.text import own_words

WEIGHTS = Path(str(resources.files("classifiers") / "weights" / "tone"))


@pytest.fixture(scope="module")
def classifier() -> OnnxClassifier:
    return OnnxClassifier.load()


def test_it_is_a_classifier(classifier: OnnxClassifier) -> None:
    known: Classifier = classifier
    name, digest = known.model.split("+")
    assert name.startswith("tone-")
    assert len(digest) == 8


def test_every_label_is_there_in_order(classifier: OnnxClassifier) -> None:
    verdict = classifier.judge(["Did you even read the docs?"])[0]
    assert tuple(verdict.concerns) == CONCERNS
    assert tuple(verdict.strengths) == STRENGTHS
    for p in (*verdict.concerns.values(), *verdict.strengths.values()):
        assert type(p) is float
        assert 0 <= p <= 1
        assert p == round(p, 4)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Even an intern would have seen this. Amateur hour.", "belittling"),
        ("Wait, you've never heard of git bisect?!", "feigned_surprise"),
        ("Well, actually it's called GNU/Linux, not Linux.", "well_actually"),
        ("Haven't read the code, but you should just rewrite it in Rust.", "backseat_driving"),
        ("So simple that my grandmother could review it.", "subtle_ism"),
        ("No. I don't want this.", "bare_opposition"),
        ("You clearly didn't test this, you just want it merged.", "assumption"),
        ("Shut up and stop wasting my time, idiot.", "hostility"),
    ],
)
def test_plain_cases_are_heard(classifier: OnnxClassifier, text: str, label: str) -> None:
    assert classifier.judge([text])[0].concerns[label] >= 0.5


@pytest.mark.parametrize("text", ["", "   \n", "> you are an idiot", "```\nidiot\n```", "...", "\u200b"])
def test_without_own_words_nothing_is_heard(classifier: OnnxClassifier, text: str) -> None:
    verdict = classifier.judge([text])[0]
    assert verdict.known_language
    assert set(verdict.concerns.values()) == set(verdict.strengths.values()) == {0.0}
    assert verdict.spans == ()


def test_another_language_is_not_judged(classifier: OnnxClassifier) -> None:
    verdict = classifier.judge(["Das ist doch völliger Unsinn, hast du das überhaupt getestet?"])[0]
    assert not verdict.known_language
    assert not verdict.concerns
    assert not verdict.strengths


def test_spans_lie_in_the_writers_own_words(classifier: OnnxClassifier) -> None:
    text = (
        "> you are an idiot\n\nThe loop is fine.\n\n```\nyou are an idiot\n```\nDid you even read the docs, you fool?"
    )
    verdict = classifier.judge([text])[0]
    assert verdict.spans
    for span in verdict.spans:
        assert 0 <= span.start < span.end <= len(text)
        assert "idiot" not in text[span.start : span.end]
        assert verdict.concerns[span.label] > 0
    assert list(verdict.spans) == sorted(verdict.spans, key=lambda s: (s.start, s.end, s.label))


def test_a_verdict_does_not_depend_on_its_neighbours(classifier: OnnxClassifier) -> None:
    texts = ["No.", "thanks, nice work! " * 20, "Did you even read this?", "x"]
    together = classifier.judge(texts)
    assert together == [classifier.judge([text])[0] for text in texts]


def test_threads_get_the_same_answers(classifier: OnnxClassifier) -> None:
    texts = [f"Did you even test case {i}?" for i in range(24)]
    expected = classifier.judge(texts)
    with ThreadPoolExecutor(6) as pool:
        assert [v for part in pool.map(lambda t: classifier.judge([t]), texts) for v in part] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), max_size=4))
def test_any_unicode_gets_a_verdict(texts: list[str]) -> None:
    classifier = _shared()
    verdicts = classifier.judge(texts)
    assert len(verdicts) == len(texts)
    for text, verdict in zip(texts, verdicts, strict=True):
        assert all(0 <= s.start < s.end <= len(text) for s in verdict.spans)


def _shared() -> OnnxClassifier:
    if not hasattr(_shared, "one"):
        _shared.one = OnnxClassifier.load(check_golden=False)  # type: ignore[attr-defined]
    found: OnnxClassifier = _shared.one  # type: ignore[attr-defined]
    return found


def test_very_long_texts_take_seconds(classifier: OnnxClassifier) -> None:
    text = "You never test this, please read it again before you push. " * 1100
    assert len(text) > 60_000
    began = time.perf_counter()
    classifier.judge([text] * 4)
    assert time.perf_counter() - began < 10


def test_an_aside_in_a_long_review_is_heard(classifier: OnnxClassifier) -> None:
    kind = "Thanks for the patch, the tests look good and I like the new structure of the module. "
    verdict = classifier.judge([kind * 14 + "Stop wasting my time, you idiot. " + kind * 14])[0]
    assert verdict.concerns["hostility"] >= 0.5
    assert any("idiot" in (kind * 14 + "Stop wasting my time, you idiot. ")[s.start : s.end] for s in verdict.spans)


def test_thresholds_follow_tolerance(classifier: OnnxClassifier) -> None:
    for label in CONCERNS:
        levels = [classifier.threshold(label, t) for t in (0, 0.01, 0.125, 1, 10, 100)]
        assert levels[0] > 1
        assert levels == sorted(levels, reverse=True)
    with pytest.raises(KeyError):
        classifier.threshold("rudeness", 1.0)


def _copy(to: Path) -> Path:
    shutil.copytree(WEIGHTS, to / "tone")
    return to / "tone"


def test_a_changed_file_is_unfit(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "tokenizer.json").write_text((folder / "tokenizer.json").read_text() + " ")
    with pytest.raises(Unfit, match="not the file that was exported"):
        OnnxClassifier.load(folder)


def test_other_scores_than_at_export_are_unfit(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["golden"][0]["p"]["hostility"] = 1 - manifest["golden"][0]["p"]["hostility"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Unfit, match="another onnxruntime"):
        OnnxClassifier.load(folder)
    OnnxClassifier.load(folder, check_golden=False)


def test_missing_weights_are_unfit(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="Reinstall"):
        OnnxClassifier.load(tmp_path)


def test_the_weights_are_small_and_the_run_time_needs_no_torch() -> None:
    assert sum(p.stat().st_size for p in WEIGHTS.iterdir()) <= 25_000_000
    program = (
        "import sys, classifiers.runtime; sys.exit(any(m in sys.modules for m in ('torch', 'transformers', 'onnx')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_own_words_and_weights_agree_on_hidden_spelling(classifier: OnnxClassifier) -> None:
    plain, hidden = classifier.judge(["Shut up, you stupid idiot.", "Shut up, you st*pid id10t."])
    assert own_words("Shut up, you st*pid id10t.").text == "Shut up, you stupid idiot."
    assert plain.concerns == hidden.concerns
