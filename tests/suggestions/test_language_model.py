import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Concern
from app.norms import load
from app.suggestions.edits import apply
from app.suggestions.guard import Refusal, inspect
from app.suggestions.language_model import MOST_CHARACTERS, LanguageModel
from app.suggestions.protect import protected

NORMS = load()
CONCERN = Concern("hostility", 0.9, 0.5)
TEXT = "Are you blind? `run()` leaks on 3.11, see https://x.org/1, you fool."


def answered(text: str, answer: str | None, sent: list[str] | None = None) -> list[str]:
    def ask(messages: Sequence[Mapping[str, str]]) -> str | None:
        if sent is not None:
            sent.append(json.dumps(messages))
        return answer

    return [apply(text, one.edits) for one in LanguageModel(ask).candidates(text, CONCERN, NORMS)]


def saying(wording: object) -> str:
    return json.dumps({"wording": wording})


def test_facts_do_not_leave_and_are_put_back() -> None:
    sent: list[str] = []
    found = answered(TEXT, saying("[[1]] leaks on [[2]], see [[3]]"), sent)
    assert found == ["`run()` leaks on 3.11, see https://x.org/1,"] or found == [
        "`run()` leaks on 3.11, see https://x.org/1"
    ]
    [message] = sent
    assert not any(fact in message for fact in ("run()", "3.11", "x.org"))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        "Sure. Here it is.",
        "[]",
        saying(3),
        saying("`run()` leaks on 3.11"),
        saying("[[1]] leaks on [[2]]"),
        saying("[[2]] leaks on [[1]], see [[3]]"),
        saying("[[1]] [[1]] leaks on [[2]], see [[3]]"),
        saying("[[1]] leaks on [[2]], see [[3]] [[4]]"),
    ],
)
def test_an_answer_that_is_not_as_asked_is_not_used(answer: str | None) -> None:
    assert answered(TEXT, answer) == []


def test_its_answers_pass_the_same_guard() -> None:
    text = "You fool, this must not merge before Monday."
    for wording, refusal in (
        ("This must not merge before Monday.", None),
        ("This can merge before Monday.", Refusal.NEGATION),
        ("Please ask Gregor whether this must not merge before Monday.", Refusal.NEW_NAME),
        ("This must not merge.", None),
    ):
        [one] = LanguageModel(lambda messages, said=wording: saying(said)).candidates(text, CONCERN, NORMS)
        assert inspect(text, one) is refusal, wording


def test_a_long_text_and_one_with_marks_of_its_own_are_not_sent() -> None:
    def never(messages: Sequence[Mapping[str, str]]) -> str | None:
        raise AssertionError("a step too many")

    for text in ("a " * MOST_CHARACTERS, "see [[1]]"):
        assert LanguageModel(never).candidates(text, CONCERN, NORMS) == ()


@given(st.text("ab .,`[]1\n", max_size=40), st.text("ab .,[]12\n", max_size=40))
def test_whatever_it_answers_the_facts_stay(text: str, wording: str) -> None:
    ask: Callable[[Sequence[Mapping[str, str]]], str] = lambda messages: saying(wording)  # noqa: E731
    for one in LanguageModel(ask).candidates(text, CONCERN, NORMS):
        if inspect(text, one) is None:
            now = apply(text, one.edits)
            assert [now[a:b] for a, b in protected(now)] == [text[a:b] for a, b in protected(text)]
