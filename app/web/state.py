"""What the pages and endpoints share: built once by ``wiring``, found on the application."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from app.channels import Channel
from app.connected import Connected
from app.consent import Consents
from app.domain import Account, Receipt, Server
from app.github_apps import GitHubApps
from app.in_force import InForce
from app.judge import Judge
from app.metrics import Metrics
from app.norms import Norms
from app.platforms import Delivery, Drafts, Pointing, Signing
from app.platforms.keys import Grants
from app.platforms.registering import Registering
from app.settings import Settings
from app.store import Store
from app.suggestions import PLAIN, Rewording
from app.user_tokens import UserTokens
from app.wanted import Asked
from app.web.limits import Limits
from app.web.replays import Replays
from app.web.sittings import Sittings


class DurableEngine(Protocol):
    """What the web needs of the engine."""

    def accept(self, delivery: Delivery) -> bool: ...
    def pending(self) -> int: ...
    def failed(self) -> int: ...
    def forget(self, accounts: Collection[Account]) -> None: ...


class Post(Protocol):
    """Sends what is not a suggestion: one-time links and codes. Absent where no mail server is configured."""

    async def sign_in(self, to: str, url: str, minutes: int) -> Receipt: ...
    async def confirm(self, to: str, code: str, minutes: int) -> Receipt: ...


@dataclass(frozen=True)
class State:
    settings: Settings
    store: Store
    engine: DurableEngine
    judge: Judge
    in_force: InForce
    metrics: Metrics
    github: Signing
    github_apps: GitHubApps
    github_registration: Registering
    github_grants: Grants
    user_tokens: UserTokens
    gerrit: Pointing
    gerrit_servers: Connected
    drafts: Mapping[str, Drafts]  # by platform
    consents: Consents  # to read drafts on Gerrit
    channels: Mapping[str, Channel]
    post: Post | None
    now: Callable[[], datetime]
    replays: Replays
    rewording: Rewording = PLAIN
    language_model: Asked | None = None
    limits: Limits = field(default_factory=Limits)
    sittings: Sittings = field(default_factory=Sittings)

    def server(self, name: str) -> Server | None:
        """A connected server of either platform."""
        return self.gerrit_servers.named(name) or self.github_apps.server(name)

    @property
    def norms(self) -> Norms:
        """The service's own, as they are outside every project."""
        return self.in_force.service().norms


def _state(request: Request) -> State:
    return cast(State, request.app.state.tactful)


#: The dependency every endpoint takes: ``def page(state: Shared)``.
Shared = Annotated[State, Depends(_state)]
