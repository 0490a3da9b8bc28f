"""What was said to somebody, for them alone; and what they answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app import outcomes
from app.bands import band
from app.channels import afterwards
from app.domain import Suggestion
from app.store import feedback, people, suggestions
from app.store.people import Profile
from app.store.suggestions import Entry
from app.suggestions.afterwards import sorry
from app.web import words
from app.web.marks import Piece, difference, marked, shortened
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import RowId, known_size, render

router = APIRouter(include_in_schema=False)

NOTES_A_PAGE = 20

Answer = Literal["helpful", "wrong", "not_now", "kept"]


@router.get("/inbox")
def inbox(request: Request, state: Shared, me: Me, before: int | None = None) -> Response:
    earlier_than = known_size(before) if before is not None else None
    with state.store.read() as c:
        found = suggestions.inbox(c, state.store.vault, me.person.id, NOTES_A_PAGE + 1, before_id=earlier_than)
    entries, more = found[:NOTES_A_PAGE], len(found) > NOTES_A_PAGE
    return page(request, state, me, "inbox.html", entries=entries, more=entries[-1].id if more else None, before=before)


@router.get("/inbox/{number:int}")
def note(number: RowId, request: Request, state: Shared, me: Me, put: str = "") -> Response:
    """``put`` is the digest of what was put into the draft a moment ago, so that it can be undone. What it said before goes
    along, sealed: the note itself goes as soon as the draft is read again."""
    entry = mine(state, me, number)
    then = afterwards(entry.ref.platform, published=entry.published)
    before = state.store.vault.seal(f"{entry.id} {entry.text}") if put and entry.text is not None else ""
    shown: dict[str, Any] = {"afterwards": then, "sorry": sorry(entry.label), "put": put, "before": before}
    return page(request, state, me, "note.html", entry=entry, **shown)


@router.post("/inbox/{number:int}/answer", dependencies=[OwnForm])
def answer(number: RowId, state: Shared, me: Me, answer: Annotated[Answer, Form()]) -> Response:
    """Kept for its writer, and counted without them: by norm and band, the same answer once."""
    entry = mine(state, me, number)
    taken(state, me, entry, answer)
    return RedirectResponse(f"/inbox/{entry.id}", 303)


def taken(state: State, me: Profile, entry: Entry, answer: str) -> None:
    with state.store.begin() as c:
        suggestions.answer(c, me.person.id, entry.id, answer)
        heard = suggestions.heard_at(c, entry.id)
        context = f"suggestion:{entry.id}"
        counted = heard is not None and feedback.count(
            c, state.store.vault, entry.label, band(*heard), answer, context, state.now(), me.person.id
        )
        if counted and (place := suggestions.place(c, entry.id)) is not None:
            here = state.in_force.at(*place).project
            outcomes.answered(c, here.id if here else None, me.person.id, entry.label, answer, state.now())
    if counted:
        state.metrics.feedback.labels(answer).inc()


@router.post("/inbox/{number:int}/pause", dependencies=[OwnForm])
def pause(number: RowId, state: Shared, me: Me, pause: Annotated[words.Pause, Form()]) -> Response:
    entry = mine(state, me, number)
    with state.store.begin() as c:
        people.change(c, me.person.id, snoozed_until=words.pause_until(pause, state.now(), me.person.zone))
    return RedirectResponse(f"/inbox/{entry.id}", 303)


def mine(state: State, me: Profile, number: int) -> Entry:
    """Somebody else's note is as absent as one that never was."""
    with state.store.read() as c:
        found = suggestions.inbox(c, state.store.vault, me.person.id, entry_id=number)
    if not found:
        raise HTTPException(404)
    return found[0]


def can_apply(state: State, entry: Entry) -> bool:
    """A wording can be put into what is still a draft, where the forge lets its writer change it through us."""
    return (
        not entry.published
        and not entry.withdrawn
        and entry.text is not None
        and entry.suggestion is not None
        and entry.suggestion.wording is not None
        and (drafts := state.drafts.get(entry.ref.platform)) is not None
        and drafts.applies(entry.ref)
    )


def page(
    request: Request, state: State, me: Profile, template: str, *, status: int = 200, **values: object
) -> Response:
    shown: dict[str, object] = {
        "now": state.now(),
        "zone": me.person.zone,
        "norms": state.norms,
        "keep_text_days": state.settings.keep_text_days,
        "pieces": _pieces,
        "change": _change,
        "other_change": _other_change,
        "source_name": lambda suggestion: _source_name(state, suggestion),
        "can_apply": lambda entry: can_apply(state, entry),
        **values,
    }
    return render(request, template, me, shown, status=status)


def _pieces(entry: Entry) -> tuple[Piece, ...]:
    if entry.suggestion is None or entry.text is None:
        return ()
    return shortened(marked(entry.text, entry.suggestion.spans))


def _change(entry: Entry) -> tuple[Piece, ...]:
    if entry.suggestion is None or entry.text is None:
        return ()
    return shortened(difference(entry.text, entry.suggestion.edits))


def _other_change(entry: Entry) -> tuple[Piece, ...]:
    if entry.suggestion is None or entry.suggestion.alternative is None or entry.text is None:
        return ()
    return shortened(difference(entry.text, entry.suggestion.alternative.edits))


def _source_name(state: State, suggestion: Suggestion) -> str:
    """The source's name, unless the norm has come to rest on another one since."""
    source = state.norms[suggestion.label].source
    return source.name if source.url == suggestion.source and source.name else suggestion.source
