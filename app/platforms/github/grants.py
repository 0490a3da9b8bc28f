"""What a person lets an App do in their name: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app

A token lasts eight hours, what it is refreshed by six months and works once. It sees what its owner sees *and* the App may
see, so it is never wider than the App. Everything in an answer is untrusted: types are checked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import structlog

from app.domain import Account, Key, NotNow, Server
from app.github_app import PLATFORM, GitHubApp, of_server
from app.http import HTTPError
from app.platforms.github.client import Client, GitHubRefused
from app.platforms.github.transport import Transport
from app.platforms.keys import Holder, KeyRefused, KeyUnknown

EARLIER: Final = timedelta(minutes=1)  # so that a clock that goes slow does not ask with a token that has ended
LONGEST_TOKEN: Final = 4000

_ANOTHER_TIME: Final = "GitHub did not answer. Nothing was changed; try again in a moment."
_SPENT: Final = (
    "GitHub does not know this sign-in any more: it took too long, or was used before. Nothing was kept; try again."
)
_NO_PERSON: Final = "That account is no person's on GitHub. Nothing was kept."
_NOT_UNDERSTOOD: Final = "GitHub answered with something that could not be understood. Nothing was kept; try again."

log = structlog.get_logger()


class GitHubGrants:
    """``app.platforms.keys.Grants`` for every registered App."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def address(self, server: Server, state: str, challenge: str, back_to: str) -> str:
        asked = {
            "client_id": of_server(server).client_id,
            "redirect_uri": back_to,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{server.url}/login/oauth/authorize?{urlencode(asked)}"

    async def redeem(self, server: Server, code: str, verifier: str, back_to: str, now: datetime) -> Key:
        found = await self._token(of_server(server), code=code, code_verifier=verifier, redirect_uri=back_to)
        if "error" in found:
            raise KeyUnknown(_SPENT)
        return _key(found, now)

    async def refresh(self, server: Server, key: Key, now: datetime) -> Key:
        found = await self._token(of_server(server), grant_type="refresh_token", refresh_token=key.refresh_token)
        if "error" in found:
            raise KeyUnknown(_SPENT)
        return _key(found, now)

    async def prove(self, server: Server, key: Key) -> Holder:
        found = await self._asked(server, key, "/user")
        id, login, kind = (found.get(name) for name in ("id", "login", "type"))
        if type(id) is not int or not 0 < id < 2**63 or not isinstance(login, str) or not 0 < len(login) <= 100:
            raise KeyRefused(_NOT_UNDERSTOOD)
        if kind != "User":
            raise KeyRefused(_NO_PERSON)
        return Holder(Account(PLATFORM, server.name, id, login), login)

    async def belongs(self, server: Server, key: Key) -> bool:
        found = await self._asked(server, key, "/user/installations", per_page=1)
        return type(found.get("total_count")) is int and found["total_count"] > 0

    async def end(self, server: Server, key: Key) -> bool:
        """The whole token, with what refreshes it. What GitHub does not know any more has ended, too."""
        app = of_server(server)
        path = f"/applications/{app.client_id}/token"
        try:
            await Client.of_app(app, self._transport).delete(path, {"access_token": key.token})
        except GitHubRefused as error:
            return error.status in (404, 422)
        except NotNow:
            return False
        return True

    async def _asked(self, server: Server, key: Key, path: str, **parameters: int) -> dict[str, Any]:
        try:
            found = await Client(of_server(server), key.token, self._transport).get(path, **parameters)
        except GitHubRefused as error:
            raise (KeyUnknown(_SPENT) if error.status == 401 else KeyRefused(_NOT_UNDERSTOOD)) from None
        if not isinstance(found, dict):
            raise KeyRefused(_NOT_UNDERSTOOD)
        return found

    async def _token(self, app: GitHubApp, **asked: str) -> dict[str, Any]:
        """Raises ``NotNow`` also where the App itself is refused: that is no fault of the person's token."""
        form = {"client_id": app.client_id, "client_secret": app.client_secret, **asked}
        url = f"{app.url}/login/oauth/access_token"
        headers = {"Accept": "application/json", "User-Agent": "Tactful"}
        try:
            answer = await self._transport.http.post(url, data=form, headers=headers)
            found = answer.json() if answer.status_code == 200 else None
        except (HTTPError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise NotNow(_ANOTHER_TIME)
        if found.get("error") in ("incorrect_client_credentials", "redirect_uri_mismatch", "unauthorized_client"):
            log.warning(
                "GitHub refuses the App's own credentials; `tactful github doctor` says more", server=app.server
            )
            raise NotNow(_ANOTHER_TIME)
        return found


def _key(found: dict[str, Any], now: datetime) -> Key:
    token, refresh = found.get("access_token"), found.get("refresh_token", "")
    life, refresh_life = found.get("expires_in"), found.get("refresh_token_expires_in")
    if not all(isinstance(one, str) and len(one) <= LONGEST_TOKEN for one in (token, refresh)) or not token:
        raise KeyRefused(_NOT_UNDERSTOOD)
    ends_at, refresh_ends_at = (_end(seconds, now) for seconds in (life, refresh_life))
    return Key("", "", token, ends_at, refresh, refresh_ends_at)


def _end(seconds: object, now: datetime) -> datetime | None:
    if type(seconds) is not int or not 0 < seconds < 10**9:
        return None
    return now + timedelta(seconds=seconds) - EARLIER
