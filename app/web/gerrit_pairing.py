"""What the plugin in Gerrit's page asks for: being paired by a proof from Gerrit, drafts, and an end to both.

Tactful talks to the address of the server as an administrator connected it, never to one from a request; of what Gerrit
answers only whose token it was is believed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection

from app.consent import NOT_DELETED
from app.domain import Key, Server
from app.platforms.keys import Holder, KeyRefused
from app.store import access, nonces, people
from app.web.check import REFUSALS, Asking, Caller, Refused, address
from app.web.contracts import (
    GerritPairRequest,
    GerritPairResponse,
    KeyIn,
    NonceRequest,
    NonceResponse,
    Problem,
    Said,
)
from app.web.signin import JOINABLE
from app.web.state import Shared, State

router = APIRouter(prefix="/v1", tags=["v1"])

SCOPES = ("check", "feedback", "drafts")
_REFUSALS: dict[int | str, dict[str, object]] = {
    **{status: REFUSALS[status] for status in (400, 413, 422, 429)},
    403: {"model": Problem, "description": "The token is not taken; the sentence says why"},
    404: {"model": Problem, "description": "No Gerrit of this name is connected"},
    503: {"model": Problem, "description": "Gerrit does not answer"},
}
_WITH_TOKEN: dict[int | str, dict[str, object]] = {**_REFUSALS, 401: REFUSALS[401]}

Name = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9.-]{0,60}$",
        description="as the administrator named it",
        examples=["review.example.org"],
    ),
]


@router.post("/gerrit/{server}/nonce", responses=_REFUSALS, summary="Begin to pair Gerrit's page")
def nonce(server: Name, body: NonceRequest, request: Request, state: Shared) -> NonceResponse:
    found = _server(state, server)
    with state.limits.admit(f"pair:{address(request)}", 0, state.now().timestamp()), state.store.begin() as c:
        return NonceResponse(nonce=nonces.new(c, _purpose(found), state.now()))


@router.post("/gerrit/{server}/pair", responses=_REFUSALS, summary="Exchange a proof from Gerrit for a client token")
def pair(server: Name, body: GerritPairRequest, request: Request, state: Shared) -> GerritPairResponse:
    """The token proves whose account it is, and is deleted. Pressing *Turn on* is the consent: comments are read from now on.

    Without ``turn_on`` nobody is made, and whoever stopped stays unread.
    """
    found = _server(state, server)
    with state.limits.admit(f"pair:{address(request)}", 0, state.now().timestamp()):
        with state.store.begin() as c:
            fresh = nonces.use(c, body.nonce, _purpose(found), state.now())
        if not fresh:
            raise Refused(
                403, "This took longer than five minutes, or was sent twice. Nothing was changed; turn it on again."
            )
        try:
            holder, ended = state.consents.prove(found, _key(body))
        except KeyRefused as error:
            raise Refused(403, str(error)) from None
        with state.store.begin() as c:
            if not body.turn_on and people.owner(c, holder.account) is None:
                raise Refused(403, "Nobody here has this account yet. Turn Tactful on in Gerrit first.")
            person_id, is_new = _whose(c, holder, state, turn_on=body.turn_on)
            token = access.new_client(c, person_id, body.client, SCOPES, state.now())
            link = access.new_link(c, person_id, state.now(), JOINABLE)
    return GerritPairResponse(
        token=token,
        scopes=list(SCOPES),
        drafts_allowed=found.drafts_allowed,
        open=f"{state.settings.address}/enter/{link}?to=/me",
        says=_welcome(holder, is_new=is_new, ended=ended),
    )


@router.post("/gerrit/{server}/drafts", responses=_WITH_TOKEN, summary="Have drafts on this server read")
def read_drafts(server: Name, body: KeyIn, state: Shared, caller: Asking) -> Said:
    """Only for whoever ticked it with the sentence in sight. What is kept is a token of Tactful's own, made with this one."""
    person_id = _own(caller)
    found = _server(state, server)
    with state.limits.admit(caller.key, 0, state.now().timestamp()):
        try:
            deleted = state.consents.give(found, person_id, _key(body))
        except KeyRefused as error:
            raise Refused(403, str(error)) from None
    says = f"Your drafts on {found.name} are read from now on."
    return Said(says=says if deleted else f"{says} {NOT_DELETED}")


@router.delete("/gerrit/{server}/drafts", responses=_WITH_TOKEN, summary="Have drafts read no longer")
def leave_drafts(server: Name, state: Shared, caller: Asking) -> Said:
    """The token is forgotten here and deleted in Gerrit."""
    person_id = _own(caller)
    found = _server(state, server)
    with state.limits.admit(caller.key, 0, state.now().timestamp()):
        left = state.consents.end_of(person_id, found.name)
    says = f"Your drafts on {found.name} are not read any more."
    return Said(says=f"{says} {NOT_DELETED}" if left else f"{says} The token was deleted on both sides.")


@router.delete(
    "/client", responses={status: REFUSALS[status] for status in (401, 403, 429)}, summary="End this client token"
)
def leave(state: Shared, caller: Asking) -> Said:
    if caller.client is None:
        raise Refused(401, "Send the client token that is to end as `Authorization: Bearer …`.")
    with state.limits.admit(caller.key, 0, state.now().timestamp()), state.store.begin() as c:
        access.revoke(c, caller.client.person_id, caller.client.id)
    return Said(says="This client is forgotten. What you chose stays at /me, and can be ended there, too.")


def _server(state: State, name: str) -> Server:
    found = state.gerrit_servers.named(name)
    if found is None:
        raise Refused(404, "No Gerrit of this name is connected here. Whoever runs this Tactful can connect it.")
    return found


def _purpose(server: Server) -> str:
    return f"gerrit:{server.name}"


def _key(given: KeyIn) -> Key:
    return Key(given.username, given.token_id, given.token)


def _own(caller: Caller) -> int:
    """The person whose client this is. Raises ``Refused`` for anybody, and for clients that may not do this."""
    if caller.client is None:
        raise Refused(401, "A client token is needed here. Turn Tactful on in Gerrit first.")
    if "drafts" not in caller.client.scopes:
        raise Refused(403, "This client may not do that: its token has no scope `drafts`.")
    return caller.client.person_id


def _whose(c: Connection, holder: Holder, state: State, *, turn_on: bool) -> tuple[int, bool]:
    """Whoever confirmed the account, or a new person; read from now on if that is wanted. Nobody is found by an e-mail
    address."""
    owner = people.owner(c, holder.account)
    person_id = owner.id if owner is not None else people.newcomer(c, holder.account, state.now())
    people.propose(c, person_id, holder.account, state.now())  # the login may be another one since
    if turn_on and (owner is None or not owner.opted_in):
        people.opt_in(c, person_id, state.now())
    return person_id, owner is None


def _welcome(holder: Holder, *, is_new: bool, ended: bool) -> str:
    says = f"Tactful is on for {holder.name}."
    if is_new:
        says += " Open Tactful to see what it keeps, to choose how often it speaks, or to leave again."
    if not ended:
        says += " The token made for this could not be deleted in Gerrit; it was made to end within five minutes."
    return says
