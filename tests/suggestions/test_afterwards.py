"""A line to take a comment back with: one for every norm, short, honest, and itself without a sting."""

from __future__ import annotations

import re

import pytest

from app import norms
from app.judge import BatchedJudge
from app.policy import heard
from app.suggestions.afterwards import ANY, SORRY, sorry
from classifiers.labels import CONCERNS
from classifiers.runtime import OnnxClassifier


def test_every_norm_has_its_line_and_a_teams_own_has_one_too() -> None:
    assert set(SORRY) == set(CONCERNS)
    assert sorry("hostility") == SORRY["hostility"]
    assert sorry("be_brief") == ANY


@pytest.mark.parametrize("line", [*SORRY.values(), ANY])
def test_it_is_one_short_honest_line(line: str) -> None:
    assert line.startswith("Sorry, ")
    assert len(line) <= 90
    assert "\n" not in line
    assert not re.search(r"!|\bif (?:I|anyone|you)\b|\bbut\b|\bjust\b", line), "no apology with a back door"


def test_the_classifier_hears_nothing_in_it_but_an_apology() -> None:
    classifier = OnnxClassifier.load()
    thresholds = BatchedJudge(classifier).thresholds(norms.load().tolerances())
    for verdict in classifier.judge([*SORRY.values(), ANY]):
        assert heard(verdict, thresholds) == ()
