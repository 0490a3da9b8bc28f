import random
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.fluency import aside, calibrated, oddness, spoilt
from classifiers.joints import Joined, beside, joined, rewritten, spoiled
from classifiers.pairs import Pair
from classifiers.tags import Change, landed, words
from classifiers.text import own_words

TEXT = "The loop reads the file twice, so please read it once before the lock is taken. It leaks."


def tokens(text: str) -> list[tuple[int, int]]:
    return [(word.start, word.end) for word in words(own_words(text), text)]


def test_edits_land_where_they_stand_in_the_new_text() -> None:
    made = (Change(0, 4, ""), Change(9, 14, "opens"), Change(30, 30, " now"))
    one = joined(TEXT, made)
    assert one.text.startswith("loop opens the file twice, now")
    assert [one.text[a:b] for a, b in one.places] == ["", "opens", " now"]
    assert landed(made) == list(one.places)


@given(st.integers(0, 10_000))
def test_a_spoiled_text_says_where_and_keeps_the_rest(seed: int) -> None:
    one = spoiled(TEXT, ["could you", "please"], random.Random(seed))
    assert (one.text == TEXT) == (not one.places)
    for (_, end), (start, _) in pairwise(one.places):
        assert end <= start
    at = 0
    for start, end in one.places:
        assert one.text[at:start] in TEXT
        at = end
    assert one.text[at:] in TEXT


def test_whole_sentences_short_texts_and_code_are_left() -> None:
    assert spoiled("why 7?", ["please"], random.Random(1)) == Joined("why 7?")
    code = "`a()` `b()` `c()` `d()` `e()` `f()`"
    assert all(spoiled(code, ["please"], random.Random(seed)) == Joined(code) for seed in range(50))


def test_of_a_rewrite_the_places_are_where_it_differs() -> None:
    one = rewritten("You lazy fool, it leaks.", "Hm, it leaks.")
    assert [one.text[a:b] for a, b in one.places] == ["Hm"]
    gone = rewritten("Well, it leaks badly.", "It leaks.")
    assert [gone.text[a:b] for a, b in gone.places] == ["", ""]


def test_beside_a_place_stand_the_tokens_in_it_and_one_on_each_side() -> None:
    text = "Call `run()` now, please"
    own = own_words(text)
    offsets = tokens(text)
    said = [own.text[a:b] for a, b in offsets]
    near = beside(own, offsets, [(13, 16)])
    assert [said[i] for i in sorted(near)] == [said[1], "now", ","]
    assert [said[i] for i in sorted(beside(own, offsets, [(len(text), len(text))]))] == ["please"]
    assert beside(own, offsets, []) == set()


class Reader:
    """Finds odd what holds a phrase."""

    phrases = ("zig zag",)

    def oddness(self, text: str, places: object) -> float:
        return 0.9 if "zig" in text.lower() else 0.1


def test_the_threshold_keeps_what_people_wrote() -> None:
    found = [
        Pair(str(n), f"You fool, {n} it leaks here and there.", f"It leaks {n} here and there.") for n in range(40)
    ]
    figures = calibrated(Reader(), found, found)  # type: ignore[arg-type]
    assert figures["natural"] <= figures["held_out_natural"] <= 1
    assert figures["threshold"] == 0.1
    ours = spoilt(found, Reader.phrases)
    assert np.mean(oddness(Reader(), ours) > 0.5) > 0.1  # type: ignore[arg-type]


def test_one_pair_in_twelve_is_left_for_the_threshold() -> None:
    share = np.mean([aside(Pair("", f"text number {n}", "")) for n in range(3000)])
    assert 0.06 < share < 0.11
