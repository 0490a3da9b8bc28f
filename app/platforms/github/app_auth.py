"""The App's own ways in: a JWT for what concerns the App, an installation's token for what it may read somewhere.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/about-authentication-with-a-github-app
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from app.crypto import check_private_key
from app.domain import NotNow
from app.github_app import GitHubApp
from app.platforms.github.client import GitHubRefused

JWT_S: Final = 540  # GitHub takes ten minutes at most
LEFT: Final = timedelta(minutes=5)
TIMEOUT_S: Final = 10


class AppAuth:
    """For every registered App. Blocking, and safe from any thread; installation tokens (an hour) are kept in memory."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, int, int], tuple[str, datetime]] = {}

    def jwt(self, app: GitHubApp) -> str:
        """A fresh one. Raises ``ConfigurationError`` for a key that is none."""
        from github import Auth  # here, and below: importing PyGithub takes longer than all the rest of a start

        check_private_key(app.private_key)
        return Auth.AppAuth(app.id, app.private_key).create_jwt(expiration=JWT_S)

    def installation_token(self, app: GitHubApp, installation: int) -> str:
        """Good for five more minutes. Raises ``GitHubRefused`` where it is suspended or gone, and ``NotNow``."""
        key = (app.server, app.id, installation)
        with self._lock:  # one at a time: whoever waits finds it made
            found = self._tokens.get(key)
            if found is None or found[1] - self._now() < LEFT:
                found = self._tokens[key] = self._make(app, installation)
            return found[0]

    def _make(self, app: GitHubApp, installation: int) -> tuple[str, datetime]:
        from github import Auth, GithubException, GithubIntegration
        from requests import RequestException

        check_private_key(app.private_key)
        integration = GithubIntegration(
            auth=Auth.AppAuth(app.id, app.private_key),
            base_url=app.api_url,
            timeout=TIMEOUT_S,
            retry=None,
            seconds_between_requests=None,
        )
        try:
            made = integration.get_access_token(installation)
        except GithubException as error:
            if 400 <= error.status < 500 and error.status not in (408, 429):
                raise GitHubRefused(error.status, "a request for an installation's token") from None
            raise NotNow("GitHub is busy. Try again in a moment.") from None
        except RequestException:
            raise NotNow("GitHub did not answer in time. Try again in a moment.") from None
        finally:
            integration.close()
        return made.token, made.expires_at.astimezone(UTC)
