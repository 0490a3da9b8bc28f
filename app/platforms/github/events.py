"""What each GitHub event asks of us: https://docs.github.com/webhooks/webhook-events-and-payloads.

A comment is its author's, whoever set off the event. One that an app posted for a person, with that person's own token
(``performed_via_github_app``), has the person as its user and is theirs; one that an app posted as itself has a bot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from app.domain import Account, CommentRef, Intent
from app.platforms import Delivery
from app.platforms.github.envelope import Envelope
from app.platforms.github.payload import (
    CommitComment,
    DiscussionComment,
    Installation,
    IssueComment,
    Review,
    ReviewComment,
    Revocation,
    User,
    Words,
    Written,
    read,
)
from app.platforms.github.refusals import refusal

PLATFORM = "github"

#: For events that GitHub sends without a time. None of them is about a comment, so there is nothing to put in order.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that is read: which action, on which server, and everything GitHub says about it."""

    id: str
    event: str
    action: str
    server: str
    contents: Mapping[str, object]

    def delivery(
        self,
        intent: Intent,
        at: datetime,
        subject: Account | None = None,
        ref: CommentRef | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> Delivery:
        return Delivery(f"gh:{self.id}", PLATFORM, self.event, intent, subject, ref, at, payload or {})


def hear(envelope: Envelope) -> Delivery:
    """What ``envelope`` asks of us. Raises ``RefusedDelivery`` where that is nothing, or where it cannot be read."""
    if envelope.event == "ping":
        raise refusal("ping")
    rule = EVENTS.get(envelope.event)
    if rule is None:  # its body stays closed
        raise refusal("event_not_handled")
    actions, make = rule
    contents = envelope.contents()
    action = contents.get("action")
    if not isinstance(action, str):
        raise refusal("malformed", "action")
    if action not in actions:
        raise refusal("action_not_handled")
    return make(Happened(envelope.id, envelope.event, action, envelope.server, contents))


#: GitHub counts in seconds, a review's edits keep the time of its submission, and a deletion that of the last edit. So
#: that what came later also counts as later, whichever arrives first:
LATER: Mapping[str, timedelta] = {
    "edited": timedelta(microseconds=1),
    "dismissed": timedelta(microseconds=2),
    "deleted": timedelta(microseconds=3),
}


def _written(shape: type[Written], happened: Happened) -> Delivery:
    """Somebody's words came, changed or went."""
    event = read(shape, happened.contents)
    words, author = event.words, event.words.user
    if author is None:
        raise refusal("deleted_user")
    if author.is_bot:
        raise refusal("bot_author")
    at, intent = words.at + LATER.get(happened.action, timedelta()), _intent(happened.action, event, author)
    carried = {"text": words.body, "project": event.repository.full_name, "thread": event.thread, "url": words.html_url}
    return happened.delivery(
        intent,
        at,
        subject=_account(author, happened.server),
        ref=CommentRef(PLATFORM, happened.server, event.kind, str(words.id)),
        payload=carried if intent is Intent.JUDGE else None,
    )


def _intent(action: str, event: Written, author: User) -> Intent:
    words = event.words
    if action == "deleted":
        return Intent.DELETE
    if action == "dismissed":
        return Intent.WITHDRAW
    if action == "edited":
        if event.changes is None or event.changes.body is None:
            raise refusal("no_change")
        # Edited by somebody else, the words are no longer the author's own; and no advice fits a dismissed review.
        theirs = event.sender is not None and event.sender.id == author.id
        return Intent.JUDGE if theirs and _said(words) and words.state != "dismissed" else Intent.WITHDRAW
    if not _said(words):
        raise refusal("no_text")
    return Intent.JUDGE


def _said(words: Words) -> bool:
    return bool((words.body or "").strip())


def _installation(happened: Happened) -> Delivery:
    """``payload``: server, installation id, target's login and id, and status: active, suspended or deleted."""
    event = read(Installation, happened.contents)
    installed = event.installation
    target = installed.account or event.account
    if target is None:
        raise refusal("malformed", "installation.account")
    status = "deleted" if happened.action == "deleted" else "suspended" if installed.suspended_at else "active"
    payload = {
        "server": happened.server,
        "id": installed.id,
        "target": target.login,
        "target_id": target.id,
        "status": status,
    }
    return happened.delivery(Intent.INSTALLATION, installed.updated_at or UNDATED, payload=payload)


def _revocation(happened: Happened) -> Delivery:
    """Somebody took their authorisation back; who, is the sender."""
    event = read(Revocation, happened.contents)
    return happened.delivery(Intent.FORGET_TOKEN, UNDATED, subject=_account(event.sender, happened.server))


def _account(user: User, server: str) -> Account:
    return Account(PLATFORM, server, user.id, user.login)


#: event: (the actions that are read, what is made of them)
EVENTS: Mapping[str, tuple[frozenset[str], Callable[[Happened], Delivery]]] = {
    "pull_request_review": (frozenset({"submitted", "edited", "dismissed"}), partial(_written, Review)),
    "pull_request_review_comment": (frozenset({"created", "edited", "deleted"}), partial(_written, ReviewComment)),
    "issue_comment": (frozenset({"created", "edited", "deleted"}), partial(_written, IssueComment)),
    "commit_comment": (frozenset({"created"}), partial(_written, CommitComment)),
    "discussion_comment": (frozenset({"created", "edited", "deleted"}), partial(_written, DiscussionComment)),
    "installation": (
        frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"}),
        _installation,
    ),
    "installation_repositories": (frozenset({"added", "removed"}), _installation),
    "installation_target": (frozenset({"renamed"}), _installation),
    "github_app_authorization": (frozenset({"revoked"}), _revocation),
}
