"""Giving one text to improve the classifier: shown in full, edited by its writer, under a licence that is named."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app.domain import TactfulError
from app.store import given, suggestions
from app.store.given import Text
from app.store.people import Profile
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import known_size, render

router = APIRouter(include_in_schema=False)


@router.get("/give")
def give(request: Request, state: Shared, me: Me, note: int | None = None) -> Response:
    """Empty, or with the text of a note of one's own and what was said about it."""
    text = _of_note(state, me, known_size(note)) if note is not None else {}
    return _page(request, state, me, {"text": "", "labels": [], "spans": "", "rewrite": "", **text})


@router.post("/give", dependencies=[OwnForm])
def keep(
    request: Request,
    state: Shared,
    me: Me,
    text: Annotated[str, Form()] = "",
    label: Annotated[list[str] | None, Form()] = None,
    spans: Annotated[str, Form()] = "",
    rewrite: Annotated[str, Form()] = "",
    mine: Annotated[bool, Form()] = False,
) -> Response:
    """What was typed stays in the form where it is refused."""
    labels = tuple(label or ())
    typed: dict[str, object] = {"text": text, "labels": labels, "spans": spans, "rewrite": rewrite}
    try:
        if not mine:
            raise TactfulError("Only what is yours can be given. Nothing was kept; confirm it below, or leave it.")
        words = tuple(line.strip() for line in spans.splitlines() if line.strip())
        given_text = Text(_unix(text), labels, words, _unix(rewrite).strip())
        with state.limits.admit(f"give:{me.person.id}", len(text), state.now().timestamp()), state.store.begin() as c:
            given.give(c, state.store.vault, given_text, me.person.id, state.now())
    except TactfulError as error:
        return _page(request, state, me, typed, problem=str(error), status=400)
    return RedirectResponse("/me/given", 303)


@router.get("/me/given")
def mine(request: Request, state: Shared, me: Me) -> Response:
    with state.store.read() as c:
        texts = given.mine(c, state.store.vault, me.person.id)
    return render(request, "given.html", me, {"texts": texts, "titles": _titles(state), "day": _day})


@router.post("/me/given/{number:int}/take-back", dependencies=[OwnForm])
def take_back(number: int, state: Shared, me: Me) -> Response:
    with state.store.begin() as c:
        gone = given.take_back(c, me.person.id, known_size(number))
    if not gone:
        raise HTTPException(404)
    return RedirectResponse("/me/given", 303)


def _of_note(state: State, me: Profile, number: int) -> dict[str, object]:
    with state.store.read() as c:
        found = suggestions.inbox(c, state.store.vault, me.person.id, entry_id=number)
    text = found[0].text if found else None
    if text is None:
        raise HTTPException(404)
    entry = found[0]
    if entry.suggestion is None or entry.answer == "wrong":  # to its writer there is no harm in it
        return {"text": text}
    spans = [text[span.start : span.end] for span in entry.suggestion.spans]
    wording = entry.suggestion.wording or ""
    return {"text": text, "labels": [entry.label], "spans": "\n".join(spans), "rewrite": wording}


def _titles(state: State) -> dict[str, str]:
    return {label: norm.title for label, norm in {**state.norms.concerns, **state.norms.strengths}.items()}


def _page(
    request: Request, state: State, me: Profile, typed: dict[str, object], *, problem: str = "", status: int = 200
) -> Response:
    shown = {**typed, "norms": state.norms, "licence": given.LICENCE, "most": given.MOST_CHARACTERS, "problem": problem}
    return render(request, "give.html", me, shown, status=status)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
