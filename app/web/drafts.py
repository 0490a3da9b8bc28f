"""Whether what somebody has not published on a connected server is read: the tick for Gerrit, and the way out of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Response

from app.domain import Account, Key, Server, TactfulError
from app.store import people, tokens
from app.store.people import Binding, Profile
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import RowId, saved

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One confirmed account on a connected server, as ``/me`` shows it. ``since`` is ``None`` while nothing is kept."""

    binding_id: int
    account: Account
    server: Server
    since: datetime | None
    ends_at: datetime | None
    refused_at: datetime | None  # the server did not take the token any more


def places(state: State, me: Profile, bindings: Sequence[Binding]) -> list[Place]:
    with state.store.read() as c:
        held = {one.binding_id: one for one in tokens.of_person(c, state.store.vault, me.person.id)}
    found = []
    for binding in bindings:
        server = state.server(binding.account.server)
        if server is None or server.platform != binding.account.platform or not binding.confirmed:
            continue
        one = held.get(binding.id)
        if one is not None and one.key.useless_at is not None and one.key.useless_at <= state.now():
            one = None
        since, ends_at = (one.since, one.key.useless_at) if one is not None else (None, None)
        found.append(Place(binding.id, binding.account, server, since, ends_at, binding.token_ended_at))
    return found


@router.post("/me/drafts/{number:int}", dependencies=[OwnForm])
def begin(
    number: RowId,
    state: Shared,
    me: Me,
    username: Annotated[str, Form(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f:/]+$")],
    token_id: Annotated[str, Form(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")],
    token: Annotated[str, Form(min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$")],
    consent: Annotated[bool, Form()] = False,
) -> Response:
    place = _place(state, me, number)
    if not consent:
        raise TactfulError(
            "Nothing was kept: reading drafts begins only once you tick that you know what the token can do."
        )
    with state.limits.admit(f"drafts:{me.person.id}", 0, state.now().timestamp()):
        deleted = state.consents.give(place.server, me.person.id, Key(username, token_id, token))
    return saved("drafts", left=() if deleted else (place.server.name,))


@router.post("/me/drafts/{number:int}/end", dependencies=[OwnForm])
def end(number: RowId, state: Shared, me: Me) -> Response:
    with state.limits.admit(f"drafts:{me.person.id}", 0, state.now().timestamp()):
        left = state.consents.end_of(me.person.id, binding_id=number)
    with state.store.read() as c:
        platforms = {one.id: one.account.platform for one in people.bindings(c, me.person.id)}
    return saved("pending" if platforms.get(number) == "github" else "drafts", left=left)


def _place(state: State, me: Profile, number: int) -> Place:
    with state.store.read() as c:
        bindings = people.bindings(c, me.person.id)
    for place in places(state, me, bindings):
        if place.binding_id == number and place.server.platform == "gerrit":
            return place
    raise HTTPException(404)
