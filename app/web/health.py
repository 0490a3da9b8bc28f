"""Is it alive, is it ready, and what does it count."""

from __future__ import annotations

import ipaddress

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.web.check import address, is_direct
from app.web.state import Shared, State

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
def readyz(state: Shared) -> JSONResponse:
    """200 when database, engine and model are as they must be; else 503 and which is not."""
    parts = {"database": _database(state), "model": state.judge.why_not if not state.judge.fit else "ok"}
    parts["engine"] = _engine(state) if parts["database"] == "ok" else "waiting for the database"
    ready = all(value == "ok" for value in parts.values())
    return JSONResponse({"status": "ready" if ready else "not ready", **parts}, 200 if ready else 503)


def _database(state: State) -> str:
    try:
        with state.store.read() as c:
            c.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return (
            "The database does not answer. Check that it is running. Deliveries are refused until then; "
            "GitHub redelivers them when asked to."
        )
    return "ok"


def _engine(state: State) -> str:
    try:
        state.engine.pending()
    except sa.exc.SQLAlchemyError:
        return "The engine's tables do not answer."
    return "ok"


@router.get("/metrics")
def metrics(request: Request, state: Shared) -> Response:
    """Only for the networks of ``TACTFUL_METRICS_NETWORKS``; others are told there is nothing here."""
    try:
        client = ipaddress.ip_address(address(request))
    except ValueError:
        return Response(status_code=404)
    if not is_direct(state, request) or not any(client in network for network in state.settings.metrics_networks):
        return Response(status_code=404)
    state.metrics.queue_depth.set(state.engine.pending())
    state.metrics.failed_walks.set(state.engine.failed())
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
