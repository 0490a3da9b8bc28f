"""An App that the settings name, written to where the others are: so that everything looks in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain import ConfigurationError
from app.github_app import GitHubApp
from app.github_apps import GitHubApps, save
from app.settings import Settings
from app.store import Store


def configured(settings: Settings) -> GitHubApp | None:
    """``None`` without one. Raises ``ConfigurationError`` where it is half configured, or its key cannot be read."""
    key, secret = settings.github_app_key, settings.github_client_secret
    given = (settings.github_app_id, key, settings.github_client_id, secret)
    if all(one is None for one in given):
        return None
    if settings.github_app_id is None or key is None or settings.github_client_id is None or secret is None:
        raise ConfigurationError(
            "A GitHub App takes four settings: TACTFUL_GITHUB_APP_ID, TACTFUL_GITHUB_APP_KEY, TACTFUL_GITHUB_CLIENT_ID "
            "and TACTFUL_GITHUB_CLIENT_SECRET. Some of them are missing."
        )
    try:
        private_key = key.read_text()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The file that TACTFUL_GITHUB_APP_KEY names could not be read as a key.") from None
    return GitHubApp(
        server=settings.github_server,
        url=settings.github_address,
        id=settings.github_app_id,
        slug="",
        client_id=settings.github_client_id,
        client_secret=secret.get_secret_value(),
        private_key=private_key,
        webhook_secret="",  # that of the settings fits
    )


def write_down(store: Store, app: GitHubApp, now: datetime) -> None:
    """What was found out about the same App since stays; nothing is written where nothing changed."""
    known = GitHubApps(store).named(app.server)
    if known is not None and known.id == app.id:
        app = replace(app, slug=known.slug, permissions=known.permissions, pending_allowed=known.pending_allowed)
    if app != known:
        save(store, app, now)
