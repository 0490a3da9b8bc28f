"""What somebody chose: whether anything is read, which accounts, which norms, how often and when."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request, Response

from app.domain import TactfulError
from app.store import access, people, tallies
from app.web import addresses, channels, clients, drafts, github_me, leave, month, words
from app.web.session import Me, OwnForm
from app.web.state import Shared
from app.web.templating import RowId, render, saved

router = APIRouter(include_in_schema=False)
for part in (channels, addresses, clients, drafts, github_me, leave, month):
    router.include_router(part.router)

MOST_A_DAY, MOST_A_WEEK = 20, 100


@router.get("/me")
def choices(request: Request, state: Shared, me: Me, changed: str = "", left: str = "") -> Response:
    with state.store.read() as c:
        bindings = people.bindings(c, me.person.id)
        paired = access.clients(c, me.person.id)
        address_asked = addresses.asked(c, state, me)
        agreed = tallies.chosen(c, me.person.id)
    places = drafts.places(state, me, bindings)
    shown: dict[str, object] = {
        "me": me,
        "called": words.called(me, bindings),
        "drafts": [place for place in places if place.server.platform == "gerrit"],
        "pending": [place for place in places if place.server.platform == "github"],
        "github": list(state.github_apps.every()),
        "address_asked": address_asked,
        "changed": changed,
        "left": bool(left),
        "left_at": state.server(left),
        "bindings": bindings,
        "clients": paired,
        "agreed": agreed,
        "model_host": state.language_model.host if state.language_model else "",
        "norms": state.norms,
        "zones": sorted(available_timezones() | {me.person.timezone}),
        "now": state.now(),
        "zone": me.person.zone,
        "keep_text_days": state.settings.keep_text_days,
        "keep_scores_days": state.settings.keep_scores_days,
        "email_possible": "email" in state.channels,
        "can_send": state.post is not None,
        "chat": channels.direct(state),
        "chat_address": state.store.vault.open(me.chat_sealed) if me.chat_sealed else None,
        "most_a_day": MOST_A_DAY,
        "most_a_week": MOST_A_WEEK,
    }
    return render(request, "me.html", me, shown)


@router.post("/me/reading", dependencies=[OwnForm])
def reading(state: Shared, me: Me, on: Annotated[bool, Form()]) -> Response:
    with state.store.begin() as c:
        if on:
            people.opt_in(c, me.person.id, state.now())
        else:
            people.opt_out(c, me.person.id)
    return saved("reading")


@router.post("/me/language-model", dependencies=[OwnForm])
def language_model(
    state: Shared, me: Me, host: Annotated[str, Form(max_length=253)], on: Annotated[bool, Form()]
) -> Response:
    """``host`` is where the page said that words go: whoever agreed to one place did not agree to another."""
    if on and (state.language_model is None or host != state.language_model.host):
        raise TactfulError("The language model is at another place by now. Nothing was changed; look again and decide.")
    with state.store.begin() as c:
        people.change(c, me.person.id, language_model_host=host if on else None)
    return saved("language-model")


@router.post("/me/accounts/{number:int}", dependencies=[OwnForm])
def account(number: RowId, state: Shared, me: Me, mine: Annotated[bool, Form()]) -> Response:
    left = [] if mine else state.consents.end_of(me.person.id, binding_id=number)
    with state.store.begin() as c:
        if mine:
            people.confirm(c, me.person.id, number, state.now())
        else:
            people.unbind(c, me.person.id, number)
    return saved("accounts", left=left)


@router.post("/me/norms", dependencies=[OwnForm])
def norms(state: Shared, me: Me, on: Annotated[list[str] | None, Form()] = None) -> Response:
    offered = {label for label in state.norms.concerns if state.norms.on(label)}
    off = (me.person.norms_off - offered) | (offered - set(on or ()))
    with state.store.begin() as c:
        people.change(c, me.person.id, norms_off=sorted(off))
    return saved("norms")


@router.post("/me/rhythm", dependencies=[OwnForm])
def rhythm(
    state: Shared,
    me: Me,
    daily: Annotated[int, Form(ge=0, le=MOST_A_DAY)],
    weekly: Annotated[int, Form(ge=0, le=MOST_A_WEEK)],
    timezone: Annotated[str, Form()],
    quiet_from: Annotated[str, Form()] = "",
    quiet_until: Annotated[str, Form()] = "",
) -> Response:
    """Budgets, and quiet hours on the person's own clock; both ends empty means none."""
    if timezone not in available_timezones() | {me.person.timezone}:
        raise TactfulError("That time zone is not known here. Nothing was changed; choose one from the list.")
    if bool(quiet_from) != bool(quiet_until):
        raise TactfulError("Quiet hours need a beginning and an end. Nothing was changed; fill in both, or neither.")
    values: dict[str, object] = {"daily_budget": daily, "weekly_budget": weekly, "timezone": timezone}
    with state.store.begin() as c:
        people.change(
            c, me.person.id, **values, quiet_from=_wall_clock(quiet_from), quiet_until=_wall_clock(quiet_until)
        )
    return saved("rhythm")


def _wall_clock(value: str) -> str | None:
    try:
        return f"{time.fromisoformat(value):%H:%M}" if value else None
    except ValueError:
        raise TactfulError("A time reads like 22:00. Nothing was changed; go back and try again.") from None


@router.post("/me/pause", dependencies=[OwnForm])
def pause(state: Shared, me: Me, pause: Annotated[words.Pause | Literal["end"], Form()]) -> Response:
    until = None if pause == "end" else words.pause_until(pause, state.now(), me.person.zone)
    with state.store.begin() as c:
        people.change(c, me.person.id, snoozed_until=until)
    return saved("pause")
