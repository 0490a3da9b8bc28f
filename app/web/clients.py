"""Plugins, extensions and terminals that speak for somebody: pairing one, and ending it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.store import access
from app.web.session import Me, OwnForm
from app.web.state import Shared
from app.web.templating import RowId, render, saved

router = APIRouter(include_in_schema=False)

SCOPES = ("check", "feedback")
NOTES = "notes"  # about what is not published yet: only where it was ticked


@router.post("/me/clients", dependencies=[OwnForm])
def pair(request: Request, state: Shared, me: Me, notes: Annotated[bool, Form()] = False) -> Response:
    """Shows the code in the answer itself: it belongs in no address."""
    scopes = (*SCOPES, NOTES) if notes else SCOPES
    with state.store.begin() as c:
        code = access.new_code(c, me.person.id, "pair", state.now(), scopes)
    minutes = int(access.CODE_LIFE.total_seconds() // 60)
    shown = {"code": code, "minutes": minutes, "address": state.settings.address, "notes": notes}
    return render(request, "pair.html", me, shown)


@router.post("/me/clients/{number:int}/revoke", dependencies=[OwnForm])
def revoke(number: RowId, state: Shared, me: Me) -> Response:
    with state.store.begin() as c:
        access.revoke(c, me.person.id, number)
    return saved("clients")
