"""The report for a retrospective: from figures to three questions, and into Markdown that stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.norms import load
from app.retro import Change, Figures, Open, Retro, Row, questions, rows, strengths
from app.retro_markdown import escaped, markdown

TITLES = {label: norm.title for label, norm in load().all().items()}
POOR = Retro("octo/parser", date(2026, 1, 1), date(2026, 3, 4), TITLES, (), (), Figures(), ())
FIGURES = Figures(
    ("January 2026", "February 2026"),
    {
        ("people", ""): 61,
        ("nudged", "hostility"): 24,
        ("nudged", "assumption"): 31,
        ("nudged", "*"): 19,
        ("edited", "assumption"): 22,
        ("helpful", "hostility"): 20,
        ("wrong", "hostility"): 4,
        ("helpful", "assumption"): 15,
        ("wrong", "assumption"): 14,
        ("strength", "mentoring"): 40,
        ("strength", "*"): -2,
    },
    k=10,
    epsilon=0.5,
    epsilon_a_year=2,
)
RICH = replace(
    POOR,
    figures=FIGURES,
    settings=(
        Change(date(2026, 2, 1), "maintainer", "It was loud.", ("Stay on the same side, tolerance: 0.3 → 0.2",)),
    ),
    norms=(Change(date(2026, 2, 9), "administrator", "From the offsite.", ("Tests first: New: a test.",)),),
    proposals=(
        Open(date(2026, 2, 20), "Ask rather than guess", "Ask twice.", "It [helps](https://evil.example)."),
        Open(date(2026, 2, 10), "A new norm", "<b>Greet</b>\n# first", ""),
    ),
)


def test_the_questions_come_from_the_figures() -> None:
    first, second, third = RICH.questions
    assert first.startswith("Some 14 people said that notes about “Ask rather than guess” were wrong, some 15")
    assert second.startswith("Most notes were about “Ask rather than guess” (some 31 people).")
    assert third == "2 proposals wait for an answer, since 10 February 2026. What can we settle today?"


def test_there_are_always_three_and_they_differ() -> None:
    for retro in (
        POOR,
        RICH,
        replace(RICH, proposals=()),
        replace(POOR, figures=Figures(("x",), {("wrong", "*"): 20})),
    ):
        assert len(set(questions(retro))) == 3
    assert questions(POOR)[0].startswith("Which comment of these weeks did you good")
    assert "hardly anybody" in questions(replace(POOR, figures=Figures(("x",), {("wrong", "hostility"): 12})))[0]


def test_rows_leave_out_what_too_few_stand_behind() -> None:
    assert rows(FIGURES, TITLES) == (
        Row("Ask rather than guess", 31, 22, 15, 14),
        Row("Stay on the same side", 24, None, 20, 4),
        Row("Norms with few people each", 19, None, None, None),
    )
    assert strengths(FIGURES, TITLES) == (("Mentoring", 40), ("Kinds with few people each", 0))
    assert rows(Figures(), TITLES) == ()


def test_the_report_holds_everything() -> None:
    text = markdown(RICH)
    assert text.startswith("# Retrospective: octo/parser\n\nFrom 1 January 2026 to 4 March 2026.")
    assert "- 1 February 2026, by a maintainer: It was loud." in text
    assert "by an administrator: From the offsite." in text
    assert "| Stay on the same side | 24 | – | 20 | 4 |" in text
    assert "ε = 0.5 a release, 2 a year" in text
    assert "at least 10 people" in text
    assert text.count("\n1. ") == text.count("\n3. ") == 1
    poor = markdown(POOR)
    assert "Neither settings nor norms." in poor
    assert "Nothing was released for this time" in poor
    assert poor.rstrip().endswith("None.")


def test_what_people_wrote_stays_text() -> None:
    text = markdown(RICH)
    assert "](" not in text.replace(r"\]\(", "")
    assert "<b>" not in text.replace(r"\<b\>", "")
    assert "\n# first" not in text
    assert escaped("a-b, it's 3.11") == "a-b, it's 3.11"
    assert escaped("1. item") == r"1\. item"
    assert escaped("- item") == r"\- item"
    assert escaped("https://evil.example") == r"https\:\/\/evil\.example"
