"""Blind calibration: one text at a time, "would this sting?". Of each only its score and the answer are kept."""

from __future__ import annotations

from random import SystemRandom
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app import charts
from app.domain import TactfulError
from app.project_settings import Mode
from app.store import given, histories, projects
from app.store.histories import BlindAnswer
from app.tuning import blind, refit
from app.tuning.outlook import Said, curve
from app.web.roles import Maintainer, Office
from app.web.session import OwnForm
from app.web.state import Shared, State
from app.web.templating import render
from app.web.tuning import best_source
from classifiers.labels import CONCERNS
from classifiers.tolerance import logit
from classifiers.vectors import pack, unpack

router = APIRouter(include_in_schema=False)

MOST_BYTES: Final = 1_000_000
"""A larger file would be laid on the disk while it arrives; here it stays in memory."""
AT_ONCE: Final = 32
GRID: Final = [number / 4 for number in range(-16, 17)]
FACTORS: Final = (
    (-3.91, "a fiftieth"),
    (-1.61, "a fifth"),
    (0.0, "the threshold"),
    (1.61, "5 times"),
    (3.91, "50 times"),
)


def small(request: Request) -> None:
    """Refuse what would not stay in memory, before it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise TactfulError("A file for a calibration holds at most 1 MB. Nothing was read; a part of it is enough.")


@router.get("/projects/{number:int}/calibration")
def page(request: Request, state: Shared, office: Maintainer, gone: str = "") -> Response:
    """The text that is next; or how to begin, and what the answers so far say. ``gone``: an answer came too late."""
    sitting = state.sittings.current(_key(office), state.now())
    shown: dict[str, object] = {
        "project": office.project,
        "settings": office.rules.settings,
        "zone": office.profile.person.zone,
        "sitting": sitting,
        "question": sitting.waiting[0] if sitting else None,
        "gone": gone,
    }
    if sitting is None:
        shown |= _so_far(state, office)
    return render(request, "calibration.html", office.profile, shown)


@router.post("/projects/{number:int}/calibration", dependencies=[OwnForm, Depends(small)])
async def begin(request: Request, state: Shared, office: Maintainer) -> Response:
    """Score the texts of a file, or those that were given, and keep up to 60 near the thresholds in memory."""
    form = await request.form()
    file = form.get("file")
    if isinstance(file, UploadFile) and file.size:
        texts = blind.texts_in((await file.read()).decode("utf-8", "replace"))
        await file.close()
    else:
        texts = await run_in_threadpool(_given, state)
    chance = SystemRandom()
    texts = blind.some(texts, chance)
    asked, rows = [], []
    for first in range(0, len(texts), AT_ONCE):
        some = texts[first : first + AT_ONCE]
        for text, verdict in zip(some, await state.judge.judge(some), strict=True):
            if verdict.known_language:
                asked.append(text)
                rows.append(pack(verdict.concerns))
    settings = office.rules.settings
    on = [label for label, norm in settings.norms.items() if norm.mode is not Mode.OFF]
    questions = blind.questions(asked, unpack(rows), _thresholds(state, office), on, chance)
    if not questions:
        raise TactfulError(blind.NOTHING_NEAR)
    if not state.sittings.begin(_key(office), questions, state.now()):
        raise TactfulError("Many calibrations are under way here. Nothing was kept; try again in a while.")
    return _back(office)


@router.post("/projects/{number:int}/calibration/answer", dependencies=[OwnForm])
def answer(
    state: Shared,
    office: Maintainer,
    ticket: Annotated[str, Form()],
    answer: Annotated[Literal["yes", "no", "unsure", "stop"], Form()],
) -> Response:
    """Keep score and answer; the text goes. *stop* lets all that wait go."""
    now = state.now()
    if answer == "stop":
        state.sittings.end(_key(office))
        return _back(office)
    question = state.sittings.take(_key(office), ticket, now)
    if question is not None:
        with state.store.begin() as c:
            kept = BlindAnswer(question.label, question.p, answer)
            histories.keep_answer(c, office.project.id, state.judge.model, kept, now)
    elif state.sittings.current(_key(office), now) is None:
        return RedirectResponse(f"/projects/{office.project.id}/calibration?gone=yes", 303)
    return _back(office)


@router.post("/projects/{number:int}/calibration/forget", dependencies=[OwnForm])
def forget(state: Shared, office: Maintainer) -> Response:
    """Take all answers of this project back."""
    with state.store.begin() as c:
        if histories.forget_answers(c, office.project.id):
            projects.note(c, office.role, "answers of blind calibrations deleted", office.project.id, state.now())
    return _back(office)


def _key(office: Office) -> tuple[int, int]:
    return office.profile.person.id, office.project.id


def _back(office: Office) -> Response:
    return RedirectResponse(f"/projects/{office.project.id}/calibration", 303)


def _given(state: State) -> list[str]:
    with state.store.read() as c:
        return given.texts(c, state.store.vault)


def _thresholds(state: State, office: Office) -> dict[str, float]:
    tolerances = {label: norm.tolerance for label, norm in office.rules.settings.norms.items()}
    return dict(state.judge.thresholds(tolerances))


# --- what the answers say -------------------------------------------------------------------------------------------------


def _so_far(state: State, office: Office) -> dict[str, object]:
    answers = state.replays.answers(office.project.id)
    clear = [one for one in answers if one.answer != "unsure"]
    fitted = refit.refit(*_excess(clear, _thresholds(state, office)), GRID)
    return {
        "answers": len(answers),
        "clear": len(clear),
        "possible": refit.possible(),
        "enough": refit.enough([one.answer == "yes" for one in clear]),
        "fitted": fitted,
        "both": _drawn(state, office, fitted) if fitted else None,
        "given": len(_given(state)),
        "most": blind.MOST_TEXTS,
        "fewest": refit.FEWEST_ANSWERS,
    }


def _excess(answers: list[BlindAnswer], thresholds: dict[str, float]) -> tuple[list[float], list[bool]]:
    known = [one for one in answers if thresholds.get(one.label, 2) <= 1]
    return [logit(one.p) - logit(thresholds[one.label]) for one in known], [one.answer == "yes" for one in known]


def _drawn(state: State, office: Office, fitted: refit.Refit) -> Markup:
    """The shipped curve at this project's base rate, where it is known, and the one that the answers give."""
    settings, now, thresholds = office.rules.settings, state.now(), _thresholds(state, office)
    source = best_source(state.replays.sizes(office.project.id, settings.k, now))
    history = state.replays.history(office.project.id, source, settings.k, now)
    sent = Said.of(history, settings, thresholds).sent
    beliefs = state.replays.beliefs(office.project.id, history, sent, thresholds, now, answers=False)
    on = [label for label in CONCERNS if label in settings.norms and settings.norms[label].mode is not Mode.OFF]
    shipped = curve(beliefs, thresholds, on, GRID) if beliefs else []
    lines = [
        charts.Line("shipped", tuple((x, 100 * y) for x, y in shipped)),
        charts.Line("answers", tuple((x, 100 * y) for x, y in fitted.points)),
    ]
    name = "How many of 100 sting, by how far the score is over the threshold: as shipped, and by your answers"
    return charts.lines(name, lines, FACTORS, top=100, unit="odds against the threshold")
