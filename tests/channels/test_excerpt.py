from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.channels.excerpt import Piece, excerpt
from app.domain import Span


def span(start: int, end: int) -> Span:
    return Span(start, end, "belittling", 0.9)


def test_a_short_comment_is_shown_whole() -> None:
    assert excerpt("This is so simple, use map.", [span(8, 17)]) == (
        Piece("This is "),
        Piece("so simple", marked=True),
        Piece(", use map."),
    )


def test_a_long_one_is_cut_between_words() -> None:
    text = "before " * 40 + "simple" + " after" * 40
    first, *pieces, last = excerpt(text, [span(280, 286)])
    assert (first.text, last.text) == ("… ", " …")
    assert [piece.marked for piece in pieces] == [False, True, False]
    assert pieces[0].text == "before " * 17
    assert pieces[2].text == " after" * 20


def test_far_words_have_windows_of_their_own() -> None:
    text = "one " + "x " * 200 + "two"
    pieces = excerpt(text, [span(404, 407), span(0, 3)])
    assert [piece.text for piece in pieces if piece.marked] == ["one", "two"]
    assert [piece.text for piece in pieces].count(" … ") == 1


def test_overlapping_and_wild_spans() -> None:
    assert excerpt("abcdef", [span(3, 99), span(1, 4), span(50, 60), span(2, 2)]) == (
        Piece("a"),
        Piece("bcdef", marked=True),
    )
    assert excerpt("abcdef", []) == ()


SPANS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 60)).map(lambda s: span(s[0], s[0] + s[1])), max_size=6)


@given(st.text(alphabet="ab \n", max_size=800), SPANS)
def test_every_marked_character_is_there_and_no_other(text: str, spans: list[Span]) -> None:
    wanted = [text[i] for i in range(len(text)) if any(s.start <= i < s.end for s in spans)]
    pieces = excerpt(text, spans)
    assert "".join(piece.text for piece in pieces if piece.marked) == "".join(wanted)
    # what is shown is the text itself, with only the sign of omission between
    at = 0
    for shown in "".join(piece.text for piece in pieces).replace(" … ", "…").strip("… ").split("…"):
        at = text.index(shown, at) + len(shown)
