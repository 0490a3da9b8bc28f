from __future__ import annotations

import re

import pytest

from app.platforms.github.refusals import REFUSALS, refusal


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_speaks_as_the_house_does(reason: str):
    said = str(refusal(reason, "comment.id"))
    assert said.endswith(".")
    assert "{" not in said
    assert not re.search(r"!|flagged|detected|violation|policy|toxic|sorry|please", said, re.IGNORECASE)


@pytest.mark.parametrize(("reason", "row"), REFUSALS.items())
def test_an_error_says_that_nothing_was_kept(reason: str, row: tuple[int, str]):
    assert row[0] < 400 or "othing was kept" in row[1]


def test_the_place_is_named():
    assert "look at comment.id" in str(refusal("malformed", "comment.id"))
