"""How the service comes to be somebody on a forge: what a registration gives, and what is found when it is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.github_app import GitHubApp


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the App is installed: an organisation's name, or a person's. ``works``: it can be read as the App there."""

    name: str
    works: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What GitHub says of an App now; ``app`` is with what it says. ``secret_fits`` is of the client's secret."""

    app: GitHubApp
    events: Sequence[str]
    hook_url: str
    secret_fits: bool
    installed: Sequence[Installed] = field(default_factory=tuple)


class Registering(Protocol):
    async def redeem(self, url: str, code: str) -> GitHubApp:
        """The App that a manifest became, at the GitHub at ``url``; once. Raises ``TactfulError``, and ``NotNow``."""

    async def look(self, app: GitHubApp) -> Look:
        """Raises ``TactfulError`` where its key is refused, and ``NotNow``."""
