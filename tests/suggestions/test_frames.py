import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Concern, Span
from app.norms import load
from app.suggestions.edits import apply
from app.suggestions.frames import Frames
from app.suggestions.guard import inspect
from app.suggestions.protect import protected
from classifiers.labels import CONCERNS

NORMS = load()


def framed(marked: str, label: str) -> list[str]:
    """The wordings offered for a text whose marked words stand between ⟦ and ⟧, those that the guard lets through."""
    text = marked.replace("⟦", "").replace("⟧", "")
    start = marked.index("⟦")
    spans = (Span(start, marked.index("⟧") - 1, label, 0.9),)
    offered = Frames().candidates(text, Concern(label, 0.9, 0.5, spans), NORMS)
    return [apply(text, one.edits) for one in offered if inspect(text, one) is None]


@pytest.mark.parametrize(
    ("label", "marked", "says"),
    [
        (
            "assumption",
            "⟦You clearly didn't bother to run the tests before pushing this.⟧",
            "Have you had a chance to run the tests before pushing this?",
        ),
        ("assumption", "⟦did you even read the docs⟧", "have you had a chance to read the docs?"),
        (
            "assumption",
            "⟦You've never tested this⟧, it fails on Windows.",
            "Have you had a chance to test this? It fails on Windows.",
        ),
        ("assumption", "⟦You forgot to close the file.⟧", "Could you close the file?"),
        ("assumption", "⟦You used a global here because you are lazy.⟧", "What made you use a global here?"),
        ("hostility", "⟦Why the hell would you copy `run()` here?⟧", "What made you copy `run()` here?"),
        (
            "backseat_driving",
            "⟦Just rewrite it in Rust.⟧ The loop leaks.",
            "Would it help to rewrite it in Rust? The loop leaks.",
        ),
        ("backseat_driving", "⟦you should use a queue⟧", "would it help to use a queue?"),
        (
            "feigned_surprise",
            "⟦Wow, you've never heard of context managers?⟧ The file stays open.",
            "Context managers: one of those things nobody tells you about. The file stays open.",
        ),
        (
            "feigned_surprise",
            "⟦Wait, nobody ever showed you `lockdep`?⟧",
            "`lockdep`: one of those things nobody tells you about.",
        ),
        (
            "feigned_surprise",
            "⟦So nobody on your side of the ocean has ever heard of `CODEOWNERS`?⟧ Huh.",
            "`CODEOWNERS` may be worth a look here.",
        ),
        (
            "feigned_surprise",
            "⟦Ten years of C and you are asking me what `restrict` does?⟧ It leaks.",
            "Happy to explain what `restrict` does. It leaks.",
        ),
        (
            "feigned_surprise",
            "⟦Is it news to somebody who maintains a browser that there is `vector<bool>`?⟧",
            "Happy to explain `vector<bool>`.",
        ),
        (
            "feigned_surprise",
            "⟦All those years of kernel work and you didn't know that `printk` can sleep and wake?⟧",
            "`printk` can sleep and wake: one of those things nobody tells you.",
        ),
        (
            "feigned_surprise",
            "⟦Never heard of `-fsanitize=undefined`, have we.⟧",
            "`-fsanitize=undefined` may be worth a look here.",
        ),
        (
            "feigned_surprise",
            "⟦You've been writing shaders since when, and `fwidth` is news to you?⟧",
            "Happy to explain `fwidth`.",
        ),
        ("feigned_surprise", "⟦Nobody showed you `gofmt -s` when you joined?⟧", "Happy to explain `gofmt -s`."),
        ("feigned_surprise", "⟦You've never opened the profiler??⟧", "The profiler may be worth a look here."),
        ("hostility", "⟦For god's sake stop tagging me.⟧", "Please stop tagging me."),
        ("hostility", "⟦answer the question⟧, it leaks", "please answer the question. It leaks"),
        (
            "backseat_driving",
            "⟦Kafka. (I have not cloned it.)⟧",
            "Kafka. (I have not cloned it.) Would that be an option here?",
        ),
        (
            "well_actually",
            "⟦In the description it's a slice, not an array.⟧",
            "In the description it's a slice, not an array. Would it be worth changing?",
        ),
        (
            "bare_opposition",
            "⟦The answer's no and stays no.⟧",
            "The answer's no and stays no. Is there another way that would work for you?",
        ),
        (
            "backseat_driving",
            "⟦Haven't touched React in years, but y'all should throw away the state layer.⟧",
            "Would it help to throw away the state layer?",
        ),
        ("hostility", "⟦Fix it or get out of the way.⟧ The loop leaks.", "Please fix it. The loop leaks."),
        (
            "hostility",
            "⟦If this isn't merged by Friday I'm going public.⟧ We wait for it.",
            "Could this be merged by Friday? We wait for it.",
        ),
        (
            "bare_opposition",
            "⟦NACK on 3/7.⟧ The rest is queued.",
            "NACK on 3/7. Is there another way that would work for you? The rest is queued.",
        ),
        ("bare_opposition", "⟦Not on my watch 👎⟧", "Not on my watch 👎 Is there another way that would work for you?"),
        (
            "backseat_driving",
            "⟦Not on this project, passing by: event sourcing. You'll thank me.⟧",
            "Not on this project, passing by: event sourcing. Would that be an option here?",
        ),
        (
            "bare_opposition",
            "⟦I don't really like it.⟧",
            "I don't really like it. Is there another way that would work for you?",
        ),
        ("backseat_driving", "⟦rewrite it in Go, obviously⟧", "would it help to rewrite it in Go?"),
        (
            "backseat_driving",
            "⟦I only saw the title. I'd say use a queue.⟧",
            "I only saw the title. Would it help to use a queue?",
        ),
        (
            "backseat_driving",
            "⟦Just drop React and use a queue.⟧",
            "Would it help to drop React and use a queue?",
        ),
        (
            "feigned_surprise",
            "⟦Never heard of `gap`? Really?⟧ I thought everybody learns that.",
            "Happy to explain `gap`.",
        ),
        (
            "feigned_surprise",
            "⟦You don't know the difference between a mutex and a semaphore.⟧",
            "The difference between a mutex and a semaphore may be worth a look here.",
        ),
        ("feigned_surprise", "⟦wow ok. so nobody here knows about COMDAT⟧", "COMDAT may be worth a look here."),
        (
            "hostility",
            "⟦You people never cease to amaze me with what you call a release around here.⟧ The new archive is empty.",
            "One thing to look at: the new archive is empty.",
        ),
    ],
)
def test_a_frame_is_filled_with_the_comments_own_clause(label: str, marked: str, says: str) -> None:
    assert says in framed(marked, label)


@pytest.mark.parametrize(
    "marked",
    ["⟦Rewrite it in Go or stop bothering us.⟧", "⟦No time to read it, NACK on principle.⟧", "⟦Did not read it. -1⟧"],
)
def test_a_threat_a_refusal_and_a_question_get_no_further_question(marked: str) -> None:
    assert not any("option" in wording for wording in framed(marked, "backseat_driving"))


@pytest.mark.parametrize(
    "marked",
    [
        "⟦No. And don't ask again.⟧",
        "⟦No. And don\u2019t ask again.⟧",
        "⟦I am against it, and I won't discuss it here.⟧",
        "⟦It stays as it is, and I'm locking the thread.⟧",
        "⟦I'd ask you not to reopen this.⟧",
        "⟦Overruled. Next.⟧",
        "⟦No. Closing.⟧",
        "⟦I liked the old one. Change it back.⟧",
        "⟦As I told you on the list: no.⟧",
    ],
)
def test_where_the_talk_is_closed_nothing_is_offered_behind_it(marked: str) -> None:
    assert framed(marked, "bare_opposition") == []


def test_where_the_marked_words_are_the_point_none_of_them_goes() -> None:
    text = "No. I am against it. The rest is fine."
    spans = (Span(0, 3, "bare_opposition", 0.9), Span(4, 20, "bare_opposition", 0.9))
    [one] = Frames().candidates(text, Concern("bare_opposition", 0.9, 0.5, spans), NORMS)
    assert (
        apply(text, one.edits) == "No. I am against it. Is there another way that would work for you? The rest is fine."
    )
    assert inspect(text, one) is None


@pytest.mark.parametrize(
    ("label", "marked"),
    [
        ("assumption", "⟦You frobnicated the handle.⟧"),  # not a verb that is known
        ("assumption", "⟦You never test, which is why it fails on Mondays⟧."),  # the rest is no sentence
        ("backseat_driving", "⟦GraphQL sorts that out.⟧"),
        ("feigned_surprise", "⟦How can one be here for a year and *not* know that!⟧"),
        ("feigned_surprise", "⟦There are people who still write `var`?⟧"),  # what is meant is another thing
        ("feigned_surprise", "⟦Didn't you know that you are special?⟧"),
        ("hostility", "⟦Grow up, both of you.⟧"),
        ("backseat_driving", "⟦Too many files, without having cloned it.⟧"),
        ("assumption", "⟦You knew about the leak.⟧"),  # nobody chooses to know
        ("assumption", "⟦You use `run()` here.⟧"),
        ("hostility", "⟦Ship it or I will.⟧"),
        ("well_actually", "⟦Octave isn't MATLAB.⟧"),
    ],
)
def test_where_no_frame_fits_none_is_filled(label: str, marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    assert all(wording.startswith(text.rstrip(".")) for wording in framed(marked, label))


TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "You never test ",
                "you forgot to close ",
                "why would you use ",
                "`run()` ",
                "just use a queue",
                "have you heard of ",
            ),
            *(". ", "? ", ", ", "\n", "> quote\n", "@ada ", "3 ms ", "because ", "and ", "the loop ends", "😀", "("),
        ]
    ),
    max_size=12,
).map("".join)
SPANS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=3)


@given(TEXTS | st.text(max_size=50), SPANS, st.sampled_from(CONCERNS))
def test_whatever_is_framed_its_facts_stay(text: str, offsets: list[tuple[int, int]], label: str) -> None:
    spans = tuple(Span(a, b, label, 0.9) for a, b in offsets)
    for one in Frames().candidates(text, Concern(label, 0.9, 0.5, spans), NORMS):
        wording = apply(text, one.edits)
        if inspect(text, one) is None:
            assert [wording[a:b] for a, b in protected(wording)] == [text[a:b] for a, b in protected(text)]
