"""An e-mail address for somebody who came without one. It is theirs once the code that was sent there came back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

import anyio.from_thread
import structlog
from fastapi import APIRouter, BackgroundTasks, Form, Response
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.channels.letter import email_address
from app.domain import ReceiptStatus, TactfulError
from app.store import access, people
from app.store.people import Profile
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import saved

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()

PURPOSE: Final = "address"
AGAIN_AFTER: Final = timedelta(minutes=2)  # so that nobody's mailbox is filled


def asked(c: Connection, state: State, me: Profile) -> str | None:
    """The address that a code was sent to, or would have been were it free: the page looks the same."""
    under_way = access.code_under_way(c, me.person.id, PURPOSE, state.now())
    return under_way[1][0] if under_way and under_way[1] else None


@router.post("/me/address", dependencies=[OwnForm])
def ask(state: Shared, me: Me, later: BackgroundTasks, email: Annotated[str, Form(max_length=254)]) -> Response:
    """The same answer, as quickly, whether somebody has the address already or not; nobody is told, and nobody joined."""
    if state.post is None or me.email is not None:
        raise TactfulError("An address cannot be added here at the moment. Nothing was changed.")
    address = email_address(people.normal_email(email))
    with state.limits.admit(f"address:{me.person.id}", 0, state.now().timestamp()), state.store.begin() as c:
        under_way = access.code_under_way(c, me.person.id, PURPOSE, state.now())
        if under_way is not None and under_way[0] + AGAIN_AFTER > state.now():
            raise TactfulError("A code went out a moment ago. Wait two minutes, then ask for another one.")
        code = access.new_code(c, me.person.id, PURPOSE, state.now(), (address,))
    later.add_task(_send, state, address, code)
    return saved("channels")


def _send(state: State, address: str, code: str) -> None:
    assert state.post is not None, "asked only where there is a mail server"
    with state.store.read() as c:
        if people.find(c, address) is not None:
            return
    minutes = int(access.CODE_LIFE.total_seconds() // 60)
    receipt = anyio.from_thread.run(state.post.confirm, address, code, minutes)
    if receipt.status is not ReceiptStatus.SENT:
        log.warning("code for an address not sent", status=receipt.status.value)


@router.post("/me/address/code", dependencies=[OwnForm])
def confirm(state: Shared, me: Me, code: Annotated[str, Form(max_length=20)]) -> Response:
    with state.store.begin() as c:
        found = access.use_code(c, code, PURPOSE, state.now())
        right = found is not None and found[0] == me.person.id and me.email is None and _set(c, me, found[1][0])
    if not right:  # said only now, so that the wrong guess stays counted
        raise TactfulError(
            "That code does not fit or is too old. Nothing was changed; ask for a new one in your settings."
        )
    return saved("channels")


def _set(c: Connection, me: Profile, address: str) -> bool:
    """False where somebody else came to have the address meanwhile."""
    try:
        with c.begin_nested():
            people.change(c, me.person.id, email=address)
    except IntegrityError:
        return False
    return True
