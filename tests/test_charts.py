"""Charts are well-formed SVG with a name, in their own scale, and hold nothing that was not escaped."""

from __future__ import annotations

from xml.etree import ElementTree

from app.charts import Bar, Line, bars, lines, shape, ticks

SVG = "{http://www.w3.org/2000/svg}"


def test_ticks_are_round_and_reach_the_top():
    assert ticks(7) == [0, 2, 4, 6, 8]
    assert ticks(0.3) == [0, 0.1, 0.2, 0.3]
    assert ticks(5) == [0, 1, 2, 3, 4, 5]
    assert ticks(1234)[-1] >= 1234
    assert ticks(0) == ticks(float("nan")) == [0, 1]


def test_numbers_keep_three_digits():
    assert [shape(x) for x in (0, 0.125, 3.14159, 1234.5)] == ["0", "0.125", "3.14", "1234"]


def test_bars_are_as_long_as_their_values():
    picture = ElementTree.fromstring(
        bars("Now & <then>", ["now", "then"], [Bar("A & B", (2.0, 4.0)), Bar("C", (None, 1.0))], top=4)
    )
    assert picture.get("aria-label") == "Now & <then>"
    widths = [float(r.get("width", 0)) for r in picture.iter(f"{SVG}rect")]
    assert len(widths) == 3
    assert abs(widths[1] - 2 * widths[0]) < 0.2
    assert "not known" in ElementTree.tostring(picture, "unicode")


def test_a_gap_splits_a_line_and_a_band_needs_two_points():
    line = Line("now", ((0, 1.0), (1, 2.0), (2, None), (3, 1.0)), ((0.5, 1.5), (1.0, 3.0), None, None))
    picture = ElementTree.fromstring(lines("Weeks", [line], [(0, "<first>"), (3, "last")]))
    assert len(list(picture.iter(f"{SVG}polyline"))) == 1
    assert len(list(picture.iter(f"{SVG}polygon"))) == 1
    assert len(list(picture.iter(f"{SVG}circle"))) == 3


def test_nothing_to_draw_is_still_a_picture():
    ElementTree.fromstring(bars("Empty", ["now"], []))
    ElementTree.fromstring(lines("Empty", [], []))
    ElementTree.fromstring(lines("One", [Line("a", ((5, 0.0),))], [(5, "x")]))


def test_no_inline_style_reaches_the_page():
    assert "style=" not in bars("B", ["n"], [Bar("x", (1.0,), ((0.5, 1.5),))])
