"""What is held of one conversation on a forge whose events only point."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.domain import Account, Comment, CommentRef, Suggestion
from app.store import Store, comments, people, suggestions

RITA = Account("gerrit", "review.test", 1000001, "rita")


@pytest.fixture
def rita(store: Store, now: datetime) -> int:
    with store.begin() as c:
        person = people.newcomer(c, RITA, now)
        people.opt_in(c, person, now)
    return person


def ref(change: str, id: str, server: str = "review.test") -> CommentRef:
    return CommentRef("gerrit", server, "comment", f"{change}~{id}")


def keep(
    store: Store, person: int, found: CommentRef, at: datetime, *, published: bool = True, told: bool = False
) -> None:
    change = found.id.partition("~")[0]
    comment = Comment(found, RITA, "Words.", "lib", f"lib~{change}", "https://review.test/", at, published)
    with store.begin() as c:
        kept = comments.keep(c, store.vault, comment, person, at, at)
        if told and kept:
            said = Suggestion("belittling", "A title", "It says.", "", "Some advice.")
            suggestions.keep(c, store.vault, kept, store.vault.digest("Words."), person, said, at)


def test_only_what_is_held_of_that_change_and_person(store: Store, rita: int, now: datetime) -> None:
    with store.begin() as c:
        other = people.add(c, "other@example.org", now)
    keep(store, rita, ref("21", "a"), now)
    keep(store, rita, ref("21", "b"), now, published=False)
    keep(store, rita, ref("21", "gone"), now)
    keep(store, rita, ref("212", "a"), now)
    keep(store, rita, ref("2_1", "a"), now)
    keep(store, rita, ref("21", "a", "elsewhere.test"), now)
    keep(store, other, ref("21", "others"), now)
    with store.begin() as c:
        comments.gone(c, ref("21", "gone"), rita, now, now)
        comments.publish(c, ref("21", "b"))
        held = comments.held(c, rita, CommentRef("gerrit", "review.test", "change", "21"))
    assert [(row.ref, row.published, row.event_at) for row in held] == [
        (ref("21", "a"), True, now),
        (ref("21", "b"), True, now),
    ]


def test_what_was_found_gone_does_not_take_newer_words_along(store: Store, rita: int, now: datetime) -> None:
    keep(store, rita, ref("21", "a"), now)
    later = now + timedelta(seconds=1)
    keep(store, rita, ref("21", "a"), later)
    with store.begin() as c:
        comments.gone(c, ref("21", "a"), rita, now, later)
        assert len(comments.held(c, rita, CommentRef("gerrit", "review.test", "change", "21"))) == 1


def test_threads_with_notes_that_still_apply(store: Store, rita: int, now: datetime) -> None:
    keep(store, rita, ref("21", "a"), now, told=True)
    keep(store, rita, ref("21", "b"), now, told=True)
    keep(store, rita, ref("22", "a"), now, published=False, told=True)
    keep(store, rita, ref("23", "silent"), now)
    keep(store, rita, ref("24", "over"), now, told=True)
    with store.begin() as c:
        over = comments.find(c, ref("24", "over"))
        assert over is not None
        suggestions.withdraw(c, over, now)
        assert suggestions.open_threads(c, "gerrit", 10) == [(RITA, "lib~22", False), (RITA, "lib~21", True)]
        assert len(suggestions.open_threads(c, "gerrit", 1)) == 1
        assert suggestions.open_threads(c, "github", 10) == []


def test_a_login_leads_to_whoever_confirmed_and_asked(store: Store, rita: int, now: datetime) -> None:
    with store.begin() as c:
        assert people.called(c, "gerrit", "review.test", "rita") == [RITA]
        assert people.called(c, "gerrit", "review.test", "owen") == []
        assert people.called(c, "gerrit", "elsewhere.test", "rita") == []
        people.opt_out(c, rita)
        assert people.called(c, "gerrit", "review.test", "rita") == []
