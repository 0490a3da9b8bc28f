"""Connecting GitHub, for an administrator: an App is registered from a manifest, and looked at again whenever they like.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest. The manifest is posted to GitHub by the
administrator's own browser; what comes back is redeemed once, by us, for the App's key and secrets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlsplit

import anyio.from_thread
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app import github_apps
from app.domain import TactfulError
from app.findings import Finding
from app.github_app import PLATFORM, PUBLIC, GitHubApp
from app.github_findings import findings
from app.github_manifest import Feature, manifest, missing, register_at
from app.platforms.registering import Look
from app.store import servers, tokens
from app.store.people import Profile
from app.web import errands
from app.web.errands import Errand
from app.web.headers import HEADERS
from app.web.roles import Admin
from app.web.session import OwnForm
from app.web.state import Shared, State
from app.web.templating import render

router = APIRouter(include_in_schema=False)

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
NO_ADDRESS: Final = (
    "That does not look like the address of a GitHub. It should read like https://git.example.org. Nothing was changed."
)
DID_NOT_AGREE: Final = "No App was registered on GitHub. Nothing was changed."


@router.get("/github")
def apps(request: Request, state: Shared, me: Admin, left: int = 0) -> Response:
    return _page(request, state, me, left=left)


def _page(
    request: Request, state: State, me: Profile, *, left: int = 0, seen: str = "", found: Iterable[Finding] = ()
) -> Response:
    shown: dict[str, object] = {
        "apps": list(state.github_apps.every().values()),
        "features": [feature.value for feature in Feature],
        "granted": lambda app, feature: not missing(app.permissions, (Feature(feature),)),
        "public": PUBLIC,
        "local": urlsplit(state.settings.address).hostname in LOOPBACK,
        "address": state.settings.address,
        "left": left,
        "seen": seen,
        "found": list(found),
    }
    return render(request, "github.html", me, shown)


@router.post("/github/connect", dependencies=[OwnForm])
def connect(
    request: Request,
    state: Shared,
    me: Admin,
    url: Annotated[str, Form(max_length=300)] = PUBLIC,
    organisation: Annotated[str, Form(max_length=100, pattern=r"^[A-Za-z0-9_.-]*$")] = "",
    features: Annotated[list[Feature] | None, Form()] = None,
    pending: Annotated[bool, Form()] = False,
) -> Response:
    """A page with one button, which posts the manifest to GitHub: the only form of ours that leads elsewhere."""
    place = clean_address(url)
    errand = Errand("register", place, person_id=me.person.id, keep=pending)
    sent = errands.begin(state, errand)
    asked = manifest(state.settings.address, features or ())
    shown = {
        "asked": asked,
        "manifest": json.dumps(asked),
        "action": register_at(place, organisation, sent),
        "url": place,
    }
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self' {place}")
    response = render(request, "github_register.html", me, shown, headers={"Content-Security-Policy": policy})
    errands.give(state, response, errand, sent)
    return response


@router.get("/github/registered")
def registered(request: Request, state: Shared, me: Admin, code: str = "") -> Response:
    errand = errands.finish(state, request, "register", request.query_params.get("state", ""))
    if errand.person_id != me.person.id or not code:
        raise TactfulError(DID_NOT_AGREE)
    made: GitHubApp = anyio.from_thread.run(state.github_registration.redeem, errand.place, code)
    left = _end_tokens(state, made.server)  # they are of the App that was there before
    _save(state, replace(made, pending_allowed=errand.keep))
    response = RedirectResponse(f"/github?left={left}" if left else "/github", 303)
    errands.clear(response)
    return response


@router.post("/github/{server}/look", dependencies=[OwnForm])
def look(server: str, request: Request, state: Shared, me: Admin) -> Response:
    """Ask GitHub how the App stands, and note what it may do now."""
    app = _app(state, server)
    found: Look = anyio.from_thread.run(state.github_registration.look, app)
    _save(state, found.app)
    return _page(request, state, me, seen=server, found=findings(found, state.settings.address))


@router.post("/github/{server}/pending", dependencies=[OwnForm])
def pending(server: str, state: Shared, me: Admin, allowed: Annotated[bool, Form()]) -> Response:
    """Whether people may have their pending reviews read here at all. Switched off, the tokens for it end."""
    app = _app(state, server)
    with state.store.begin() as c:
        servers.change(c, PLATFORM, app.server, drafts_allowed=allowed)
    state.github_apps.look_again()
    left = 0 if allowed else _end_tokens(state, app.server)
    return RedirectResponse(f"/github?left={left}" if left else "/github", 303)


@router.post("/github/{server}/disconnect", dependencies=[OwnForm])
def disconnect(server: str, state: Shared, me: Admin) -> Response:
    app = _app(state, server)
    left = _end_tokens(state, app.server)
    with state.store.begin() as c:
        servers.remove(c, PLATFORM, app.server)
    state.github_apps.look_again()
    return RedirectResponse(f"/github?left={left}" if left else "/github", 303)


def _save(state: State, app: GitHubApp) -> None:
    github_apps.save(state.store, app, state.now())
    state.github_apps.look_again()


def _end_tokens(state: State, server: str) -> int:
    """Of everybody there, on both sides; how many could not be ended on GitHub."""
    with state.store.read() as c:
        held = tokens.at_server(c, state.store.vault, PLATFORM, server)
    return len(state.consents.end(held))


def _app(state: State, server: str) -> GitHubApp:
    found = state.github_apps.named(server)
    if found is None:
        raise HTTPException(404)
    return found


def clean_address(url: str) -> str:
    """Scheme and host alone. Raises ``TactfulError``; plain http is for this machine only."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise TactfulError(NO_ADDRESS) from None
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not (plain and secure and host) or any(ch in host for ch in " ;,'\"") or not host.isascii():
        raise TactfulError(NO_ADDRESS)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"
