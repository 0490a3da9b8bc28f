from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.domain import Account, Comment, CommentRef, Intent
from app.platforms import Delivery, Reading
from app.platforms.github import GitHub
from app.platforms.github.deliveries import Somebody
from tests.platforms.github.asking import SECRET, accepted, refused
from tests.platforms.github.forge import MONA, OCTOCAT, ROBOT, Forge

KINDS = ("review", "review_comment", "issue_comment", "commit_comment", "discussion_comment")
EDITED = ("review", "review_comment", "issue_comment", "discussion_comment")
DELETED = ("review_comment", "issue_comment", "discussion_comment")


async def read(delivery: Delivery) -> Comment:
    [comment] = (await GitHub([SECRET]).read(delivery)).comments
    return comment


# --- words that came --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_new_words_are_judged(forge: Forge, kind: str):
    delivery = accepted(getattr(forge, kind)("Why not a set?"))
    assert delivery.intent is Intent.JUDGE
    assert delivery.subject == Account("github", "github.com", OCTOCAT.id)
    assert delivery.subject.login == "octocat"
    assert delivery.ref == CommentRef("github", "github.com", kind, "1001")
    assert delivery.at == datetime(2026, 3, 4, 9, 0, 1, tzinfo=UTC)
    assert delivery.at.tzinfo is UTC


THREADS = {
    "review": ("octo-org/octo-repo#12", "https://github.com/octo-org/octo-repo/pull/12#pullrequestreview-1001"),
    "review_comment": ("octo-org/octo-repo#12", "https://github.com/octo-org/octo-repo/pull/12#discussion_r1001"),
    "issue_comment": ("octo-org/octo-repo#12", "https://github.com/octo-org/octo-repo/issues/12#issuecomment-1001"),
    "commit_comment": (
        "octo-org/octo-repo@6113728f27ae82c7b1a177c8d03f9e96e0adf246",
        "https://github.com/octo-org/octo-repo/commit/6113728f27ae82c7b1a177c8d03f9e96e0adf246#commitcomment-1001",
    ),
    "discussion_comment": (
        "octo-org/octo-repo/discussions/3",
        "https://github.com/octo-org/octo-repo/discussions/3#discussioncomment-1001",
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
async def test_the_comment_is_read_from_the_delivery(forge: Forge, kind: str):
    delivery = accepted(getattr(forge, kind)("Why not a set?"))
    thread, url = THREADS[kind]
    assert await read(delivery) == Comment(
        ref=CommentRef("github", "github.com", kind, "1001"),
        author=Account("github", "github.com", OCTOCAT.id),
        text="Why not a set?",
        project="octo-org/octo-repo",
        thread=thread,
        url=url,
        written_at=delivery.at,
        published=True,
    )


@pytest.mark.anyio
async def test_a_pull_requests_conversation_is_a_thread_with_its_reviews(forge: Forge):
    comment = await read(accepted(forge.issue_comment("Why not a set?", on_pull_request=True)))
    assert comment.thread == "octo-org/octo-repo#12"
    assert comment.url == "https://github.com/octo-org/octo-repo/pull/12#issuecomment-1001"
    assert (await read(accepted(forge.review_comment("And here?")))).thread == comment.thread


@pytest.mark.anyio
@pytest.mark.parametrize(
    "text",
    [
        "Ça marche, 素晴らしい 👩‍👩‍👧 \u202eabc",
        "a" * 60_000,
        "é" * 60_000,
        "🎉" * 60_000,
        "a\r\n\r\n> b\n\tc",
        "null",
        "\x00",
    ],
    ids=["scripts", "60,000", "60,000 é", "60,000 emoji", "lines", "null", "NUL"],
)
@pytest.mark.parametrize("form", [False, True])
async def test_any_text_arrives_as_it_was_written(text: str, form: bool):
    assert (await read(accepted(Forge(SECRET, form=form).review_comment(text)))).text == text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [None, "", " \r\n\t "])
def test_without_words_there_is_nothing_to_judge(forge: Forge, kind: str, text: str | None):
    assert refused(getattr(forge, kind)(text)) == (204, "no_text")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bot", [ROBOT, Somebody(7, "helper", "Bot"), Somebody(8, "helper[bot]", "User")])
def test_bots_are_not_read(forge: Forge, kind: str, bot: Somebody):
    assert refused(getattr(forge, kind)("Bump lodash.", bot)) == (204, "bot_author")


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_that_is_gone_has_nobody_to_tell(forge: Forge, kind: str):
    assert refused(getattr(forge, kind)("Why not a set?", None)) == (204, "deleted_user")


def test_what_an_app_posted_for_a_person_is_theirs(forge: Forge):
    contents = json.loads(forge.issue_comment("Why not a set?").body)
    contents["comment"]["performed_via_github_app"] = {"id": 1, "slug": "helper", "name": "Helper"}
    delivery = accepted(forge.send("issue_comment", contents))
    assert (delivery.intent, delivery.subject) == (Intent.JUDGE, Account("github", "github.com", OCTOCAT.id))


def test_accounts_belong_to_their_server():
    forge = Forge(SECRET, server="git.example.org")
    delivery = GitHub([SECRET], server="Git.Example.org").accept(forge.review_comment("Why not a set?"))
    assert delivery.subject == Account("github", "git.example.org", OCTOCAT.id)
    assert delivery.ref == CommentRef("github", "git.example.org", "review_comment", "1001")


# --- words that changed -----------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("kind", EDITED)
async def test_an_edit_is_judged_anew(forge: Forge, kind: str):
    first = accepted(getattr(forge, kind)("Obviously a set."))
    second = accepted(forge.edit("A set keeps this unique."))
    assert second.intent is Intent.JUDGE
    assert second.ref == first.ref
    assert second.id != first.id
    assert (await read(second)).text == "A set keeps this unique."
    if kind != "review":  # GitHub gives a review no time but that of its submission
        assert second.at > first.at


@pytest.mark.parametrize("kind", EDITED)
def test_edited_by_somebody_else_the_words_are_no_longer_the_authors(forge: Forge, kind: str):
    getattr(forge, kind)("Obviously a set.")
    delivery = accepted(forge.edit("[removed]", by=MONA))
    assert delivery.intent is Intent.WITHDRAW
    assert delivery.subject == Account("github", "github.com", OCTOCAT.id)
    assert delivery.payload == {}


def test_an_edit_by_nobody_in_particular_is_not_taken_for_the_authors(forge: Forge):
    forge.review_comment("Obviously a set.")
    contents = json.loads(forge.edit("A set.").body) | {"sender": None}
    assert accepted(forge.send("pull_request_review_comment", contents)).intent is Intent.WITHDRAW


@pytest.mark.parametrize("kind", EDITED)
@pytest.mark.parametrize("text", [None, "", "\n"])
def test_an_edit_to_nothing_withdraws(forge: Forge, kind: str, text: str | None):
    getattr(forge, kind)("Obviously a set.")
    assert accepted(forge.edit(text)).intent is Intent.WITHDRAW


@pytest.mark.parametrize("kind", EDITED)
@pytest.mark.parametrize("changes", [None, {}, {"title": {"from": "A title"}}, {"body": None}])
def test_an_edit_that_left_the_words_alone_is_no_change(forge: Forge, kind: str, changes: object):
    getattr(forge, kind)("Obviously a set.")
    assert refused(forge.edit_nothing()) == (204, "no_change")
    contents = json.loads(forge.sent[-1].body) | {"changes": changes}
    assert refused(forge.send(forge.last.event, contents)) == (204, "no_change")


def test_a_review_that_was_empty_may_be_given_words(forge: Forge):
    assert refused(forge.review(None)) == (204, "no_text")
    assert accepted(forge.edit("Obviously a set.")).intent is Intent.JUDGE


def test_a_dismissed_review_needs_no_advice(forge: Forge):
    first = accepted(forge.review("Obviously a set.", state="changes_requested"))
    delivery = accepted(forge.dismiss(by=MONA))
    assert (delivery.intent, delivery.ref, delivery.subject) == (Intent.WITHDRAW, first.ref, first.subject)
    assert accepted(forge.edit("Clearly a set.")).intent is Intent.WITHDRAW


# --- words that went --------------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("kind", DELETED)
@pytest.mark.parametrize("by", [OCTOCAT, MONA, ROBOT], ids=["author", "moderator", "bot"])
async def test_a_deletion_deletes_whoever_did_it(forge: Forge, kind: str, by: Somebody):
    first = accepted(getattr(forge, kind)("Obviously a set."))
    delivery = accepted(forge.delete(by=by))
    assert (delivery.intent, delivery.ref, delivery.subject) == (Intent.DELETE, first.ref, first.subject)
    assert delivery.at >= first.at
    assert delivery.payload == {}
    assert await GitHub([SECRET]).read(delivery) == Reading()
