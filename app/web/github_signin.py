"""Sign in with GitHub: who somebody is, as GitHub says; and their token, where they ticked that it may be kept.

Everybody is found by their number on GitHub, never by an e-mail address. What is not kept is ended there at once.
"""

from __future__ import annotations

from typing import Annotated, Final

import anyio.from_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from app.domain import Key, Server, TactfulError
from app.platforms.keys import Holder, KeyRefused
from app.store import access, people
from app.store.people import Profile
from app.web import errands, session
from app.web.check import address
from app.web.errands import Errand
from app.web.session import OwnForm, Visitor
from app.web.signin import JOINABLE, own_page
from app.web.state import Shared, State
from app.web.templating import render, saved

router = APIRouter(include_in_schema=False)

NOT_CONNECTED: Final = "That GitHub is not connected here any more. Nothing was changed."
DID_NOT_AGREE: Final = "You did not go through with it on GitHub, so nothing was changed."
ANOTHER_NOW: Final = "Somebody else is signed in here than when this began. Nothing was changed; begin again."
NOT_HERE: Final = (
    "Nobody with this account is known here, and it works nowhere that Tactful is installed. Nothing was kept. "
    "Whoever runs this Tactful can let you in with `tactful people add`."
)


@router.post("/github/sign-in", dependencies=[OwnForm])
def go(
    request: Request,
    state: Shared,
    visitor: Visitor,
    server: Annotated[str, Form(max_length=253)],
    to: Annotated[str, Form()] = "/inbox",
    keep: Annotated[bool, Form()] = False,
) -> Response:
    """Onward to GitHub, by a page of ours: a form may lead nowhere else (``form-action``)."""
    place = _place(state, server)
    person_id = visitor.person.id if visitor is not None else None
    errand = Errand("sign-in", server, own_page(to), person_id, keep)
    with state.limits.admit(f"sign-in:{address(request)}", 0, state.now().timestamp()):
        sent = errands.begin(state, errand)
    url = state.github_grants.address(place, sent, errand.challenge, _back_to(state))
    response = render(request, "onward.html", visitor, {"url": url, "name": place.name})
    errands.give(state, response, errand, sent)
    return response


@router.get("/github/signed-in")
def back(request: Request, state: Shared, visitor: Visitor, code: str = "") -> Response:
    errand = errands.finish(state, request, "sign-in", request.query_params.get("state", ""))
    if (visitor.person.id if visitor is not None else None) != errand.person_id:
        raise TactfulError(ANOTHER_NOW)
    if not code:
        raise TactfulError(DID_NOT_AGREE)
    place = _place(state, errand.place)
    with state.limits.admit(f"sign-in:{address(request)}", 0, state.now().timestamp()):
        redeem = state.github_grants.redeem
        key: Key = anyio.from_thread.run(redeem, place, code, errand.verifier, _back_to(state), state.now())
        person_id = _arrive(state, visitor, errand, place, key)
    response = _onward(request, state, visitor, person_id, errand)
    errands.clear(response)
    return response


def _arrive(state: State, visitor: Profile | None, errand: Errand, place: Server, key: Key) -> int:
    """Whose account it is. The key is kept or ended, whatever happens."""
    ends: Key | None = key
    try:
        holder: Holder = anyio.from_thread.run(state.github_grants.prove, place, key)
        if errand.keep:
            state.user_tokens.refuse_unfit(place, key)
        person_id = _whose(state, visitor, holder, place, key)
        if errand.keep and (visitor is None or visitor.person.id == person_id):
            ends = state.user_tokens.keep(person_id, holder.account, key)  # the one before
    finally:
        if ends is not None:
            state.consents.end_there(place, ends)
    return person_id


def _whose(state: State, visitor: Profile | None, holder: Holder, place: Server, key: Key) -> int:
    """Whoever confirmed the account; else whoever is signed in, whose it is from now on; else a new person."""
    with state.store.begin() as c:
        owner = people.owner(c, holder.account)
        if owner is not None:
            people.propose(c, owner.id, holder.account, state.now())  # the login may be another one since
            return owner.id
        if visitor is not None:
            _bind(c, visitor.person.id, holder, state)
            return visitor.person.id
    if not _may_come(state, place, key):
        raise KeyRefused(NOT_HERE)
    with state.store.begin() as c:
        return people.newcomer(c, holder.account, state.now())


def _bind(c: Connection, person_id: int, holder: Holder, state: State) -> None:
    people.propose(c, person_id, holder.account, state.now())
    binding = next(one for one in people.bindings(c, person_id) if one.account == holder.account)
    people.confirm(c, person_id, binding.id, state.now())


def _may_come(state: State, place: Server, key: Key) -> bool:
    match state.settings.github_newcomers:
        case "anybody":
            return True
        case "installed":
            return bool(anyio.from_thread.run(state.github_grants.belongs, place, key))
        case "nobody":
            return False


def _onward(request: Request, state: State, visitor: Profile | None, person_id: int, errand: Errand) -> Response:
    if visitor is None:
        response = RedirectResponse(errand.to, 303)
        session.end(state, request, response)
        session.begin(state, response, person_id)
        return response
    if visitor.person.id == person_id:
        return saved("pending") if errand.keep else RedirectResponse(errand.to, 303)
    with state.store.begin() as c:  # somebody else's until now: joined only by whoever looks at both names and says so
        link = access.new_link(c, person_id, state.now(), JOINABLE)
    return RedirectResponse(f"/enter/{link}?to=/me", 303)


def _place(state: State, name: str) -> Server:
    found = state.github_apps.server(name)
    if found is None:
        raise TactfulError(NOT_CONNECTED)
    return found


def _back_to(state: State) -> str:
    return f"{state.settings.address}/github/signed-in"
