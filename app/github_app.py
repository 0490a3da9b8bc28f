"""A GitHub App as an administrator registered it: who the service is on one GitHub, and what it may do there.

It is kept as the connected server that it is (``app.domain.Server``): what signs and decrypts stands sealed in the place of a
token, ``drafts_allowed`` is whether pending reviews may be read, and ``caught_up_to`` how far its delivery log was looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from app.domain import Server

PLATFORM: Final = "github"
PUBLIC: Final = "https://github.com"
DATA_RESIDENCY: Final = ".ghe.com"


@dataclass(frozen=True, slots=True)
class GitHubApp:
    """``server`` is the host name that accounts and comments carry, ``url`` where people open it, without a trailing slash.

    ``permissions`` are those GitHub granted, by its names: ``{"pull_requests": "read"}``. A person's token can never do more.
    ``webhook_secret`` is empty where the settings hold it.
    """

    server: str
    url: str
    id: int
    slug: str
    client_id: str
    client_secret: str = field(repr=False)
    private_key: str = field(repr=False)  # PEM
    webhook_secret: str = field(repr=False)
    permissions: Mapping[str, str] = field(default_factory=dict)
    pending_allowed: bool = True  # may people have their pending reviews read here?

    @property
    def api_url(self) -> str:
        return api_url(self.url)

    @property
    def graphql_url(self) -> str:
        """https://docs.github.com/enterprise-server/graphql/guides/forming-calls-with-graphql"""
        api = self.api_url
        return f"{api.removesuffix('/v3')}/graphql"

    @property
    def can_apply(self) -> bool:
        """Whether a wording can be put into a pending comment; otherwise it is copied by hand."""
        return self.permissions.get("pull_requests") == "write"

    @property
    def page(self) -> str:
        """Where people see and install it; empty as long as its name is not known."""
        place = "apps" if self.url == PUBLIC else "github-apps"
        return f"{self.url}/{place}/{self.slug}" if self.slug else ""


def api_url(url: str) -> str:
    """Where a GitHub answers programs. Enterprise Server does so under ``/api/v3``, Enterprise Cloud with data residency
    under a host name of its own (https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api).
    """
    host = urlsplit(url).netloc
    if url == PUBLIC or host.endswith(DATA_RESIDENCY):
        return f"https://api.{host}"
    return f"{url}/api/v3"


_SEALED: Final = ("id", "client_id", "client_secret", "private_key", "webhook_secret")


def as_server(app: GitHubApp) -> Server:
    """As ``app.store.servers`` keeps it."""
    secret = {name: getattr(app, name) for name in _SEALED} | {"permissions": dict(app.permissions)}
    return Server(PLATFORM, app.server, app.url, app.slug, json.dumps(secret), drafts_allowed=app.pending_allowed)


def of_server(server: Server) -> GitHubApp:
    """What ``as_server`` made."""
    secret = json.loads(server.token)
    permissions = secret.pop("permissions")
    return GitHubApp(
        server=server.name,
        url=server.url,
        slug=server.username,
        permissions=permissions,
        pending_allowed=server.drafts_allowed,
        **secret,
    )
