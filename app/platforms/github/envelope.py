"""From a request to verified JSON. The order matters: nothing is parsed before its signature fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pydantic_core import from_json

from app.platforms import Door, Incoming
from app.platforms.github import signature
from app.platforms.github.refusals import refusal

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

# The id becomes part of a workflow id and the event a key of a table.
_DELIVERY = re.compile(r"[0-9A-Za-z-]{1,64}")
_EVENT = re.compile(r"[a-z0-9_]{1,64}")
_MOST_FIELDS = 8  # a genuine form has one


@dataclass(frozen=True, slots=True)
class Envelope:
    """A delivery whose signature fits, still closed: ``server`` is whose secret signed it, ``id`` and ``event`` come from
    the headers.
    """

    server: str
    id: str
    event: str
    content_type: str
    body: bytes = field(repr=False)

    def contents(self) -> dict[str, object]:
        """The JSON object within. Raises ``RefusedDelivery`` (``malformed``) when there is none."""
        found = _parsed(self.body, self.content_type)
        if not isinstance(found, dict):
            raise refusal("malformed", "the body, which holds no JSON object")
        return found


def open_envelope(request: Incoming, doors: Sequence[Door], max_bytes: int) -> Envelope:
    """Verify ``request``. Raises ``RefusedDelivery``: closed, too_large, wrong_type, bad_signature or malformed."""
    headers = request.headers
    if not doors:
        raise refusal("closed")
    if len(request.body) > max_bytes:
        raise refusal("too_large")
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in (JSON, FORM):
        raise refusal("wrong_type")
    signed = headers.get(signature.HEADER, "")
    door = next((door for door in doors if signature.verify(_keys(door), request.body, signed)), None)
    if door is None:
        raise refusal("bad_signature")
    delivery, event = headers.get("x-github-delivery", ""), headers.get("x-github-event", "")
    if not _DELIVERY.fullmatch(delivery):
        raise refusal("malformed", "the header X-GitHub-Delivery")
    if not _EVENT.fullmatch(event):
        raise refusal("malformed", "the header X-GitHub-Event")
    return Envelope(door.server, delivery, event, content_type, request.body)


def _keys(door: Door) -> list[bytes]:
    return [secret.encode(errors="surrogateescape") for secret in door.secrets]


def _parsed(body: bytes, content_type: str) -> object:
    """``None`` when there is no JSON. The parser's own errors quote the body, so they go no further than this.

    ``from_json`` and not ``json``: it refuses deep nesting, NaN, lone surrogates and bytes that are not UTF-8.
    """
    try:
        if content_type == FORM:
            form = parse_qsl(body.decode(), strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS)
            [body] = [value.encode() for name, value in form if name == "payload"]
        return from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError):
        return None
