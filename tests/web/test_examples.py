"""The examples under the box show what they are there for, with the weights that are shipped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app import norms
from app.checking import Checked, check, strong
from app.web.words import EXAMPLES
from classifiers import Unfit


@pytest.fixture(scope="module")
def heard() -> list[Checked]:
    from classifiers.runtime import OnnxClassifier

    try:
        classifier = OnnxClassifier.load()
    except Unfit as error:
        pytest.skip(f"the weights cannot be used here: {error}")
    shipped = norms.load()
    thresholds = {label: classifier.threshold(label, tolerance) for label, tolerance in shipped.tolerances().items()}
    return [
        check(
            text,
            verdict,
            norms=shipped,
            thresholds=thresholds,
            again=classifier.judge,
            now=datetime(2026, 3, 4, tzinfo=UTC),
            rewrite=True,
        )
        for text, verdict in zip(EXAMPLES, classifier.judge(EXAMPLES), strict=True)
    ]


def test_each_shows_another_norm_and_the_last_none(heard: list[Checked]) -> None:
    labels = [one.concern.label if one.concern else None for one in heard]
    assert labels == ["feigned_surprise", "assumption", "well_actually", None]


def test_the_first_comes_with_a_wording_and_the_last_is_good_conduct(heard: list[Checked]) -> None:
    assert heard[0].suggestion is not None
    assert (
        heard[0].suggestion.wording
        == "Context managers may be worth a look here. The file stays open when `read()` fails, so close it in a `finally` block."
    )
    assert "clarification" in strong(heard[-1].verdict)
