import pytest

from app.domain import Concern, Span
from app.norms import load
from app.suggestions.edits import apply
from app.suggestions.softer import SofterWords

NORMS = load()


def softened(text: str) -> str | None:
    spans = (Span(0, len(text), "hostility", 0.9),)
    offered = SofterWords().candidates(text, Concern("hostility", 0.9, 0.5, spans), NORMS)
    return apply(text, offered[0].edits) if offered else None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("This obviously leaks the handle.", "This leaks the handle."),
        ("Obviously, this leaks.", "This leaks."),
        ("What the hell is this loop doing?", "What is this loop doing?"),
        ("Fix the damn scroll bar, genius.", "Fix the scroll bar."),
        ("As everybody knows, the lock is taken twice.", "The lock is taken twice."),
        ("Even a junior knows that the lock is taken twice.", "The lock is taken twice."),
        ("It is so simple: call `close()` in the end.", "Call `close()` in the end."),
        ("This module is utter garbage.", "This module is hard to build on."),
        ("The API is absolutely horrible, it blocks.", "The API is hard to work with, it blocks."),
        ("Write it so that your grandmother can follow.", "Write it so that somebody new to it can follow."),
        ("Hey guys, the build is red.", "Hi all, the build is red."),
        ("`stupid` is the name of the flag.", None),
        ("The loop never ends.", None),
    ],
)
def test_the_words_that_only_sting_go_and_the_sentence_stays(text: str, says: str | None) -> None:
    assert softened(text) == says


def test_sentences_without_a_mark_stay_as_they_are() -> None:
    text = "Obviously it leaks. Obviously it blocks."
    spans = (Span(0, 19, "belittling", 0.9),)
    [one] = SofterWords().candidates(text, Concern("belittling", 0.9, 0.5, spans), NORMS)
    assert apply(text, one.edits) == "It leaks. Obviously it blocks."
