"""A wording goes into a pending comment only by its author, only while it is pending, only if it reads as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain import CommentRef, NotNow
from app.platforms import Applied, Refusal, Refused
from app.store import Store
from tests.github_server import FakeGitHub
from tests.github_server.world import Comment, Review
from tests.pending.street import HARMLESS, STING, Street, built

pytestmark = pytest.mark.anyio
WORDING = "The leak is in `read_all`. Please close the handle."


@pytest.fixture
def street(github_server: FakeGitHub, store: Store) -> Street:
    return built(github_server, store)


@pytest.fixture
def review(street: Street) -> Review:
    return street.github.pending_review(street.pull(), street.anna, STING)


@pytest.fixture
def comment(street: Street, review: Review) -> Comment:
    return street.github.pending_comment(review, STING)


def ref(street: Street, words: Comment | Review) -> CommentRef:
    kind = "review" if isinstance(words, Review) else "review_comment"
    return CommentRef("github", street.app.server, kind, str(words.database_id))


async def apply(street: Street, words: Comment | Review, *, shown: str = STING, text: str = WORDING):
    pull = (words if isinstance(words, Review) else words.review).pull
    thread = f"{pull.project}#{pull.number}"
    expected = street.store.vault.digest(shown)
    return await street.drafts.apply(street.account, ref(street, words), thread, expected, text)


@pytest.mark.parametrize("which", ["review", "comment"])
async def test_it_reads_as_wanted_and_stays_pending(
    street: Street, which: str, request: pytest.FixtureRequest, review: Review
) -> None:
    words = request.getfixturevalue(which)
    assert await apply(street, words) == Applied(WORDING)
    assert words.body == WORDING
    assert review.state == "PENDING"
    assert await apply(street, words) == Applied(WORDING), "an attempt whose answer was lost may be repeated"


async def test_other_comments_are_left_alone(street: Street, comment: Comment) -> None:
    other = street.github.pending_comment(comment.review, STING)
    await apply(street, comment)
    assert (comment.body, other.body, comment.review.body) == (WORDING, STING, STING)


async def test_not_if_it_reads_differently_by_now(street: Street, comment: Comment) -> None:
    street.github.edit(comment, HARMLESS)
    assert await apply(street, comment) == Refused(Refusal.CHANGED)
    assert comment.body == HARMLESS


async def test_not_once_it_is_submitted(street: Street, comment: Comment) -> None:
    street.github.submit(comment.review)
    assert await apply(street, comment) == Refused(Refusal.GONE)
    assert comment.body == STING


async def test_not_once_it_is_deleted(street: Street, comment: Comment) -> None:
    street.github.delete(comment)
    assert await apply(street, comment) == Refused(Refusal.GONE)


async def test_not_by_anybody_else(street: Street) -> None:
    theirs = street.github.pending_comment(
        street.github.pending_review(street.pull(), street.github.user("ben")), STING
    )
    assert await apply(street, theirs) == Refused(Refusal.GONE)
    assert theirs.body == STING


async def test_not_with_nothing(street: Street, comment: Comment) -> None:
    assert await apply(street, comment, text=" \n") == Refused(Refusal.NOT_ALLOWED)


async def test_not_without_a_token(street: Street, comment: Comment) -> None:
    street.account = replace(street.account, id=street.account.id + 1)
    assert await apply(street, comment) == Refused(Refusal.NO_TOKEN)


async def test_not_with_one_that_was_revoked(street: Street, comment: Comment) -> None:
    street.github.world.revoke(street.github.registered(street.app), street.anna)
    assert await apply(street, comment) == Refused(Refusal.NO_TOKEN)
    assert comment.body == STING


async def test_not_where_the_app_may_only_read(github_server: FakeGitHub, store: Store) -> None:
    street = built(github_server, store, {"pull_requests": "read", "metadata": "read"})
    comment = street.github.pending_comment(street.github.pending_review(street.pull(), street.anna), STING)
    assert not street.drafts.applies(ref(street, comment))
    assert await apply(street, comment) == Refused(Refusal.NOT_ALLOWED)
    assert street.asked() == 0


async def test_not_where_the_permission_was_taken_back_since(street: Street, comment: Comment) -> None:
    street.github.registered(street.app).permissions["pull_requests"] = "read"
    assert await apply(street, comment) == Refused(Refusal.NOT_ALLOWED)
    assert comment.body == STING


@pytest.mark.parametrize(
    "trouble", [lambda t: t.fail(502, path="graphql"), lambda t: t.secondary(path="graphql")], ids=["away", "limited"]
)
async def test_nothing_is_written_while_github_is_away(
    street: Street, comment: Comment, trouble: Callable[[object], None]
) -> None:
    trouble(street.github.trouble)
    with pytest.raises(NotNow):
        await apply(street, comment)
    assert comment.body == STING


async def test_what_is_held_in_one_place_can_be_listed(street: Street, comment: Comment) -> None:
    pull = comment.review.pull
    place = CommentRef("github", street.app.server, "pull_request", f"{pull.project}#{pull.number}")
    found = await street.drafts.list(street.account, place)
    assert [(c.ref, c.text) for c in found] == [(ref(street, w), STING) for w in (comment.review, comment)]
