"""From a pending review on GitHub to a private word before anybody else can read it; and what becomes of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.domain import CommentRef, Intent
from app.store import Store, people, tokens
from tests.github_server import FakeGitHub
from tests.pending.street import HARMLESS, PROJECT, STING, Street, built

pytestmark = pytest.mark.anyio


@pytest.fixture
def street(github_server: FakeGitHub, store: Store) -> Street:
    return built(github_server, store)


async def test_a_pending_comment_is_spoken_about_before_anybody_else_can_read_it(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna)
    comment = street.github.pending_comment(review, STING)
    await street.round()
    [note] = street.inbox()
    assert note.ref == CommentRef("github", "127.0.0.1", "review_comment", str(comment.database_id))
    assert note.text == STING
    assert not note.published
    assert note.url.endswith(f"#discussion_r{comment.database_id}")
    assert len(street.channel.sent) == 1
    await street.round()
    await street.round()
    assert len(street.delivered) == 1, "nothing changed, so nothing is written"
    assert len(street.channel.sent) == 1


async def test_so_is_the_body_of_a_review(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    [note] = street.inbox()
    assert note.ref == CommentRef("github", "127.0.0.1", "review", str(review.database_id))


async def test_what_others_hold_pending_is_not_seen(street: Street) -> None:
    street.github.pending_review(street.pull(), street.github.user("ben"), STING)
    await street.round()
    assert street.asked() == 1
    assert street.inbox() == []


async def test_somebody_who_was_asked_by_nobody_is_found_where_they_wrote_before(street: Street) -> None:
    pull = street.github.pull_request(PROJECT, street.github.user("ben"))
    street.github.submit(published := street.github.pending_review(pull, street.anna, HARMLESS))
    await street.hear(published)
    pull.state = "CLOSED"  # no search finds it any more
    street.github.pending_comment(street.github.pending_review(pull, street.anna), STING)
    await street.round(timedelta(seconds=20))
    assert [note.text for note in street.inbox()] == [STING]


async def test_whoever_is_at_work_is_asked_for_within_twenty_seconds(street: Street) -> None:
    for _ in range(12):  # nothing happens for an hour
        await street.round()
    pull = street.pull()
    street.github.submit(published := street.github.pending_review(pull, street.anna, HARMLESS))
    await street.hear(published)
    asked = street.asked()
    await street.round(timedelta(seconds=19))
    assert street.asked() == asked
    await street.round(timedelta(seconds=1))
    assert street.asked() == asked + 1


async def test_an_edit_is_judged_again_and_the_earlier_note_goes(street: Street) -> None:
    comment = street.github.pending_comment(street.github.pending_review(street.pull(), street.anna), STING)
    await street.round()
    street.github.edit(comment, HARMLESS)
    await street.round()
    [note] = street.inbox()
    assert note.withdrawn
    street.github.edit(comment, STING)
    await street.round()
    [note] = street.inbox()
    assert not note.withdrawn, "the words are as they were"
    assert len(street.channel.sent) == 1, "and were spoken about"


async def test_an_edit_that_keeps_the_sting_is_spoken_about_again_in_the_inbox_alone(street: Street) -> None:
    comment = street.github.pending_comment(street.github.pending_review(street.pull(), street.anna), STING)
    await street.round()
    street.github.edit(comment, edited := f"{STING} Thanks for the test.")
    await street.round()
    assert {note.text: note.withdrawn for note in street.inbox()} == {edited: False, None: True}
    assert len(street.channel.sent) == 1, "about a draft, one message is enough"


@pytest.mark.parametrize("whole", [False, True], ids=["the comment", "the review"])
async def test_what_is_deleted_there_goes_here(street: Street, whole: bool) -> None:
    review = street.github.pending_review(street.pull(), street.anna)
    comment = street.github.pending_comment(review, STING)
    await street.round()
    street.github.delete(review if whole else comment)
    await street.round()
    assert street.inbox() == []


async def test_what_github_forgot_to_show_for_a_moment_is_heard_again(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    review.pull.reviews.remove(review)  # a copy that is behind
    await street.round()
    assert street.inbox() == []
    review.pull.reviews.append(review)
    await street.round()
    assert [note.text for note in street.inbox()] == [STING]
    walked = len(street.delivered)
    await street.round()
    assert len(street.delivered) == walked


async def test_once_submitted_it_is_no_draft_any_more_and_nothing_is_sent_again(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    street.github.submit(review)
    await street.round()
    [note] = street.inbox()
    assert note.published
    await street.hear(review)
    assert [n.published for n in street.inbox()] == [True]
    assert len(street.channel.sent) == 1


async def test_the_webhook_may_be_first_and_a_late_look_does_not_unpublish(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    late = street.delivered[-1]
    street.github.submit(review)
    await street.hear(review)
    await asyncio.to_thread(street.walk, late)
    [note] = street.inbox()
    assert note.published


async def test_about_what_is_out_only_one_thing_is_said(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    street.github.submit(review)
    await street.hear(review)
    assert len(street.channel.sent) == 1
    street.github.advance(timedelta(days=3))
    street.github.edit(review, STING.replace("child", "novice"))
    review.submitted_at = street.github.world.clock.now()
    await street.hear(review)
    assert len(street.channel.sent) == 1


async def test_a_harmless_one_stays_without_a_word(street: Street) -> None:
    street.github.pending_review(street.pull(), street.anna, HARMLESS)
    await street.round()
    assert len(street.delivered) == 1
    assert street.inbox() == []


async def test_a_token_that_was_revoked_is_forgotten(street: Street) -> None:
    street.github.world.revoke(street.github.registered(street.app), street.anna)
    await street.round()
    with street.store.read() as c:
        assert tokens.of_person(c, street.store.vault, street.person) == []
        assert people.bindings(c, street.person)[0].token_ended_at is not None
    before = len(street.github.requests)
    await street.round()
    assert len(street.github.requests) == before


async def test_a_token_of_somebody_else_is_never_used_twice(street: Street) -> None:
    ben = street.github.user("ben")
    street.github.pending_review(street.pull(), ben, STING)
    with street.store.begin() as c:
        binding = people.binding_of(c, street.account)
        assert binding is not None
        now = street.github.world.clock.now()
        tokens.keep(c, street.store.vault, binding, street.github.authorise(street.app, ben), now, now)
    await street.round()
    assert street.inbox() == []
    with street.store.read() as c:
        assert tokens.of_person(c, street.store.vault, street.person) == []


async def test_a_token_is_refreshed_on_the_way(street: Street) -> None:
    street.github.pending_review(street.pull(), street.anna, STING)
    await street.round(timedelta(hours=9))
    assert len(street.inbox()) == 1


async def test_limits_are_kept_to(street: Street) -> None:
    street.github.pending_review(street.pull(), street.anna, STING)
    street.github.trouble.secondary(retry_after_s=600, times=1, path="graphql")
    await street.round(timedelta(0))
    asked = street.asked()
    await street.round(timedelta(seconds=590))
    assert street.asked() == asked
    await street.round(timedelta(seconds=90))
    assert len(street.inbox()) == 1


async def test_an_answer_that_is_broken_or_missing_is_asked_for_again(street: Street) -> None:
    street.github.pending_review(street.pull(), street.anna, STING)
    street.github.trouble.fail(502, times=1, path="graphql")
    await street.round()
    assert street.inbox() == []
    await street.round()
    assert len(street.inbox()) == 1


async def test_a_place_that_is_gone_hides_nothing_else(street: Street) -> None:
    """Where something is held is asked for by name, and may not be there any more."""
    first = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    del street.github.world.pulls[first.pull.id]
    street.github.pending_review(street.pull(), street.anna, HARMLESS)
    await street.round()
    assert [d.intent for d in street.delivered] == [Intent.DRAFTS, Intent.DRAFTS]
    assert len(street.inbox()) == 1, "of what cannot be seen, nothing is known"


async def test_nobody_who_stopped_is_asked_for(street: Street) -> None:
    street.github.pending_review(street.pull(), street.anna, STING)
    with street.store.begin() as c:
        people.opt_out(c, street.person)
    await street.round()
    assert street.asked() == 0
    with street.store.begin() as c:
        people.opt_in(c, street.person, street.github.world.clock.now())
    await street.round()
    assert len(street.inbox()) == 1


async def test_a_login_that_changed_hides_nothing_and_is_learnt(street: Street) -> None:
    review = street.github.pending_review(street.pull(), street.anna, STING)
    await street.round()
    street.anna.login = "anna-again"
    street.github.submit(review)
    await street.round()
    assert len(street.inbox()) == 1, "by another login, what was submitted is not found"
    await street.round()
    [note] = street.inbox()
    assert note.published
