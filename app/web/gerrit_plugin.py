"""The plugin for Gerrit's page, with the address of this Tactful and the name of the server filled in."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from app.gerrit_plugin import filled_in
from app.web.state import Shared

router = APIRouter()


@router.get(
    "/gerrit/{server}/tactful.js",
    summary="The plugin to copy into a Gerrit site",
    response_class=Response,
    responses={
        200: {"content": {"text/javascript": {}}, "description": "One file of JavaScript"},
        404: {"description": "No server is connected under that name"},
    },
)
def plugin(server: str, state: Shared) -> Response:
    """``tactful.js`` for the server connected under that name. It holds no secret: what it says to Tactful is paired first."""
    if state.gerrit_servers.named(server) is None:
        raise HTTPException(404)
    text = filled_in(state.settings.address, server)
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
