from app.domain import Concern, Span, Suggestion
from classifiers import readings
from classifiers.corpus import DATA, rows
from classifiers.evaluate_rewrites import Case, Walk, by_hand, coverage, protected_parts, without_span
from classifiers.made_up import fuzzed
from classifiers.readings import QUESTIONS, lay_out, score
from classifiers.runtime import OnnxClassifier


def case(number: int, wording: str | None) -> Case:
    concern = Concern("hostility", 0.9, 0.5, (Span(0, 9, "hostility", 0.9),))
    return Case(
        f"t-{number}",
        f"You fool. It leaks {number}.",
        concern,
        Suggestion("hostility", "", "", "", "", wording=wording),
        0.0,
    )


def test_coverage_counts_flagged_comments_with_a_wording() -> None:
    found = coverage([case(1, "It leaks 1."), case(2, None), case(3, None), case(4, "It leaks 4.")])
    assert (found["count"], found["share"], found["by_concern"]["hostility"]["share"]) == (4, 0.5, 0.5)
    assert without_span(case(1, None)) == "It leaks 1."


def test_fuzzed_comments_keep_what_was_planted() -> None:
    """The count that ``--fuzz`` makes of 100,000, on as many as a test may take; the facts are known without the guard."""
    walk = Walk(OnnxClassifier.load(), None)
    found = protected_parts(walk, list(fuzzed(400)))
    assert found["wordings"] > 100
    assert found["lost"] == 0


def test_rewrites_by_hand_meet_the_same_guard() -> None:
    judge = OnnxClassifier.load()
    walk = Walk(judge, None)
    cases = list(walk.cases([(r["id"], r["text"]) for r in rows(DATA / "t24.jsonl") if r.get("rewrite")][:60]))
    found = by_hand(walk, judge, cases)
    assert sum(n for name, n in found["outcomes"].items() if name != "invented") == found["count"] == len(cases)
    assert 0 < found["outcomes"]["passed"] < len(cases)


def test_what_is_laid_out_is_blind_and_mixed() -> None:
    cases = [case(n, f"It leaks {n}.") for n in range(40)]
    rows, key = lay_out(cases, {"t-3": "It leaks, 3 times.", "t-4": "A leak."})
    assert {row["source"] for row in key} == {"shown", "delete", "written"}
    assert [row["number"] for row in rows] == [row["number"] for row in key]
    assert all(set(row) == {"number", "text", "wording", *QUESTIONS} for row in rows)
    assert lay_out(cases, {})[0] == lay_out(cases, {})[0], "the same for the same seed"
    assert readings.SHOWN == 300


def test_readers_are_counted_by_source() -> None:
    key = [{"number": 1, "source": "shown"}, {"number": 2, "source": "delete"}]
    yes = {"same_meaning": True, "natural": True, "kinder": True}
    first = [{"number": 1, **yes}, {"number": 2, **yes, "natural": False}]
    second = [{"number": 1, **yes, "kinder": False}, {"number": 2, **yes, "natural": None}]
    found = score(key, [first, second])
    assert found["shown"]["kinder"]["share"] == 0.5
    assert found["delete"]["natural"]["share"] == 0.0
    assert found["agreement"] == {**found["agreement"], "count": 5, "share": 0.8}
