"""My month: what was said to somebody, what they changed and what they did well. For them alone; there is no other door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.charts import Line, lines
from app.domain import TactfulError
from app.stats.periods import Period, period_of
from app.store import my_month, tallies
from app.store.my_month import Month
from app.store.tallies import Consents
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import render, saved

router = APIRouter(include_in_schema=False)

MOST_MONTHS: Final = 24
#: What somebody reads of their good conduct; the number follows.
DID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "appreciation": "You said what you liked",
        "apology": "You said sorry",
        "forgiveness": "You let something pass",
        "mentoring": "You explained, so that somebody learns",
        "support": "You stood by somebody",
        "alternative": "You offered another way",
        "clarification": "You asked before you judged",
    }
)


@router.get("/me/month")
def page(request: Request, state: Shared, me: Me, of: str = "") -> Response:
    """The month under way, or the one that ``of`` (a date) lies in."""
    today = state.now().date()
    period = _chosen(of, today)
    months, agreed = _months(state, me.person.id)
    month = next((one for one in months if one.period == period), Month(period))
    shown: dict[str, object] = {
        "month": month,
        "months": [one for one in reversed(months) if not one.empty],
        "previous": period_of(period.start - timedelta(days=1), "monthly").start,
        "following": period.end if period.end <= today else None,
        "current": period.end > today,
        "chart": _trend(months),
        "did": DID,
        "norms": state.norms,
        "kept": agreed.my_month,
        "keep_scores_days": state.settings.keep_scores_days,
    }
    return render(request, "month.html", me, shown)


@router.get("/me/month.json")
def export(state: Shared, me: Me) -> Response:
    months, _ = _months(state, me.person.id)
    held = [
        {
            "from": one.period.start.isoformat(),
            "until": (one.period.end - timedelta(days=1)).isoformat(),
            "comments_read": one.read,
            "notes": dict(one.nudged),
            "changed_after_a_note": one.changed,
            "answers": dict(one.answers),
            "strengths": dict(one.strengths),
        }
        for one in months
        if not one.empty
    ]
    body = json.dumps({"made_at": state.now().isoformat(), "months": held}, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-months.json"'}
    return Response(body, media_type="application/json", headers=headers)


@router.post("/me/month/forget", dependencies=[OwnForm])
def forget(state: Shared, me: Me) -> Response:
    """The weeks kept on request. What is held for its time anyway goes with it, or with the person."""
    with state.store.begin() as c:
        tallies.forget_my_weeks(c, me.person.id)
    return RedirectResponse("/me/month", 303)


@router.post("/me/agree", dependencies=[OwnForm])
def agree(state: Shared, me: Me, to: Annotated[list[str] | None, Form()] = None) -> Response:
    """What somebody agrees to beyond being read; each on its own, all of it off until they say so."""
    said = set(to or ())
    agreed = Consents(*(name in said for name in ("statistics", "tuning", "experiment", "my_month")))
    with state.store.begin() as c:
        tallies.agree(c, me.person.id, agreed)
    return saved("agree")


def _chosen(of: str, today: date) -> Period:
    try:
        day = date.fromisoformat(of) if of else today
    except ValueError:
        raise TactfulError("A month is asked for by a date in it, like 2026-03-04. Go back and try again.") from None
    return period_of(min(day, today), "monthly")


def _months(state: State, person_id: int) -> tuple[list[Month], Consents]:
    """Oldest first: of older ones what was kept on request, of newer ones what is held for its time anyway."""
    now = state.now()
    held_since = (now - timedelta(days=state.settings.keep_scores_days)).date()
    periods = [period_of(now.date(), "monthly")]
    while len(periods) < MOST_MONTHS:
        periods.append(period_of(periods[-1].start - timedelta(days=1), "monthly"))
    with state.store.read() as c:
        weeks = my_month.kept(c, person_id)
        found = [
            my_month.live(c, person_id, one) if one.start >= held_since else my_month.from_weeks(weeks, one)
            for one in reversed(periods)
        ]
        return found, tallies.chosen(c, person_id)


def _trend(months: list[Month]) -> object:
    told = months[-12:]
    while told and told[0].empty:
        told = told[1:]
    if len([one for one in told if one.rate is not None]) < 2:
        return None
    points = tuple((float(at), one.rate) for at, one in enumerate(told))
    names = [(float(at), f"{one.period.title.split()[0][:3]}") for at, one in enumerate(told)]
    return {
        "picture": lines("Notes in a hundred of your comments", [Line("Notes", points)], names, unit="in 100 comments"),
        "rows": [(one.period.title, one.read, one.notes, one.rate) for one in told if not one.empty],
    }
