"""The v1 API, for plugins, extensions and terminals. Nothing of a text is stored or logged."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import anyio.from_thread
from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app import outcomes
from app.checking import ANYBODY, Checked, as_result, check
from app.domain import Person, Verdict
from app.in_force import Rules
from app.store import access, feedback, people
from app.store.access import Client
from app.wanted import allowed, wanted
from app.web.contracts import (
    CheckRequest,
    CheckResponse,
    FeedbackRequest,
    FeedbackResponse,
    PairRequest,
    PairResponse,
    Place,
    Problem,
    Result,
)
from app.web.state import Shared, State

REFUSALS: dict[int | str, dict[str, object]] = {
    400: {"model": Problem, "description": "Not JSON"},
    401: {"model": Problem, "description": "A token is needed, or it is unknown"},
    403: {"model": Problem, "description": "The token may not do this"},
    413: {"model": Problem, "description": "More than this service reads at once"},
    422: {"model": Problem, "description": "Not of this shape; the sentence says where"},
    429: {"model": Problem, "description": "Too much at once; `Retry-After` says when to try again"},
    503: {"model": Problem, "description": "Nothing can be judged at the moment"},
}
router = APIRouter(prefix="/v1", tags=["v1"])


class Refused(Exception):
    """An API answer other than 200: status, sentence, headers."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a client of somebody, or an address."""

    key: str
    person: Person
    client: Client | None


def anonymous_allowed(state: State, request: Request) -> bool:
    """Whether somebody without a token may be answered: by default only from this machine, and not through a proxy."""
    if state.settings.anonymous_check != "loopback":
        return state.settings.anonymous_check == "on"
    return is_direct(state, request) and _is_loopback(address(request))


def is_direct(state: State, request: Request) -> bool:
    """False for a request that a proxy passed on without being trusted to say for whom."""
    return bool(state.settings.trusted_proxies) or not any(
        name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip", "via")
    )


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _caller(request: Request, state: Shared) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        if not anonymous_allowed(state, request):
            raise Refused(401, "A client token is needed here. Sign in and pair a client at /me.", _BEARER)
        return Caller(f"address:{address(request)}", ANYBODY, None)
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "Send the client token as `Authorization: Bearer …`.", _BEARER)
    with state.store.read() as c:
        client = access.client(c, token.strip())
        profile = people.profile(c, client.person_id) if client else None
    if client is None or profile is None:
        raise Refused(401, "This token is not known here, or was revoked. Pair the client again at /me.", _BEARER)
    today = state.now().date().isoformat()
    if client.last_used_on != today:
        with state.store.begin() as c:
            access.used_today(c, client.id, state.now())
    return Caller(f"client:{client.id}", profile.person, client)


_BEARER = {"WWW-Authenticate": "Bearer"}
Asking = Annotated[Caller, Depends(_caller)]


def _may(caller: Caller, scope: str) -> None:
    if caller.client is not None and scope not in caller.client.scopes:
        raise Refused(403, f"This client may not do that: its token has no scope `{scope}`.")


@router.post("/check", responses=REFUSALS, summary="What would a considerate colleague hear?")
async def check_texts(body: CheckRequest, state: Shared, caller: Asking) -> CheckResponse:
    """Judge up to 64 texts. With a client token the person's own settings apply, and ``silence`` says why nothing is said."""
    _may(caller, "check")
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in body.texts)
    with state.limits.admit(caller.key, size, state.now().timestamp()):
        rules = await run_in_threadpool(_rules, state, body.place)
        held = _held_out(state, caller, rules, body.place)
        checked = await judge_texts(state, body.texts, caller.person, rewrite=body.rewrite, rules=rules, held_out=held)
    for one in checked:
        state.metrics.checks.labels(one.silence.value if one.silence else "spoken").inc()
    return CheckResponse(
        model=state.judge.model, results=[Result.model_validate(as_result(one, rules.norms)) for one in checked]
    )


def _rules(state: State, place: Place | None) -> Rules:
    if place is None:
        return state.in_force.service()
    return state.in_force.at(place.platform, place.server.lower(), place.project)


def _held_out(state: State, caller: Caller, rules: Rules, place: Place | None) -> bool:
    """Whether the change is one about which nothing is said, to compare: the same at every key press."""
    if place is None or caller.client is None or not caller.person.experiment:
        return False
    where = (place.platform, place.server, place.change)
    return outcomes.held_out(state.store.vault, caller.person.id, where, rules.settings.hold_out)


async def judge_texts(
    state: State,
    texts: Sequence[str],
    person: Person,
    *,
    rewrite: bool,
    rules: Rules | None = None,
    held_out: bool = False,
) -> list[Checked]:
    """Verdicts and what would be said under ``rules`` (the service's own where there are none), beside the event loop."""
    verdicts = await state.judge.judge(texts)
    here: Rules = rules if rules is not None else await run_in_threadpool(state.in_force.service)
    norms, shadowed = here.norms, here.settings.shadowed()
    thresholds = state.judge.thresholds(norms.tolerances())
    # One text at a time, or a door that is asked for 64 would wait for as many answers.
    may = len(texts) == 1 and (rules is None or allowed(rules))
    rewording = wanted(state.rewording, state.language_model, person, allowed=may)

    def again(candidates: Sequence[str]) -> list[Verdict]:
        return anyio.from_thread.run(state.judge.judge, candidates)

    def read() -> list[Checked]:
        pairs = zip(texts, verdicts, strict=True)
        return [
            check(
                text,
                verdict,
                norms=norms,
                thresholds=thresholds,
                again=again,
                now=state.now(),
                rewrite=rewrite,
                person=person,
                mode=here.mode,
                shadowed=shadowed,
                held_out=held_out,
                rewording=rewording,
            )
            for text, verdict in pairs
        ]

    return await run_in_threadpool(read)


@router.post("/feedback", responses=REFUSALS, summary="How a suggestion was taken")
def take_feedback(body: FeedbackRequest, state: Shared, caller: Asking) -> FeedbackResponse:
    """Counts an answer by norm and band. No text and no name: see ``app/store/feedback.py``."""
    _may(caller, "feedback")
    rules = _rules(state, body.place)
    with state.limits.admit(caller.key, 0, state.now().timestamp()), state.store.begin() as c:
        label = str(body.label)
        person_id = caller.person.id if caller.client else None
        counted = feedback.count(
            c, state.store.vault, label, body.band, body.answer, body.context, state.now(), person_id
        )
        if counted and person_id is not None:
            _tally(c, state, caller, rules, body)
    if counted:
        state.metrics.feedback.labels(body.answer).inc()
    return FeedbackResponse(counted=counted, says="Noted. That is worth knowing.")


def _tally(c: Connection, state: State, caller: Caller, rules: Rules, body: FeedbackRequest) -> None:
    """What the answer adds to the counts of somebody who agreed to be counted."""
    project_id = rules.project.id if rules.project else None
    if body.answer != "published":
        outcomes.answered(c, project_id, caller.person.id, str(body.label), body.answer, state.now())
    elif body.first is not None:
        outcomes.published(
            c,
            state.store.vault,
            project_id,
            caller.person.id,
            f"client:{body.context}",
            str(body.label),
            held=_held_out(state, caller, rules, body.place),
            first=body.first,
            last=body.band,
            edited=body.edited,
            now=state.now(),
        )


@router.post("/pair", responses=REFUSALS, summary="Exchange a pairing code for a client token")
def pair(body: PairRequest, request: Request, state: Shared) -> PairResponse:
    """The code comes from ``/me``; it works once, for ten minutes, and bears five tries."""
    with state.limits.admit(f"pair:{address(request)}", 0, state.now().timestamp()), state.store.begin() as c:
        found = access.use_code(c, body.code, "pair", state.now())
        if found is not None:
            person_id, scopes = found
            return PairResponse(
                token=access.new_client(c, person_id, body.client, scopes, state.now()), scopes=list(scopes)
            )
    raise Refused(401, "That code is not valid any more. Make a new one at /me; it works once, for ten minutes.")
