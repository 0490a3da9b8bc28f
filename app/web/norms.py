"""The norms of a place, one by one, and how they came to be what they are."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app import team_norms
from app.domain import TactfulError
from app.norm_changes import Change
from app.norm_edits import MOST_CHARACTERS, PARTS, parts_of
from app.store import norm_versions, proposals
from app.store.norm_versions import NormVersion
from app.store.proposals import State as Stage
from app.web.marks import words_difference
from app.web.norm_place import Here, Place, at_both
from app.web.session import OwnForm
from app.web.state import Shared, State
from app.web.templating import known_size, render

router = APIRouter(include_in_schema=False)

VERSIONS_A_PAGE = 20


@at_both(router, "GET", "")
def norms(request: Request, state: Shared, here: Place) -> Response:
    with state.store.read() as c:
        current = norm_versions.newest(c, here.team.project_id)
        waiting = proposals.waiting(c, here.team.project_id) if here.visitor else 0
    return page(request, state, here, "norms.html", current=current, waiting=waiting)


@at_both(router, "GET", "/propose")
def propose(request: Request, state: Shared, here: Place) -> Response:
    here.person  # noqa: B018 - strangers sign in first
    return page(request, state, here, "norm_new.html")


@at_both(router, "GET", "/proposals")
def every_proposal(request: Request, state: Shared, here: Place) -> Response:
    here.person  # noqa: B018 - strangers sign in first
    with state.store.read() as c:
        found = proposals.of(c, state.store.vault, here.team.project_id)
    open_ones = [one for one in found if one.state is Stage.OPEN]
    answered = [one for one in found if one.state is not Stage.OPEN]
    return page(request, state, here, "proposals.html", waiting=open_ones, answered=answered)


@at_both(router, "GET", "/versions")
def versions(request: Request, state: Shared, here: Place, before: int | None = None) -> Response:
    earlier_than = known_size(before) if before is not None else None
    with state.store.read() as c:
        told = team_norms.history(c, here.team, VERSIONS_A_PAGE + 1, before=earlier_than)
    shown, more = told[:VERSIONS_A_PAGE], len(told) > VERSIONS_A_PAGE
    return page(
        request, state, here, "norm_versions.html", told=shown, before=before,
        more=shown[-1].version.id if more else None,
    )  # fmt: skip


@at_both(router, "GET", "/edit")
def edit(request: Request, state: Shared, here: Place, version: int | None = None) -> Response:
    """The text of the norms, for those who may change it; with ``version`` as it was then, to go back to."""
    here.office  # noqa: B018 - for others there is nothing here
    with state.store.read() as c:
        toml, current = team_norms.text_of(c, here.team)
        if version is not None:
            earlier = norm_versions.versions(c, here.team.project_id, 1, up_to=known_size(version))
            if not earlier or earlier[0].id != version:
                raise HTTPException(404)
            toml = earlier[0].toml
    return _edit(request, state, here, toml, current)


@at_both(router, "POST", "/edit", dependencies=[OwnForm])
def change(
    request: Request,
    state: Shared,
    here: Place,
    act: Annotated[Literal["look", "keep"], Form()],
    toml: Annotated[str, Form(max_length=norm_versions.MOST_CHARACTERS)] = "",
    note: Annotated[str, Form(max_length=1000)] = "",
    review_on: Annotated[str, Form(max_length=10)] = "",
    after: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Show what would differ, or put it in force. What was typed stays where it is refused."""
    role = here.office
    text = toml.replace("\r\n", "\n")
    found: tuple[Change, ...] = ()
    try:
        with state.store.begin() as c:
            current = norm_versions.newest(c, here.team.project_id)
            found = team_norms.difference(c, here.team, text)
            if act == "keep":
                day, base = _day(review_on), int(after) if after.isdigit() else None
                team_norms.change(c, here.team, text, note=note, review_on=day, role=role, now=state.now(), after=base)
    except TactfulError as error:
        return _edit(request, state, here, text, current, note, review_on, problem=str(error), status=400)
    if act == "look":
        return _edit(request, state, here, text, current, note, review_on, found=found)
    state.in_force.look_again()
    return RedirectResponse(f"{here.base}/versions", 303)


@at_both(router, "GET", "/{label}")
def norm(request: Request, state: Shared, here: Place, label: str) -> Response:
    one = here.team.words.all().get(label)
    if one is None:
        raise HTTPException(404)
    with state.store.read() as c:
        found = proposals.of(c, state.store.vault, here.team.project_id, label) if here.visitor else []
    parts = {part: PARTS[part] for part in parts_of(here.team.words, label)}
    return page(request, state, here, "norm.html", norm=one, proposals=found, parts=parts)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise TactfulError("A date reads like 2026-09-01. Nothing was changed.") from None


def _edit(
    request: Request,
    state: State,
    here: Here,
    toml: str,
    current: NormVersion | None,
    note: str = "",
    review_on: str | None = None,
    *,
    found: tuple[Change, ...] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    today = state.now().date()
    ahead = current is not None and current.review_on is not None and current.review_on > today
    offered = (current.review_on if ahead and current else today + team_norms.REVIEW_AFTER) or today
    shown = {
        "toml": toml,
        "note": note,
        "review_on": offered.isoformat() if review_on is None else review_on,
        "found": found,
    }
    return page(request, state, here, "norm_edit.html", status=status, current=current, problem=problem, **shown)


def page(request: Request, state: State, here: Here, template: str, status: int = 200, **values: object) -> Response:
    """A page of this place. ``labels`` with which every norm can be looked up by its label."""
    person = here.visitor.person if here.visitor else None
    shown: dict[str, object] = {
        "here": here,
        "team": here.team,
        "norms": here.team.words,
        "in_force": here.rules.norms,
        "current_text": _current_text,
        "pieces": words_difference,
        "most": MOST_CHARACTERS,
        "now": state.now(),
        "today": state.now().date(),
        "zone": person.zone if person else state.now().tzinfo,
        "me_id": person.id if person else None,
        "part_words": PARTS,
        **values,
    }
    return render(request, template, here.visitor, shown, status=status)


def _current_text(here: Here, label: str, part: str) -> str:
    """How a part of a norm reads now, to show a proposal against."""
    found = here.team.words.all().get(label)
    if found is None:
        return ""
    if part.startswith("way_"):
        number = int(part[-1]) - 1
        return found.ways[number] if number < len(found.ways) else ""
    return str(getattr(found, part, ""))
