"""Taking everything along, and leaving nothing behind."""

from __future__ import annotations

import json
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.store import feedback, people, takeout
from app.web import session
from app.web.session import Me, OwnForm, Visitor
from app.web.state import Shared
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/me/download")
def download(state: Shared, me: Me) -> Response:
    """Everything held about the person, as one JSON file."""
    with state.store.read() as c:
        held = takeout.everything(c, state.store.vault, me.person.id)
    body = json.dumps({"made_at": state.now().isoformat(), **held}, indent=2)
    return Response(
        body, media_type="application/json", headers={"Content-Disposition": 'attachment; filename="tactful.json"'}
    )


@router.get("/me/forget")
def ask(request: Request, me: Me) -> Response:
    return render(request, "forget.html", me)


@router.post("/me/forget", dependencies=[OwnForm])
def forget(request: Request, state: Shared, me: Me) -> Response:
    """Their tokens on both sides, the person and all that hangs on them; then what the engine remembers of finished walks."""
    left = state.consents.end_of(me.person.id)
    response = RedirectResponse(f"/forgotten?left={quote(left[0])}" if left else "/forgotten", 303)
    session.end(state, request, response)
    with state.store.begin() as c:
        accounts = [binding.account for binding in people.bindings(c, me.person.id)]
        feedback.forget(c, state.store.vault, me.person.id)
        people.forget(c, me.person.id)
    state.engine.forget(accounts)
    return response


@router.get("/forgotten")
def forgotten(request: Request, state: Shared, visitor: Visitor, left: str = "") -> Response:
    return render(request, "forgotten.html", visitor, {"left": bool(left), "left_at": state.server(left)})
