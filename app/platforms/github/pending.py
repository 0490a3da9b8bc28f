"""What somebody holds in pending reviews: asked for with their own token, carried to the walk, and read there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain import Account, Comment, CommentRef, Intent
from app.platforms import Delivery, Held, Pending, Reading, Round
from app.platforms.github import graph, graph_answers
from app.platforms.github.events import PLATFORM
from app.platforms.github.graph_answers import Answer, Holder, Pull, Written
from app.platforms.github.payload import Review, ReviewComment
from app.platforms.github.personal import Personal

# Published, they have the same numbers: so the webhook about a submission finds what is held.
REVIEW, COMMENT = Review.kind, ReviewComment.kind
THREAD: Final = re.compile(r"([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)#([1-9][0-9]{0,8})", re.ASCII)
CLOCKS_APART: Final = timedelta(seconds=5)


class PendingOnGitHub:
    """``app.platforms.PendingReviews``"""

    name = PLATFORM
    kinds = frozenset({REVIEW, COMMENT})

    def __init__(self, personal: Personal) -> None:
        self._personal = personal

    async def pending(self, account: Account, threads: Sequence[str]) -> Round | None:
        places = [place for thread in threads if (place := THREAD.fullmatch(thread))]
        variables: dict[str, object] = {"login": account.login} if places else {}
        for n, place in enumerate(places):
            owner, name, number = place.groups()
            variables |= {f"owner{n}": owner, f"name{n}": name, f"number{n}": int(number)}
        asked = await self._personal.ask(account, Answer, graph.pending(len(places)), variables)
        if asked is None:
            return None
        answer, data, _ = asked
        known = answer.viewer.login == account.login  # by another login, what they submitted was not found
        named = [pull for n in range(len(places)) if (pull := _holder(data, f"pull{n}").pull)]
        found = {_thread(pull): _found(account, pull, complete=False) for pull in _searched(answer)}
        found |= {_thread(pull): _found(account, pull, complete=known) for pull in named}
        budget = answer.budget
        return Round(
            tuple(found.values()),
            answer.viewer.login,
            budget.cost if budget else 1,
            budget.remaining if budget else None,
            budget.reset_at if budget else None,
        )

    def deliver(self, account: Account, pending: Pending, id: str, at: datetime) -> Delivery:
        payload = {
            "project": pending.project,
            "thread": pending.thread,
            "whole": pending.whole,
            "out": [[ref.kind, ref.id] for ref in sorted(pending.out, key=str)],
            "comments": [
                {"kind": c.ref.kind, "id": c.ref.id, "text": c.text, "url": c.url, "at": c.written_at.isoformat()}
                for c in pending.comments
            ],
        }
        ref = CommentRef(PLATFORM, account.server, "pull_request", pending.thread)
        return Delivery(id, PLATFORM, "pending-review", Intent.DRAFTS, account, ref, at, payload)


def reading(delivery: Delivery, held: Sequence[Held]) -> Reading:
    """What ``deliver`` carried. What was held before and is neither pending nor out any more, is gone. Pure.

    Something that was saved about when it was asked for may be missing because it came later: the next round tells.
    """
    carried: Mapping[str, Any] = delivery.payload
    author = delivery.subject
    assert author is not None, "pending reviews are somebody's"

    def ref(kind: str, id: str) -> CommentRef:
        return CommentRef(PLATFORM, author.server, kind, id)

    comments = tuple(
        Comment(
            ref(one["kind"], one["id"]),
            author,
            one["text"],
            carried["project"],
            carried["thread"],
            one["url"],
            datetime.fromisoformat(one["at"]),
            published=False,
        )
        for one in carried["comments"]
    )
    out = {ref(kind, id) for kind, id in carried["out"]}
    there = {comment.ref for comment in comments}
    lost = {h.ref: h for h in held if not h.published and h.ref not in there}
    before = delivery.at - CLOCKS_APART
    gone = tuple(r for r, h in lost.items() if r not in out and carried["whole"] and h.as_of <= before)
    return Reading(comments, gone, tuple(r for r in lost if r in out))


def _searched(answer: Answer) -> Iterator[Pull]:
    yield from answer.involved.there
    yield from answer.asked.there


def _holder(data: Mapping[str, object], name: str) -> Holder:
    return graph_answers.read(Holder, found) if isinstance(found := data.get(name), dict) else Holder()


def _thread(pull: Pull) -> str:
    return f"{pull.project}#{pull.number}"


def _found(account: Account, pull: Pull, *, complete: bool) -> Pending:
    def ref(kind: str, id: int) -> CommentRef:
        return CommentRef(PLATFORM, account.server, kind, str(id))

    def comment(kind: str, words: Written) -> Comment:
        where = (pull.project, _thread(pull), words.url, words.updated_at)
        return Comment(ref(kind, words.id), account, words.body, *where, published=False)

    review = pull.review
    written = [(REVIEW, review), *((COMMENT, one) for one in review.comments.there)] if review else []
    submitted = [(REVIEW, one.id) for one in pull.submitted]
    submitted += [(COMMENT, one.id) for review_out in pull.submitted for one in review_out.comments.there]
    return Pending(
        _thread(pull),
        pull.project,
        tuple(comment(kind, words) for kind, words in written if words.body.strip()),
        frozenset(ref(kind, id) for kind, id in submitted),
        whole=complete and (review is None or review.comments.total <= len(review.comments.there)),
    )
