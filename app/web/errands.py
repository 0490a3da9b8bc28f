"""Somebody is sent to a forge and comes back: what for is kept by their own browser, sealed, until then.

The ``state`` of OAuth 2.0 (RFC 6749, 10.12): whoever comes back must hold the cookie that it was given out with, and each is
taken once. So nobody can be made to bring back what somebody else agreed to.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal

from fastapi import Request, Response

from app.crypto import new_token
from app.domain import ConfigurationError, TactfulError
from app.store import nonces
from app.web.state import State

COOKIE: Final = "tactful_errand"
PATH: Final = "/github"
LIFE: Final = timedelta(minutes=30)  # to register an App takes a password or two

OVER: Final = (
    "This took longer than half an hour, was begun in another browser, or was finished before. "
    "Nothing was changed; begin again."
)


@dataclass(frozen=True, slots=True)
class Errand:
    """``place`` is the server's name or address, ``person_id`` who was signed in, ``keep`` what was ticked."""

    purpose: Literal["register", "sign-in"]
    place: str
    to: str = "/inbox"
    person_id: int | None = None
    keep: bool = False
    verifier: str = field(default_factory=new_token, repr=False)

    @property
    def challenge(self) -> str:
        """Of PKCE (RFC 7636): whoever overhears what comes back cannot use it."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


def begin(state: State, errand: Errand) -> str:
    """The ``state`` to send along; ``give`` the answer its cookie."""
    with state.store.begin() as c:
        return nonces.new(c, _purpose(errand.purpose), state.now(), LIFE)


def give(state: State, response: Response, errand: Errand, sent: str) -> None:
    response.set_cookie(
        COOKIE,
        state.store.vault.seal(json.dumps({"sent": sent, **asdict(errand)})),
        max_age=int(LIFE.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="lax",  # it has to come along when the forge leads back here
        secure=state.settings.address.startswith("https://"),
    )


def finish(state: State, request: Request, purpose: Literal["register", "sign-in"], sent: str) -> Errand:
    """Raises ``TactfulError`` for whatever was not begun here, in this browser, a short while ago."""
    try:
        kept = json.loads(state.store.vault.open(request.cookies.get(COOKIE, "")))
    except (ConfigurationError, ValueError):
        raise TactfulError(OVER) from None
    given = kept.pop("sent")
    with state.store.begin() as c:
        fresh = hmac.compare_digest(given.encode(), sent.encode()) and nonces.use(
            c, sent, _purpose(purpose), state.now()
        )
    errand = Errand(**kept)
    if not fresh or errand.purpose != purpose:
        raise TactfulError(OVER)
    return errand


def clear(response: Response) -> None:
    response.delete_cookie(COOKIE, path=PATH)


def _purpose(purpose: str) -> str:
    return f"errand:{purpose}"
