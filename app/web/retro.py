"""The retrospective of a project, to read here or to take along as Markdown or HTML."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from app import retrospective
from app.retro import Retro, day, rows, strengths
from app.retro_markdown import markdown
from app.web.roles import Maintainer, Office
from app.web.state import Shared, State
from app.web.templating import page_of, render

router = APIRouter(include_in_schema=False)


@router.get("/projects/{number:int}/retro")
def page(request: Request, state: Shared, office: Maintainer, since: str = "") -> Response:
    shown = {"project": office.project, "settings": office.rules.settings, **shared(_retro(state, office, since))}
    return render(request, "retro.html", office.profile, shown)


@router.get("/projects/{number:int}/retro.md")
def as_markdown(state: Shared, office: Maintainer, since: str = "") -> Response:
    found = _retro(state, office, since)
    return Response(markdown(found), media_type="text/markdown", headers=_file(found, "md"))


@router.get("/projects/{number:int}/retro.html")
def as_html(state: Shared, office: Maintainer, since: str = "") -> Response:
    found = _retro(state, office, since)
    return Response(html(found), media_type="text/html", headers=_file(found, "html"))


def html(found: Retro) -> str:
    """A page of its own, that needs nothing else."""
    return page_of("retro_file.html", shared(found))


def shared(found: Retro) -> dict[str, object]:
    return {
        "retro": found,
        "rows": rows(found.figures, found.titles),
        "strengths": strengths(found.figures, found.titles),
        "day": day,
    }


def _retro(state: State, office: Office, since: str) -> Retro:
    now = state.now()
    begin = retrospective.since_day(since, now)
    with state.store.read() as c:
        return retrospective.gather(c, state.store.vault, office.rules, begin, now)


def _file(found: Retro, ending: str) -> dict[str, str]:
    name = re.sub(r"[^a-z0-9]+", "-", found.project.lower()).strip("-")
    return {"Content-Disposition": f'attachment; filename="retrospective-{name}-{found.until.isoformat()}.{ending}"'}
