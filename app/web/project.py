"""One project for those in office: its settings, their versions, the trial, who maintains it, what was done when."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.domain import TactfulError
from app.norms import MOST_TOLERANCE
from app.project_changes import MEANWHILE, put_in_force, with_changes
from app.project_settings import (
    LEAST_EPSILON,
    LEAST_K,
    MOST_EPSILON,
    MOST_HOLD_OUT,
    Mode,
    ProjectSettings,
    as_toml,
    from_json,
)
from app.stats.periods import CADENCES
from app.store import people, projects
from app.web import trial, words
from app.web.roles import Admin, Maintainer, Office, ProjectHere
from app.web.session import OwnForm
from app.web.settings_form import Fields, settings_from
from app.web.state import Shared, State
from app.web.templating import known_size, render

router = APIRouter(include_in_schema=False)


def known_version(version: int) -> int:
    return known_size(version)


Older = Annotated[int | None, Query(ge=0, lt=2**63)]
VERSIONS_A_PAGE = 20
ACTS_SHOWN = 50


@router.get("/projects/{number:int}")
def page(request: Request, state: Shared, office: Maintainer, changed: str = "", before: Older = None) -> Response:
    """``before`` is the number of a version: the page then goes on with those older than it."""
    with state.store.read() as c:
        found = projects.versions(c, office.project.id, VERSIONS_A_PAGE + 1, before)
        acts = projects.acts(c, office.project.id, ACTS_SHOWN)
        looked_after_by = projects.maintainer_addresses(c, office.project.id)
    shown: dict[str, object] = {
        "office": office,
        "project": office.project,
        "settings": office.rules.settings,
        "in_force": office.rules.version,
        "norms": office.rules.words,
        "changed": changed,
        "trial": trial.of(state, office),
        "versions": with_changes(found, office.rules.words)[:VERSIONS_A_PAGE],
        "more": found[VERSIONS_A_PAGE - 1].id if len(found) > VERSIONS_A_PAGE else None,
        "acts": acts,
        "maintainers": looked_after_by if office.is_admin else (),
        "how_many": len(looked_after_by),
        "modes": list(Mode),
        "cadences": CADENCES,
        "least_k": LEAST_K,
        "least_epsilon": LEAST_EPSILON,
        "most_epsilon": MOST_EPSILON,
        "most_percent": MOST_HOLD_OUT * 100,
        "most_tolerance": MOST_TOLERANCE,
        "now": state.now(),
        "zone": office.profile.person.zone,
    }
    return render(request, "project.html", office.profile, shown)


@router.get("/projects/{number:int}/settings.toml")
def as_file(office: Maintainer) -> Response:
    name = {"Content-Disposition": 'attachment; filename="settings.toml"'}
    text = as_toml(office.rules.settings, office.rules.words)
    return Response(text, media_type="application/toml", headers=name)


@router.post("/projects/{number:int}/settings", dependencies=[OwnForm])
def save(state: Shared, office: Maintainer, form: Fields) -> Response:
    """What the form names, over what it was made from (``version``); ``why`` in a sentence."""
    if form.get("version", str(office.rules.version)) != str(office.rules.version):
        raise TactfulError(MEANWHILE)  # the form was filled in over older settings
    after = settings_from(form, office.rules.settings, office.rules.words)
    return _put(state, office, after, form.get("why", ""))


@router.post("/projects/{number:int}/back/{version:int}", dependencies=[OwnForm])
def back(version: Annotated[int, Depends(known_version)], state: Shared, office: Maintainer) -> Response:
    """Put an earlier version in force again, as a new one."""
    with state.store.read() as c:
        found = projects.version(c, office.project.id, version)
    if found is None:
        raise HTTPException(404)
    zone, at = office.profile.person.zone, found.at
    why = f"Back to the settings of {words.date(at, zone)}, {words.clock(at, zone)}."
    return _put(state, office, from_json(found.settings, office.rules.words), why)


def _put(state: State, office: Office, after: ProjectSettings, why: str) -> Response:
    with state.store.begin() as c:
        put_in_force(c, office.rules, after, office.role, why, state.now())
    state.in_force.look_again()
    return _saved(office.project.id, "settings")


@router.post("/projects/{number:int}/maintainers", dependencies=[OwnForm])
def maintainers(
    state: Shared,
    me: Admin,
    rules: ProjectHere,
    email: Annotated[str, Form()],
    act: Annotated[Literal["name", "dismiss"], Form()],
) -> Response:
    """Name or dismiss. Whether the address was known here before makes no difference to be seen."""
    assert rules.project is not None, "found by its number"
    now, project_id = state.now(), rules.project.id
    with state.store.begin() as c:
        person = people.find(c, email)
        if act == "name":
            person = person if person is not None else people.add(c, email, now)
            projects.name_maintainer(c, project_id, person, projects.ADMINISTRATOR, now)
        elif person is not None:
            projects.dismiss_maintainer(c, project_id, person, projects.ADMINISTRATOR, now)
    return _saved(project_id, "maintainers")


def _saved(project_id: int, section: str) -> Response:
    return RedirectResponse(f"/projects/{project_id}?changed={section}#{section}", 303)
