"""What is asked of GitHub's GraphQL API with a person's own token: these documents, and nothing else.

Two of them change something: words of their own, which nobody else can read yet. None publishes.
https://docs.github.com/graphql/reference
"""

from __future__ import annotations

from functools import cache
from typing import Final

SEARCHED: Final = 15
"""Pull requests of each search. With eight asked for by name, one request still costs one point: GitHub counts the lists
that it has to go through, by the hundred (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api)."""

_OPEN: Final = "is:pr is:open archived:false sort:updated-desc"

_FRAGMENTS: Final = """
fragment Held on PullRequest {
  number
  repository { nameWithOwner }
  reviews(first: 1, states: [PENDING]) {
    nodes {
      fullDatabaseId viewerDidAuthor body url updatedAt
      comments(last: 100) { totalCount nodes { fullDatabaseId body url updatedAt } }
    }
  }
}
"""
_KNOWN: Final = """
fragment Known on PullRequest {
  ...Held
  out: reviews(last: 5, author: $login, states: [COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED]) {
    nodes { fullDatabaseId comments(last: 100) { nodes { fullDatabaseId } } }
  }
}
"""


@cache
def pending(named: int) -> str:
    """What the viewer holds unpublished: in pull requests that they take part in, and in ``named`` others.

    Variables: ``login``, and for each of the others ``owner0``, ``name0``, ``number0``.
    """
    declared = "".join(f", $owner{n}: String!, $name{n}: String!, $number{n}: Int!" for n in range(named))
    others = "".join(
        f"\n  pull{n}: repository(owner: $owner{n}, name: $name{n}) {{ pullRequest(number: $number{n}) {{ ...Known }} }}"
        for n in range(named)
    )
    head = f"query Pending($login: String!{declared})" if named else "query Pending"
    return f"""{head} {{
  viewer {{ databaseId login }}
  rateLimit {{ cost remaining resetAt }}
  involved: search(type: ISSUE, first: {SEARCHED}, query: "{_OPEN} involves:@me") {{ nodes {{ ...Held }} }}
  asked: search(type: ISSUE, first: {SEARCHED}, query: "{_OPEN} review-requested:@me") {{ nodes {{ ...Held }} }}{others}
}}{_FRAGMENTS}{_KNOWN if named else ""}"""


DRAFT: Final = """
query Draft($owner: String!, $name: String!, $number: Int!) {
  viewer { databaseId }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviews(first: 1, states: [PENDING]) {
        nodes {
          id fullDatabaseId viewerDidAuthor viewerCanUpdate body
          comments(last: 100) { nodes { id fullDatabaseId viewerCanUpdate body } }
        }
      }
    }
  }
}
"""

WRITE_COMMENT: Final = """
mutation WriteComment($id: ID!, $text: String!) {
  written: updatePullRequestReviewComment(input: { pullRequestReviewCommentId: $id, body: $text }) {
    words: pullRequestReviewComment { body }
  }
}
"""

WRITE_REVIEW: Final = """
mutation WriteReview($id: ID!, $text: String!) {
  written: updatePullRequestReview(input: { pullRequestReviewId: $id, body: $text }) {
    words: pullRequestReview { body }
  }
}
"""
