"""GraphQL, executed on GitHub's own schema. What a resolver does not give is an error, never a made-up value.

https://docs.github.com/graphql. A pending review is there for the token of its author alone; changing a comment takes the App's
permission to write, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError, execute, parse, validate
from graphql import GraphQLSyntaxError as SyntaxError_

from tests.github_server.contract import schema
from tests.github_server.trouble import Trouble
from tests.github_server.world import Comment, Pull, Review, User, UserToken, World

Resolved = dict[str, Any]


def refused(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


@dataclass
class Graph:
    """As one token sees the world."""

    world: World
    url: str
    who: UserToken
    trouble: Trouble

    def answer(self, document: str, variables: Mapping[str, Any]) -> Resolved:
        """The body of the answer to a document."""
        try:
            parsed = parse(document)
        except SyntaxError_ as error:
            return {"errors": [{"message": error.message}]}
        wrong = validate(schema(), parsed, max_errors=5)
        if wrong:
            return {"errors": [{"message": error.message, "extensions": {"code": "undefinedField"}} for error in wrong]}
        done = execute(schema(), parsed, root_value=self._root(), variable_values=dict(variables))
        assert not hasattr(done, "__await__"), "no resolver waits"
        errors = [
            {
                **({"type": kind} if (kind := (error.extensions or {}).get("type")) else {}),
                "path": error.path or [],
                "message": error.message,
            }
            for error in done.errors or ()  # type: ignore[union-attr]
        ]
        return {"data": done.data, **({"errors": errors} if errors else {})}  # type: ignore[union-attr]

    def _root(self) -> Resolved:
        return {
            "viewer": self.user(self.who.user),
            "node": lambda _info, id: self.node(id),
            "nodes": lambda _info, ids: [self.node(id) for id in ids],
            "repository": lambda _info, owner, name, **_: self.repository(f"{owner}/{name}"),
            "search": lambda _info, **given: self.search(**given),
            "rateLimit": lambda _info, **_: self.limits(),
            "updatePullRequestReviewComment": lambda _info, **given: self.update_comment(given["input"]),
            "updatePullRequestReview": lambda _info, **given: self.update_review(given["input"]),
        }

    # --- looking ------------------------------------------------------------------------------------------------------

    def user(self, user: User) -> Resolved:
        return {
            "__typename": "User",
            "id": f"U_{user.id}",
            "databaseId": user.id,
            "login": user.login,
            "url": f"{self.url}/{user.login}",
        }

    def node(self, id: str) -> Resolved | None:
        if (pull := self.world.pulls.get(id)) is not None:
            return self.pull(pull)
        review = self.world.reviews.get(id)
        if review is not None and self._sees(review):
            return self.review(review)
        comment = self.world.comments.get(id)
        if comment is not None and self._sees(comment.review):
            return self.comment(comment)
        raise refused("NOT_FOUND", "Could not resolve to a node with that global id.")

    def repository(self, name: str) -> Resolved:
        if not any(pull.project == name for pull in self.world.pulls.values()):
            raise refused("NOT_FOUND", "Could not resolve to a Repository with that name.")
        owner, _, short = name.partition("/")
        return {
            "__typename": "Repository",
            "id": f"R_{name}",
            "name": short,
            "nameWithOwner": name,
            "url": f"{self.url}/{name}",
            "owner": {"__typename": "Organization", "login": owner},
            "pullRequest": lambda _info, number: self._numbered(name, number),
        }

    def _numbered(self, name: str, number: int) -> Resolved:
        for pull in self.world.pulls.values():
            if (pull.project, pull.number) == (name, number):
                return self.pull(pull)
        raise refused("NOT_FOUND", "Could not resolve to a PullRequest with that number.")

    def search(self, query: str, **given: Any) -> Resolved:
        """Words that are understood are in ``_matches``; any other is refused."""
        if given.pop("type") != "ISSUE":
            raise refused("UNPROCESSABLE", "Only issues are searched here.")
        found = sorted(self.world.pulls.values(), key=lambda pull: pull.updated_at, reverse=True)
        for word in query.split():
            found = [pull for pull in found if self._matches(pull, word)]
        made = connection([self.pull(pull) for pull in found], **given)
        return {**made, "__typename": "SearchResultItemConnection", "issueCount": len(found)}

    def _matches(self, pull: Pull, word: str) -> bool:
        me = self.who.user
        if since := re.fullmatch(r"updated:>=?(\S+)", word):
            moment = datetime.fromisoformat(since[1])
            return pull.updated_at >= (moment if moment.tzinfo else moment.replace(tzinfo=pull.updated_at.tzinfo))
        known = {
            "is:pr": True,
            "type:pr": True,
            "archived:false": True,
            "sort:updated-desc": True,
            "sort:updated": True,
            "is:open": pull.state == "OPEN",
            "state:open": pull.state == "OPEN",
            "involves:@me": pull.involves(me),
            "review-requested:@me": me in pull.requested,
            "reviewed-by:@me": any(review.author is me for review in pull.reviews),
        }
        if word not in known:
            raise refused("UNPROCESSABLE", f"{word} is not understood here.")
        return known[word]

    def pull(self, pull: Pull) -> Resolved:
        return {
            "__typename": "PullRequest",
            "id": pull.id,
            "databaseId": pull.number,
            "fullDatabaseId": str(pull.number),
            "number": pull.number,
            "title": pull.title,
            "state": pull.state,
            "closed": pull.state != "OPEN",
            "merged": pull.state == "MERGED",
            "url": f"{self.url}/{pull.project}/pull/{pull.number}",
            "updatedAt": moment(pull.updated_at),
            "author": self.user(pull.author),
            "repository": lambda _info: self.repository(pull.project),
            "reviews": lambda _info, **given: self._reviews(pull, **given),
        }

    def _reviews(
        self, pull: Pull, states: Sequence[str] | None = None, author: str | None = None, **page: Any
    ) -> Resolved:
        found = [
            self.review(review)
            for review in self.world.visible(pull, self.who.user)
            if (states is None or review.state in states) and author in (None, review.author.login)
        ]
        return connection(found, **page)

    def review(self, review: Review) -> Resolved:
        at = f"{self.url}/{review.pull.project}/pull/{review.pull.number}#pullrequestreview-{review.database_id}"
        return {
            "__typename": "PullRequestReview",
            "id": review.id,
            "databaseId": review.database_id,
            "fullDatabaseId": str(review.database_id),
            "state": review.state,
            "body": review.body,
            "url": at,
            "author": self.user(review.author),
            "createdAt": moment(review.created_at),
            "updatedAt": moment(review.updated_at),
            "lastEditedAt": None,
            "submittedAt": moment(review.submitted_at) if review.submitted_at else None,
            "publishedAt": moment(review.submitted_at) if review.submitted_at else None,
            "pullRequest": lambda _info: self.pull(review.pull),
            "repository": lambda _info: self.repository(review.pull.project),
            "viewerCanUpdate": self._may_change(review),
            "viewerDidAuthor": review.author is self.who.user,
            "comments": lambda _info, **page: connection([self.comment(one) for one in review.comments], **page),
        }

    def comment(self, comment: Comment) -> Resolved:
        review = comment.review
        at = f"{self.url}/{review.pull.project}/pull/{review.pull.number}#discussion_r{comment.database_id}"
        return {
            "__typename": "PullRequestReviewComment",
            "id": comment.id,
            "databaseId": comment.database_id,
            "fullDatabaseId": str(comment.database_id),
            "state": "PENDING" if review.state == "PENDING" else "SUBMITTED",
            "body": comment.body,
            "path": comment.path,
            "line": comment.line,
            "url": at,
            "author": self.user(review.author),
            "createdAt": moment(comment.created_at),
            "updatedAt": moment(comment.updated_at),
            "lastEditedAt": None,
            "publishedAt": moment(review.submitted_at) if review.submitted_at else None,
            "replyTo": None,
            "pullRequest": lambda _info: self.pull(review.pull),
            "pullRequestReview": lambda _info: self.review(review),
            "repository": lambda _info: self.repository(review.pull.project),
            "viewerCanUpdate": self._may_change(review),
            "viewerDidAuthor": review.author is self.who.user,
        }

    def limits(self) -> Resolved:
        limit, used, resets_at = self.trouble.left(self.who.token, "graphql")
        plain = {"limit": limit, "used": used, "remaining": limit - used, "cost": 1, "nodeCount": 1}
        return {**plain, "resetAt": moment(resets_at)}

    # --- changing -----------------------------------------------------------------------------------------------------

    def update_comment(self, sent: Mapping[str, Any]) -> Resolved:
        comment = self.world.comments.get(sent["pullRequestReviewCommentId"])
        if comment is None or not self._sees(comment.review):
            raise refused("NOT_FOUND", "Could not resolve to a node with that global id.")
        self._change(comment, comment.review, sent["body"])
        return {"clientMutationId": sent.get("clientMutationId"), "pullRequestReviewComment": self.comment(comment)}

    def update_review(self, sent: Mapping[str, Any]) -> Resolved:
        review = self.world.reviews.get(sent["pullRequestReviewId"])
        if review is None or not self._sees(review):
            raise refused("NOT_FOUND", "Could not resolve to a node with that global id.")
        self._change(review, review, sent["body"])
        return {"clientMutationId": sent.get("clientMutationId"), "pullRequestReview": self.review(review)}

    def _change(self, words: Comment | Review, review: Review, body: str) -> None:
        if not self._may_change(review):
            raise refused("FORBIDDEN", "Resource not accessible by integration")
        if not body.strip():
            raise refused("UNPROCESSABLE", "Body can't be blank")
        words.body, words.updated_at = body, self.world.clock.now()

    def _sees(self, review: Review) -> bool:
        return review in list(self.world.visible(review.pull, self.who.user))

    def _may_change(self, review: Review) -> bool:
        return review.author is self.who.user and self.who.app.permissions.get("pull_requests") == "write"


def moment(at: datetime) -> str:
    """To the second, as GitHub tells time."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def connection(
    found: Sequence[Resolved], first: int | None = None, last: int | None = None, after: str | None = None, **_: Any
) -> Resolved:
    """https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#node-limit"""
    size = first if first is not None else last
    if size is None:
        raise refused(
            "MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate."
        )
    if not 1 <= size <= 100:
        raise refused("EXCESSIVE_PAGINATION", "Requesting more than 100 records exceeds the limit.")
    start = int(after) if after else 0
    shown = found[start : start + size] if first is not None else found[-size:]
    cursors: Callable[[int], str] = lambda at: str(start + at + 1)  # noqa: E731
    return {
        "nodes": shown,
        "edges": [{"node": node, "cursor": cursors(at)} for at, node in enumerate(shown)],
        "totalCount": len(found),
        "pageInfo": {
            "hasNextPage": first is not None and start + size < len(found),
            "hasPreviousPage": start > 0,
            "startCursor": cursors(0) if shown else None,
            "endCursor": cursors(len(shown) - 1) if shown else None,
        },
    }
