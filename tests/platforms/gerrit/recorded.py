"""What the real webhooks plugin of Gerrit 3.13.5 sent, as it sent it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain import Server

FILE = Path(__file__).with_name("recorded-events.jsonl")
SERVER = Server("gerrit", "review.test", "https://review.test", "tactful", "a token", drafts_allowed=True)


def recorded() -> Iterator[dict[str, Any]]:
    with FILE.open() as lines:
        for line in lines:
            yield json.loads(line)["body"]


def bodies() -> Iterator[bytes]:
    """As Gson writes them: without spaces, and characters as they are."""
    for event in recorded():
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def one(kind: str) -> dict[str, Any]:
    return next(event for event in recorded() if event["type"] == kind)
