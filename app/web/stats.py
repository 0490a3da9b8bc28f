"""Statistics of a project: released numbers as charts, tables, files, a badge and a feed. Nothing else is read here."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from app.families import Family, family_of
from app.in_force import Rules
from app.releasing import next_release, people_of, planned
from app.stats import budget, noise, reading, sentences
from app.stats.budget import YEAR
from app.stats.documents import Released, from_json
from app.stats.periods import period_of
from app.stats.shares import PEOPLE
from app.store import releases
from app.store.people import Profile
from app.store.projects import Project
from app.web import stats_charts as charts
from app.web.roles import ProjectHere, role_in
from app.web.session import SignInFirst, Visitor
from app.web.state import Shared, State
from app.web.templating import page_of, render

router = APIRouter(include_in_schema=False)

CACHED = {"Cache-Control": "public, max-age=3600"}


@dataclass(frozen=True)
class Look:
    """Somebody who may look at a project's statistics: in office, or anybody where they are public."""

    visitor: Profile | None
    rules: Rules
    officer: bool

    @property
    def project(self) -> Project:
        assert self.rules.project is not None, "found by its number"
        return self.rules.project


def look(request: Request, state: Shared, rules: ProjectHere, visitor: Visitor) -> Look:
    assert rules.project is not None, "found by its number"
    officer = visitor is not None and role_in(state, visitor, rules.project) is not None
    if not officer and not rules.settings.public_stats:
        if visitor is None:
            raise SignInFirst(request.url.path)
        raise HTTPException(404)
    return Look(visitor, rules, officer)


Looking = Annotated[Look, Depends(look)]


@router.get("/projects/{number:int}/stats")
def page(request: Request, state: Shared, at: Looking) -> Response:
    today = state.now().date()
    found = _released(state, at.project.id)
    shown = [one for one in found if one.period.start > today - YEAR - (YEAR / 12)]
    family = family_of(state.in_force.every(), at.project.id)
    assert family is not None, "a project is in a family"
    titles = {label: norm.title for label, norm in at.rules.words.all().items()}
    newest = shown[-1] if shown else None
    values: dict[str, object] = {
        "project": at.project,
        "settings": at.rules.settings,
        "officer": at.officer,
        "zone": at.visitor.person.zone if at.visitor else None,
        "newest": newest,
        "ready": noise.available(),
        "missing": noise.MISSING,
        "next": next_release(family, today),
        "cadence": family.root.settings.cadence,
        "k": family.k,
        "epsilon": family.root.settings.epsilon,
        "outer": family.root.project if family.id != at.project.id else None,
        "advice": advice(family, found, today) if noise.available() else "",
        "sentences": sentences,
        "experiment": _experiment(shown, at.rules, titles),
        "charts": _charts(shown, titles),
        "trend": _trend(newest) if newest else {},
        "address": state.settings.address,
    }
    return render(request, "stats.html", at.visitor, values)


def _released(state: State, project_id: int) -> list[Released]:
    with state.store.read() as c:
        return [from_json(one) for one in releases.of(c, project_id)]


def _charts(shown: list[Released], titles: dict[str, str]) -> dict[str, charts.Charted | None]:
    if not shown:
        return dict.fromkeys(("notes", "answers", "strengths", "time"))
    newest = shown[-1]
    return {
        "notes": charts.by_norm(newest, ("nudged", "edited"), titles, "People who got a note"),
        "answers": charts.helpful(shown, titles),
        "strengths": charts.by_norm(newest, ("strength",), titles, "Good conduct"),
        "time": charts.over_time(shown, (PEOPLE, "nudged", "strength")),
    }


def _trend(newest: Released) -> dict[str, str]:
    """Only quarters know it: what people did is set against the same people's earlier weeks."""
    return {sentences.KINDS[kind]: sentences.about(shown) for kind, shown in reading.trend(newest).items()}


def _experiment(shown: list[Released], rules: Rules, titles: dict[str, str]) -> dict[str, object]:
    found = reading.experiment(shown, rules.settings.hold_out)
    return {
        "on": rules.settings.hold_out > 0,
        "hold_out": rules.settings.hold_out,
        "findings": [sentences.finding(one) for one in found.questions if one.label == ""] if found else [],
        "charts": [one for about in ("edited", "softer") if found and (one := charts.effect(found, about, titles))],
        "missing": sentences.missing(found) if found else "",
    }


def advice(family: Family, found: list[Released], today: date) -> str:
    """Whether the group bears its cadence, and what would suit it."""
    settings = family.root.settings
    people = people_of(family.id, found)
    plan = planned(family, period_of(today, settings.cadence), [])
    assert plan is not None, "nothing was spent"
    least = round(plan.k + 1 + plan.z * plan.sigma)
    if people and not budget.bears(people, plan) and settings.cadence != "quarterly":
        slower = "monthly or quarterly" if settings.cadence == "weekly" else "quarterly"
        return (
            f"With about {people:.0f} people, {settings.cadence} releases show little: a number needs about {least} people. "
            f"With {slower} releases the same yearly ε would go further."
        )
    return f"With {settings.cadence} releases a number appears from about {least} people on."


# --- files, badge, feed ---------------------------------------------------------------------------------------------------


@router.get("/projects/{number:int}/stats.csv")
def as_csv(state: Shared, at: Looking) -> Response:
    out = io.StringIO()
    rows = sentences.rows(_released(state, at.project.id))
    names = ("period_start", "period_end", "kind", "label", "people", "margin_95")
    writer = csv.DictWriter(out, (*names, "epsilon_release", "epsilon_year", "delta_year", "k"))
    writer.writeheader()
    writer.writerows(rows)
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=_file(at, "csv"))


@router.get("/projects/{number:int}/stats.json")
def as_json(state: Shared, at: Looking) -> Response:
    found = _released(state, at.project.id)
    experiment = reading.experiment(found, at.rules.settings.hold_out)
    held = {
        "project": at.project.name,
        "says": sentences.summary(found[-1]) if found else "Nothing is released yet.",
        "cannot_say": sentences.limits(found[-1]) if found else "",
        "numbers": sentences.rows(found),
        "experiment": [
            {
                "about": one.about,
                "label": one.label or "all",
                "spoken": round(one.spoken.share, 3),
                "held_out": round(one.held.share, 3),
                "difference": round(one.effect.difference, 3),
                "interval_95": [round(one.effect.low, 3), round(one.effect.high, 3)],
            }
            for one in (experiment.questions if experiment else ())
        ],
    }
    body = json.dumps(held, indent=2, ensure_ascii=False)
    return Response(body, media_type="application/json", headers=_file(at, "json"))


def _file(at: Look, ending: str) -> dict[str, str]:
    name = "".join(ch if ch.isascii() and ch.isalnum() else "-" for ch in at.project.name).strip("-").lower()
    return {"Content-Disposition": f'attachment; filename="statistics-{name or at.project.id}.{ending}"'}


@router.get("/projects/{number:int}/stats/badge.svg")
def badge(state: Shared, at: Looking) -> Response:
    """For a README: what people did well, in the newest release."""
    found = _released(state, at.project.id)
    strength = reading.number(found[-1], "strength") if found else None
    says = f"good conduct: {strength.value} people" if strength else "too few to tell"
    left, right = 62, 14 + 7 * len(says)
    values = {"says": says, "left": left, "right": right, "when": found[-1].period.title if found else ""}
    return Response(page_of("badge.svg", values), media_type="image/svg+xml", headers=CACHED)


@router.get("/projects/{number:int}/stats/atom.xml")
def feed(state: Shared, at: Looking) -> Response:
    """A release an entry, for retrospectives."""
    found = _released(state, at.project.id)
    with state.store.read() as c:
        made = releases.made_at(c, at.project.id)
    entries = [(one, made[one.period.start.isoformat()]) for one in reversed(found)][:24]
    values = {
        "project": at.project,
        "address": state.settings.address,
        "entries": entries,
        "updated": entries[0][1] if entries else at.project.created_at,
        "sentences": sentences,
    }
    return Response(page_of("atom.xml", values), media_type="application/atom+xml; charset=utf-8", headers=CACHED)
