import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Concern, Edit, Span
from app.norms import load
from app.suggestions.edits import MarkedWords, apply
from app.suggestions.protect import protected

NORMS = load()


def reworded(marked: str, label: str = "belittling") -> str | None:
    """What is left of a text whose marked words stand between ⟦ and ⟧; ``None`` where nothing is offered."""
    text, spans = "", []
    for piece in marked.split("⟦"):
        words, closed, rest = piece.rpartition("⟧")
        if closed:
            spans.append(Span(len(text), len(text) + len(words), label, 0.9))
        text += words + rest
    offered = MarkedWords().candidates(text, Concern(label, 0.9, 0.5, tuple(spans)), NORMS)
    return apply(text, offered[0].edits) if offered else None


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # whole sentences
        ("⟦Did you even try?⟧ The loop never ends.", "The loop never ends."),
        ("The loop never ends. ⟦Did you even try?⟧", "The loop never ends."),
        ("The loop never ends. ⟦Did you even try?⟧ Add a test.", "The loop never ends. Add a test."),
        ("⟦Wow. Amateur hour.⟧ The loop never ends.", "The loop never ends."),
        ("⟦Cute try.⟧ But the loop never ends.", "The loop never ends."),
        ("Wait, ⟦you wrote this yourself?⟧ The loop never ends.", "The loop never ends."),
        ("the loop never ends ⟦you clown⟧", None),
        ("the loop never ends. ⟦you clown⟧", "the loop never ends."),
        # what led over from them
        ("⟦Cute try.⟧ Anyway: the loop never ends.", "The loop never ends."),
        ("⟦Cute try.⟧ Anyway: `run()` never ends.", "`run()` never ends."),
        ("⟦Cute try.⟧\n\nStill, the loop never ends.", "The loop never ends."),
        ("The build is red. ⟦Cute try.⟧ Also, the loop never ends.", "The build is red. Also, the loop never ends."),
        ("⟦Cute try.⟧ So:  ", "So:  "),
        # what would stay half said
        ("⟦Fix it today or I tell everybody who wrote it.⟧ The loop never ends.", None),
        ("lol, a spinlock. ⟦who wrote this⟧", None),
        # lines, bullets, paragraphs
        ("- rename it\n- ⟦learn to code⟧\n- add a test", "- rename it\n- add a test"),
        ("One point.\n\n⟦Grow up.⟧\n\nAnother point.", "One point.\n\nAnother point."),
        ("⟦Grow up.⟧\n\nAnother point.", "Another point."),
        ("One point.\n\n⟦Grow up.⟧", "One point."),
        ("One point.\n\n⟦Grow up.⟧\n", "One point.\n"),
        ("One point.\n\n⟦Grow up.⟧\n\n⟦Learn to code.⟧", "One point."),
        ("One point. ⟦Grow up.\nLearn to code.⟧", "One point."),
        ("⟦Grow up.\n\n- Learn to code.⟧\n\nOne point.", "One point."),
        ("> why?\n\n⟦Because I say so.⟧", None),
        ("> why?\n\n⟦Grow up.⟧\n\n> and now?\n\nAdd a test.", None),
        ("1. rename it\n2. ⟦learn to code⟧", None),
        ("## ⟦Amateur hour⟧\n\nThe loop never ends.", None),
        # the end of a sentence
        ("Rename it, ⟦genius⟧.", "Rename it."),
        ("The loop never ends, ⟦which anyone could see⟧.", "The loop never ends."),
        ("The loop never ends, but ⟦you would not notice⟧.", "The loop never ends."),
        ("Could you rename it, ⟦for once in your life⟧?", "Could you rename it?"),
        ("It leaks, ⟦did nobody teach you that?⟧", "It leaks."),
        ("it leaks, ⟦as always with you⟧", "it leaks"),
        ("The loop never ends (⟦as any child can see⟧).", "The loop never ends."),
        ("The loop never ends ⟦(as any child can see)⟧.", "The loop never ends."),
        ("You would see this if ⟦you had any skill⟧.", None),
        ("It is ⟦stupid⟧.", None),
        ("Touch this once more ⟦and you are out⟧.", None),
        ("please fix it today ⟦or I call your boss⟧", "please fix it today"),
        # its beginning
        ("⟦Even you should know this⟧: the loop never ends.", "The loop never ends."),
        ("⟦Learn this by heart:⟧ the loop never ends.", "The loop never ends."),
        ("⟦You confuse the two⟧, a mistake that takes place in the first week.", None),
        ("⟦You never test⟧, so please add a test here.", "Please add a test here."),
        ("⟦Even an intern knows this⟧: `x` leaks the handle.", "`x` leaks the handle."),
        ("⟦Nobody sane would do this⟧ because the loop never ends.", None),
        ("⟦A child could see⟧ the loop never ends.", None),
        ("⟦Obviously⟧ the loop never ends here.", "The loop never ends here."),
        # its middle
        ("The loop, ⟦as any child can see⟧, never ends.", "The loop never ends."),
        ("Rename it, ⟦genius⟧, and add a test.", "Rename it, and add a test."),
        ("The loop (⟦amateur hour⟧) never ends.", "The loop never ends."),
        ("The loop — ⟦amateur hour⟧ — never ends.", "The loop never ends."),
        ("This ⟦obviously⟧ leaks the handle.", "This leaks the handle."),
        ("This ⟦idiotic⟧ code leaks the handle.", None),
        # facts in the marked words
        ("⟦You broke `main` again.⟧ The loop never ends.", None),
        ("⟦It took you 3 days.⟧ The loop never ends.", None),
        ("⟦@sam, grow up.⟧ The loop never ends.", None),
        # what leans on what would be gone
        ("⟦You never test.⟧ Because of that the loop never ends.", None),
        ("⟦Learn this by heart:⟧\n```\nx\n```\nThe loop never ends.", None),
        # offsets in code points, other scripts
        ("👩🏽‍💻 The loop never ends. ⟦Geh heim, Kind.⟧", "👩🏽‍💻 The loop never ends."),
        ("Été fini, ⟦mon pauvre⟧.", "Été fini."),
    ],
)
def test_the_marked_words_go_and_the_rest_reads_well(marked: str, expected: str | None) -> None:
    assert reworded(marked) == expected


@pytest.mark.parametrize("label", ["bare_opposition", "backseat_driving"])
def test_where_the_marked_words_are_the_point_nothing_is_offered(label: str) -> None:
    assert reworded("⟦I'm against it.⟧ The loop never ends.", label) is None
    assert reworded("⟦I'm against it.⟧ The loop never ends.", "hostility") == "The loop never ends."


def test_marks_cut_inside_a_word_are_widened() -> None:
    assert reworded("Rename it, ge⟦niu⟧s.") == "Rename it."


def test_without_marks_nothing_is_offered() -> None:
    assert reworded("The loop never ends.") is None
    assert reworded("The loop never ends⟦.⟧") is None


def test_edits_are_applied_in_code_points() -> None:
    assert apply("👍 a b", (Edit(0, 1, ""), Edit(2, 3, "x"))) == " x b"
    assert apply("ab", ()) == "ab"
    for wrong in (
        (Edit(1, 2, ""), Edit(0, 1, "")),
        (Edit(0, 2, ""), Edit(1, 2, "")),
        (Edit(0, 3, ""),),
        (Edit(2, 1, ""),),
    ):
        with pytest.raises(ValueError, match="in order"):
            apply("ab", wrong)


PIECES = st.sampled_from(
    [
        "You never test",
        "the loop ends",
        ". ",
        ", ",
        "? ",
        "\n",
        "\n\n",
        "- ",
        "> quote\n",
        "`code()`",
        "but ",
        " Anyway: ",
        " So:  ",
        " Also, ",
        " (",
        ")",
        "@sam ",
        "3 ms",
        "```\nx\n```\n",
        " — ",
        "👍",
        "**",
        '"',
        "genius",
        "wait, ",
        ": ",
        "1. ",
        "# ",
    ]
)
TEXTS = st.lists(PIECES, max_size=16).map("".join) | st.text(max_size=60)
SPANS = st.lists(st.tuples(st.integers(-3, 120), st.integers(-3, 120)), max_size=4)


@given(TEXTS, SPANS)
def test_no_text_and_no_marks_can_break_it(text: str, offsets: list[tuple[int, int]]) -> None:
    spans = tuple(Span(a, b, "hostility", 0.9) for a, b in offsets)
    for one in MarkedWords().candidates(text, Concern("hostility", 0.9, 0.5, spans), NORMS):
        edits = one.edits
        wording = apply(text, edits)
        assert len(wording) <= len(text)
        kept = protected(text)
        assert all(not (edit.start < b and a < edit.end) for edit in edits for a, b in kept)


@pytest.mark.parametrize("sigh", ["I need a moment.", "I\u2019m honestly speechless.", "No judgement.", "Okay!"])
def test_with_played_surprise_its_sighs_go_too(sigh: str) -> None:
    marked = f"⟦And you shipped that?⟧ {sigh} The loop never ends."
    assert reworded(marked, "feigned_surprise") == "The loop never ends."
    assert reworded(marked, "belittling") == f"{sigh} The loop never ends."


@pytest.mark.parametrize(
    ("marked", "label"),
    [
        ("⟦You have never heard of keyset pagination?⟧ The query takes 4 s.", "feigned_surprise"),
        ("⟦The next time you force-push you lose your rights.⟧ The lost change was the parser.", "hostility"),
        (
            "It reads well. ⟦We keep Sunday as the first day, as all normal countries do, and the others are used to that"
            " after all these years.⟧",
            "subtle_ism",
        ),
    ],
)
def test_what_the_reader_needs_does_not_go_with_the_sting(marked: str, label: str) -> None:
    assert reworded(marked, label) is None


def test_what_somebody_does_not_know_may_go_where_it_is_named_again() -> None:
    marked = "⟦You have never heard of pagination?⟧ The query needs pagination."
    assert reworded(marked, "feigned_surprise") == "The query needs pagination."
