"""The projects: for everybody signed in a list, for an administrator the form that adds one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.domain import TactfulError
from app.platforms import PLATFORMS
from app.project_settings import Mode, as_json, start
from app.store import projects as store
from app.store.projects import ADMINISTRATOR
from app.web import calibration, project, stats, tuning
from app.web.roles import Admin
from app.web.session import Me, OwnForm
from app.web.state import Shared
from app.web.templating import render

router = APIRouter(include_in_schema=False)
for part in (project, tuning, calibration, stats):
    router.include_router(part.router)


@router.get("/projects")
def listed(request: Request, state: Shared, me: Me) -> Response:
    """All projects by name. Whoever is in office for one finds its settings behind it, everybody else its norms."""
    with state.store.read() as c:
        named = store.maintained_by(c, me.person.id)
    every = [rules for rules in state.in_force.every() if rules.project]
    offices = [rules.project for rules in every if rules.project and rules.project.id in named]
    mine = {
        one.project.id
        for one in every
        if one.project
        and (me.is_admin or any(o.holds(one.project.platform, one.project.server, one.project.name) for o in offices))
    }
    with state.store.read() as c:
        acts = store.acts(c, None, project.ACTS_SHOWN) if me.is_admin or mine else []
    shown: dict[str, object] = {
        "me": me,
        "acts": acts,
        "every": every,
        "mine": mine,
        "platforms": PLATFORMS,
        "modes": [Mode.SHADOW, Mode.ON, Mode.OFF],
        "now": state.now(),
        "zone": me.person.zone,
    }
    return render(request, "projects.html", me, shown)


@router.post("/projects", dependencies=[OwnForm])
def add(
    state: Shared,
    me: Admin,
    platform: Annotated[str, Form()],
    server: Annotated[str, Form()],
    name: Annotated[str, Form()],
    mode: Annotated[Mode, Form()] = Mode.SHADOW,
) -> Response:
    """A new project with the norms as they are; where it lies under another, with what that one set."""
    if platform not in PLATFORMS:
        raise TactfulError(
            f"{platform} is not a platform of this Tactful. Nothing was changed; choose one of the list."
        )
    plain = store.clean_name(name)
    above = state.in_force.at(platform, server.strip().lower(), plain)
    settings = start(above.norms, mode)
    with state.store.begin() as c:
        number = store.add(
            c, platform, server, plain, as_json(settings), ADMINISTRATOR, "The project was added.", state.now()
        )
    state.in_force.look_again()
    return RedirectResponse(f"/projects/{number}", 303)
