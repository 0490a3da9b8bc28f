"""Windows of long comments."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.windows import LONGEST, MOST_WINDOWS, WINDOW, windows


def _offsets(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for word in text.split(" "):
        if word:
            found.append((at, at + len(word)))
        at += len(word) + 1
    return found


def test_a_short_comment_is_one_window() -> None:
    text = "This is fine. And so is this."
    assert windows(text, _offsets(text)) == [(0, len(_offsets(text)))]


def test_a_long_comment_is_cut_where_sentences_begin() -> None:
    text = " ".join(f"word{i}{'.' if i % 10 == 9 else ''}" for i in range(500))
    found = windows(text, _offsets(text))
    assert all(begin % 10 == 0 for begin, _ in found)
    assert found[0][0] == 0
    assert found[-1][1] == 500


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "b.", "c\n", "dd!", "e?"]), max_size=3000))
def test_windows_are_short_few_and_in_order(parts: list[str]) -> None:
    text = " ".join(parts)
    offsets = _offsets(text)
    found = windows(text, offsets)
    assert len(found) <= MOST_WINDOWS
    assert all(0 <= a <= b <= len(offsets) for a, b in found)
    assert found == sorted(found)
    if len(offsets) > LONGEST - 2:
        assert all(b - a <= WINDOW for a, b in found)
    if len(found) < MOST_WINDOWS:
        covered = {i for a, b in found for i in range(a, b)}
        assert covered == set(range(len(offsets)))
