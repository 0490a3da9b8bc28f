"""The doors that platforms knock on: verify, look up whether anybody asked for it, store, answer. Work comes later."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.arrivals import Outcome, take
from app.domain import RefusedDelivery
from app.platforms import Incoming
from app.web.body import announced, at_most
from app.web.state import Shared, State

router = APIRouter()
log = structlog.get_logger()

SAID = {
    Outcome.ACCEPTED: "It is stored and will be walked.",
    Outcome.SEEN_BEFORE: "It was here before; nothing is done again.",
}
MOST_BYTES = 25 * 1024 * 1024  # GitHub's own cap on a payload


@router.post(
    "/webhooks/github",
    status_code=202,
    summary="A GitHub webhook delivery",
    responses={
        204: {"description": "Genuine, and nothing to do: nobody who opted in, or an event that is not read"},
        401: {"description": "The signature does not fit"},
        404: {"description": "No secret is known here, so the door is closed"},
        413: {"description": "Too large"},
        415: {"description": "Neither JSON nor a form"},
        400: {"description": "Not a delivery"},
    },
)
async def github(request: Request, state: Shared) -> Response:
    """Takes signed deliveries (``X-Hub-Signature-256`` over the raw bytes). 202 means it is stored and will be walked."""
    if state.github_apps.is_old:  # the database is asked, and that is no business of the event loop
        await run_in_threadpool(state.github_apps.every)
    if not state.github.doors():
        return refuse(
            state, "github", RefusedDelivery(404, "closed", "No webhook secret is known here, so this door is closed.")
        )
    with state.metrics.accepting.time():
        try:
            body = await _body(request)
            delivery = state.github.accept(Incoming({k.lower(): v for k, v in request.headers.items()}, body))
        except RefusedDelivery as refusal:
            return refuse(state, "github", refusal)
        if delivery is None:
            return refuse(state, "github", RefusedDelivery(204, "not_of_interest", "Nothing to do."))
        outcome = await run_in_threadpool(take, state.store, state.engine.accept, delivery)
    return taken(state, "github", outcome)


async def _body(request: Request) -> bytes:
    """The raw bytes. Of what is unsigned none is read: it is refused anyway."""
    too_large = RefusedDelivery(413, "too_large", "This delivery is larger than 25 MB, which GitHub never sends.")
    if announced(request) > MOST_BYTES:
        raise too_large
    if "x-hub-signature-256" not in request.headers:
        return b""
    body = await at_most(request, MOST_BYTES)
    if body is None:
        raise too_large
    return body


def taken(state: State, platform: str, outcome: Outcome) -> Response:
    # Counted, not logged: a line with the delivery's id would tell whoever sees GitHub's own list who opted in.
    state.metrics.deliveries.labels(platform, outcome.value).inc()
    if outcome is Outcome.NOT_OPTED_IN:
        return Response(status_code=204)
    return JSONResponse({"message": SAID[outcome]}, 202)


def refuse(state: State, platform: str, refusal: RefusedDelivery) -> Response:
    """Every refusal is a sentence and is counted."""
    state.metrics.deliveries.labels(platform, refusal.reason).inc()
    if refusal.status == 204:
        return Response(status_code=204)
    if refusal.status >= 400:
        log.info("delivery refused", platform=platform, reason=refusal.reason)
    return JSONResponse({"message": str(refusal)}, refusal.status)
