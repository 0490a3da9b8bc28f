"""Every example payload in the npm package ``@octokit/webhooks-examples`` has an outcome that is stated here."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from app.domain import Intent, RefusedDelivery
from app.platforms.github import GitHub
from app.platforms.github.deliveries import signed

EXAMPLES = Path(__file__).parents[2] / "node_modules" / "@octokit" / "webhooks-examples"
SECRET = "a secret"

#: (event, action): outcome, how many there are on github.com and on GitHub Enterprise Server 3.1 to 3.5
OUTCOMES = {
    ("commit_comment", "created"): ("judge", 5, 7),
    ("discussion_comment", "created"): ("judge", 2, 0),
    ("discussion_comment", "deleted"): ("delete", 1, 0),
    ("discussion_comment", "edited"): ("judge", 1, 0),
    ("github_app_authorization", "revoked"): ("forget_token", 2, 5),
    ("installation", "created"): ("installation", 2, 2),
    ("installation", "deleted"): ("installation", 2, 7),
    ("installation", "new_permissions_accepted"): ("installation", 1, 0),
    ("installation", "suspend"): ("installation", 1, 0),
    ("installation", "unsuspend"): ("installation", 1, 0),
    ("installation_repositories", "added"): ("installation", 2, 7),
    ("installation_repositories", "removed"): ("installation", 1, 2),
    ("issue_comment", "created"): ("judge", 5, 7),
    ("issue_comment", "deleted"): ("delete", 2, 2),
    ("issue_comment", "edited"): ("judge", 2, 2),
    ("ping", None): ("ping", 4, 7),
    ("pull_request_review", "dismissed"): ("withdraw", 1, 0),
    ("pull_request_review", "submitted"): ("no_text", 3, 7),
    ("pull_request_review_comment", "created"): ("judge", 3, 7),
    ("pull_request_review_comment", "deleted"): ("delete", 1, 0),
    ("pull_request_review_comment", "edited"): ("judge", 1, 0),
}


def load(pattern: str) -> list[tuple[str, dict[str, object]]]:
    """(event, payload) of every example in the files that fit."""
    if not EXAMPLES.is_dir():
        pytest.skip("the example payloads are not installed: run `npm ci` in tests/")
    files = sorted(EXAMPLES.glob(pattern))
    assert files, "the package has moved its files"
    return [(e["name"], x) for file in files for e in json.loads(file.read_text()) for x in e["examples"]]


def outcome(event: str, contents: dict[str, object], form: bool = False) -> str:
    request = signed(event, contents, delivery="d-1", secret=SECRET, form=form)
    try:
        return str(GitHub([SECRET]).accept(request).intent)
    except RefusedDelivery as refusal:
        return refusal.reason


@pytest.mark.parametrize(("pattern", "column"), [("api.github.com/index.json", 1), ("ghes-*/index.json", 2)])
@pytest.mark.parametrize("form", [False, True])
def test_every_example_has_its_stated_outcome(pattern: str, column: int, form: bool):
    heard = {event for event, _ in OUTCOMES}
    found: Counter[tuple[str, object, str]] = Counter()
    others: Counter[str] = Counter()
    for event, contents in load(pattern):
        result = outcome(event, contents, form)
        if event in heard:
            found[event, contents.get("action"), result] += 1
        else:
            others[result] += 1
    expected = {(event, action, row[0]): row[column] for (event, action), row in OUTCOMES.items() if row[column]}
    assert found == expected
    assert list(others) == ["event_not_handled"]


@pytest.mark.anyio
async def test_examples_are_read_faithfully():
    platform = GitHub([SECRET])
    seen = Counter[str]()
    for event, contents in load("*/index.json"):
        words = contents.get("comment") or contents.get("review")
        if not isinstance(words, dict) or outcome(event, contents) not in ("judge", "delete", "withdraw"):
            continue
        delivery = platform.accept(signed(event, contents, delivery="d-1", secret=SECRET))
        assert delivery.subject is not None
        assert delivery.ref is not None
        assert delivery.subject.id == words["user"]["id"]
        assert delivery.subject.login == words["user"]["login"]
        assert delivery.ref.id == str(words["id"])
        said = datetime.fromisoformat(words.get("updated_at") or words["submitted_at"])
        assert delivery.at.replace(microsecond=0) == said  # what came later in the same second counts as later
        comments = (await platform.read(delivery)).comments
        assert len(comments) == (delivery.intent is Intent.JUDGE)
        for comment in comments:
            assert comment.text == words["body"]
            assert comment.url == words["html_url"]
            assert comment.project == contents["repository"]["full_name"]
            assert comment.thread.startswith(comment.project)
        seen[delivery.ref.kind] += 1
    assert seen == {
        "commit_comment": 12,
        "discussion_comment": 4,
        "issue_comment": 20,
        "review": 1,
        "review_comment": 12,
    }


def test_only_comments_of_people_carry_words():
    """What is kept of a delivery is what ``read`` needs, and nothing else of GitHub's."""
    for event, contents in load("*/index.json"):
        try:
            delivery = GitHub([SECRET]).accept(signed(event, contents, delivery="d-1", secret=SECRET))
        except RefusedDelivery:
            continue
        keys = {
            Intent.JUDGE: {"text", "project", "thread", "url"},
            Intent.INSTALLATION: {"server", "id", "target", "target_id", "status"},
        }
        assert set(delivery.payload) == keys.get(delivery.intent, set())
