"""Saying something about a norm, proposing a change, and the answer that maintainers give."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse

from app import team_norms
from app.domain import TactfulError
from app.norm_edits import MOST_CHARACTERS, Addition, Edit, Removal, Wording
from app.store import proposals
from app.store.proposals import Kind, Said
from app.web.norm_place import Place, at_both
from app.web.session import OwnForm
from app.web.state import Shared
from app.web.templating import known_size

router = APIRouter(include_in_schema=False)

MOST_REMARK = 2000  # characters
_Line = Annotated[str, Form(max_length=MOST_CHARACTERS)]


@at_both(router, "POST", "/say", dependencies=[OwnForm])
def say(
    state: Shared,
    here: Place,
    kind: Annotated[Kind, Form()],
    label: Annotated[str, Form(max_length=30)] = "",
    part: Annotated[str, Form(max_length=10)] = "",
    title: Annotated[str, Form(max_length=100)] = "",
    text: Annotated[str, Form(max_length=MOST_REMARK)] = "",
    why: Annotated[str, Form(max_length=MOST_REMARK)] = "",
    name: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """A remark or a proposal. Unsigned, it is nobody's: not even the database knows whose it was."""
    me = here.person
    said = Said(text.replace("\r\n", "\n").strip(), why.strip(), part, " ".join(title.split()), " ".join(name.split()))
    team_norms.check(here.team, _edit(kind, label, said))
    if kind is Kind.FEEDBACK and not (said.text and label in here.team.words.all()):
        raise TactfulError("There is nothing in the field yet. Nothing was kept; write a sentence and send it again.")
    if kind is not Kind.FEEDBACK and not said.why:
        raise TactfulError(
            "Say in a sentence why, so that it can be talked about. Nothing was kept; go back and add it."
        )
    with state.limits.admit(f"say:{me.person.id}", len(text), state.now().timestamp()), state.store.begin() as c:
        about = None if kind is Kind.NEW else label
        proposals.add(c, state.store.vault, here.team.project_id, kind, about, said, me.person.id, state.now())
    return RedirectResponse(f"{here.base}/{label}#said" if about else f"{here.base}/proposals", 303)


def _edit(kind: Kind, label: str, said: Said) -> Edit | None:
    match kind:
        case Kind.WORDING:
            return Wording(label, said.part, said.text)
        case Kind.NEW:
            return Addition(said.title, said.text)
        case Kind.REMOVAL:
            return Removal(label)
    return None


@at_both(router, "POST", "/proposals/{proposal:int}/answer", dependencies=[OwnForm])
def answer(
    state: Shared,
    here: Place,
    proposal: int,
    act: Annotated[Literal["accept", "decline"], Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
    text: Annotated[str | None, Form(max_length=MOST_CHARACTERS)] = None,
) -> Response:
    """With a reason. Accepting makes a new version of the norms, as it was proposed or as ``text`` words it."""
    role, now, vault = here.office, state.now(), state.store.vault
    with state.store.begin() as c:
        found = proposals.get(c, vault, here.team.project_id, known_size(proposal))
        if found is None:
            raise HTTPException(404)
        if act == "accept":
            team_norms.accept(c, here.team, found, reason=reason, role=role, now=now, text=text)
        else:
            team_norms.decline(c, here.team, found, reason=reason, role=role, now=now)
    state.in_force.look_again()
    return RedirectResponse(f"{here.base}/proposals#proposal-{proposal}", 303)


@at_both(router, "POST", "/proposals/{proposal:int}/take-back", dependencies=[OwnForm])
def take_back(state: Shared, here: Place, proposal: int) -> Response:
    """Only what was signed, by whoever signed it, and only until it is answered."""
    me = here.person
    with state.store.begin() as c:
        gone = proposals.take_back(c, me.person.id, known_size(proposal))
    if not gone:
        raise HTTPException(404)
    return RedirectResponse(f"{here.base}/proposals", 303)
