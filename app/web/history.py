"""What was spoken and what was not, with the reason, by day in the person's own zone."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime

from app import policy
from app.store import judgements
from app.web import words
from app.web.session import Me
from app.web.state import Shared
from app.web.templating import render

router = APIRouter(include_in_schema=False)

LINES_A_PAGE = 50


@router.get("/history")
def history(request: Request, state: Shared, me: Me, before: AwareDatetime | None = None) -> Response:
    """The newest first; ``before`` continues where a page ended."""
    zone, now = me.person.zone, state.now()
    with state.store.read() as c:
        found = judgements.mine(c, me.person.id, LINES_A_PAGE + 1, before)
    lines, more = found[:LINES_A_PAGE], len(found) > LINES_A_PAGE
    days = [(day, list(group)) for day, group in groupby(lines, lambda line: words.day(line.at, now, zone))]
    shown: dict[str, object] = {
        "days": days,
        "more": lines[-1].at.isoformat() if more else None,
        "before": before,
        "zone": zone,
        "norms": state.norms,
        "reasons": policy.WORDS,
        "keep_scores_days": state.settings.keep_scores_days,
    }
    return render(request, "history.html", me, shown)
