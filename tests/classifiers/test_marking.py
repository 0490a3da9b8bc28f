"""From token scores to marked words."""

from __future__ import annotations

import pytest

from classifiers.marking import runs, spans, with_sentence
from classifiers.text import own_words

_SETTINGS = {"least": 0.5, "gap": 1, "relative": 0.7, "sentence": 0.0}


def _offsets(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, at + len(word)))
        at += len(word)
    return found


def test_runs_join_over_small_gaps_only() -> None:
    assert runs([0.9, 0.1, 0.9, 0.1, 0.1, 0.9], 0.5, 1) == [(0, 3), (5, 6)]


def test_marked_words_lie_in_the_original() -> None:
    text = "> quoted\nFine. `code` you fool, please"
    words = own_words(text)
    offsets = _offsets(words.text)
    scores = [float(words.text[a:b] in ("code", "you", "fool,")) for a, b in offsets]
    found = spans("hostility", 0.8, scores, offsets, words, _SETTINGS)
    assert [text[s.start : s.end] for s in found] == ["you fool,"]
    assert found[0].p == 0.8


def test_quoted_lines_in_between_split_a_span() -> None:
    text = "You never\n> quoted\nlearn"
    words = own_words(text)
    offsets = _offsets(words.text)
    found = spans("assumption", 1.0, [1.0] * len(offsets), offsets, words, _SETTINGS)
    assert [text[s.start : s.end] for s in found] == ["You never", "learn"]


def test_where_nothing_is_sure_the_surest_words_count() -> None:
    words = own_words("one two three")
    found = spans("belittling", 0.6, [0.01, 0.3, 0.02], _offsets(words.text), words, _SETTINGS)
    assert [(s.start, s.end) for s in found] == [(4, 7)]


def test_a_token_goes_along_with_its_sentence() -> None:
    text = "Fine here. you never learn"
    scores = with_sentence([0.0, 0.2, 0.9, 0.3, 0.9], _offsets(text), text, 0.5)
    assert scores == pytest.approx([0.05, 0.15, 0.8, 0.5, 0.8])
