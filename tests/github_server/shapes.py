"""Answers in the shapes of GitHub's REST API: its own examples, with what is different here put over them."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from tests.github_server.contract import description
from tests.github_server.hooks import Attempt
from tests.github_server.world import Installation, Registered, User

Shape = dict[str, Any]


def example(name: str) -> Any:
    return deepcopy(description()["components"]["examples"][name]["value"])


def moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


def user(of: User) -> Shape:
    plain: Shape = example("integration")["owner"]
    return plain | {"id": of.id, "login": of.login, "type": of.type}


def signed_in(of: User) -> Shape:
    """What only the person themselves is shown."""
    plain: Shape = example("private-user-response-with-public-and-private-profile-information")
    return plain | {"id": of.id, "login": of.login, "type": of.type}


def app(of: Registered, url: str) -> Shape:
    plain: Shape = example("integration")
    return plain | {
        "id": of.id,
        "slug": of.slug,
        "client_id": of.client_id,
        "owner": user(of.owner),
        "html_url": f"{url}/github-apps/{of.slug}",
        "permissions": of.permissions,
        "events": of.events,
        "installations_count": len(of.installations),
    }


def registered(of: Registered, url: str) -> Shape:
    """What is told once, to whoever redeems the code of a manifest."""
    secrets = {"client_secret": of.client_secret, "webhook_secret": of.webhook_secret, "pem": of.pem}
    return app(of, url) | secrets


def installation(of: Installation, app: Registered) -> Shape:
    plain: Shape = example("base-installation-items")[0]
    # Described as a user *and* an enterprise, which no account is: so it carries the fields of both.
    both = {"name": of.account.login, "slug": of.account.login, "created_at": None, "updated_at": None}
    return plain | {
        "id": of.id,
        "account": user(of.account) | both,
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": of.account.id,
        "target_type": of.account.type,
        "permissions": app.permissions,
        "events": app.events,
        "suspended_at": moment(of.suspended_at),
        "suspended_by": user(of.account) if of.suspended_at else None,
    }


def attempt(of: Attempt) -> Shape:
    return {
        "id": of.id,
        "guid": of.guid,
        "delivered_at": f"{of.delivered_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "redelivery": of.redelivery,
        "duration": 0.27,
        "status": of.status,
        "status_code": of.status_code,
        "event": of.event,
        "action": of.action,
        "installation_id": None,
        "repository_id": None,
        "throttled_at": None,
    }
