"""The box: write a comment, read how it may land. Nothing is stored."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request, Response

from app.checking import ANYBODY, Checked, strong
from app.domain import NotNow, Person, Silence
from app.store.people import Profile
from app.web import words
from app.web.check import address, anonymous_allowed, judge_texts
from app.web.contracts import MOST_CHARACTERS
from app.web.marks import difference, marked, shortened
from app.web.session import OwnForm, Visitor
from app.web.state import Shared, State
from app.web.templating import render, wants_fragment

router = APIRouter(include_in_schema=False)

Take = Literal["read", "use", "edit", "keep", "undo"]

#: What somebody does with a wording here, as it is counted: a number, without a name or a text.
TAKEN: Final = {"use": "used", "edit": "edited", "keep": "kept"}


@router.get("/")
def box(request: Request, state: Shared, visitor: Visitor) -> Response:
    return _page(request, state, visitor, "", words.NOTHING)


@router.post("/", dependencies=[OwnForm])
async def read_aloud(
    request: Request,
    state: Shared,
    visitor: Visitor,
    text: Annotated[str, Form()] = "",
    before: Annotated[str, Form()] = "",
    do: Annotated[Take, Form()] = "read",
) -> Response:
    """The verdict as its writer would read it: the whole page, or the fragment that the script puts below the box.

    With a wording in ``text`` and what it came from in ``before``, ``do`` says what its writer does with it.
    """
    # Forms send line ends so; offsets count what was typed.
    text, before = text.replace("\r\n", "\n"), before.replace("\r\n", "\n")
    if do in TAKEN:
        state.metrics.feedback.labels(TAKEN[do]).inc()
    if do == "keep":
        return _page(request, state, visitor, before, words.KEPT)
    if do == "edit":
        return _page(request, state, visitor, text, words.EDIT, before=before)
    if visitor is None and not anonymous_allowed(state, request):
        return _page(request, state, visitor, text, words.STRANGER, status=401)
    if len(text) > MOST_CHARACTERS:
        return _page(request, state, visitor, text, words.TOO_LONG, status=413)
    if not text.strip():
        return _page(request, state, visitor, text, words.NOTHING)
    key = f"person:{visitor.person.id}" if visitor else f"address:{address(request)}"
    size = len(text.encode("utf-8", "surrogatepass"))
    with state.limits.admit(key, size, state.now().timestamp()):
        try:
            [checked] = await judge_texts(state, [text], _asking(visitor), rewrite=True)
        except NotNow:
            return _page(request, state, visitor, text, words.NOT_JUDGED, status=503)
    return _verdict(request, state, visitor, text, checked, before)


def _asking(visitor: Profile | None) -> Person:
    """What somebody asks for is answered at any hour; only the norms they switched off stay unspoken, and
    a language model is asked only if they agreed to it."""
    if visitor is None:
        return ANYBODY
    return Person(
        visitor.person.id,
        opted_in=True,
        norms_off=visitor.person.norms_off,
        language_model_host=visitor.person.language_model_host,
    )


def _verdict(
    request: Request, state: State, visitor: Profile | None, text: str, checked: Checked, before: str
) -> Response:
    suggestion = checked.suggestion
    strengths = [state.norms.strengths[name] for name in strong(checked.verdict) if state.norms.on(name)]
    if suggestion is None:
        says = words.SILENT.get(checked.silence or Silence.NO_WORDS, words.NOTHING)
        return _page(request, state, visitor, text, says, strengths=strengths, before=before)
    return _page(
        request,
        state,
        visitor,
        text,
        suggestion.says,
        strengths=strengths,
        suggestion=suggestion,
        norm=state.norms[suggestion.label],
        pieces=shortened(marked(text, suggestion.spans)),
        change=shortened(difference(text, suggestion.edits)),
        other_change=shortened(difference(text, suggestion.alternative.edits)) if suggestion.alternative else (),
        before=before,
    )


def _page(
    request: Request, state: State, visitor: Profile | None, text: str, says: str, status: int = 200, **found: object
) -> Response:
    shown: dict[str, object] = {
        "says": says,
        "text": text,
        "before": "",
        "other_change": (),
        "judged": status == 200 and bool(text.strip()) and says not in (words.KEPT, words.EDIT),
        "allowed": visitor is not None or anonymous_allowed(state, request),
        "conduct": state.norms.conduct,
        "strengths": (),
        "suggestion": None,
        "norm": None,
        "pieces": (),
        "change": (),
        **found,
    }
    return render(request, "_verdict.html" if wants_fragment(request) else "front.html", visitor, shown, status=status)
