"""Somebody's drafts, with their own token: list them, and put another wording into one, if it still reads as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.domain import Account, CommentRef, Key, Server
from app.platforms import Applied, Refusal, Refused
from app.platforms.gerrit import answers
from app.platforms.gerrit.answers import Note
from app.platforms.gerrit.client import GerritRefused, segment
from app.platforms.gerrit.client import expected as as_json
from app.platforms.gerrit.personal import PersonalClient
from app.platforms.keys import Keyring


class PersonalDrafts:
    """``digest`` is ``Vault.digest``: by it, a draft is compared with what was shown."""

    def __init__(self, keyring: Keyring, digest: Callable[[str], str]) -> None:
        self._keyring = keyring
        self._digest = digest

    async def saved(self, server: Server, account: Account, change: int) -> list[Note] | None:
        """The drafts in one change; ``None`` where they may not be read. Raises ``NotNow``."""
        key = await self._key(server, account)
        if key is None:
            return None
        async with PersonalClient(server.url, key.username, key.token) as client:
            found = await self._asked(client.get(f"changes/{change}/drafts"), account, key)
        return None if isinstance(found, Refusal) else answers.notes(as_json(found))

    async def apply(
        self, server: Server, account: Account, draft: CommentRef, expected: str, text: str
    ) -> Applied | Refused:
        """Gerrit compares nothing itself (seen on 3.13): so it is read right before it is written."""
        change, _, id = draft.id.partition("~")
        if not text.strip():
            return Refused(Refusal.NOT_ALLOWED)  # Gerrit would take that for deleting it
        key = await self._key(server, account)
        if key is None:
            return Refused(Refusal.NO_TOKEN)
        async with PersonalClient(server.url, key.username, key.token) as client:
            found = await self._asked(client.get(f"changes/{change}/drafts"), account, key)
            if isinstance(found, Refusal):
                return Refused(found)
            draft_there = _draft(found, id)
            if draft_there is None:
                return Refused(Refusal.GONE)
            note, place = draft_there
            if note.message == text:
                return Applied(text)  # an earlier attempt, whose answer was lost
            if self._digest(note.message) != expected:
                return Refused(Refusal.CHANGED)
            path = f"changes/{change}/revisions/{note.patch_set}/drafts/{segment(id)}"
            written = await self._asked(client.put(path, {**place, "message": text}), account, key)
        if isinstance(written, Refusal):
            return Refused(written)
        return Applied(str(written.get("message", text)) if isinstance(written, dict) else text)

    async def _key(self, server: Server, account: Account) -> Key | None:
        return await self._keyring.find(account) if server.drafts_allowed else None

    async def _asked(self, asking: Any, account: Account, key: Key) -> Any:
        try:
            return await asking
        except GerritRefused as error:
            if error.status == 401:
                await self._keyring.refused(account, key)
                return Refusal.NO_TOKEN
            return {403: Refusal.NOT_ALLOWED, 409: Refusal.CHANGED}.get(error.status, Refusal.GONE)


#: Where a draft stands and what it answers: Gerrit forgets each of these that is not sent along with the words.
PLACE: Final = ("line", "range", "side", "parent", "in_reply_to", "unresolved", "fix_suggestions")


def _draft(found: Any, id: str) -> tuple[Note, dict[str, Any]] | None:
    """The draft, and its place as Gerrit wants it back."""
    for path, items in found.items() if isinstance(found, dict) else ():
        for item in items if isinstance(items, list) else ():
            for note in answers.notes({path: [item]}):
                if note.id == id:
                    return note, {"path": path} | {name: item[name] for name in PLACE if name in item}
    return None
