"""The fake itself: a pending review is there for the token of its author alone, and changes only where both may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.domain import Key
from app.platforms.github.client import Answer, Client
from app.platforms.github.transport import Transport
from tests.github_server import FakeGitHub

pytestmark = pytest.mark.anyio

PENDING = """
query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviews(states: PENDING, first: 10) {
        totalCount
        nodes { id body viewerCanUpdate comments(first: 50) { nodes { id body state line viewerCanUpdate } } }
      }
    }
  }
}
"""
CHANGE = """
mutation ($id: ID!, $body: String!) {
  updatePullRequestReviewComment(input: {pullRequestReviewCommentId: $id, body: $body}) {
    pullRequestReviewComment { body state }
  }
}
"""
MINE = """
query {
  search(type: ISSUE, query: "is:pr is:open involves:@me", first: 1) {
    issueCount
    pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
async def transport(github_server: FakeGitHub) -> AsyncIterator[Transport]:
    made = Transport(github_server.world.clock.now)
    yield made
    await made.close()


@pytest.mark.parametrize("level", ["read", "write"])
async def test_pending_is_for_its_author_alone(github_server: FakeGitHub, transport: Transport, level: str):
    app = github_server.app(permissions={"metadata": "read", "pull_requests": level})
    anna, bert = github_server.user("anna"), github_server.user("bert")
    pull = github_server.pull_request("octo-org/octo-repo", bert)
    review = github_server.pending_review(pull, anna)
    comment = github_server.pending_comment(review, "Why not a set?")

    async def ask(key: Key, document: str, **variables: Any) -> Answer:
        return await Client(app, key.token, transport).graphql(document, variables)

    place = {"owner": "octo-org", "name": "octo-repo", "number": pull.number}
    of_anna, of_bert = (github_server.authorise(app, one) for one in (anna, bert))
    seen = (await ask(of_anna, PENDING, **place)).data["repository"]["pullRequest"]["reviews"]
    [shown] = seen["nodes"][0]["comments"]["nodes"]
    can = level == "write"
    assert shown == {"id": comment.id, "body": "Why not a set?", "state": "PENDING", "line": 3, "viewerCanUpdate": can}
    assert (await ask(of_bert, PENDING, **place)).data["repository"]["pullRequest"]["reviews"]["totalCount"] == 0

    changed = await ask(of_anna, CHANGE, id=comment.id, body="A set?")
    assert [error.type for error in changed.errors] == ([] if can else ["FORBIDDEN"])
    assert github_server.comment(comment.id).body == ("A set?" if can else "Why not a set?")
    assert [error.type for error in (await ask(of_bert, CHANGE, id=comment.id, body="Mine")).errors] == ["NOT_FOUND"]

    github_server.submit(review)
    assert (await ask(of_anna, PENDING, **place)).data["repository"]["pullRequest"]["reviews"]["totalCount"] == 0


async def test_a_search_comes_in_pages(github_server: FakeGitHub, transport: Transport):
    app, anna = github_server.app(), github_server.user("anna")
    for _ in range(2):
        github_server.pull_request("octo-org/octo-repo", anna)
    github_server.pull_request("octo-org/octo-repo", github_server.user("bert"))
    found = (await Client(app, github_server.authorise(app, anna).token, transport).graphql(MINE, {})).data["search"]
    assert found == {"issueCount": 2, "pageInfo": {"hasNextPage": True, "endCursor": "1"}}
