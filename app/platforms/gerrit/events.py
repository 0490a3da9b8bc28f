"""Events of Gerrit's webhooks plugin and of its stream: what they point at, and nothing of what they say.

https://gerrit-documentation.storage.googleapis.com/Documentation/3.13.5/cmd-stream-events.html#events

Nobody signs them. So three things are taken: whose login, which change, when; the words in them stay unread, and what is
there is read back from the server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError
from pydantic_core import from_json

from app.domain import Account, CommentRef, Intent, Server
from app.platforms import Delivery
from app.platforms.gerrit.refusals import refusal

PLATFORM: Final = "gerrit"
CHANGE: Final = "change"
"""The kind of a reference to a whole change; comments in it have keys that begin with its number and a ``~``."""
NOTHING: Final = "0" * 40
_DRAFTS: Final = re.compile(r"refs/draft-comments/\d\d/([1-9]\d{0,9})/([1-9]\d{0,9})", re.ASCII)
_MOST_REFS = 1000  # of one batch

Number = Annotated[StrictInt, Field(ge=1, lt=2**31)]
Second = Annotated[StrictInt, Field(ge=0, lt=2**34)]
Login = Annotated[StrictStr, Field(pattern=r"^[^\s\x00-\x1f\x7f]+$", max_length=100)]
Project = Annotated[StrictStr, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=300)]
Sha = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{40}$")]
RefName = Annotated[StrictStr, Field(max_length=1000)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Author(Model):
    username: Login | None = None


class Change(Model):
    number: Number
    project: Project


class CommentAdded(Model):
    author: Author
    change: Change
    created_on: Second = Field(validation_alias="eventCreatedOn")


class RefUpdate(Model):
    ref_name: RefName = Field(validation_alias="refName")
    new_rev: Sha = Field(validation_alias="newRev")


class RefUpdated(Model):
    ref_update: RefUpdate = Field(validation_alias="refUpdate")
    created_on: Second = Field(validation_alias="eventCreatedOn")


class BatchRefUpdated(Model):
    ref_updates: Annotated[tuple[RefUpdate, ...], Field(max_length=_MOST_REFS)] = Field(validation_alias="refUpdates")
    created_on: Second = Field(validation_alias="eventCreatedOn")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where to look: at what ``account`` said, or (``drafts``) holds unpublished, in one change, around ``at``.

    ``project`` may be empty where it is not known. ``emptied`` is for drafts: none was left.
    """

    change: int
    account: Account
    at: datetime
    project: str = ""
    drafts: bool = False
    emptied: bool = False

    def delivery(self, id: str, event: str, wait_s: int, heard_at: datetime) -> Delivery:
        """``wait_s`` is how long drafts rest; ``heard_at`` is when it came in, by our own clock."""
        return Delivery(
            id=id,
            platform=PLATFORM,
            event=event,
            intent=Intent.DRAFTS if self.drafts else Intent.THREAD,
            subject=self.account,
            ref=CommentRef(PLATFORM, self.account.server, CHANGE, str(self.change)),
            at=self.at,
            payload={"project": self.project, "emptied": self.emptied, "heard_at": heard_at.isoformat()},
            wait_s=wait_s if self.drafts and not self.emptied else 0,
        )


def pointers(server: Server, body: bytes) -> tuple[str, Sequence[Pointer]]:
    """The type of an event and where it points. Raises ``RefusedDelivery`` where that is nowhere, or cannot be read."""
    event = _parsed(body)
    kind = event.get("type")
    if not isinstance(kind, str):
        raise refusal("malformed", "it has no type")
    if kind == "comment-added":
        return kind, [_said(server, _read(CommentAdded, event))]
    if kind == "ref-updated":
        one = _read(RefUpdated, event)
        return kind, _drafts(server, (one.ref_update,), one.created_on)
    if kind == "batch-ref-updated":
        batch = _read(BatchRefUpdated, event)
        return kind, _drafts(server, batch.ref_updates, batch.created_on)
    raise refusal("event_not_handled")


def _said(server: Server, event: CommentAdded) -> Pointer:
    if event.author.username is None:
        raise refusal("no_username")
    author = Account(PLATFORM, server.name, 0, event.author.username)  # the number is not in the event
    return Pointer(event.change.number, author, _moment(event.created_on), event.change.project)


def _drafts(server: Server, updates: Sequence[RefUpdate], created_on: int) -> list[Pointer]:
    found = []
    for update in updates:
        if (ref := _DRAFTS.fullmatch(update.ref_name)) and max(int(ref[1]), int(ref[2])) < 2**31:
            account = Account(PLATFORM, server.name, int(ref[2]))
            emptied = update.new_rev == NOTHING
            found.append(Pointer(int(ref[1]), account, _moment(created_on), drafts=True, emptied=emptied))
    if not found:
        raise refusal("ref_not_handled")
    if not server.drafts_allowed:
        raise refusal("drafts_not_allowed")
    return found


def delivery_id(server: Server, body: bytes) -> str:
    """The same for each of the plugin's five tries, since their bodies are the same."""
    return "gr:" + blake2b(server.name.encode() + b"\0" + body, digest_size=16).hexdigest()


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _parsed(body: bytes) -> dict[str, Any]:
    """``from_json`` and not ``json``: it refuses deep nesting, NaN, lone surrogates and bytes that are not UTF-8."""
    try:
        found = from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError):  # their words quote the body
        found = None
    if not isinstance(found, dict):
        raise refusal("malformed", "it is no JSON object")
    return found


M = TypeVar("M", bound=Model)


def _read(shape: type[M], event: dict[str, Any]) -> M:
    where = ""
    try:
        return shape.model_validate(event)
    except ValidationError as error:
        # What failed quotes the event; so the refusal is raised outside, without it as its context.
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
    raise refusal("malformed", where)
