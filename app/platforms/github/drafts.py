"""Another wording, put into somebody's own pending review because they pressed the button; with their own token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.domain import Account, Comment, CommentRef
from app.platforms import Applied, Refusal, Refused
from app.platforms.github import graph, graph_answers
from app.platforms.github.client import GitHubRefused
from app.platforms.github.graph_answers import Draft, Drafts
from app.platforms.github.pending import COMMENT, REVIEW, THREAD, PendingOnGitHub
from app.platforms.github.personal import Personal


class DraftsOnGitHub:
    """``app.platforms.Drafts``; ``digest`` is ``Vault.digest``."""

    def __init__(self, personal: Personal, digest: Callable[[str], str]) -> None:
        self._personal = personal
        self._digest = digest

    async def list(self, account: Account, within: CommentRef) -> Sequence[Comment]:
        found = await PendingOnGitHub(self._personal).pending(account, [within.id])
        return [c for one in found.found if one.thread == within.id for c in one.comments] if found else ()

    def applies(self, draft: CommentRef) -> bool:
        app = self._personal.app(draft.server)
        return app is not None and app.can_apply and draft.kind in (COMMENT, REVIEW)

    async def apply(
        self, account: Account, draft: CommentRef, thread: str, expected: str, text: str
    ) -> Applied | Refused:
        """GitHub compares nothing itself: so it is read right before it is written."""
        place = THREAD.fullmatch(thread)
        if place is None or not text.strip() or not await asyncio.to_thread(self.applies, draft):
            return Refused(Refusal.NOT_ALLOWED)
        owner, name, number = place.groups()
        where = {"owner": owner, "name": name, "number": int(number)}
        asked = await self._personal.ask(account, Drafts, graph.DRAFT, where)
        if asked is None:
            return Refused(Refusal.NO_TOKEN)
        there = _there(asked[0], draft)
        if there is None:
            return Refused(Refusal.GONE)
        if there.body == text:
            return Applied(text)  # an earlier attempt, whose answer was lost
        if self._digest(there.body) != expected:
            return Refused(Refusal.CHANGED)
        if not there.can_update:
            return Refused(Refusal.NOT_ALLOWED)
        return await self._write(account, draft, there.node, text)

    async def _write(self, account: Account, draft: CommentRef, node: str, text: str) -> Applied | Refused:
        document = graph.WRITE_REVIEW if draft.kind == REVIEW else graph.WRITE_COMMENT
        try:
            asked = await self._personal.ask(account, graph_answers.Applied, document, {"id": node, "text": text})
        except GitHubRefused:
            return Refused(Refusal.NOT_ALLOWED)
        if asked is None:
            return Refused(Refusal.NO_TOKEN)
        written, _, errors = asked
        if written.body is None:
            gone = any(error.type == "NOT_FOUND" for error in errors)
            return Refused(Refusal.GONE if gone else Refusal.NOT_ALLOWED)
        return Applied(written.body)


def _there(found: Drafts, draft: CommentRef) -> Draft | None:
    """The draft, if it is still pending and theirs."""
    for review in found.reviews.there if found.reviews else ():
        if not review.mine:
            continue
        kinds = [(REVIEW, review), *((COMMENT, one) for one in review.comments.there)]
        for kind, one in kinds:
            if kind == draft.kind and str(one.id) == draft.id:
                return one
    return None
