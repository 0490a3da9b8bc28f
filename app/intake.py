"""The first step of the walk: what a delivery points at, read and stored, or taken away."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain import Account, Comment, Intent
from app.platforms import Delivery, Platform
from app.store import Store, access, comments, people, suggestions, upkeep


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
        found = self.run(self.platforms[delivery.platform].read(delivery))
        return [kept for comment in found if (kept := self._keep(comment, person.id, delivery.at))]

    def _keep(self, comment: Comment, person_id: int, event_at: datetime) -> tuple[int, str] | None:
        now = self.now()
        with self.store.begin() as c:
            people.lock(c, person_id)  # so that nothing newer is stored between looking and writing
            comment_id = comments.keep(c, self.store.vault, comment, person_id, event_at, now)
            if comment_id is None:
                return None
            digest = self.store.vault.digest(comment.text)
            suggestions.withdraw(c, comment_id, now, keep_digest=digest)
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
            if (binding := people.binding_of(c, account)) is not None:
                access.forget_platform_token(c, binding)

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
