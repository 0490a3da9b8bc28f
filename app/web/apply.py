"""A wording put into somebody's own unpublished draft, because they looked at the difference and pressed the button."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.from_thread
from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BeforeValidator

from app.domain import Account, ConfigurationError
from app.platforms import Refusal, Refused
from app.store import people, rounds
from app.store.people import Profile
from app.store.suggestions import Entry
from app.web.contracts import MOST_CHARACTERS
from app.web.inbox import can_apply, mine, page, taken
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import RowId

router = APIRouter(include_in_schema=False)


Way = Annotated[Literal[1, 2], BeforeValidator(int)]
Digest = Annotated[str, Form(max_length=64)]
Sealed = Annotated[str, Form(max_length=8 * MOST_CHARACTERS)]


@router.get("/inbox/{number:int}/apply")
def ask(number: RowId, request: Request, state: Shared, me: Me, way: Annotated[Way, Query()] = 1) -> Response:
    """What goes and what comes, a box to change it in, and one button."""
    return _page(request, state, me, _applicable(state, me, number, way), way)


@router.post("/inbox/{number:int}/apply", dependencies=[OwnForm])
def put(
    number: RowId,
    request: Request,
    state: Shared,
    me: Me,
    expected: Digest,
    way: Annotated[Way, Form()] = 1,
    text: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
) -> Response:
    """Only if the draft still reads as it was shown: ``expected`` is the digest of that. ``text`` is the wording as its
    writer changed it, if they did."""
    entry = _applicable(state, me, number, way)
    if entry.answer in ("used", "edited"):  # pressed twice
        return RedirectResponse(f"/inbox/{entry.id}", 303)
    assert entry.text is not None, "looked at in can_apply"
    if expected != state.store.vault.digest(entry.text):
        return _page(request, state, me, entry, way, refused=str(Refused(Refusal.CHANGED)))
    wording = _wording(entry, way)
    same = text.replace("\r\n", "\n").strip() in ("", wording.replace("\r\n", "\n").strip())
    text = wording if same else text.replace("\r\n", "\n")
    refused = _apply(state, me, entry, expected, text)
    if refused is not None:
        return _page(request, state, me, entry, way, refused=str(refused))
    taken(state, me, entry, "used" if text == wording else "edited")
    return RedirectResponse(f"/inbox/{entry.id}?put={state.store.vault.digest(text)}", 303)


@router.post("/inbox/{number:int}/undo", dependencies=[OwnForm])
def undo(number: RowId, state: Shared, me: Me, expected: Digest, before: Sealed) -> Response:
    """Put back what the draft said before, if it still says what was put there: ``expected`` is the digest of that."""
    entry = mine(state, me, number)
    about, _, text = _opened(state, before).partition(" ")
    if about != str(entry.id):
        raise HTTPException(404)
    refused = _apply(state, me, entry, expected, text)
    if refused is not None:
        raise HTTPException(409, str(refused))
    taken(state, me, entry, "kept")
    return RedirectResponse(f"/inbox/{entry.id}", 303)


def _applicable(state: State, me: Profile, number: int, way: int) -> Entry:
    entry = mine(state, me, number)
    if not can_apply(state, entry) or (way == 2 and (entry.suggestion is None or entry.suggestion.alternative is None)):
        raise HTTPException(404)
    return entry


def _opened(state: State, before: str) -> str:
    """What we sealed when the page was made; nothing for anything else."""
    try:
        return state.store.vault.open(before)
    except ConfigurationError:
        return ""


def _wording(entry: Entry, way: int) -> str:
    assert entry.suggestion is not None, "looked at in can_apply"
    if way == 2 and entry.suggestion.alternative is not None:
        return entry.suggestion.alternative.text
    assert entry.suggestion.wording is not None, "looked at in can_apply"
    return entry.suggestion.wording


def _apply(state: State, me: Profile, entry: Entry, expected: str, text: str) -> Refused | None:
    """With each of their accounts on that server, usually one: a draft is seen only by whoever wrote it."""
    drafts = state.drafts[entry.ref.platform]
    refused = Refused(Refusal.NO_TOKEN)
    with state.limits.admit(f"apply:{me.person.id}", 0, state.now().timestamp()):
        for account in _accounts(state, me, entry):
            done = anyio.from_thread.run(drafts.apply, account, entry.ref, entry.thread, expected, text)
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


def _page(request: Request, state: State, me: Profile, entry: Entry, way: int, refused: str = "") -> Response:
    assert entry.text is not None, "looked at in can_apply"
    shown: dict[str, object] = {
        "entry": entry,
        "expected": state.store.vault.digest(entry.text),
        "refused": refused,
        "way": way,
        "wording": _wording(entry, way),
    }
    return page(request, state, me, "apply.html", status=409 if refused else 200, **shown)
