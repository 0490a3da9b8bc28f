"""Notes about what is not published yet, for a client that its person let see them: an extension can say that one waits."""

from __future__ import annotations

from fastapi import APIRouter

from app.store import suggestions
from app.store.suggestions import Entry
from app.web.check import REFUSALS, Asking, Refused
from app.web.contracts import NormOut, Place, WaitingNote, WaitingNotes
from app.web.state import Shared, State

router = APIRouter(prefix="/v1", tags=["v1"])

SCOPE = "notes"
MOST = 20


@router.get("/notes", responses=REFUSALS, summary="What waits about comments that are not published yet")
def waiting(state: Shared, caller: Asking) -> WaitingNotes:
    """The newest first, at most twenty: about drafts and pending reviews alone, and only while they read as they were
    heard. Nothing about what is out, no answers, no history.
    """
    if caller.client is None:
        raise Refused(401, "A client token is needed here. Sign in and pair a client at /me.")
    if SCOPE not in caller.client.scopes:
        raise Refused(403, f"This client may not do that: its token has no scope `{SCOPE}`.")
    with state.limits.admit(caller.key, 0, state.now().timestamp()), state.store.read() as c:
        found = suggestions.inbox(c, state.store.vault, caller.person.id, MOST, unpublished=True)
    return WaitingNotes(notes=[note for entry in found if (note := _note(state, entry)) is not None])


def _note(state: State, entry: Entry) -> WaitingNote | None:
    said = entry.suggestion
    if said is None or entry.text is None:
        return None
    ref = entry.ref
    return WaitingNote(
        open=f"{state.settings.address}/inbox/{entry.id}",
        url=entry.url,
        at=entry.at,
        place=Place(platform=ref.platform, server=ref.server, project=entry.project, change=entry.thread),
        norm=NormOut(label=said.label, title=said.title, says=said.says, source=said.source),
        advice=said.advice,
        wording=said.wording,
    )
