import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.tags import DELETE, KEEP, changes, join, split, tag, words
from classifiers.text import own_words


def reworded(text: str, *plan: tuple[str, str]) -> str:
    """``text`` after a plan: words (by their spelling, in order) with the tag they get; all others stay."""
    found = words(own_words(text), text)
    tags = [KEEP] * (len(found) + 1)
    at = 0
    for spelt, name in plan:
        at = next(i for i in range(at, len(found)) if found[i].text == spelt) if spelt else len(found)
        tags[at] = name
        at += 1
    out, last = "", 0
    for change in changes(text, found, tags):
        assert change.start >= last
        out += text[last : change.start] + change.text
        last = change.end
    return out + text[last:]


def gone(spelt: str, first: str = DELETE) -> list[tuple[str, str]]:
    """A plan that deletes these words, the first with a tag of its own."""
    return [(word, DELETE if i else first) for i, word in enumerate(spelt.split())]


@pytest.mark.parametrize(
    ("text", "plan", "says"),
    [
        ("The loop obviously never ends.", gone("obviously"), "The loop never ends."),
        ("Obviously the loop never ends.", gone("Obviously"), "The loop never ends."),
        ("Obviously, the loop never ends.", gone("Obviously ,"), "The loop never ends."),
        ("obviously, the loop never ends.", gone("obviously ,"), "the loop never ends."),
        ("The loop never ends, obviously.", gone("obviously"), "The loop never ends."),
        ("The loop ends. You fool. It leaks.", gone("You fool ."), "The loop ends. It leaks."),
        ("The loop ends. You fool.", gone("You fool"), "The loop ends."),
        ("Just rename it.", gone("Just", "DELETE|please"), "Please rename it."),
        ("You should rename it.", gone("You should", "DELETE|could you"), "Could you rename it."),
        ("The name is odd.", [("The", "KEEP|I think")], "I think the name is odd."),
        ("The name is odd.", [(".", "KEEP|, I think")], "The name is odd, I think."),
        ("The name is odd", [("", "KEEP|.")], "The name is odd."),
        ("The name is odd", [("", "KEEP|to me")], "The name is odd to me"),
        ("Rename it (you fool).", gone("( you fool )"), "Rename it."),
        ("A list:\n\n- you fool\n- rename it\n", gone("you fool"), "A list:\n\n- rename it\n"),
        (
            "Are you mad? Rename it.",
            gone("Are you mad ?", "DELETE|please look again."),
            "Please look again. Rename it.",
        ),
        ("So call `run()` once.", gone("So call", "DELETE|please use"), "Please use `run()` once."),
    ],
)
def test_tags_change_the_words_and_the_rest_is_repaired(text: str, plan: list[tuple[str, str]], says: str) -> None:
    assert reworded(text, *plan) == says


def test_what_is_not_the_writers_own_stays() -> None:
    text = "> you said so\n\nCall `run()` for @ada, see https://x.org/a."
    found = words(own_words(text), text)
    left = changes(text, found, [DELETE] * (len(found) + 1))
    out, last = "", 0
    for change in left:
        out += text[last : change.start] + change.text
        last = change.end
    for part in ("> you said so", "`run()`", "@ada", "https://x.org/a"):
        assert part in out + text[last:]


def test_one_sign_that_reads_as_several_is_one_word() -> None:
    assert [(word.begin, word.finish) for word in words(own_words("½ of"), "½ of")] == [(0, 1), (2, 4)]


def test_names_of_tags_are_read_back() -> None:
    for kept in (True, False):
        for phrase in ("", "please", ", because"):
            assert split(tag(kept, phrase)) == (kept, phrase)
    assert join(["this", ",", "I", "think", "(", "maybe", ")", "."]) == "this, I think (maybe)."


TAGS = st.sampled_from([KEEP, DELETE, "KEEP|please", "DELETE|could we", "DELETE|, and", "KEEP|."])


@given(st.text("aB .,?!\n()`-*'", max_size=60) | st.text(max_size=40), st.data())
def test_any_tags_on_any_text_are_changes_in_order(text: str, data: st.DataObject) -> None:
    found = words(own_words(text), text)
    tags = data.draw(st.lists(TAGS, min_size=len(found) + 1, max_size=len(found) + 1))
    at = 0
    for change in changes(text, found, tags):
        assert at <= change.start <= change.end <= len(text)
        at = change.end


@given(st.text("aB .,?!\n()`-*'", max_size=60) | st.text(max_size=40))
def test_keeping_everything_changes_nothing(text: str) -> None:
    found = words(own_words(text), text)
    assert changes(text, found, [KEEP] * (len(found) + 1)) == ()
