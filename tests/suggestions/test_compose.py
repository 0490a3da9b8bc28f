from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Concern, Edit, NotNow, Span, Verdict, Wording
from app.norms import Norms, load
from app.suggestions import (
    LONGEST_TEXT,
    MOST_CANDIDATES,
    Candidate,
    MarkedWords,
    Rewording,
    Rewriter,
    Source,
    apply,
    compose,
)
from app.suggestions.protect import Spans, protected
from classifiers.labels import CONCERNS
from tests.suggestions.hostile import HOSTILE, sanity_guard

NORMS = load()
THRESHOLDS = dict.fromkeys(CONCERNS, 0.5)
TEXT = "Did you even try? The loop in `run()` never ends."


class Judge:
    """Hears hostility in every text that holds one of ``words``, and counts how often it was asked."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> list[Verdict]:
        self.asked.append(list(texts))
        return [Verdict("fake", {"hostility": 0.9 if any(w in t for w in self.words) else 0.1}) for t in texts]


class Offers:
    """A rewriter with fixed offers."""

    def __init__(self, *offers: tuple[Edit, ...], source: Source = Source.EDITOR) -> None:
        self.offers = [Candidate(edits, source) for edits in offers]

    def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
        return self.offers


def by(*rewriters: Rewriter) -> Rewording:
    return Rewording(rewriters)


def marked(text: str, words: str, label: str = "hostility") -> Concern:
    start = text.index(words)
    return Concern(label, 0.9, 0.5, (Span(start, start + len(words), label, 0.8),))


def test_a_suggestion_says_the_norm_another_way_and_a_wording() -> None:
    judge = Judge("even try")
    concern = marked(TEXT, "Did you even try?")
    suggestion = compose(TEXT, concern, NORMS, judge, THRESHOLDS)
    assert suggestion.label == "hostility"
    assert suggestion.title == NORMS["hostility"].title
    assert suggestion.says == "Read tomorrow, “Did you even try” may be about the person and not the code."
    assert suggestion.source == NORMS["hostility"].source.url
    assert suggestion.advice == NORMS["hostility"].ways[0]
    assert suggestion.spans == concern.spans
    assert suggestion.wording == "The loop in `run()` never ends."
    assert suggestion.edits == (Edit(0, 18, ""),)
    assert judge.asked == [[TEXT, "The loop in `run()` never ends.", "Did you try? The loop in `run()` never ends."]]
    assert suggestion.alternative == Wording("Did you try? The loop in `run()` never ends.", (Edit(7, 13, " "),))


def test_a_wording_that_is_still_heard_is_not_shown() -> None:
    suggestion = compose(TEXT, marked(TEXT, "Did you even try?"), NORMS, Judge("loop"), THRESHOLDS)
    assert (suggestion.wording, suggestion.edits) == (None, ())
    assert suggestion.advice


def test_without_a_candidate_nothing_is_judged() -> None:
    judge = Judge()
    text = "The year of the vendor API is 1999, since your mother wrote it."
    suggestion = compose(text, marked(text, "1999", "well_actually"), NORMS, judge, THRESHOLDS, by(MarkedWords()))
    assert suggestion.wording is None
    assert judge.asked == []


def test_the_first_clear_candidate_of_the_first_rewriter_wins() -> None:
    text = "The loop never ends, you fool, and it leaks."
    fool, leak = text.index(", you fool"), text.index(" and it leaks")
    poor = (Edit(4, 8, "`x`"),)  # refused by the guard: a new fact
    heard = (Edit(leak - 1, leak + 13, ""),)
    clear = (Edit(fool, fool + 10, ""),)
    other = (Edit(fool, fool + 10, ", friend"),)
    judge = Judge("fool")
    suggestion = compose(
        text, marked(text, "fool"), NORMS, judge, THRESHOLDS, by(Offers(poor, heard), Offers(clear, other))
    )
    assert suggestion.wording == "The loop never ends, and it leaks."
    assert len(judge.asked[0]) == 4


def test_of_a_long_text_fewer_candidates_are_judged() -> None:
    text = "The loop never ends, and it leaks. " * 50
    offers = [(Edit(len(text), len(text), " x" + "y" * i),) for i in range(1, 15)]
    judge = Judge("loop")
    compose(text, marked(text, "loop"), NORMS, judge, THRESHOLDS, by(Offers(*offers)))
    assert len(judge.asked[0]) == 2


def test_what_became_of_each_candidate_is_counted() -> None:
    text = "The loop never ends, you fool, and it leaks."
    at = text.index(", you fool")
    offers = Offers(
        (Edit(4, 8, "`x`"),), (Edit(at, at + 10, ""),), (Edit(at, at + 10, ", friend"),), (Edit(0, 3, "A fool:"),)
    )
    counted: list[tuple[str, str]] = []
    rewording = Rewording((offers,), count=lambda source, outcome: counted.append((source.value, outcome)))
    compose(text, marked(text, "fool"), NORMS, Judge("fool"), THRESHOLDS, rewording)
    assert counted == [("editor", "protected"), ("editor", "still_heard"), ("editor", "shown"), ("editor", "spare")]


def test_what_says_something_else_is_not_shown() -> None:
    class Apart:
        threshold = 0.8

        def similarity(self, a: str, b: Sequence[str]) -> list[float]:
            return [0.7 if "friend" in wording else 0.9 for wording in b]

    text = "The loop never ends, you fool, and it leaks."
    at = text.index(", you fool")
    offers = Offers((Edit(at, at + 10, ", friend"),), (Edit(at, at + 10, ""),))
    found = compose(text, marked(text, "fool"), NORMS, Judge("fool"), THRESHOLDS, Rewording((offers,), meaning=Apart()))
    assert (found.wording, found.alternative) == ("The loop never ends, and it leaks.", None)


def test_what_reads_oddly_where_it_was_changed_is_not_shown() -> None:
    class Reader:
        threshold = 0.5
        asked: ClassVar[list[tuple[str, list[tuple[int, int]]]]] = []

        def oddness(self, text: str, places: Sequence[tuple[int, int]]) -> float:
            self.asked.append((text, list(places)))
            return 0.1 if "friend" in text else 0.9

    text = "The loop never ends, you fool, and it leaks."
    at = text.index(", you fool")
    counted: list[tuple[str, str]] = []
    rewording = Rewording(
        (Offers((Edit(at, at + 10, ", friend"),), (Edit(at, at + 10, ""),)),),
        fluency=Reader(),
        count=lambda source, outcome: counted.append((source.value, outcome)),
    )
    found = compose(text, marked(text, "fool"), NORMS, Judge("fool"), THRESHOLDS, rewording)
    assert (found.wording, found.alternative) == ("The loop never ends, friend, and it leaks.", None)
    assert counted == [("editor", "odd"), ("editor", "shown")]
    assert Reader.asked == [
        ("The loop never ends, and it leaks.", [(at, at)]),
        ("The loop never ends, friend, and it leaks.", [(at, at + 8)]),
    ]


def test_the_number_of_judged_texts_is_bounded() -> None:
    text = "The loop never ends, and it leaks."
    offers = [(Edit(len(text), len(text), " x" + "y" * i),) for i in range(1, 15)]
    judge = Judge("loop")
    compose(text, marked(text, "loop"), NORMS, judge, THRESHOLDS, by(Offers(*offers)))
    assert len(judge.asked[0]) == MOST_CANDIDATES + 1


def test_long_broken_or_missing_marks_are_not_read_aloud() -> None:
    long = "You have no idea what you are doing here and you never had."
    for text, words in ((long, long), ("a\nb", "a\nb"), ("`rm`", "`rm`"), ('so "good"', 'so "good"')):
        suggestion = compose(text, marked(text, words, "belittling"), NORMS, Judge(), THRESHOLDS)
        assert suggestion.says.startswith("This can make")
    assert compose("x", Concern("belittling", 0.9, 0.5), NORMS, Judge(), THRESHOLDS).says.startswith("This can make")


def test_while_the_judge_is_away_the_advice_stands_alone() -> None:
    def away(texts: Sequence[str]) -> Sequence[Verdict]:
        raise NotNow("The classifier is busy.")

    suggestion = compose(TEXT, marked(TEXT, "Did you even try?"), NORMS, away, THRESHOLDS)
    assert (suggestion.wording, suggestion.edits) == (None, ())
    assert suggestion.advice == NORMS["hostility"].ways[0]


def test_a_text_too_long_to_reword_is_neither_searched_nor_judged() -> None:
    class Never:
        def candidates(self, text: str, concern: Concern, norms: Norms) -> Sequence[Candidate]:
            raise AssertionError("a step too many")

    judge = Judge("even try")
    for length, offers in ((LONGEST_TEXT, by(MarkedWords())), (LONGEST_TEXT + 1, by(Never()))):
        text = (TEXT + " The rest is fine to read." * 1000)[: length - 1] + "."
        suggestion = compose(text, marked(text, "Did you even try?"), NORMS, judge, THRESHOLDS, offers)
        assert (suggestion.wording is None) is (length > LONGEST_TEXT)
        assert suggestion.advice
    assert len(judge.asked) == 1


def test_the_protected_parts_of_a_text_are_found_once_for_all_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> Spans:
        read.append(text)
        return protected(text)

    for place in ("app.suggestions", "app.suggestions.guard", "app.suggestions.sentences"):
        monkeypatch.setattr(f"{place}.protected", counted)
    offers = [(Edit(len(TEXT), len(TEXT), " x" + "y" * i),) for i in range(8)]
    compose(TEXT, marked(TEXT, "loop"), NORMS, Judge(), THRESHOLDS, by(Offers(*offers)))
    assert read.count(TEXT) == 1


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_is_answered_in_time(piece: str) -> None:
    for length in (LONGEST_TEXT, 60_000):
        text = (piece * length)[:length]
        spans = tuple(Span(at, at + 2, "hostility", 0.9) for at in range(0, len(text), 600))
        with sanity_guard():
            compose(text, Concern("hostility", 0.9, 0.5, spans), NORMS, Judge(), THRESHOLDS)


PIECES = st.sampled_from(
    [
        "You never test",
        "the loop ends too late",
        "please rename it",
        ". ",
        ", ",
        "? ",
        "\n",
        "\n\n",
        "- ",
        "> quote\n",
        "`code()`",
        "but ",
        "@sam ",
        "3 ms",
        "```\nx\n```\n",
        " — ",
        "👍",
        "genius",
        "not ",
        "https://x.org ",
        "snake_case ",
    ]
)
OFFSETS = st.lists(st.tuples(st.integers(0, 150), st.integers(0, 150)), max_size=3)


@given(st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=80), OFFSETS, st.sampled_from(CONCERNS))
def test_a_wording_is_the_edits_applied_and_keeps_every_fact(
    text: str, offsets: list[tuple[int, int]], label: str
) -> None:
    concern = Concern(label, 0.9, 0.5, tuple(Span(a, b, label, 0.9) for a, b in offsets))
    suggestion = compose(text, concern, NORMS, Judge(), THRESHOLDS, by(MarkedWords()))
    if suggestion.wording is None:
        assert suggestion.edits == ()
        return
    assert suggestion.wording == apply(text, suggestion.edits) != text
    assert [suggestion.wording[a:b] for a, b in protected(suggestion.wording)] == [
        text[a:b] for a, b in protected(text)
    ]
    assert len(text) / 3 <= len(suggestion.wording) <= len(text) * 1.5
