"""Drafts that somebody wants read: their key is taken, kept, renewed before it ends, and ended on both sides.

A key can do all that its owner can do there. So it is never the one that was handed over that is kept, but one of our own
that ends by itself, made with it; and it is asked of the server every time whether it may be kept at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain import Account, Key, NotNow, Person, Server
from app.platforms.keys import Ending, Holder, KeyRefused, Keys, KeyUnknown
from app.store import Store, people, servers, tokens
from app.store.tokens import Held

#: A key is renewed once less than this part of its life is left: so that a Gerrit that is away for days costs nothing.
LEFT_OF_LIFE: Final = 1 / 3
#: And no later than this before it ends: the clockwork comes by every hour.
LEFT: Final = timedelta(hours=2)

NOT_ALLOWED: Final = (
    "Reading drafts is not switched on for this server; whoever runs this Tactful can do so. Nothing was kept."
)
NOT_YOURS: Final = "This token belongs to an account that you have not confirmed here. Nothing was kept."
NOT_DELETED: Final = (
    "A token could not be deleted in Gerrit. It ends by itself, and you can delete it there in your settings."
)


@dataclass(frozen=True, slots=True)
class Consents:
    """All of this is called from workers' threads; ``run`` runs a coroutine on the service's event loop from one."""

    store: Store
    keys: Keys
    now: Callable[[], datetime]
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    ending: Mapping[str, Ending] = field(default_factory=dict)  # by platform, where it is not by ``keys``

    def give(self, server: Server, person_id: int, key: Key) -> bool:
        """Keep a key of our own, made with ``key``, which is deleted whatever happens; whether that was possible.

        Raises ``KeyRefused``, after which nothing is kept, and ``NotNow``.
        """
        try:
            earlier = self._exchange(server, person_id, key)
        finally:
            ended = self.end_there(server, key)
        return ended if earlier is None else self.end_there(server, earlier) and ended

    def _exchange(self, server: Server, person_id: int, key: Key) -> Key | None:
        """Returns the key that was kept before, if there was one."""
        if not server.drafts_allowed:
            raise KeyRefused(NOT_ALLOWED)
        holder = self.run(self.keys.prove(server, key))
        if self._binding(person_id, holder.account) is None:
            raise KeyRefused(NOT_YOURS)
        self.run(self.keys.refuse_powerful(server, key))
        now = self.now()
        ours: Key = self.run(self.keys.exchange(server, key, now))
        with self.store.begin() as c:
            binding_id = people.binding_of(c, holder.account)
            held = next(
                (h for h in tokens.of_person(c, self.store.vault, person_id) if h.account == holder.account), None
            )
            yours = binding_id is not None and self._is_of(people.owner(c, holder.account), person_id)
            if yours and binding_id is not None:
                tokens.keep(c, self.store.vault, binding_id, ours, held.since if held else now, now)
        if not yours:  # removed while Gerrit was asked
            self.end_there(server, ours)
            raise KeyRefused(NOT_YOURS)
        return held.key if held else None

    def _binding(self, person_id: int, account: Account) -> int | None:
        with self.store.read() as c:
            return people.binding_of(c, account) if self._is_of(people.owner(c, account), person_id) else None

    @staticmethod
    def _is_of(owner: Person | None, person_id: int) -> bool:
        return owner is not None and owner.id == person_id

    def prove(self, server: Server, key: Key) -> tuple[Holder, bool]:
        """Whose ``key`` it is, and whether it was deleted afterwards, which is tried whatever happens.

        Raises ``KeyRefused`` and ``NotNow``.
        """
        ended = False
        try:
            holder: Holder = self.run(self.keys.prove(server, key))
        finally:
            ended = self.end_there(server, key)
        return holder, ended

    # --- ending -----------------------------------------------------------------------------------------------------

    def end(self, held: Iterable[Held]) -> list[str]:
        """Forget these here at once and delete them there; the servers where deleting was not possible."""
        keys = list(held)
        with self.store.begin() as c:
            for one in keys:
                tokens.drop(c, one)
            known = {one.account.server: self._server(c, one.account) for one in keys}
        left = []
        for one in keys:
            server = known[one.account.server]
            if server is None or not self.end_there(server, one.key):
                left.append(one.account.server)
        return left

    def end_of(self, person_id: int, server: str | None = None, binding_id: int | None = None) -> list[str]:
        """Of one person: all, those on one server, or that of one account. The servers where it was not possible."""
        with self.store.read() as c:
            held = tokens.of_person(c, self.store.vault, person_id)
        return self.end(
            one for one in held if server in (None, one.account.server) and binding_id in (None, one.binding_id)
        )

    def end_there(self, server: Server, key: Key) -> bool:
        return bool(self.run(self.ending.get(server.platform, self.keys).end(server, key)))

    def _server(self, c: Any, account: Account) -> Server | None:
        return servers.find(c, self.store.vault, account.platform, account.server)

    # --- renewing ---------------------------------------------------------------------------------------------------

    def renew(self, platform: str) -> Counter[str]:
        """What the clockwork calls: replace keys before they end, let go of those that may not be kept. Counts, no names."""
        with self.store.read() as c:
            held = tokens.at_server(c, self.store.vault, platform)
        return Counter(self._renew_one(one) for one in held)

    def _renew_one(self, held: Held) -> str:
        now = self.now()
        with self.store.read() as c:
            server = self._server(c, held.account)
            profile = people.profile(c, held.person_id)
        if held.key.ends_at is not None and held.key.ends_at <= now:
            return self._let_go(held)
        if server is None or not server.drafts_allowed or profile is None:
            self.end([held])
            return "ended"
        if not profile.person.opted_in or not _is_due(held, now):
            return "kept"  # of somebody who turned reading off it simply ends one day
        try:
            return self._replace(server, held, now)
        except KeyUnknown:
            return self._let_go(held)  # its person deleted it there
        except KeyRefused:
            self.end([held])  # the account was switched off, or administers the server by now
            return "ended"
        except NotNow:
            return "waiting"

    def _replace(self, server: Server, held: Held, now: datetime) -> str:
        holder = self.run(self.keys.prove(server, held.key))
        if holder.account != held.account:
            raise KeyRefused(NOT_YOURS)
        self.run(self.keys.refuse_powerful(server, held.key))
        new: Key = self.run(self.keys.exchange(server, held.key, now))
        with self.store.begin() as c:
            replaced = tokens.replace(c, self.store.vault, held, new, now)
        # Whoever ended it meanwhile meant the new one, too. If deleting fails, what is left ends by itself.
        self.end_there(server, held.key if replaced else new)
        return "renewed" if replaced else "ended"

    def _let_go(self, held: Held) -> str:
        with self.store.begin() as c:
            tokens.drop(c, held)
        return "gone"


def _is_due(held: Held, now: datetime) -> bool:
    if held.key.ends_at is None:
        return False
    life: timedelta = held.key.ends_at - held.made_at
    return held.key.ends_at - now < max(life * LEFT_OF_LIFE, LEFT)
