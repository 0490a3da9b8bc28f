"""What is the writer's own words, for any Unicode."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.text import has_words, own_words

_MARKUP = st.sampled_from(
    ["> ", "```", "```suggestion\n", "`", "\n", "<!-- ", " -->", "@@ -1,2 +3 @@\n", "-- \n", "Patch Set 3: ", "@a", "http://x",
     "st*pid", "id10t", "\u200b", "🙄", "***", "+1", "((", ":+1:", "\r\n", "\u2028", "\ud800", "ﬁ", "é", "I\u0307"]
)  # fmt: skip
_ANY = st.lists(st.one_of(_MARKUP, st.text(max_size=12)), max_size=25).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), _ANY))
def test_offsets_always_lead_into_the_original(text: str) -> None:
    words = own_words(text)
    assert len(words.text) == len(words.starts) == len(words.ends) == len(words.own)
    assert all(0 <= a < b <= len(text) for a, b in zip(words.starts, words.ends, strict=True))
    assert words.starts == sorted(words.starts)
    assert words.ends == sorted(words.ends)
    has_words(words)


@settings(max_examples=200, deadline=None)
@given(_ANY, st.integers(0, 200), st.integers(0, 200))
def test_a_range_leads_to_a_range_or_to_nothing(text: str, a: int, b: int) -> None:
    words = own_words(text)
    size = len(words.text)
    place = words.original(min(a, size), min(b, size))
    assert place is None or 0 <= place[0] < place[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain words", "plain words"),
        ("you `idiot()` fix", "you code fix"),
        ("see https://example.org/stupid?x=1 now", "see url now"),
        ("@stupid please", "user please"),
        ("you are st*pid, id10t", "you are stupid, idiot"),
        ("s t u p i d", "stupid"),
        ("stu\u200bpid", "stupid"),
        ("ѕtupіd", "stupid"),
        ("f**k this, sh1t", "fuck this, shit"),
        ("what 🙄", "what eye roll "),
        ("a 4 * 5 = 20 b", "a 4 * 5 = 20 b"),
        ("**bold** words", "bold words"),
        ("this is reallllly nooo", "this is really no"),
        ("done <!-- you fool --> now", "done now"),
        ("look at [this](https://example.org)", "look at [this]"),
    ],
)
def test_words_are_read_as_meant(text: str, read: str) -> None:
    assert own_words(text).text == read


@pytest.mark.parametrize(
    "text",
    [
        "> you are an idiot",
        "```\nyou idiot\n```",
        "```suggestion\nreturn idiot;\n```",
        "<!-- idiot -->",
        "@@ -1,2 +1,2 @@\n-idiot\n+moron",
        "Traceback (most recent call last)",
        '  File "idiot.py", line 3',
        "2024-05-01 12:00:00 idiot failed",
        "Signed-off-by: A. Idiot <a@example.org>",
        "    if (idiot) { return; }",
        "Patch Set 3: Code-Review-1",
        "(2 comments)",
        "On Mon, 3 May 2021, Idiot wrote:",
        "`idiot`",
        "https://example.org/idiot",
    ],
)
def test_what_others_wrote_is_not_read(text: str) -> None:
    words = own_words(text)
    assert "idiot" not in words.text
    assert not has_words(words)


def test_words_after_a_prefix_and_before_a_signature_are_read() -> None:
    words = own_words("Patch Set 3: Code-Review-1\n\nPlease rename.\n-- \nA. Name\nIdiot Ltd")
    assert words.text.strip() == "Please rename."


def test_a_place_leads_back_over_hidden_characters() -> None:
    text = "Well, you st\u200b*pid"
    words = own_words(text)
    at = words.text.index("stupid") if "stupid" in words.text else words.text.index("st")
    place = words.original(at, len(words.text))
    assert place is not None
    assert text[place[0] : place[1]].startswith("st")


@pytest.mark.parametrize(
    "unit", ["*", "`", "<!--", "a@", "a b ", "[(", "On ", "\n>", "\n-- ", "0a", "(((", "://", "![", "@@ "]
)
def test_hostile_repetition_costs_no_more_than_length(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    began = time.perf_counter()
    own_words(text)
    assert time.perf_counter() - began < 3.0
