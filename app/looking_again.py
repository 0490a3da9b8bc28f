"""Comments that somebody was told about are looked at again from time to time: what was deleted there, goes here.

A deletion has no event that reaches us, and an event may be lost while the service is away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final, Protocol

from app.domain import Account
from app.platforms import Delivery
from app.store import Store, suggestions

#: Threads at a time: so that a large house does not flood its forge.
MOST: Final = 200


class Revisited(Protocol):
    """A forge whose threads can be looked at without an event."""

    name: str

    def again(self, account: Account, thread: str, id: str, *, drafts: bool) -> Delivery | None:
        """A look at what ``account`` said, or (``drafts``) holds unpublished, in ``thread``; ``None`` where that is no use."""


@dataclass(frozen=True, slots=True)
class LookingAgain:
    store: Store
    platform: Revisited
    accept: Callable[[Delivery], bool]
    now: Callable[[], datetime]

    def __call__(self) -> None:
        moment = self.now()
        with self.store.read() as c:
            found = suggestions.open_threads(c, self.platform.name, MOST)
        for account, thread, published in found:
            whole = f"again\0{account.server}\0{account.id}\0{thread}\0{published}\0{moment.isoformat()}"
            id = f"again:{blake2b(whole.encode(), digest_size=16).hexdigest()}"
            delivery = self.platform.again(account, thread, id, drafts=not published)
            if delivery is not None:
                self.accept(delivery)
