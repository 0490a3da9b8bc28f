import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suggestions.sentences import is_aside, is_sentence, leans_back, sentences, words


def cut(text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("no stop at the end", ["no stop at the end"]),
        ("Use `a. b` here. Then stop.", ["Use `a. b` here.", "Then stop."]),
        ("It takes 1.5 s, e.g. on a phone. Fix it.", ["It takes 1.5 s, e.g. on a phone.", "Fix it."]),
        ("Nice :) Now the rest", ["Nice :)", "Now the rest"]),
        ("- one\n- two. three\n", ["one", "two.", "three"]),
        ("## Heading\n\nText.", ["Heading", "Text."]),
        ("> they asked. twice.\n\nMine.", ["Mine."]),
        ("Look:\n```\na. b.\n```\nDone.", ["Look:", "Done."]),
        ("Really?! Yes… ok", ["Really?!", "Yes…", "ok"]),
        ("short line\nanother one", ["short line", "another one"]),
        (
            "This line is long enough to have been wrapped by an editor\nand so it goes on. Next.",
            ["This line is long enough to have been wrapped by an editor\nand so it goes on.", "Next."],
        ),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_sentences_are_cut_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_sentence_knows_its_line_and_whether_it_opens_it() -> None:
    text = "- One. Two.\n- Three."
    assert [(unit.line, unit.first) for unit in sentences(text)] == [(0, True), (0, False), (12, True)]


@given(st.text(alphabet=st.sampled_from("abA .!?…:)>-*#`\"'(1é\n\r\t"), max_size=150))
def test_sentences_are_apart_inside_and_without_space_around(text: str) -> None:
    at = 0
    for unit in sentences(text):
        assert at <= unit.start < unit.end <= len(text)
        assert unit.line <= unit.start
        piece = text[unit.start : unit.end]
        assert piece == piece.strip()
        at = unit.end


def test_words_are_letters_with_straight_apostrophes() -> None:
    assert words("Don’t SHOUT, v2: it's 5 o'clock 'quoted'") == ["don't", "shout", "v", "it's", "o'clock", "quoted"]


@pytest.mark.parametrize(
    ("text", "opened", "expected"),
    [
        ("The loop never ends", True, True),
        ("Typo in the heading", True, True),
        ("Nice", True, False),
        ("This is", True, False),
        ("I asked for the", True, False),
        ("If you had read it", True, False),
        ("If it fails, retry", True, True),
        ("which leaks memory", True, False),
        ("rename the field", False, True),
        ("the field is wrong", False, True),
        ("`x` leaks the handle", False, True),
        ("the other field", False, False),
        ("because it is late", False, False),
        ("", False, False),
    ],
)
def test_a_rest_is_a_sentence_only_if_it_looks_like_one(text: str, opened: bool, expected: bool) -> None:
    assert is_sentence(text, opened=opened) is expected


def test_a_run_up_says_nothing_of_its_own() -> None:
    assert is_aside("Wait, so")
    assert is_aside(" 👍 ")
    assert is_aside("")
    assert not is_aside("no")
    assert not is_aside("line 3")
    assert not is_aside("`x`")


def test_some_sentences_need_the_one_before() -> None:
    assert leans_back("Because it leaks.")
    assert leans_back("Mine is today.")
    assert leans_back("(line 9)")
    assert not leans_back("It leaks.")
    assert not leans_back("")
