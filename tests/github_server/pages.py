"""The pages on which people agree: to a new App, and to what an App may do for them. ``visitor`` looks at them."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.github_server.world import Code, Registered, User, UserToken, World

CODE_LIFE = timedelta(minutes=10)
KNOWN_EVENTS = {
    "pull_request_review",
    "pull_request_review_comment",
    "issue_comment",
    "commit_comment",
    "discussion_comment",
}
#: what an event needs (https://docs.github.com/webhooks/webhook-events-and-payloads)
NEEDS = {
    "commit_comment": "contents",
    "discussion_comment": "discussions",
    "issue_comment": "issues",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
}


class Pages:
    def __init__(self, world: World) -> None:
        self.world = world
        self.visitor: User | None = None
        self.agrees = True

    def routes(self) -> list[Route]:
        return [
            Route("/login/oauth/authorize", self._authorise, methods=["GET"]),
            Route("/login/oauth/access_token", self._token, methods=["POST"]),
            Route("/settings/apps/new", self._new_app, methods=["POST"]),
            Route("/organizations/{organisation}/settings/apps/new", self._new_app, methods=["POST"]),
        ]

    async def _authorise(self, request: Request) -> Response:
        asked = request.query_params
        app = self._app(asked.get("client_id", ""))
        back_to = asked.get("redirect_uri", "")
        if app is None or back_to not in app.callback_urls:
            return PlainTextResponse("The redirect_uri is not associated with this application.", 404)
        if self.visitor is None:
            return PlainTextResponse("Sign in to GitHub", 200)
        if not self.agrees:
            return _back(back_to, error="access_denied", state=asked.get("state", ""))
        code = secrets.token_hex(10)
        challenge = asked.get("code_challenge", "") if asked.get("code_challenge_method") == "S256" else ""
        self.world.codes[code] = Code(app, self.visitor, back_to, challenge, self.world.clock.now() + CODE_LIFE)
        return _back(back_to, code=code, state=asked.get("state", ""))

    async def _token(self, request: Request) -> Response:
        """https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"""
        form = {name: value[0] for name, value in parse_qs((await request.body()).decode()).items()}
        app = self._app(form.get("client_id", ""))
        if app is None or app.client_secret != form.get("client_secret"):
            return JSONResponse({"error": "incorrect_client_credentials"})
        if form.get("grant_type") == "refresh_token":
            refreshed = self.world.refreshed(app, form.get("refresh_token", ""))
            return JSONResponse(_granted(self.world, refreshed) if refreshed else {"error": "bad_refresh_token"})
        code = self.world.codes.pop(form.get("code", ""), None)
        if code is None or code.app is not app or code.ends_at <= self.world.clock.now():
            return JSONResponse({"error": "bad_verification_code"})
        if form.get("redirect_uri") not in (None, code.redirect_uri):
            return JSONResponse({"error": "redirect_uri_mismatch"})
        if code.challenge and _challenge(form.get("code_verifier", "")) != code.challenge:
            return JSONResponse({"error": "bad_verification_code"})
        return JSONResponse(_granted(self.world, self.world.grant(app, code.user)))

    async def _new_app(self, request: Request) -> Response:
        """https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest"""
        form = {name: value[0] for name, value in parse_qs((await request.body()).decode()).items()}
        manifest = json.loads(form["manifest"])
        wrong = _wrong(manifest)
        if wrong or self.visitor is None:
            return PlainTextResponse(wrong or "Sign in to GitHub", 422)
        organisation = request.path_params.get("organisation")
        owner = self.world.user(organisation, "Organization") if organisation else self.visitor
        hook = manifest["hook_attributes"]["url"]
        app = self.world.register(
            owner, manifest["name"], manifest["default_permissions"], manifest["default_events"], hook
        )
        app.callback_urls = manifest.get("callback_urls", [])
        del self.world.apps[app.id]  # there once its code is redeemed
        code = secrets.token_hex(20)
        self.world.registering[code] = app
        return _back(manifest["redirect_url"], code=code, state=request.query_params.get("state", ""))

    def _app(self, client_id: str) -> Registered | None:
        return next((app for app in self.world.apps.values() if app.client_id == client_id), None)


def _granted(world: World, token: UserToken) -> dict[str, object]:
    plain: dict[str, object] = {"access_token": token.token, "scope": "", "token_type": "bearer"}
    if token.ends_at is not None and token.refresh_ends_at is not None:
        now = world.clock.now()
        plain |= {
            "expires_in": round((token.ends_at - now).total_seconds()),
            "refresh_token": token.refresh,
            "refresh_token_expires_in": round((token.refresh_ends_at - now).total_seconds()),
        }
    return plain


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _back(to: str, **query: str) -> Response:
    joined = "&" if urlsplit(to).query else "?"
    return RedirectResponse(f"{to}{joined}{urlencode(query)}", 302)


def _wrong(manifest: dict[str, object]) -> str:
    """Why GitHub would not take it."""
    permissions, events = manifest.get("default_permissions"), manifest.get("default_events")
    if not isinstance(permissions, dict) or not isinstance(events, list):
        return "default_permissions and default_events are missing"
    if any(value not in ("read", "write", "admin") for value in permissions.values()):
        return "a permission is read, write or admin"
    for event in events:
        if event not in KNOWN_EVENTS:
            return f"{event} is not an event that can be listed"
        if NEEDS[event] not in permissions:
            return f"{event} is not supported by the permissions"
    if len(str(manifest.get("name", ""))) > 34:
        return "the name is too long"
    return ""
