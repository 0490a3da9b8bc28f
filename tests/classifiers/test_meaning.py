from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.meaning import KEPT, EncodedMeaning, calibrated, of, similarities
from classifiers.pairs import Pair
from classifiers.runtime import OnnxClassifier


class Letters:
    """Hears which letters a text has: an encoder that can be reckoned by hand."""

    def meanings(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = np.array([[text.count(letter) for letter in "abcdefgh"] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


PAIRS = [Pair(str(n), letter * 3 + "h", letter) for n, letter in enumerate("abcdefg")]


def test_similarity_is_that_of_what_the_encoder_makes_of_the_texts() -> None:
    meaning = EncodedMeaning(Letters(), 0.5)
    same, half, other = meaning.similarity("ab", ["ba", "b", "cd"])
    assert same == pytest.approx(1.0)
    assert half == pytest.approx(0.5**0.5)
    assert other == pytest.approx(0.0)


def test_the_threshold_keeps_true_pairs_and_says_what_it_does_to_shuffled_ones() -> None:
    true, shuffled = similarities(Letters(), PAIRS)
    assert true.min() > shuffled.max(), "nobody meets their own rewrite when shuffled"
    found = calibrated(Letters(), PAIRS, PAIRS[:3])
    assert found["true"] >= KEPT
    assert found["shuffled"] == 0.0
    assert found["held_out_true"] == 1.0


def test_weights_that_do_not_tell_have_no_meaning() -> None:
    classifier = OnnxClassifier.load()
    meaning = of(classifier)
    if classifier.meaning_threshold is None or classifier.meaning_threshold > 1:
        assert meaning is None
        return
    assert meaning is not None
    text = "You clearly never tested this. The loop in `run()` ends too late."
    near, far = meaning.similarity(text, ["The loop in `run()` ends too late.", "Thanks, the release notes read well."])
    assert near > far
