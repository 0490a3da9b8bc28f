"""Deliveries made here and not by GitHub: for the demonstration, and for the fake forge of the tests.

Payloads hold what Tactful reads and a little around it, in the shapes of
https://docs.github.com/webhooks/webhook-events-and-payloads; the tests compare them with recorded ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode

from app.platforms import Incoming
from app.platforms.github import signature
from app.platforms.github.envelope import FORM, JSON

Kind = Literal["review", "review_comment", "issue_comment", "commit_comment", "discussion_comment"]
Payload = dict[str, object]

#: kind: (event, path of the page under the repository, start of the anchor on it)
_PLACES: Mapping[Kind, tuple[str, str, str]] = {
    "review": ("pull_request_review", "pull/{number}", "pullrequestreview-"),
    "review_comment": ("pull_request_review_comment", "pull/{number}", "discussion_r"),
    "issue_comment": ("issue_comment", "issues/{number}", "issuecomment-"),
    "commit_comment": ("commit_comment", "commit/{sha}", "commitcomment-"),
    "discussion_comment": ("discussion_comment", "discussions/{number}", "discussioncomment-"),
}


@dataclass(frozen=True, slots=True)
class Somebody:
    """A GitHub account; ``type`` is ``User``, ``Bot`` or ``Organization``."""

    id: int
    login: str
    type: str = "User"


@dataclass(frozen=True, slots=True)
class Note:
    """Something written on GitHub. ``author`` is ``None`` once the account is gone; ``text`` may be in a review.

    ``number`` is that of the pull request, issue or discussion; with ``on_pull_request`` an issue comment stands in a
    pull request's conversation.
    """

    kind: Kind
    id: int
    author: Somebody | None
    text: str | None = field(repr=False)
    created_at: datetime
    updated_at: datetime
    project: str = "octo-org/octo-repo"
    number: int = 12
    sha: str = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    on_pull_request: bool = False
    state: str = "commented"
    server: str = "github.com"

    @property
    def event(self) -> str:
        return _PLACES[self.kind][0]

    @property
    def url(self) -> str:
        _, path, anchor = _PLACES[self.kind]
        page = "pull/{number}" if self.on_pull_request else path
        place = page.format(number=self.number, sha=self.sha)
        return f"https://{self.server}/{self.project}/{place}#{anchor}{self.id}"


def payload(note: Note, action: str, sender: Somebody, previous: str | None = None) -> Payload:
    """What GitHub sends when ``sender`` did ``action`` to ``note``; ``previous`` is the text before an edit."""
    found: Payload = {"action": action, "repository": _repository(note), "sender": _user(sender)}
    found["review" if note.kind == "review" else "comment"] = _words(note)
    page = f"https://{note.server}/{note.project}"
    match note.kind:
        case "review" | "review_comment":
            found["pull_request"] = {"number": note.number, "html_url": f"{page}/pull/{note.number}"}
        case "issue_comment":
            place = "pull" if note.on_pull_request else "issues"
            issue: Payload = {"number": note.number, "html_url": f"{page}/{place}/{note.number}"}
            if note.on_pull_request:  # how GitHub tells the two apart
                issue["pull_request"] = {"html_url": f"{page}/pull/{note.number}"}
            found["issue"] = issue
        case "discussion_comment":
            found["discussion"] = {"number": note.number, "html_url": f"{page}/discussions/{note.number}"}
    if previous is not None:
        found["changes"] = {"body": {"from": previous}}
    return found


def installation(action: str, id: int, target: Somebody, sender: Somebody, at: datetime) -> Payload:
    """What GitHub sends about an app's installation at ``target``."""
    installed: Payload = {
        "id": id,
        "account": _user(target),
        "target_id": target.id,
        "target_type": target.type,
        "updated_at": int(at.timestamp()),
        "suspended_at": _time(at) if action == "suspend" else None,
    }
    return {"action": action, "installation": installed, "sender": _user(sender)}


def revocation(sender: Somebody) -> Payload:
    """What GitHub sends when somebody takes back the authorisation they gave an app."""
    return {"action": "revoked", "sender": _user(sender)}


def signed(event: str, contents: Payload, *, delivery: str, secret: str, form: bool = False) -> Incoming:
    """``contents`` as GitHub would send them; ``delivery`` is the value of ``X-GitHub-Delivery``."""
    text = json.dumps(contents, separators=(",", ":"), ensure_ascii=False)
    body = urlencode({"payload": text}).encode() if form else text.encode()
    headers = {
        "content-type": FORM if form else JSON,
        "user-agent": "GitHub-Hookshot/0000000",
        "x-github-delivery": delivery,
        "x-github-event": event,
        signature.HEADER: signature.sign(secret.encode(), body),
    }
    return Incoming(headers, body)


def _words(note: Note) -> Payload:
    words: Payload = {
        "id": note.id,
        "user": _user(note.author) if note.author else None,
        "body": note.text,
        "html_url": note.url,
        "author_association": "CONTRIBUTOR",
    }
    if note.kind in ("review", "commit_comment", "review_comment"):
        words["commit_id"] = note.sha
    if note.kind == "review":
        return words | {"state": note.state, "submitted_at": _time(note.created_at)}
    return words | {"created_at": _time(note.created_at), "updated_at": _time(note.updated_at)}


def _user(somebody: Somebody) -> Payload:
    return {"login": somebody.login, "id": somebody.id, "type": somebody.type, "site_admin": False}


def _repository(note: Note) -> Payload:
    owner, _, name = note.project.partition("/")
    return {
        "name": name,
        "full_name": note.project,
        "private": False,
        "owner": {"login": owner},
        "html_url": f"https://{note.server}/{note.project}",
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
