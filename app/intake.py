"""The first step of the walk: what a delivery points at, read and stored, or taken away."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain import Account, Away, Comment, Intent, NotNow
from app.pending.rhythm import SOONEST
from app.platforms import Delivery, Held, Platform, Reading
from app.store import Store, comments, people, rounds, suggestions, tokens, upkeep

CLOCKS_APART: Final = timedelta(seconds=5)  # of two servers


@dataclass(frozen=True, slots=True)
class Intake:
    store: Store
    platforms: Mapping[str, Platform]
    now: Callable[[], datetime]
    run: Callable[[Coroutine[Any, Any, Any]], Any]  # a coroutine on the service's event loop, from a worker's thread

    def read(self, sealed: str) -> list[tuple[int, str]]:
        """What the delivery points at, stored; (comment id, text digest) of what there is to judge."""
        delivery = Delivery.parse(self.store.vault.open(sealed))
        if delivery.intent is Intent.INSTALLATION:
            return self._installation(delivery)
        assert delivery.subject is not None, "only installations are about nobody"
        with self.store.read() as c:
            person = people.owner(c, delivery.subject)
        if person is None:
            return []
        match delivery.intent:
            case Intent.FORGET_TOKEN:
                self._forget_token(delivery.subject)
                return []
            case Intent.DELETE | Intent.WITHDRAW:
                self._withdraw(delivery, person.id)
                return []
        if not person.opted_in:
            return []
        held = self._held(delivery, person.id)
        try:
            found = self.run(self.platforms[delivery.platform].read(delivery, held))
        except NotNow as error:
            raise Away(str(error), error.retry_after_s) from None
        self._reconcile(found, held, person.id)
        since = self._since(delivery, person.id)
        theirs = [comment for comment in found.comments if since is None or comment.written_at >= since]
        return [kept for comment in theirs if (kept := self._keep(comment, person.id))]

    def _since(self, delivery: Delivery, person_id: int) -> datetime | None:
        """A pointer may lead to more than the comment it is about: never to what was out before somebody asked."""
        if delivery.intent is not Intent.THREAD:
            return None
        with self.store.read() as c:
            since = people.opted_in_at(c, person_id)
        return since - CLOCKS_APART if since else None

    def _held(self, delivery: Delivery, person_id: int) -> list[Held]:
        """What is stored of the thread that a delivery points at; nothing where it points at a comment."""
        if delivery.intent not in (Intent.THREAD, Intent.DRAFTS) or delivery.ref is None:
            return []
        with self.store.read() as c:
            return [Held(row.ref, row.published, row.event_at) for row in comments.held(c, person_id, delivery.ref)]

    def _reconcile(self, found: Reading, held: Sequence[Held], person_id: int) -> None:
        """What is not there any more goes here, unless something newer was heard of it since we looked."""
        if not (found.gone or found.published):
            return
        before = {one.ref: one for one in held}
        now = self.now()
        with self.store.begin() as c:
            for ref in found.gone:
                comments.gone(c, ref, person_id, before[ref].as_of, now)
            for ref in found.published:
                comments.publish(c, ref)

    def _keep(self, comment: Comment, person_id: int) -> tuple[int, str] | None:
        now = self.now()
        with self.store.begin() as c:
            people.lock(c, person_id)  # so that nothing newer is stored between looking and writing
            comment_id = comments.keep(c, self.store.vault, comment, person_id, comment.written_at, now)
            if comment_id is None:
                return None
            digest = self.store.vault.digest(comment.text)
            suggestions.withdraw(c, comment_id, now, keep_digest=digest)
            if comment.published:  # whoever is at work may have something pending, too
                rounds.stir(c, comment.author, now, now + SOONEST)
            return comment_id, digest

    def _withdraw(self, delivery: Delivery, person_id: int) -> None:
        assert delivery.ref is not None, "a comment is withdrawn by its reference"
        now = self.now()
        with self.store.begin() as c:
            people.lock(c, person_id)
            if delivery.intent is Intent.DELETE:
                comments.gone(c, delivery.ref, person_id, delivery.at, now)
            else:
                comment_id = comments.overtake(c, delivery.ref, person_id, delivery.at, now)
                if comment_id is not None:
                    suggestions.withdraw(c, comment_id, now)

    def _forget_token(self, account: Account) -> None:
        with self.store.begin() as c:
            tokens.revoked(c, account, self.now())

    def _installation(self, delivery: Delivery) -> list[tuple[int, str]]:
        p = delivery.payload
        with self.store.begin() as c:
            upkeep.note_installation(
                c,
                delivery.platform,
                str(p["server"]),
                int(str(p["id"])),
                str(p["status"]),
                self.now(),
            )
        return []
