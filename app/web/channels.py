"""Which ways a note may take beyond the inbox: e-mail, and a chat address that is surely the person's own."""

from __future__ import annotations

from typing import Annotated, Protocol, cast

import anyio.from_thread
from fastapi import APIRouter, Form, Response

from app.domain import Address, NotNow, Receipt, ReceiptStatus, TactfulError
from app.store import access, people
from app.web.session import Me, OwnForm
from app.web.state import Shared, State
from app.web.templating import saved

router = APIRouter(include_in_schema=False)


class DirectChannel(Protocol):
    """What a chat channel offers besides delivering: its name, the form of an address, and a code sent to one."""

    @property
    def title(self) -> str: ...
    @property
    def example(self) -> str: ...
    def own(self, value: str) -> str: ...
    async def confirm(self, to: Address, code: str) -> Receipt: ...


def direct(state: State) -> DirectChannel | None:
    """The team's chat, where one is configured; wiring knows that it is a direct channel."""
    return cast("DirectChannel | None", state.channels.get("chat"))


@router.post("/me/email", dependencies=[OwnForm])
def email(state: Shared, me: Me, on: Annotated[bool, Form()]) -> Response:
    with state.store.begin() as c:
        people.change(c, me.person.id, email_on=on)
    return saved("channels")


@router.post("/me/chat", dependencies=[OwnForm])
def chat(state: Shared, me: Me, address: Annotated[str, Form(max_length=254)]) -> Response:
    """Keep the address, unused, and send it the code that shows whose it is."""
    channel = direct(state)
    if channel is None:
        raise TactfulError("No chat is set up here, so nothing was changed. E-mail and the inbox work without it.")
    own = channel.own(address)
    with state.limits.admit(f"chat:{me.person.id}", 0, state.now().timestamp()), state.store.begin() as c:
        people.change(c, me.person.id, chat_sealed=state.store.vault.seal(own), chat_confirmed_at=None)
        code = access.new_code(c, me.person.id, "chat", state.now())
    receipt = anyio.from_thread.run(channel.confirm, Address(me.person.id, own), code)
    if receipt.status is ReceiptStatus.FAILED:
        raise NotNow(f"The code could not be sent to {channel.title}. The address is kept, unused; try again later.")
    return saved("channels")


@router.post("/me/chat/code", dependencies=[OwnForm])
def confirm(state: Shared, me: Me, code: Annotated[str, Form(max_length=20)]) -> Response:
    with state.store.begin() as c:
        found = access.use_code(c, code, "chat", state.now())
        right = found is not None and found[0] == me.person.id and me.chat_sealed is not None
        if right:
            people.change(c, me.person.id, chat_confirmed_at=state.now())
    if not right:  # said only now, so that the wrong guess stays counted
        raise TactfulError(
            "That code does not fit or is too old. Nothing was changed; send the address a new one from your settings."
        )
    return saved("channels")


@router.post("/me/chat/remove", dependencies=[OwnForm])
def remove(state: Shared, me: Me) -> Response:
    with state.store.begin() as c:
        people.change(c, me.person.id, chat_sealed=None, chat_confirmed_at=None)
        access.end_codes(c, me.person.id, "chat")
    return saved("channels")
