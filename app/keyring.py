"""People's own tokens as the platforms need them: found by account, forgotten when a forge does not know them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain import Account, Key
from app.store import Store, tokens


@dataclass(frozen=True, slots=True)
class KeptKeys:
    store: Store
    now: Callable[[], datetime]

    async def find(self, account: Account) -> Key | None:
        return await asyncio.to_thread(self._find, account)

    def _find(self, account: Account) -> Key | None:
        with self.store.read() as c:
            held = tokens.of_account(c, self.store.vault, account)
        if held is None or (held.key.ends_at is not None and held.key.ends_at <= self.now()):
            return None
        return held.key

    async def refused(self, account: Account, key: Key) -> None:
        await asyncio.to_thread(self._refused, account, key)

    def _refused(self, account: Account, key: Key) -> None:
        with self.store.begin() as c:
            held = tokens.of_account(c, self.store.vault, account)
            if held is not None and held.key == key:  # not one that was renewed meanwhile
                tokens.ended(c, held, self.now())
