"""What a forge offers. Platforms can read; no verb here publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Protocol

from app.domain import Account, Comment, CommentRef, Intent


@dataclass(frozen=True, slots=True)
class Incoming:
    """An HTTP request as it arrived: raw bytes, header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


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


class Platform(Protocol):
    name: str

    def accept(self, request: Incoming) -> Delivery | None:
        """Verify the bytes, then parse and filter them; pure.

        Returns ``None`` for what is genuine but of no interest (answered 204). Raises ``RefusedDelivery`` with the HTTP
        status and a sentence for everything else.
        """

    async def read(self, delivery: Delivery) -> list[Comment]:
        """The comments a delivery points at, as they are now. Raises ``NotNow`` when the forge is away."""
