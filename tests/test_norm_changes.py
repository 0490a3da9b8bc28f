"""Two versions of the norms, and what a reader is told of their difference."""

from __future__ import annotations

import pytest

from app.domain import ConfigurationError, TactfulError
from app.norm_changes import Change, Kind, changes
from app.norm_edits import PARTS, Addition, Removal, Wording, edited, new_label, parts_of
from app.norms import Example, load, overlay

BASE = load()

TEAM = """
# Ours, since the offsite.
[concerns.hostility]
title = "Cool down"   # shorter
ways = ["Say what breaks.", "Take a walk."]

[written.tests_first]
title = "Tests first"
norm = "A bug gets a test before it gets a mend."
"""


def over(text: str):
    return overlay(BASE, text, "ours")


def test_the_same_norms_differ_in_nothing() -> None:
    assert changes(BASE, BASE) == ()
    assert changes(BASE, over("# a comment\n[concerns.hostility]\n")) == ()


def test_each_difference_is_a_sentence() -> None:
    found = changes(BASE, over(TEAM))
    assert [(c.kind, c.label, c.part) for c in found] == [
        (Kind.REWORDED, "hostility", "The title"),
        (Kind.REWORDED, "hostility", "One other way"),
        (Kind.REWORDED, "hostility", "Another way"),
        (Kind.ADDED, "tests_first", ""),
    ]
    assert found[0].in_words() == "The title was “Stay on the same side” and is now “Cool down”."
    assert found[-1].in_words() == "New: A bug gets a test before it gets a mend."
    assert {c.title for c in found} == {"Cool down", "Tests first"}


def test_what_goes_and_comes_back() -> None:
    off = over('[concerns.assumption]\non = false\ntitle = "Hidden"\n')
    kinds = [(c.kind, c.title) for c in changes(BASE, off)]
    assert kinds == [(Kind.REMOVED, "Ask rather than guess"), (Kind.REWORDED, "Hidden")]
    assert [c.kind for c in changes(off, over('[concerns.assumption]\ntitle = "Hidden"\n'))] == [Kind.BACK]
    assert changes(over(TEAM), BASE)[-1] == Change(Kind.REMOVED, "tests_first", "Tests first")


def test_examples_sources_talk_and_conduct_count_too() -> None:
    after = over("""
    [conduct]
    code_of_conduct = "https://example.org/conduct"
    contacts = [{ name = "Ada", how = "the welcome desk" }]
    [strengths.apology]
    discussion = "https://example.org/talk"
    source = { name = "Us", url = "https://example.org" }
    examples = [{ said = "My slip." }]
    """)
    said = [c.in_words() for c in changes(BASE, after)]
    assert "Where to talk about it is now “https://example.org/talk”." in said
    assert any(
        s.startswith("Where it comes from was “Wikimedia") and s.endswith("“Us https://example.org”.") for s in said
    )
    assert any(s.startswith("An example was “My mistake") and s.endswith("is now “My slip.”.") for s in said)
    assert "Who there is to turn to is now “Ada (the welcome desk)”." in said
    assert changes(after, BASE)[-1].in_words() == "Who there is to turn to was “Ada (the welcome desk)” and is gone."
    assert after["apology"].examples == (Example("My slip."),)


def test_tolerances_are_settings_and_not_for_a_version() -> None:
    with pytest.raises(ConfigurationError, match=r"ours, line 2: .*tolerance.* is a setting"):
        over("[concerns.hostility]\ntolerance = 1\n")


@pytest.mark.parametrize("name", ["hostility", "apology", "Big", "1st", "x" * 31])
def test_a_norm_as_text_only_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name of its own"):
        over(f'[written.{name}]\ntitle = "T"\nnorm = "N"\n')
    with pytest.raises(ConfigurationError, match="needs a title and a norm"):
        over('[written.x]\ntitle = "T"\n')


# --- accepting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "toml", ["", TEAM, 'concerns = { hostility = { says = "x" } }\n', "concerns.hostility.on = true\n"]
)
def test_a_wording_changes_that_part_alone_and_keeps_the_rest(toml: str, part: str) -> None:
    text = 'Say "what" breaks \\ and for whom\x7f — 🙂.'
    after = edited(BASE, toml, Wording("hostility", part, f"\n {text}\n"))
    [change] = changes(over(toml), over(after))
    assert (change.label, change.after) == ("hostility", text)
    if toml == TEAM:
        assert after.startswith("\n# Ours, since the offsite.")


def test_a_norm_is_added_removed_and_added_again() -> None:
    once = edited(BASE, TEAM, Addition("Tests first!", "Write it down."))
    twice = edited(BASE, once, Addition("日本", "Greet in your own language."))
    assert list(over(twice).written) == ["tests_first", "tests_first_2", "norm"]
    gone = edited(BASE, twice, Removal("tests_first"))
    assert not over(gone)["tests_first"].on
    assert over(edited(BASE, gone, Removal("apology"))).on("apology") is False
    assert not over(twice).on("norm"), "what nothing listens for is never spoken about"


def test_what_cannot_be_a_norm_changes_nothing() -> None:
    with pytest.raises(TactfulError, match="between 1 and 600"):
        edited(BASE, "", Wording("hostility", "title", "  "))
    with pytest.raises(TactfulError, match="between 1 and 600"):
        edited(BASE, "", Addition("T", "x" * 601))
    with pytest.raises(TactfulError, match="no such part"):
        edited(BASE, "", Wording("apology", "way_1", "x"))
    with pytest.raises(TactfulError, match="no such norm"):
        edited(BASE, "", Removal("sarcasm"))
    with pytest.raises(TactfulError, match="words"):
        edited(BASE, "", Wording("hostility", "says", "Let {name} rest."))


def test_parts_follow_the_kind_of_norm() -> None:
    norms = over(TEAM)
    assert parts_of(norms, "hostility") == tuple(PARTS)
    assert parts_of(norms, "apology") == ("title", "norm", "says")
    assert parts_of(norms, "tests_first") == ("title", "norm")
    assert new_label(norms, "Tests first") == "tests_first_2"
