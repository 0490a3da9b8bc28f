"""An answer is worth a walk where something came, changed or went; and only there is anything written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain import Account, Comment, CommentRef
from app.pending.news import MOST_THREADS, news, threads
from app.platforms import Held, Pending
from app.platforms.github.pending import PendingOnGitHub, reading
from app.store.comments import Draft

ANNA = Account("github", "github.com", 7, "anna")
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PULL = "octo/parser#12"


def ref(id: int, kind: str = "review_comment") -> CommentRef:
    return CommentRef("github", "github.com", kind, str(id))


def comment(id: int, text: str = "Please close the handle.") -> Comment:
    url = f"https://github.com/octo/parser/pull/12#discussion_r{id}"
    return Comment(ref(id), ANNA, text, "octo/parser", PULL, url, NOW - timedelta(minutes=1), published=False)


def pending(*comments: Comment, out: tuple[CommentRef, ...] = (), whole: bool = True) -> Pending:
    return Pending(PULL, "octo/parser", comments, frozenset(out), whole)


def digest(text: str) -> str:
    return text.lower()


def held(id: int, text: str = "Please close the handle.", thread: str = PULL) -> Draft:
    return Draft(ref(id), thread, digest(text))


def is_news(found: Pending, *drafts: Draft) -> bool:
    return list(news([found], drafts, digest)) == [found]


def test_what_came_or_changed_is_news_and_what_stayed_is_not() -> None:
    assert is_news(pending(comment(1)))
    assert not is_news(pending(comment(1)), held(1))
    assert is_news(pending(comment(1, "Other words.")), held(1))
    assert is_news(pending(comment(1), comment(2)), held(1))
    assert not is_news(pending())


def test_what_went_is_news_where_the_answer_is_whole() -> None:
    assert is_news(pending(), held(1))
    assert not is_news(pending(whole=False), held(1))
    assert is_news(pending(out=(ref(1),), whole=False), held(1))
    assert not is_news(pending(), held(1, thread="octo/other#3"))


def test_where_something_is_held_is_asked_for_first() -> None:
    many = [held(n, thread=f"octo/parser#{n}") for n in range(1, 4)]
    named = threads([*many, many[0]], [f"octo/parser#{n}" for n in range(2, 30)])
    assert named[:4] == ["octo/parser#1", "octo/parser#2", "octo/parser#3", "octo/parser#4"]
    assert len(named) == MOST_THREADS


def carried(found: Pending, *known: Held, at: datetime = NOW):
    """Through a delivery as it is stored, and read in the walk."""
    platform = PendingOnGitHub.__new__(PendingOnGitHub)  # to make a delivery, nobody is asked
    delivery = platform.deliver(ANNA, found, "pending:1", at)
    return reading(type(delivery).parse(delivery.dump()), known)


def test_the_walk_reads_what_was_found() -> None:
    read = carried(pending(comment(1), comment(2, "Ünïcode 🙂 “quotes”\r\n")))
    assert read.comments == (comment(1), comment(2, "Ünïcode 🙂 “quotes”\r\n"))
    assert read.comments[0].published is False
    assert read.gone == read.published == ()


def test_what_is_lost_was_submitted_or_is_gone() -> None:
    before = NOW - timedelta(minutes=1)
    known = [Held(ref(n), False, before) for n in (1, 2, 3)]
    read = carried(pending(comment(1), out=(ref(2),)), *known)
    assert read.gone == (ref(3),)
    assert read.published == (ref(2),)


def test_nothing_is_taken_away_that_is_published_came_meanwhile_or_may_be_there() -> None:
    before = NOW - timedelta(minutes=1)
    assert carried(pending(), Held(ref(1), True, before)).gone == ()
    assert carried(pending(), Held(ref(1), False, NOW + timedelta(seconds=1))).gone == ()
    assert carried(replace(pending(), whole=False), Held(ref(1), False, before)).gone == ()
