"""People's own tokens on Gerrit, 3.13 and newer. Everything in an answer is untrusted: types are checked, texts are cut.

https://gerrit-documentation.storage.googleapis.com/Documentation/3.13.5/rest-api-accounts.html#token-endpoints
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain import Account, Key, NotNow, Server
from app.platforms.gerrit.client import Client, GerritRefused, segment
from app.platforms.gerrit.personal import PersonalClient
from app.platforms.keys import Holder, KeyRefused, KeyUnknown

LIFE: Final = timedelta(days=30)
SHORTEST: Final = timedelta(hours=3)  # renewed by an hourly clockwork: what ends sooner would end in between
_MINUTE: Final = timedelta(minutes=1)
OURS: Final = "tactful-drafts-"

_UNKNOWN: Final = "Gerrit does not know this token: it may have ended, or belong to another account. Nothing was kept."
_TOO_OLD: Final = (
    "This Gerrit has no tokens that end by themselves, which came with 3.13, so drafts cannot be read. "
    "Nothing was kept."
)
_FULL: Final = (
    "Gerrit did not make another token for this account, perhaps because it has as many as it may. "
    "Delete one that you no longer need in Gerrit's settings, and try again. Nothing was kept."
)
_TOO_SHORT: Final = (
    "This Gerrit lets tokens live for less than three hours, too short for one to be renewed in time, so drafts cannot be "
    "read. Nothing was kept."
)
_NOT_UNDERSTOOD: Final = "Gerrit answered with something that was not expected. Nothing was kept."


class GerritKeys:
    """``connect`` makes the client for (address, username, token); another one may be handed in by tests."""

    def __init__(self, connect: Callable[[str, str, str], Client] = PersonalClient) -> None:
        self._connect = connect

    async def prove(self, server: Server, key: Key) -> Holder:
        found = await self._get(server, key, "accounts/self/detail")
        number, username = found.get("_account_id"), found.get("username")
        name, tags = found.get("name"), found.get("tags", [])
        if type(number) is not int or not 0 < number < 2**31 or not isinstance(username, str):
            raise KeyRefused(_NOT_UNDERSTOOD)
        if username.casefold() != key.username.casefold():  # a server may be set to take either case
            raise KeyRefused(_NOT_UNDERSTOOD)
        if found.get("inactive", False) is not False:
            raise KeyRefused("This account is switched off in Gerrit. Nothing was kept.")
        if not isinstance(tags, list) or "SERVICE_USER" in tags:
            raise KeyRefused("This account is a service user in Gerrit, and notes are for people. Nothing was kept.")
        login = _label(username)
        return Holder(Account(server.platform, server.name, number, login), _label(name) or login)

    async def refuse_powerful(self, server: Server, key: Key) -> None:
        found = await self._get(server, key, "accounts/self/capabilities", q="administrateServer")
        if found.get("administrateServer", False) is not False:
            raise KeyRefused(
                "This account administers Gerrit, so its token could change the whole server, and such a one is not taken. "
                "Notes in the page and after publication work without it. Nothing was kept."
            )

    async def exchange(self, server: Server, key: Key, now: datetime) -> Key:
        token_id = OURS + secrets.token_hex(6)
        async with self._connect(server.url, key.username, key.token) as client:
            life = await _life(client)
            if life < SHORTEST:
                raise KeyRefused(_TOO_SHORT)
            try:
                made = await client.put(f"accounts/self/tokens/{token_id}", {"lifetime": f"{life // _MINUTE}m"})
            except GerritRefused as error:
                raise _refusal(error, {404: _TOO_OLD, 400: _FULL}) from None
        token = made.get("token") if isinstance(made, dict) else None
        if not isinstance(token, str) or not 0 < len(token) <= 500:
            raise KeyRefused(_NOT_UNDERSTOOD)
        # A minute early, so that a clock that goes slow does not ask with a token that has ended.
        return Key(key.username, token_id, token, now + life - _MINUTE)

    async def end(self, server: Server, key: Key) -> bool:
        try:
            async with self._connect(server.url, key.username, key.token) as client:
                if not await _ends_by_itself(client, key.token_id):
                    return False
                await client.delete(f"accounts/self/tokens/{segment(key.token_id)}")
        except (GerritRefused, NotNow):
            return False
        return True

    async def _get(self, server: Server, key: Key, path: str, **parameters: str) -> dict[str, Any]:
        async with self._connect(server.url, key.username, key.token) as client:
            try:
                found = await client.get(path, **parameters)
            except GerritRefused as error:
                raise _refusal(error, {}) from None
        if not isinstance(found, dict):
            raise KeyRefused(_NOT_UNDERSTOOD)
        return found


async def _life(client: Client) -> timedelta:
    """As long as we would like, or as Gerrit allows (``auth.maxAuthTokenLifetime``, told in minutes; 0 is any)."""
    try:
        info = await client.get("config/server/info")
    except GerritRefused as error:
        raise _refusal(error, {}) from None
    auth = info.get("auth") if isinstance(info, dict) else None
    most = auth.get("max_token_lifetime", 0) if isinstance(auth, dict) else 0
    if type(most) is not int or most <= 1:
        return LIFE
    return min(LIFE, timedelta(minutes=min(most - 1, 10**6)))


async def _ends_by_itself(client: Client, token_id: str) -> bool:
    """An HTTP password is among the tokens, too, without an end; it is never touched."""
    found = await client.get("accounts/self/tokens")
    known = found if isinstance(found, list) else []
    return any(isinstance(one, dict) and one.get("id") == token_id and bool(one.get("expiration")) for one in known)


def _refusal(error: GerritRefused, words: dict[int, str]) -> KeyRefused:
    if error.status == 401:
        return KeyUnknown(_UNKNOWN)
    return KeyRefused(words.get(error.status, f"Gerrit refused this with {error.status}. Nothing was kept."))


def _label(name: object) -> str:
    """One line of what can be shown, since whoever owns the account chose it; empty for what is no text."""
    if not isinstance(name, str):
        return ""
    return " ".join("".join(ch for ch in name if ch.isprintable() or ch == " ").split())[:100]
