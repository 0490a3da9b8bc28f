"""A wording put into somebody's own unpublished draft, because they looked at the difference and pressed the button."""

from __future__ import annotations

from typing import Annotated

import anyio.from_thread
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app.domain import Account
from app.platforms import Refusal, Refused
from app.store import people, rounds
from app.store.people import Profile
from app.store.suggestions import Entry
from app.web.inbox import can_apply, mine, page, taken
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import RowId

router = APIRouter(include_in_schema=False)


@router.get("/inbox/{number:int}/apply")
def ask(number: RowId, request: Request, state: Shared, me: Me) -> Response:
    """What goes and what comes, and one button."""
    return _page(request, state, me, _applicable(state, me, number))


@router.post("/inbox/{number:int}/apply", dependencies=[OwnForm])
def put(
    number: RowId, request: Request, state: Shared, me: Me, expected: Annotated[str, Form(max_length=64)]
) -> Response:
    """Only if the draft still reads as it was shown: ``expected`` is the digest of that."""
    entry = _applicable(state, me, number)
    if entry.answer == "used":  # pressed twice
        return RedirectResponse(f"/inbox/{entry.id}", 303)
    assert entry.text is not None, "looked at in can_apply"
    if expected != state.store.vault.digest(entry.text):
        return _page(request, state, me, entry, refused=str(Refused(Refusal.CHANGED)))
    with state.limits.admit(f"apply:{me.person.id}", 0, state.now().timestamp()):
        refused = _apply(state, me, entry, expected)
    if refused is not None:
        return _page(request, state, me, entry, refused=str(refused))
    taken(state, me, entry, "used")
    return RedirectResponse(f"/inbox/{entry.id}", 303)


def _applicable(state: State, me: Profile, number: int) -> Entry:
    entry = mine(state, me, number)
    if not can_apply(state, entry):
        raise HTTPException(404)
    return entry


def _apply(state: State, me: Profile, entry: Entry, expected: str) -> Refused | None:
    """With each of their accounts on that server, usually one: a draft is seen only by whoever wrote it."""
    assert entry.suggestion is not None, "looked at in can_apply"
    assert entry.suggestion.wording is not None, "looked at in can_apply"
    drafts = state.drafts[entry.ref.platform]
    refused = Refused(Refusal.NO_TOKEN)
    for account in _accounts(state, me, entry):
        done = anyio.from_thread.run(drafts.apply, account, entry.ref, entry.thread, expected, entry.suggestion.wording)
        if not isinstance(done, Refused):
            with state.store.begin() as c:  # what it reads now is heard as soon as can be
                rounds.stir(c, account, state.now(), state.now())
            return None
        if done.reason is not Refusal.NO_TOKEN:
            refused = done
    return refused


def _accounts(state: State, me: Profile, entry: Entry) -> list[Account]:
    with state.store.read() as c:
        bindings = people.bindings(c, me.person.id)
    place = (entry.ref.platform, entry.ref.server)
    return [b.account for b in bindings if b.confirmed and (b.account.platform, b.account.server) == place]


def _page(request: Request, state: State, me: Profile, entry: Entry, refused: str = "") -> Response:
    assert entry.text is not None, "looked at in can_apply"
    expected = state.store.vault.digest(entry.text)
    status = 409 if refused else 200
    return page(request, state, me, "apply.html", entry=entry, expected=expected, refused=refused, status=status)
