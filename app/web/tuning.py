"""Tuning: sliders of tolerance, and what they would have meant for a history of scores. No comment and no person in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from app import charts
from app.domain import TactfulError
from app.norms import Norms
from app.project_changes import MEANWHILE, put_in_force
from app.project_settings import Mode, NormSetting, ProjectSettings
from app.tuning.beliefs import FEWEST_COMMENTS
from app.tuning.outlook import Outlook, Said, outlook
from app.tuning.stops import stops, tolerance
from app.web.replays import SOURCES, Source
from app.web.roles import Maintainer, Office
from app.web.session import OwnForm
from app.web.settings_form import Fields
from app.web.state import Shared, State
from app.web.templating import render, wants_fragment

router = APIRouter(include_in_schema=False)
MOST_WEEK_NAMES = 5


def query(request: Request) -> dict[str, str]:
    """What the sliders say in the address, as the script asks."""
    return dict(request.query_params)


Sliders = Annotated[dict[str, str], Depends(query)]


@router.get("/projects/{number:int}/tuning")
def page(
    request: Request, state: Shared, office: Maintainer, sliders: Sliders, changed: Annotated[str, Query()] = ""
) -> Response:
    """The page; or, for the script, what changes with the sliders."""
    return _shown(request, state, office, sliders, changed=changed)


@router.post("/projects/{number:int}/tuning", dependencies=[OwnForm])
def show_or_save(request: Request, state: Shared, office: Maintainer, form: Fields) -> Response:
    """Without a script: show what the sliders say. With ``act=save``: put it in force, with a reason."""
    if form.get("act") != "save":
        return _shown(request, state, office, form)
    if form.get("version") != str(office.rules.version):
        raise TactfulError(MEANWHILE)
    after = chosen(form, office.rules.settings)
    with state.store.begin() as c:
        put_in_force(c, office.rules, after, office.role, form.get("why", ""), state.now())
    state.in_force.look_again()
    return RedirectResponse(f"/projects/{office.project.id}/tuning?changed=yes#tuning", 303)


def chosen(form: Mapping[str, str], base: ProjectSettings) -> ProjectSettings:
    """``base`` with what the form says: ``mode``, and for each norm ``mode_LABEL`` and ``stop_LABEL`` (a slider's place)."""
    norms = {}
    for label, norm in base.norms.items():
        try:
            mode = Mode(form.get(f"mode_{label}", norm.mode))
            place = form.get(f"stop_{label}")
            norms[label] = NormSetting(mode, norm.tolerance if place is None else tolerance(place, norm.tolerance))
        except ValueError:
            raise TactfulError(
                "A slider was sent where there is none. Nothing was changed; open the page again."
            ) from None
    try:
        return replace(base, mode=Mode(form.get("mode", base.mode)), norms=MappingProxyType(norms))
    except ValueError:
        raise TactfulError("A choice was sent that is not offered here (mode). Nothing was changed.") from None


def _shown(request: Request, state: State, office: Office, form: Mapping[str, str], changed: str = "") -> Response:
    settings, words = office.rules.settings, office.rules.words
    after = chosen(form, settings)
    sizes = state.replays.sizes(office.project.id, settings.k, state.now())
    source = _source(form.get("history", ""), sizes)
    found = look(state, office, after, source)
    shown: dict[str, object] = {
        "office": office,
        "project": office.project,
        "settings": settings,
        "after": after,
        "differs": after != settings,
        "in_force": office.rules.version,
        "norms": words,
        "changed": changed,
        "why": form.get("why", ""),
        "modes": list(Mode),
        "sources": SOURCES,
        "source": source,
        "sizes": sizes,
        "stops": {label: stops(norm.tolerance) for label, norm in settings.norms.items()},
        "outlook": found,
        "fewest": FEWEST_COMMENTS,
        "by_norm": by_norm(found, words),
        "by_week": by_week(found),
        "answers": len(state.replays.answers(office.project.id)),
        "zone": office.profile.person.zone,
    }
    return render(request, "_tuning.html" if wants_fragment(request) else "tuning.html", office.profile, shown)


def _source(asked: str, sizes: Mapping[Source, int]) -> Source:
    """The history asked for; else the first that says something: the project's own, the file, the reference."""
    for source in SOURCES:
        if source == asked:
            return source
    return best_source(sizes)


def best_source(sizes: Mapping[Source, int]) -> Source:
    return next((source for source in SOURCES if sizes[source] >= FEWEST_COMMENTS), "reference")


def look(state: State, office: Office, after: ProjectSettings, source: Source) -> Outlook:
    """Both replays and what is believed about them."""
    settings, project_id = office.rules.settings, office.project.id
    history = state.replays.history(project_id, source, settings.k, state.now())
    before, then = (
        Said.of(history, one, state.judge.thresholds({label: norm.tolerance for label, norm in one.norms.items()}))
        for one in (settings, after)
    )
    return outlook(
        before, then, state.replays.beliefs(project_id, history, before.sent, before.thresholds, state.now())
    )


# --- pictures -----------------------------------------------------------------------------------------------------------


def by_norm(found: Outlook, norms: Norms) -> Markup:
    """Nudges a week, now and then, a pair of bars for each norm."""
    unit = "nudges a week" if found.history.weeks else "nudges in 1,000 comments"
    rows = [charts.Bar(norms.concerns[row.label].title, (row.before, row.after)) for row in found.rows]
    return charts.bars(
        f"{unit.capitalize()} by norm: with the settings in force, and with these", ("now", "then"), rows, unit=unit
    )


def by_week(found: Outlook) -> Markup | None:
    """Nudges in each week; nothing where there is no second week to draw a line to."""
    weeks = found.weekly()
    if len(weeks) < 2:
        return None
    step = math.ceil(len(weeks) / MOST_WEEK_NAMES)
    names = [(float(n), week) for n, (week, _, _) in enumerate(weeks) if n % step == 0 and n <= len(weeks) - step / 2]
    lines = [
        charts.Line(name, tuple((float(n), float(week[place])) for n, week in enumerate(weeks)))
        for name, place in (("now", 1), ("then", 2))
    ]
    return charts.lines("Nudges in each week: with the settings in force, and with these", lines, names, unit="week of")
