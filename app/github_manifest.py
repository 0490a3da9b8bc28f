"""What a GitHub App of this service asks for, each feature its own: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest

A person's token is capped by the App's permissions, so that nobody can do through it what was not asked for here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, urlsplit

LONGEST_NAME: Final = 34
BASE_PERMISSIONS: Final = {"metadata": "read", "pull_requests": "read", "issues": "read"}
BASE_EVENTS: Final = ("pull_request_review", "pull_request_review_comment", "issue_comment")


class Feature(StrEnum):
    """What may be asked for beyond comments on pull requests and issues."""

    COMMITS = "commits"
    DISCUSSIONS = "discussions"
    APPLY = "apply"


PERMISSIONS: Final[Mapping[Feature, Mapping[str, str]]] = {
    Feature.COMMITS: {"contents": "read"},
    Feature.DISCUSSIONS: {"discussions": "read"},
    Feature.APPLY: {"pull_requests": "write"},
}
EVENTS: Final[Mapping[Feature, tuple[str, ...]]] = {
    Feature.COMMITS: ("commit_comment",),
    Feature.DISCUSSIONS: ("discussion_comment",),
}


def permissions(features: Collection[Feature]) -> dict[str, str]:
    found = dict(BASE_PERMISSIONS)
    for feature in Feature:
        if feature in features:
            found |= PERMISSIONS[feature]
    return found


def events(features: Collection[Feature]) -> list[str]:
    """What about installations and authorisations tells an App is sent to it anyway, and may not be listed."""
    return [*BASE_EVENTS, *(event for feature in Feature if feature in features for event in EVENTS.get(feature, ()))]


def manifest(address: str, features: Collection[Feature]) -> dict[str, Any]:
    """The App of the service at ``address``, as GitHub takes it. GitHub makes the keys and the webhook's secret."""
    host = urlsplit(address).hostname or "localhost"
    return {
        "name": f"Tactful {host}"[:LONGEST_NAME].rstrip(" .-"),
        "description": "A private word to the writer of a review comment, before anyone else reads it.",
        "url": address,
        "hook_attributes": {"url": f"{address}/webhooks/github", "active": True},
        "redirect_url": f"{address}/github/registered",
        "callback_urls": [f"{address}/github/signed-in"],
        "public": False,
        "request_oauth_on_install": False,
        "default_permissions": permissions(features),
        "default_events": events(features),
    }


def register_at(url: str, organisation: str, state: str) -> str:
    """Where a manifest is posted to, by the browser of whoever will own the App."""
    place = f"organizations/{quote(organisation, safe='')}/settings" if organisation else "settings"
    return f"{url}/{place}/apps/new?state={quote(state, safe='')}"


def missing(granted: Mapping[str, str], features: Collection[Feature] = ()) -> list[str]:
    """The permissions that ``features`` need and that are not granted, as GitHub's settings call them."""
    order = ("read", "write", "admin")
    return [
        f"{name.replace('_', ' ')}: {level}"
        for name, level in permissions(features).items()
        if granted.get(name) not in order[order.index(level) :]
    ]
