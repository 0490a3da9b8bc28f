"""Pending reviews on GitHub, for each confirmed account: the tick that has them read. Stopping is as for drafts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.domain import TactfulError
from app.web import github_signin
from app.web.session import Me, OwnForm
from app.web.state import Shared

router = APIRouter(include_in_schema=False)


@router.post("/me/pending", dependencies=[OwnForm])
def begin(
    request: Request,
    state: Shared,
    me: Me,
    server: Annotated[str, Form(max_length=253)],
    consent: Annotated[bool, Form()] = False,
) -> Response:
    """Onward to GitHub, which asks the person, too."""
    if not consent:
        raise TactfulError(
            "Nothing was kept: pending reviews are read only once you tick that you know what the token can do."
        )
    return github_signin.go(request, state, me, server, "/me", keep=True)
