"""The App's webhook and its log: every attempt is written down, failures are never repeated unless somebody asks for it.

https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import httpx

from app.platforms import Incoming
from app.platforms.github.deliveries import Payload, signed
from tests.github_server.world import Registered, World

Post = Callable[[str, Incoming], int]


@dataclass(eq=False)
class Attempt:
    id: int
    guid: str
    app: Registered
    event: str
    action: str | None
    delivered_at: datetime
    redelivery: bool
    status_code: int
    request: Incoming = field(repr=False)

    @property
    def status(self) -> str:
        """As GitHub words it."""
        if self.status_code == 0:
            return "failed to connect to host"
        return "OK" if 200 <= self.status_code < 300 else f"Invalid HTTP Response: {self.status_code}"


def over_http(url: str, request: Incoming) -> int:
    """The status, 0 where nobody was there."""
    try:
        return httpx.post(url, content=request.body, headers=dict(request.headers), timeout=10).status_code
    except httpx.HTTPError:
        return 0


class Hooks:
    """``post`` may be replaced by a way to a service that listens on no socket."""

    def __init__(self, world: World, post: Post = over_http) -> None:
        self.world = world
        self.post = post
        self.log: list[Attempt] = []

    def deliver(self, app: Registered, event: str, payload: Payload) -> Attempt:
        guid = str(uuid.uuid4())
        request = signed(event, payload, delivery=guid, secret=app.webhook_secret)
        action = payload.get("action")
        return self._attempt(app, guid, event, str(action) if action else None, request, redelivery=False)

    def again(self, attempt: Attempt) -> Attempt:
        """The same bytes under the same id."""
        return self._attempt(attempt.app, attempt.guid, attempt.event, attempt.action, attempt.request, redelivery=True)

    def _attempt(
        self, app: Registered, guid: str, event: str, action: str | None, request: Incoming, *, redelivery: bool
    ) -> Attempt:
        at = self.world.clock.now()
        status = self.post(app.hook_url, request) if app.hook_url else HTTPStatus.BAD_GATEWAY
        made = Attempt(self.world.number(), guid, app, event, action, at, redelivery, int(status), request)
        self.log.append(made)
        return made
