"""Tokens that forget themselves after hours: taken when their owner ticked it, refreshed once among all replicas, let go.

What refreshes a token works once. So whoever refreshes claims it in the database first, and the others wait for what
comes of it; and it is stored even where whoever waited for it has gone away.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.domain import Account, Key, NotNow, Server
from app.platforms.keys import Grants, KeyRefused, KeyUnknown
from app.store import Store, people, servers, tokens
from app.store.tokens import Held

LEFT: Final = timedelta(minutes=2)  # less than this, and it is refreshed
CLAIM: Final = timedelta(seconds=30)  # of a replica that died meanwhile, the next one takes over
LOOK_EVERY_S: Final = 0.25
LOOKS: Final = 60

NOT_ALLOWED: Final = (
    "Reading pending reviews is not switched on for this GitHub; whoever runs this Tactful can do so. Nothing was kept."
)
NO_END: Final = (
    "The tokens of this App do not end by themselves, and such a one is not kept. Whoever runs this Tactful can switch "
    "“Expire user authorization tokens” on in the App's settings on GitHub. Nothing was kept."
)
NOT_YOURS: Final = "This is another account than the one you have confirmed here. Nothing was kept."


@dataclass(frozen=True, slots=True)
class UserTokens:
    """``app.platforms.keys.Keyring`` for ``platform``."""

    store: Store
    platform: str
    grants: Grants
    now: Callable[[], datetime]
    _refreshing: set[asyncio.Task[Key | None]] = field(default_factory=set)

    async def find(self, account: Account) -> Key | None:
        for _ in range(LOOKS):
            held, server = await asyncio.to_thread(self._kept, account)
            if held is None or server is None:
                return None
            if self._is_good(held.key):
                return held.key
            if await asyncio.to_thread(self._claim, held):
                task = asyncio.create_task(self._refresh(server, held))
                self._refreshing.add(task)
                task.add_done_callback(self._refreshing.discard)
                return await asyncio.shield(task)
            await asyncio.sleep(LOOK_EVERY_S)
        raise NotNow("A token is being renewed; it is looked at again.", CLAIM.total_seconds())

    async def refused(self, account: Account, key: Key) -> None:
        await asyncio.to_thread(self._refused, account, key)

    @staticmethod
    def refuse_unfit(server: Server, key: Key) -> None:
        """Raises ``KeyRefused`` for what may not be kept."""
        if not server.drafts_allowed:
            raise KeyRefused(NOT_ALLOWED)
        if key.ends_at is None or not key.refresh_token or key.refresh_ends_at is None:
            raise KeyRefused(NO_END)

    def keep(self, person_id: int, account: Account, key: Key) -> Key | None:
        """Because its owner ticked it. Returns the key that was kept before, if there was one. Raises ``KeyRefused``.

        From a worker's thread, as the one below.
        """
        now = self.now()
        with self.store.begin() as c:
            owner, binding_id = people.owner(c, account), people.binding_of(c, account)
            if owner is None or owner.id != person_id or binding_id is None:
                raise KeyRefused(NOT_YOURS)
            before = tokens.of_account(c, self.store.vault, account)
            tokens.keep(c, self.store.vault, binding_id, key, before.since if before else now, now)
        return before.key if before else None

    def let_go_of_ended(self) -> Counter[str]:
        """By the clock: what nobody used for so long that it ended is forgotten, and ``/me`` says so. Counts, no names."""
        now = self.now()
        with self.store.begin() as c:
            ended = [
                held
                for held in tokens.at_server(c, self.store.vault, self.platform)
                if held.key.useless_at is not None and held.key.useless_at <= now
            ]
            for held in ended:
                tokens.ended(c, held, now)
        return Counter(ended=len(ended))

    # --- within -------------------------------------------------------------------------------------------------------

    def _is_good(self, key: Key) -> bool:
        return key.ends_at is None or key.ends_at - self.now() > LEFT

    def _kept(self, account: Account) -> tuple[Held | None, Server | None]:
        with self.store.read() as c:
            held = tokens.of_account(c, self.store.vault, account)
            server = servers.find(c, self.store.vault, account.platform, account.server)
        if server is None or not server.drafts_allowed:
            return None, None
        return held, server

    def _claim(self, held: Held) -> bool:
        now = self.now()
        with self.store.begin() as c:
            return tokens.claim(c, held, now, now + CLAIM)

    async def _refresh(self, server: Server, held: Held) -> Key | None:
        try:
            new = await self.grants.refresh(server, held.key, self.now())
        except KeyUnknown:
            await asyncio.to_thread(self._ended, held)
            return None
        except BaseException:
            await asyncio.to_thread(self._let_go, held)
            raise
        if await asyncio.to_thread(self._replace, held, new):
            return new
        await self.grants.end(server, new)  # whoever ended it meanwhile meant the new one, too
        return None

    def _replace(self, held: Held, new: Key) -> bool:
        """The same key may be sealed anew meanwhile: then it is the same all the same."""
        with self.store.begin() as c:
            there = tokens.of_account(c, self.store.vault, held.account)
            same = there is not None and there.key == held.key
            return same and there is not None and tokens.replace(c, self.store.vault, there, new, self.now())

    def _let_go(self, held: Held) -> None:
        with self.store.begin() as c:
            tokens.let_go(c, held)

    def _ended(self, held: Held) -> None:
        with self.store.begin() as c:
            tokens.ended(c, held, self.now())

    def _refused(self, account: Account, key: Key) -> None:
        with self.store.begin() as c:
            held = tokens.of_account(c, self.store.vault, account)
            if held is not None and held.key == key:  # not one that was refreshed meanwhile
                tokens.ended(c, held, self.now())
