"""What a forge offers. Platforms can read; no verb here publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

from app.domain import Account, Comment, CommentRef, Intent, Server

PLATFORMS: Final = ("gerrit", "github")
"""Their names, wherever a person may choose one."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An HTTP request as it arrived: raw bytes, header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """Whoever knows one of ``secrets`` speaks for ``server``; two while one is being changed."""

    server: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified, interesting event about somebody who may have opted in.

    ``id`` makes a redelivery recognisable (it becomes the workflow id). ``subject`` is whose words or access it is about;
    ``None`` only for installations. ``payload`` is what ``read`` needs, JSON-able, and may hold comment text: it is
    sealed before it is stored. ``at`` orders events about one comment, because forges do not. ``wait_s`` is how long it
    rests, stored, before it is walked: half a sentence is not judged.
    """

    id: str
    platform: str
    event: str
    intent: Intent
    subject: Account | None
    ref: CommentRef | None
    at: datetime
    payload: Mapping[str, object]
    wait_s: int = 0

    def dump(self) -> str:
        """As JSON, to be sealed before it is written down."""
        return json.dumps({**asdict(self), "at": self.at.astimezone(UTC).isoformat()})

    @classmethod
    def parse(cls, text: str) -> Delivery:
        """What ``dump`` made."""
        raw = json.loads(text)
        return cls(
            id=raw["id"],
            platform=raw["platform"],
            event=raw["event"],
            intent=Intent(raw["intent"]),
            subject=Account(**raw["subject"]) if raw["subject"] else None,
            ref=CommentRef(**raw["ref"]) if raw["ref"] else None,
            at=datetime.fromisoformat(raw["at"]),
            payload=raw["payload"],
            wait_s=raw.get("wait_s", 0),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a forge says now. ``comments`` are to be judged; of what was held here, ``gone`` is deleted there and
    ``published`` was a draft until now, with the words that are held.
    """

    comments: tuple[Comment, ...] = ()
    gone: tuple[CommentRef, ...] = ()
    published: tuple[CommentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A comment that is stored here, without its words. ``as_of`` is how new what is stored of it is."""

    ref: CommentRef
    published: bool
    as_of: datetime


class Platform(Protocol):
    """What the walk needs of a forge."""

    name: str

    async def read(self, delivery: Delivery, held: Sequence[Held] = ()) -> Reading:
        """What a delivery points at, as it is now. ``held`` is what is stored here of its thread and writer.

        Raises ``NotNow`` when the forge is away, or was asked enough for the moment.
        """


class Signing(Platform, Protocol):
    """A forge that signs what it sends, so that a delivery can be believed by itself."""

    def doors(self) -> Sequence[Door]:
        """Whose deliveries are taken; none while it is closed."""

    def accept(self, request: Incoming) -> Delivery | None:
        """Verify the bytes, then parse and filter them; pure.

        Returns ``None`` for what is genuine but of no interest (answered 204). Raises ``RefusedDelivery`` with the HTTP
        status and a sentence for everything else.
        """


class Pointing(Platform, Protocol):
    """A forge that signs nothing: what it sends is a pointer, and everything is read back."""

    def hear(self, server: Server, body: bytes) -> Sequence[Delivery]:
        """What an event of ``server`` points at; pure. A subject whose number is 0 is known by its login only.

        Raises ``RefusedDelivery``: 204 for what is of no interest, each reason with its name.
        """

    def expect(self, delivery: Delivery) -> None:
        """Called once ``delivery`` is stored and will be walked: what it says of others need not be read any more."""


# --- before publication -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applied:
    """The draft now reads ``text``, as the forge keeps it."""

    text: str


class Refusal(StrEnum):
    """Why a draft was left as it is."""

    CHANGED = "changed"  # it does not read any more as it was shown
    GONE = "gone"  # deleted, or published since
    NO_TOKEN = "no_token"  # noqa: S105 - no token is kept, or it ended
    NOT_ALLOWED = "not_allowed"  # the forge or its administrator does not let us


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. ``str()`` is a sentence for the person."""

    reason: Refusal

    def __str__(self) -> str:
        return _REFUSED[self.reason]


_REFUSED: Mapping[Refusal, str] = {
    Refusal.CHANGED: "Your draft reads differently by now, so nothing was changed. Have a look at it there.",
    Refusal.GONE: "That draft is not there any more: it was published or deleted. Nothing was changed.",
    Refusal.NO_TOKEN: "Tactful holds no token for your drafts there, so nothing was changed. You can give one again at /me.",
    Refusal.NOT_ALLOWED: "The server did not let Tactful change your draft, so nothing was changed. Copy the wording instead.",
}


class Drafts(Protocol):
    """What a forge offers before publication, with the writer's own token and for nobody else."""

    async def list(self, account: Account, within: CommentRef) -> Sequence[Comment]:
        """All that somebody holds unpublished in one thread, as it is now.

        Empty where no token is kept. Raises ``NotNow`` when the forge is away.
        """

    def applies(self, draft: CommentRef) -> bool:
        """Whether a draft can be changed through us at all, as the forge is set up now."""

    async def apply(
        self, account: Account, draft: CommentRef, thread: str, expected: str, text: str
    ) -> Applied | Refused:
        """Put ``text`` into ``draft`` in ``thread`` if it still reads as ``expected``, a ``Vault.digest``. It stays a draft.

        Raises ``NotNow`` when the forge is away; nothing was written then, or what was written is exactly ``text``.
        """


@dataclass(frozen=True, slots=True)
class Pending:
    """What somebody holds unpublished in one thread. ``out`` is what of theirs was published there lately.

    ``whole``: nothing of theirs is missing here, so that what is in neither is gone.
    """

    thread: str
    project: str
    comments: tuple[Comment, ...] = ()
    out: frozenset[CommentRef] = frozenset()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Round:
    """What one request found. ``login`` is what the account is called by now; ``points`` is what it cost, ``left`` and
    ``resets_at`` are of what the person may ask in this hour.
    """

    found: tuple[Pending, ...] = ()
    login: str = ""
    points: int = 1
    left: int | None = None
    resets_at: datetime | None = None


class PendingReviews(Protocol):
    """A forge that tells nobody of what is unpublished: its writer's own token has to ask."""

    name: str
    #: of the comments whose threads are worth a look
    kinds: frozenset[str]

    async def pending(self, account: Account, threads: Sequence[str]) -> Round | None:
        """What ``account`` holds in ``threads`` and wherever else they take part. One request, which changes nothing.

        ``None`` where no token is kept. Raises ``NotNow`` when the forge is away, or was asked too much.
        """

    def deliver(self, account: Account, pending: Pending, id: str, at: datetime) -> Delivery:
        """What was found ``at`` that moment, for the walk."""
