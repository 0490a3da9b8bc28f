import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Edit, Verdict
from app.suggestions.candidates import Candidate, Source
from app.suggestions.guard import Refusal, inspect, judged_again


def seen(text: str, *changes: tuple[str, str]) -> Refusal | None:
    edits = [Edit(text.index(old), text.index(old) + len(old), new) for old, new in changes]
    return inspect(text, Candidate(tuple(sorted(edits, key=lambda edit: edit.start)), Source.EDITOR))


@pytest.mark.parametrize(
    ("text", "change", "refusal"),
    [
        ("The loop never ends, genius.", (", genius", ""), None),
        ("The loop never ends.", ("loop", "loop"), Refusal.UNCHANGED),
        ("Rename `foo` in this file.", ("`foo`", "it"), Refusal.PROTECTED),
        ("Rename `foo` in this file.", ("this file", "`bar`"), Refusal.PROTECTED),
        ("It takes long, so rename the field.", ("long", "30 ms"), Refusal.PROTECTED),
        ("Ask her to rename the field, please.", ("her", "@ada"), Refusal.PROTECTED),
        ("One two three four five six.", (" three four five six", ""), Refusal.TOO_SHORT),
        ("The loop ends.", ("ends", "ends after a while"), Refusal.TOO_LONG),
        ("The loop never ends, genius.", (" never", ""), Refusal.NEGATION),
        ("The loop ends, genius.", ("ends", "never ends"), Refusal.NEGATION),
        ("This doesn't work on the phone.", ("doesn't work", "works"), Refusal.NEGATION),
        ("You didn't look. The loop ends too late.", ("You didn't look. ", ""), None),
        ("You didn't look, the loop ends too late.", ("You didn't look, the", "The"), Refusal.NEGATION),
        ("Are you blind? The loop ends too late.", ("Are you blind?", "Please look again."), Refusal.STANCE),
        ("I won't read this. The loop ends too late.", ("I won't read this. ", ""), Refusal.STANCE),
        ("NACK, you lot. The loop ends too late.", ("NACK, you lot. ", ""), Refusal.STANCE),
        ("You must grow up. The loop ends too late.", ("You must grow up. ", ""), Refusal.STANCE),
        ("Fine. Learn to code.", (" Learn to code.", ""), Refusal.TOO_SHORT),
        ("Thank you, please. Get lost.", (" Get lost.", ""), Refusal.LITTLE_LEFT),
        ("> are you sure about that?\n\nOk. Get lost.", (" Get lost.", ""), Refusal.LITTLE_LEFT),
        ("Genius. `[[` becomes `[`.", ("Genius. ", ""), None),
        ("You could close the file, genius.", ("You could", "We could"), Refusal.ADDRESSEE),
        ("Could you close the file, genius?", ("Could you", "Could we"), Refusal.ADDRESSEE),
        ("Just close the file here.", ("Just close the file here.", "Could you close the file here?"), None),
        ("Just close the file here.", ("Just", "Please"), None),
        ("Please close the file here.", ("Please close", "Close"), Refusal.STANCE),
        ("You may drop this field today, genius.", ("may", "will"), Refusal.ADDRESSEE),
        ("Does the loop ever end, genius?", (", genius?", "."), Refusal.QUESTION),
        ("The loop ends late, genius.", (", genius.", "?"), Refusal.QUESTION),
        ("The loop ends late, genius.", ("genius", "says Gregor"), Refusal.NEW_NAME),
        ("The loop (you fool) ends too late.", ("(you fool", ""), Refusal.UNBALANCED),
    ],
)
def test_every_refusal_has_its_case(text: str, change: tuple[str, str], refusal: Refusal | None) -> None:
    assert seen(text, change) is refusal


THRESHOLDS = {"belittling": 0.5, "hostility": 0.9}
BEFORE = Verdict("m", {"belittling": 0.7, "hostility": 0.1}, {"alternative": 0.9, "apology": 0.4})


@pytest.mark.parametrize(
    ("after", "refusal"),
    [
        (Verdict("m", {"belittling": 0.1, "hostility": 0.1}, {"alternative": 0.5}), None),
        (Verdict("m", {"belittling": 0.37, "hostility": 0.49}, {"alternative": 0.9}), None),
        # Half a logit below .5 is .378, below .9 it is .845: more likely than not in any case.
        (Verdict("m", {"belittling": 0.38, "hostility": 0.1}, {"alternative": 0.9}), Refusal.STILL_HEARD),
        (Verdict("m", {"belittling": 0.1, "hostility": 0.5}, {"alternative": 0.9}), Refusal.NEW_CONCERN),
        (Verdict("m", {"belittling": 0.1, "hostility": 0.1}, {"alternative": 0.49}), Refusal.STRENGTH_LOST),
        (Verdict("m", {"belittling": 0.1, "hostility": 0.1}, {}), Refusal.STRENGTH_LOST),
        (Verdict("m", known_language=False), Refusal.NOT_JUDGED),
    ],
)
def test_a_wording_is_judged_like_any_comment_and_with_a_margin(after: Verdict, refusal: Refusal | None) -> None:
    assert judged_again(BEFORE, after, THRESHOLDS) is refusal


@pytest.mark.parametrize(("threshold", "p", "clear"), [(1.01, 1.0, True), (0.0, 0.0, False), (1.0, 0.99, True)])
def test_thresholds_at_the_ends_are_taken_as_they_are(threshold: float, p: float, clear: bool) -> None:
    verdict = Verdict("m", {"hostility": p})
    assert (judged_again(verdict, verdict, {"hostility": threshold}) is None) is clear


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_heard_never_passes(p: float, threshold: float) -> None:
    verdict = Verdict("m", {"hostility": p})
    if p >= threshold:
        assert judged_again(verdict, verdict, {"hostility": threshold}) is Refusal.STILL_HEARD


def test_a_frame_may_ask_and_grow_but_not_drop_a_vote_or_change_its_neighbours() -> None:
    text = "You never ran it. NACK until it must not leak."
    frame = (0, 17)
    asks = Edit(0, 17, "Have you had a chance to run it at least once on a machine that is not your own one?")
    assert inspect(text, Candidate((asks,), Source.FRAME, frame)) is None
    for other, refusal in (
        (Edit(18, 23, ""), Refusal.STANCE),
        (Edit(32, 36, "can"), Refusal.STANCE),
        (Edit(37, 41, ""), Refusal.NEGATION),
    ):
        assert inspect(text, Candidate((asks, other), Source.FRAME, frame)) is refusal
