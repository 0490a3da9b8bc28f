"""Gerrit, as far as its events point and its REST API tells. Its words end in this package.

Published comments are read as the unprivileged account that an administrator connected; drafts with their writer's own
token. Nothing here publishes.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from app.domain import Account, Comment, CommentRef, Intent, NotNow, Server
from app.platforms import Applied, Delivery, Held, Reading, Refusal, Refused
from app.platforms.gerrit import answers, reading
from app.platforms.gerrit.client import Client, GerritRefused, expected, segment
from app.platforms.gerrit.drafts import PersonalDrafts
from app.platforms.gerrit.events import PLATFORM, Pointer, delivery_id, pointers
from app.platforms.gerrit.pace import Look, Looks, Pace
from app.platforms.gerrit.reading import EARLIER, Place
from app.platforms.gerrit.saves import Saves
from app.platforms.keys import Keyring

__all__ = ["Gerrit"]

QUIET_S: Final = 60  # without a change, before a draft is judged
SKEW: Final = timedelta(minutes=1)  # by which Gerrit's clock may be before ours
REACH: Final = timedelta(days=7)  # how far back an event may point
TELLS_FOR: Final = timedelta(hours=1)  # it may become another version meanwhile
MOST_PROJECTS: Final = 10_000
MOST_NAME: Final = 300  # of a project
log = structlog.get_logger()


class Gerrit:
    """``app.platforms.Pointing`` and ``app.platforms.Drafts`` for every connected server.

    ``server`` finds one by name; ``digest`` is ``Vault.digest``. ``quiet_s`` is how long a draft rests unchanged.
    """

    name = PLATFORM

    def __init__(
        self,
        server: Callable[[str], Server | None],
        keyring: Keyring,
        digest: Callable[[str], str],
        now: Callable[[], datetime],
        quiet_s: int = QUIET_S,
    ) -> None:
        self._server = server
        self._drafts = PersonalDrafts(keyring, digest)
        self._now = now
        self._quiet_s = quiet_s
        self._pace = Pace()
        self._looks = Looks()
        self._saves = Saves(timedelta(seconds=quiet_s))
        self._projects: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._telling: dict[str, datetime] = {}
        self._clients: dict[str, tuple[tuple[str, str, str], Client]] = {}

    async def close(self) -> None:
        for _, client in self._clients.values():
            await client.close()

    # --- the door -----------------------------------------------------------------------------------------------------

    def hear(self, server: Server, body: bytes) -> Sequence[Delivery]:
        event, found = pointers(server, body)
        id = delivery_id(server, body)
        return [
            self.deliver(pointer, id if number == 0 else f"{id}.{number}", event)
            for number, pointer in enumerate(found)
        ]

    def deliver(self, pointer: Pointer, id: str, event: str) -> Delivery:
        """For ways in that have no event: ``id`` must be the same for the same happening."""
        now = self._now()
        return _believed(pointer, now).delivery(id, event, self._quiet_s, now)

    def again(self, account: Account, thread: str, id: str, *, drafts: bool) -> Delivery | None:
        project, _, change = thread.rpartition("~")
        if not drafts and not project:
            return None  # of a private change, where the account that reads sees nothing
        pointer = Pointer(int(change), account, self._now(), project, drafts=drafts)
        return self.deliver(pointer, id, "looked-at-again")

    def expect(self, delivery: Delivery) -> None:
        if delivery.intent is Intent.DRAFTS:
            emptied = bool(delivery.payload["emptied"])
            self._saves.heard(_key(delivery), (delivery.at, _heard_at(delivery)), emptied=emptied)

    # --- the walk -----------------------------------------------------------------------------------------------------

    async def read(self, delivery: Delivery, held: Sequence[Held] = ()) -> Reading:
        server = await asyncio.to_thread(self._server, _subject(delivery).server)
        if server is None:
            return Reading()  # disconnected meanwhile
        if delivery.intent is Intent.DRAFTS:
            return await self._read_drafts(server, delivery, held)
        return await self._read_published(server, delivery, held)

    async def _read_published(self, server: Server, delivery: Delivery, held: Sequence[Held]) -> Reading:
        account, change = _subject(delivery), _change(delivery)
        now = self._now()
        since = max(delivery.at - EARLIER, now - REACH)
        heard_at = _heard_at(delivery)
        if self._looks.covers(_key(delivery), delivery.id, heard_at, since):
            return Reading()
        self._pace.admit((server.name, change), now.timestamp())
        project = str(delivery.payload["project"])
        path = f"changes/{segment(project)}~{change}"
        client = await self._reader(server)
        messages = answers.messages(await reached(client, f"{path}/messages"))
        if not messages:
            return Reading()  # no such change, or not one that we may see
        if reading.tells(messages):
            self._telling[server.name] = now
        notes: list[answers.Note] = []
        if not self._tells(server, now) or reading.needs_notes(account, since, held, messages):
            notes = answers.notes(await reached(client, f"{path}/comments"))
        self._looks.saw(_key(delivery), Look(delivery.id, now, since))
        return reading.said(Place(server, change, project), account, since, held, messages, notes)

    def _tells(self, server: Server, now: datetime) -> bool:
        """Whether comments were lately seen announced there; if they never are, they are looked for every time."""
        told_at = self._telling.get(server.name)
        return told_at is not None and now - told_at < TELLS_FOR

    async def _read_drafts(self, server: Server, delivery: Delivery, held: Sequence[Held]) -> Reading:
        account, change = _subject(delivery), _change(delivery)
        if delivery.payload["emptied"]:
            return await self._read_emptied(server, delivery, held)
        key, moment, now = _key(delivery), (delivery.at, _heard_at(delivery)), self._now()
        if self._saves.is_over(key, delivery.id, moment):
            return Reading()
        look = self._saves.look(key, delivery.id, moment, now)
        self._pace.admit((server.name, change), now.timestamp())
        saved = await self._drafts.saved(server, account, change)
        if saved is None:
            return Reading()
        self._saves.saw(key, look)
        place = await self._place(server, change, needed=bool(saved))
        there = {place.ref(reading.COMMENT, note.id) for note in saved}
        gone, published = await self._fate(place, reading.vanished(held, there))
        rested = reading.resting(saved, look.up_to[0], now, self._saves.quiet)
        comments = tuple(place.comment(note, account, published=False) for note in rested)
        return Reading(comments, gone, published)

    async def _read_emptied(self, server: Server, delivery: Delivery, held: Sequence[Held]) -> Reading:
        """No draft was left, says somebody: their writer's own list tells whether it is so, and which were published."""
        place = Place(server, _change(delivery), "")
        missing = reading.vanished(held, (), delivery.at)
        if not missing:
            return Reading()
        self._pace.admit((server.name, place.change), self._now().timestamp())
        saved = await self._drafts.saved(server, _subject(delivery), place.change)
        if saved is None:
            return Reading()
        there = {place.ref(reading.COMMENT, note.id) for note in saved}
        gone, published = await self._fate(place, reading.vanished(held, there, delivery.at))
        return Reading((), gone, published)

    async def _fate(
        self, place: Place, missing: Sequence[Held]
    ) -> tuple[tuple[CommentRef, ...], tuple[CommentRef, ...]]:
        """(gone, published). What is published where we may not see it, is as good as gone: nothing of it stays."""
        if not missing:
            return (), ()
        out = await reached(await self._reader(place.server), f"changes/{place.change}/comments")
        return reading.fate(place, missing, answers.notes(out))

    # --- drafts -------------------------------------------------------------------------------------------------------

    async def list(self, account: Account, within: CommentRef) -> Sequence[Comment]:
        server = await asyncio.to_thread(self._server, account.server)
        if server is None:
            return ()
        change = int(within.id)
        saved = await self._drafts.saved(server, account, change)
        place = await self._place(server, change, needed=bool(saved))
        return [place.comment(note, account, published=False) for note in saved or ()]

    def applies(self, draft: CommentRef) -> bool:
        return draft.kind == reading.COMMENT

    async def apply(
        self, account: Account, draft: CommentRef, thread: str, expected: str, text: str
    ) -> Applied | Refused:
        server = await asyncio.to_thread(self._server, account.server)
        if server is None or not self.applies(draft):
            return Refused(Refusal.NOT_ALLOWED)
        return await self._drafts.apply(server, account, draft, expected, text)

    # --- asking -------------------------------------------------------------------------------------------------------

    async def _place(self, server: Server, change: int, *, needed: bool) -> Place:
        """With the project, which an event about drafts does not name; a change is never moved to another one."""
        known = self._projects.get((server.name, change), "")
        if needed and not known:
            found = await reached(await self._reader(server), f"changes/{change}")
            name = found.get("project") if isinstance(found, dict) else None
            if isinstance(name, str) and len(name) <= MOST_NAME:
                known = self._projects[server.name, change] = name
                if len(self._projects) > MOST_PROJECTS:
                    self._projects.popitem(last=False)
        return Place(server, change, known)

    async def _reader(self, server: Server) -> Client:
        """The connection of the account that reads; another one once the server was connected anew."""
        place = (server.url, server.username, server.token)
        known = self._clients.get(server.name)
        if known is None or known[0] != place:  # the earlier one may be in use, and ends with its last request
            self._clients[server.name] = known = (place, Client(*place))
        return known[1]


async def reached(client: Client, path: str) -> Any:
    """``None`` for what is not there, or not for us to see. Raises ``NotNow`` also where our own account is refused."""
    try:
        return expected(await client.get(path))
    except GerritRefused as error:
        if error.status == 401:
            log.warning("Gerrit refuses the account that reads comments back; `tactful gerrit doctor` says more")
            raise NotNow("Gerrit refuses the account that reads comments back.") from None
        return None


def _believed(pointer: Pointer, now: datetime) -> Pointer:
    """An event of the future would put all that really happens until then in the shade: it counts as of now."""
    return pointer if pointer.at <= now + SKEW else replace(pointer, at=now)


def _key(delivery: Delivery) -> tuple[str, int, int]:
    account = _subject(delivery)
    return account.server, _change(delivery), account.id


def _heard_at(delivery: Delivery) -> datetime:
    return datetime.fromisoformat(str(delivery.payload["heard_at"]))


def _subject(delivery: Delivery) -> Account:
    assert delivery.subject is not None, "what points at a change is about somebody in it"
    return delivery.subject


def _change(delivery: Delivery) -> int:
    assert delivery.ref is not None, "it points at a change"
    return int(delivery.ref.id)
