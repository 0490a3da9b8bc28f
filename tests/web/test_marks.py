"""Texts in pieces: nothing is lost, nothing is shown twice, and a long text stays short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain import Edit, Span
from app.web.marks import LONG, Kind, Piece, difference, marked, shortened, words_difference


def span(start: int, end: int) -> Span:
    return Span(start, end, "belittling", 0.9)


SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)).map(lambda at: span(*at)), max_size=6)


def test_marked_words_stand_in_their_text() -> None:
    assert marked("It is so simple.", [span(6, 15)]) == (
        Piece("It is "),
        Piece("so simple", Kind.MARKED),
        Piece("."),
    )


def test_offsets_are_code_points() -> None:
    assert marked("🙂🙂ab", [span(2, 3)])[1] == Piece("a", Kind.MARKED)


@given(st.text(max_size=50), SPANS)
def test_marking_loses_nothing_and_marks_nothing_else(text: str, spans: list[Span]) -> None:
    pieces = marked(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    meant = {i for s in spans for i in range(max(0, s.start), min(s.end, len(text)))}
    at, shown = 0, set()
    for piece in pieces:
        if piece.kind is Kind.MARKED:
            shown |= set(range(at, at + len(piece.text)))
        at += len(piece.text)
    assert shown == meant


def test_what_goes_stands_before_what_comes() -> None:
    assert difference("Clearly wrong.", [Edit(0, 9, "W")]) == (
        Piece("Clearly w", Kind.GONE),
        Piece("W", Kind.NEW),
        Piece("rong."),
    )


def test_what_stays_is_neither_gone_nor_new() -> None:
    assert difference("Twice, and sloppy. Once.", [Edit(5, 18, ".")]) == (
        Piece("Twice"),
        Piece(", and sloppy", Kind.GONE),
        Piece(". Once."),
    )


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_both_texts_can_be_read_off_a_difference(before: str, gone: str, new: str, after: str) -> None:
    pieces = difference(before + gone + after, [Edit(len(before), len(before + gone), new)])
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.NEW) == before + gone + after
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.GONE) == before + new + after


def test_a_short_text_is_shown_whole() -> None:
    pieces = marked("a" * LONG, [span(5, 6)])
    assert shortened(pieces) == pieces


def test_a_long_text_keeps_its_marks_and_what_stands_around_them() -> None:
    text = "before " * 4000 + "so simple" + " after" * 4000
    pieces = shortened(marked(text, [span(28_000, 28_009)]))
    assert [piece.kind for piece in pieces] == [Kind.PLAIN, Kind.MARKED, Kind.PLAIN]
    assert pieces[1].text == "so simple"
    assert pieces[0].text.endswith("before before ")
    assert pieces[0].text.startswith(" … ")
    assert pieces[2].text.endswith(" … ")
    assert sum(len(piece.text) for piece in pieces) < 400


def test_a_long_text_without_marks_is_cut() -> None:
    [piece] = shortened(marked("word " * 12_000, []))
    assert piece.text.endswith("word …")
    assert len(piece.text) <= LONG + 2


def test_words_that_go_and_come_stand_in_one_sentence() -> None:
    found = words_difference("Say what the code does now.", "Say what the test does now.")
    assert [(piece.text, piece.kind) for piece in found] == [
        ("Say what the ", Kind.PLAIN),
        ("code", Kind.GONE),
        ("test", Kind.NEW),
        (" does now.", Kind.PLAIN),
    ]
    whole = words_difference("Stay on the same side", "Cool down")
    assert [(piece.text, piece.kind) for piece in whole] == [
        ("Stay on the same side", Kind.GONE),
        (" ", Kind.PLAIN),
        ("Cool down", Kind.NEW),
    ]
    assert words_difference("", "New.") == (Piece("New.", Kind.NEW),)
    assert words_difference("", "") == ()
