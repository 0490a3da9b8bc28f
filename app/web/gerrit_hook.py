"""Gerrit's door. Its plugin signs nothing, so the address is the secret, and what comes in is a pointer, never believed."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.arrivals import Outcome, take
from app.domain import RefusedDelivery, Server
from app.web.body import at_most
from app.web.check import address
from app.web.hooks import refuse, taken
from app.web.state import Shared, State

router = APIRouter()

MOST_BYTES = 1_000_000  # the longest comment of a default Gerrit is 16 kB; commit messages come along


@router.post(
    "/webhooks/gerrit/{secret}",
    status_code=202,
    summary="An event from Gerrit's webhooks plugin",
    responses={
        204: {"description": "Nothing to do: nobody who opted in, or an event that is not read"},
        404: {"description": "No such door"},
        403: {"description": "Not from an address that may send"},
        413: {"description": "Larger than 1 MB"},
        400: {"description": "Not an event"},
    },
)
async def gerrit(secret: str, request: Request, state: Shared) -> Response:
    """Takes what the webhooks plugin posts to a server's secret address. 202 means it is stored, and will be read back."""
    with state.metrics.accepting.time():
        try:
            server = _let_in(await run_in_threadpool(state.gerrit_servers.behind, secret), address(request))
            body = await at_most(request, MOST_BYTES)
            if body is None:
                raise RefusedDelivery(413, "too_large", "This event is larger than 1 MB, which Gerrit never sends.")
            return taken(state, "gerrit", await run_in_threadpool(_take, state, server, body))
        except RefusedDelivery as refusal:
            return refuse(state, "gerrit", refusal)


def _let_in(server: Server | None, sender: str) -> Server:
    """``sender`` is who the nearest trusted proxy says it is (``Settings.trusted_proxies``), or who connected."""
    if server is None:
        raise RefusedDelivery(404, "closed", "There is no such door. `tactful gerrit doctor` shows which are open.")
    if server.networks and not _within(sender, server.networks):
        raise RefusedDelivery(403, "address_not_allowed", "Events are not taken from this address.")
    return server


def _within(sender: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ipaddress.ip_address(sender)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in ipaddress.ip_network(network) for network in networks)


def _take(state: State, server: Server, body: bytes) -> Outcome:
    """One event may be about several people's drafts: the best outcome counts."""
    outcomes = set()
    for delivery in state.gerrit.hear(server, body):
        outcome = take(state.store, state.engine.accept, delivery)
        if outcome is Outcome.ACCEPTED:
            state.gerrit.expect(delivery)
        outcomes.add(outcome)
    return next(outcome for outcome in Outcome if outcome in outcomes)
