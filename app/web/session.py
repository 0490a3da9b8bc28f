"""Who is signed in, and whether a form was sent from our own pages.

The cookie holds a random session id, signed; everything else is in the database. Cross-site requests are told by
``Sec-Fetch-Site`` and ``Origin`` (https://cheatsheetseries.owasp.org, CSRF prevention), besides ``SameSite=Lax``.
"""

from __future__ import annotations

import hashlib
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, Signer

from app.domain import TactfulError
from app.store import access, people
from app.store.people import Profile
from app.web.state import Shared, State

COOKIE = "tactful"


class SignInFirst(Exception):
    """Answered by the sign-in page, which leads back to ``path``."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class CrossSite(TactfulError):
    """A form that did not come from our own pages."""


def _signer(state: State) -> Signer:
    return Signer(state.store.vault.digest("session cookie"), salt=COOKIE, digest_method=hashlib.sha256)


def begin(state: State, response: Response, person_id: int) -> None:
    with state.store.begin() as c:
        session = access.new_session(c, person_id, state.now())
        people.signed_in(c, person_id, state.now())
    response.set_cookie(
        COOKIE,
        _signer(state).sign(session).decode(),
        max_age=int(access.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=state.settings.address.startswith("https://"),
    )


def _session(state: State, request: Request) -> str | None:
    try:
        return _signer(state).unsign(request.cookies.get(COOKIE, "")).decode()
    except BadSignature:
        return None


def end(state: State, request: Request, response: Response) -> None:
    if session := _session(state, request):
        with state.store.begin() as c:
            access.end_session(c, session)
    response.delete_cookie(COOKIE)


def visitor(request: Request, state: Shared) -> Profile | None:
    """The person signed in, or nobody."""
    session = _session(state, request)
    if session is None:
        return None
    with state.store.read() as c:
        person_id = access.session_person(c, session, state.now())
        return people.profile(c, person_id) if person_id is not None else None


Visitor = Annotated[Profile | None, Depends(visitor)]


def signed_in(request: Request, visitor: Visitor) -> Profile:
    if visitor is None:
        raise SignInFirst(request.url.path)
    return visitor


#: The dependency of every page that belongs to a person: ``def page(me: Me)``.
Me = Annotated[Profile, Depends(signed_in)]


def own_form(request: Request, state: Shared) -> None:
    """Refuse a form or script that is not from this origin. Used on every route that changes something."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = {_origin(state.settings.address), f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if site not in (None, "same-origin", "none") or (origin is not None and origin not in own):
        raise CrossSite(
            "This form was sent from another site, so nothing was changed. Open the page here and try again."
        )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


OwnForm = Depends(own_form)
