"""Plugins, extensions and terminals that speak for somebody: pairing one, and ending it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.store import access
from app.web.session import Me, OwnForm
from app.web.state import Shared
from app.web.templating import RowId, render, saved

router = APIRouter(include_in_schema=False)

SCOPES = ("check", "feedback")


@router.post("/me/clients", dependencies=[OwnForm])
def pair(request: Request, state: Shared, me: Me) -> Response:
    """Shows the code in the answer itself: it belongs in no address."""
    with state.store.begin() as c:
        code = access.new_code(c, me.person.id, "pair", state.now(), SCOPES)
    minutes = int(access.CODE_LIFE.total_seconds() // 60)
    shown = {"code": code, "minutes": minutes, "address": state.settings.address}
    return render(request, "pair.html", me, shown)


@router.post("/me/clients/{number:int}/revoke", dependencies=[OwnForm])
def revoke(number: RowId, state: Shared, me: Me) -> Response:
    with state.store.begin() as c:
        access.revoke(c, me.person.id, number)
    return saved("clients")
