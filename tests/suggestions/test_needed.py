import pytest

from app.suggestions.needed import asks, still_said


@pytest.mark.parametrize(
    ("said", "does"),
    [
        ("Rename it to `x`.", True),
        ("Could one of you look at the tokens?", True),
        ("Stop wasting my time.", False),
        ("Stop this or I tell your boss.", True),
        ("Who wrote this?", False),
    ],
)
def test_a_request_is_told_from_a_sting(said: str, does: bool) -> None:
    assert asks(said) == does


def test_a_fact_that_somebody_does_not_know_has_to_stay_somewhere() -> None:
    gone = ["How can one not know that the median is no mean?"]
    assert not still_said(gone, "Please use the other one.", "feigned_surprise")
    assert still_said(gone, "The median is no mean, please use the other one.", "feigned_surprise")
    assert still_said(gone, "Please use the other one.", "belittling")


@pytest.mark.parametrize("left", ["lol, a spinlock.", "A spinlock \U0001f44f"])
def test_nothing_is_offered_while_a_scoff_stays(left: str) -> None:
    assert not still_said(["Who wrote this?"], left, "belittling")
