from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import policy
from app.domain import Concern, ConfigurationError, Person, Silence, Silent, Span, Speak, Verdict
from app.norm_changes import changes
from app.norms import Example, load
from app.suggestions.edits import apply
from app.suggestions.own_phrases import OwnWordings, fine

OURS = """
[own]
fine = ["nit", "yak shaving"]
wordings = [
  { said = "RTFM", instead = "the manual has it" },
  { said = "this is a no-go", instead = "this needs a talk first" },
]
"""


@pytest.fixture
def norms(tmp_path: Path):
    path = tmp_path / "ours.toml"
    path.write_text(OURS)
    return load(path)


def test_a_projects_own_wordings_are_offered_as_it_wrote_them(norms) -> None:
    concern = Concern("hostility", 0.9, 0.5)
    text = "RTFM, and this is a  no-go. No rtfms."
    [one] = OwnWordings().candidates(text, concern, norms)
    assert apply(text, one.edits) == "The manual has it, and this needs a talk first. No rtfms."
    assert OwnWordings().candidates("The loop ends.", concern, norms) == ()
    assert OwnWordings().candidates(text, concern, load()) == ()


def test_words_that_the_project_is_fine_with_are_not_spoken_about(norms) -> None:
    text = "Nit: more yak shaving."
    assert fine(text, (Span(0, 4, "belittling", 0.9), Span(10, 22, "belittling", 0.9)), norms)
    assert not fine(text, (Span(0, 9, "belittling", 0.9),), norms)
    assert not fine(text, (), norms)
    assert not fine(text, (Span(0, 4, "belittling", 0.9),), load())


def test_the_policy_is_silent_about_them_and_says_so(norms) -> None:
    verdict = Verdict("m", {"belittling": 0.9, "hostility": 0.8})
    said = {
        "verdict": verdict,
        "norms": norms,
        "thresholds": {"belittling": 0.5, "hostility": 0.5},
        "person": Person(1, opted_in=True),
        "history": policy.History(),
        "now": datetime(2026, 1, 1, tzinfo=UTC),
    }
    silent = policy.decide(**said, fine=lambda concern: True)
    assert isinstance(silent, Silent)
    assert silent.reason is Silence.FINE_HERE
    spoken = policy.decide(**said, fine=lambda concern: concern.label == "belittling")
    assert isinstance(spoken, Speak)
    assert spoken.concern.label == "hostility"


def test_what_a_project_adds_stands_before_what_is_there(norms, tmp_path: Path) -> None:
    assert norms.own.wordings[0] == Example("RTFM", "the manual has it")
    assert norms.own.fine == ("nit", "yak shaving")
    assert norms.version != load().version


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[own]\nfine = [1]\n", "must be a list of texts in quotes"),
        ("[own]\nwordings = [{ said = 'x' }]\n", 'needs "instead"'),
        ("[own]\nwords = []\n", "Allowed: fine, wordings"),
        ("[concerns.assumption.frames]\nwhy = 'x'\n", "Allowed: undone"),
        ("[concerns.assumption.frames]\nundone = 'Did you?'\n", "must have {do} in it once"),
        ("[concerns.assumption.frames]\nopen = 'Is {do} so?'\n", "must have nothing in braces"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    assert why in str(refused.value)


def test_a_team_reads_what_changed_in_its_own_words(norms) -> None:
    said = [change.in_words() for change in changes(load(), norms)]
    assert said == [
        "What is fine here is now “nit, yak shaving”.",
        "What to say instead is now “RTFM → the manual has it; this is a no-go → this needs a talk first”.",
    ]
