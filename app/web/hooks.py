"""The doors that platforms knock on: verify, look up whether anybody asked for it, store, answer. Work comes later."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app.domain import Intent, RefusedDelivery
from app.platforms import Delivery, Incoming
from app.store import access, comments, people
from app.web.state import Shared, State

router = APIRouter()
log = structlog.get_logger()

SAID = {"accepted": "It is stored and will be walked.", "seen_before": "It was here before; nothing is done again."}
MOST_BYTES = 25 * 1024 * 1024  # GitHub's own cap on a payload


@router.post(
    "/webhooks/github",
    status_code=202,
    summary="A GitHub webhook delivery",
    responses={
        204: {"description": "Genuine, and nothing to do: nobody who opted in, or an event that is not read"},
        401: {"description": "The signature does not fit"},
        404: {"description": "No secret is configured, so the door is closed"},
        413: {"description": "Too large"},
        415: {"description": "Neither JSON nor a form"},
        400: {"description": "Not a delivery"},
    },
)
async def github(request: Request, state: Shared) -> Response:
    """Takes signed deliveries (``X-Hub-Signature-256`` over the raw bytes). 202 means it is stored and will be walked."""
    platform = state.platforms["github"]
    if not state.settings.github_secrets:
        return refuse(
            state, "github", RefusedDelivery(404, "closed", "No webhook secret is configured, so this door is closed.")
        )
    with state.metrics.accepting.time():
        try:
            body = await _body(request)
            delivery = platform.accept(Incoming({k.lower(): v for k, v in request.headers.items()}, body))
        except RefusedDelivery as refusal:
            return refuse(state, "github", refusal)
        if delivery is None:
            return refuse(state, "github", RefusedDelivery(204, "not_of_interest", "Nothing to do."))
        outcome, status = await run_in_threadpool(take, state, delivery)
    state.metrics.deliveries.labels("github", outcome).inc()
    # Counted, not logged: a line with the delivery's id would tell whoever sees GitHub's own list who opted in.
    return Response(status_code=204) if status == 204 else JSONResponse({"message": SAID[outcome]}, status)


def take(state: State, delivery: Delivery) -> tuple[str, int]:
    """(outcome, HTTP status). Nothing is written about somebody who has not asked for it."""
    if delivery.intent is not Intent.INSTALLATION:
        assert delivery.subject is not None, "only installations are about nobody"
        with state.store.read() as c:
            opted_in = people.consent(c, delivery.subject)
            if opted_in is None or not (opted_in or _holds(c, delivery)):
                return "not_opted_in", 204
    return ("accepted", 202) if state.engine.accept(delivery) else ("seen_before", 202)


def _holds(c: Connection, delivery: Delivery) -> bool:
    """After somebody opted out: what is deleted there, or revoked, must still go here, if it is here."""
    assert delivery.subject is not None, "only installations are about nobody"
    if delivery.intent is Intent.FORGET_TOKEN:
        return access.holds_platform_token(c, delivery.subject)
    if delivery.intent not in (Intent.DELETE, Intent.WITHDRAW) or delivery.ref is None:
        return False
    return comments.find(c, delivery.ref) is not None


async def _body(request: Request) -> bytes:
    """The raw bytes, given up as soon as they are too many. Of what is unsigned none is read: it is refused anyway."""
    too_large = RefusedDelivery(413, "too_large", "This delivery is larger than 25 MB, which GitHub never sends.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise too_large
    if "x-hub-signature-256" not in request.headers:
        return b""
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise too_large
        parts.append(chunk)
    return b"".join(parts)


def refuse(state: State, platform: str, refusal: RefusedDelivery) -> Response:
    """Every refusal is a sentence and is counted."""
    state.metrics.deliveries.labels(platform, refusal.reason).inc()
    if refusal.status == 204:
        return Response(status_code=204)
    if refusal.status >= 400:
        log.info("delivery refused", platform=platform, reason=refusal.reason)
    return JSONResponse({"message": str(refusal)}, refusal.status)
