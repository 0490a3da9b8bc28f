"""Registering a GitHub App from a manifest, and looking at one: https://docs.github.com/rest/apps/apps

Everything in an answer is untrusted: types are checked, texts are cut.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from app.crypto import check_private_key
from app.domain import NotNow, TactfulError
from app.github_app import GitHubApp, api_url
from app.http import HTTPError
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.client import VERSION, Client, GitHubRefused
from app.platforms.github.transport import Transport
from app.platforms.registering import Installed, Look

_CODE: Final = re.compile(r"[0-9A-Za-z_-]{1,200}")
MOST_SHOWN: Final = 100

_SPENT: Final = (
    "GitHub does not know this registration: it took longer than an hour, or was used before. "
    "Nothing was kept; begin again."
)
_NOT_UNDERSTOOD: Final = "GitHub answered with something that could not be understood. Nothing was kept; begin again."
_REFUSED: Final = (
    "GitHub does not take the key of this App: it was deleted there, or its key was. "
    "Connect GitHub again, or make another key."
)


class GitHubRegistration:
    """``app.platforms.registering.Registering``."""

    def __init__(self, auth: AppAuth, transport: Transport) -> None:
        self._auth = auth
        self._transport = transport

    async def redeem(self, url: str, code: str) -> GitHubApp:
        if not _CODE.fullmatch(code):
            raise TactfulError(_SPENT)
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "Tactful",
        }
        try:
            answer = await self._transport.http.post(
                f"{api_url(url)}/app-manifests/{code}/conversions", headers=headers
            )
            found = answer.json() if answer.status_code == 201 else None
        except (HTTPError, ValueError):
            raise NotNow("GitHub could not be reached. Nothing was kept; begin again.") from None
        if answer.status_code in (404, 422):
            raise TactfulError(_SPENT)
        if not isinstance(found, dict):
            raise NotNow("GitHub is busy. Nothing was kept; begin again.")
        return _app(url, found)

    async def look(self, app: GitHubApp) -> Look:
        client = Client(app, self._auth.jwt(app), self._transport)
        try:
            found, hook = await client.get("/app"), await client.get("/app/hook/config")
            installed = await client.get("/app/installations", per_page=MOST_SHOWN)
        except GitHubRefused as error:
            raise TactfulError(_REFUSED if error.status in (401, 404) else str(error)) from None
        if not isinstance(found, dict) or not isinstance(hook, dict) or not isinstance(installed, list):
            raise TactfulError(_NOT_UNDERSTOOD)
        changed = replace(app, slug=_text(found.get("slug"), app.slug), permissions=_permissions(found))
        return Look(
            changed,
            tuple(event for event in found.get("events", ()) if isinstance(event, str)),
            _text(hook.get("url"), ""),
            await self._secret_fits(app),
            [await self._installed(app, one) for one in installed if isinstance(one, dict)],
        )

    async def _secret_fits(self, app: GitHubApp) -> bool:
        """A token that never was one is unknown to whoever may ask, and a refusal to everybody else."""
        try:
            await Client.of_app(app, self._transport).post(
                f"/applications/{app.client_id}/token", {"access_token": "none"}
            )
        except GitHubRefused as error:
            return error.status in (404, 422)
        return True

    async def _installed(self, app: GitHubApp, raw: Mapping[str, Any]) -> Installed:
        account, id = raw.get("account"), raw.get("id")
        name = _text(account.get("login"), "?") if isinstance(account, dict) else "?"
        if raw.get("suspended_at") or type(id) is not int:
            return Installed(name, works=False)
        try:
            token = await asyncio.to_thread(self._auth.installation_token, app, id)
            await Client(app, token, self._transport).get("/installation/repositories", per_page=1)
        except GitHubRefused:
            return Installed(name, works=False)
        return Installed(name, works=True)


def _app(url: str, found: Mapping[str, Any]) -> GitHubApp:
    id = found.get("id")
    texts = {
        name: _text(found.get(name), "") for name in ("slug", "client_id", "client_secret", "webhook_secret", "pem")
    }
    if type(id) is not int or not all(texts.values()):
        raise TactfulError(_NOT_UNDERSTOOD)
    check_private_key(texts["pem"])
    return GitHubApp(
        server=urlsplit(url).hostname or "",
        url=url,
        id=id,
        slug=texts["slug"],
        client_id=texts["client_id"],
        client_secret=texts["client_secret"],
        private_key=texts["pem"],
        webhook_secret=texts["webhook_secret"],
        permissions=_permissions(found),
    )


def _permissions(found: Mapping[str, Any]) -> dict[str, str]:
    raw = found.get("permissions")
    pairs = raw.items() if isinstance(raw, dict) else ()
    return {name[:60]: level for name, level in pairs if isinstance(name, str) and level in ("read", "write", "admin")}


def _text(value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and len(value) <= 8000 else otherwise
