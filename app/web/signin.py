"""The ways in and out: a one-time link by e-mail, sign out, and no more e-mails."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

import anyio.from_thread
import structlog
from fastapi import APIRouter, BackgroundTasks, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from app.domain import ReceiptStatus
from app.store import access, people
from app.store.joining import join as join_people
from app.store.people import Profile
from app.web import session, words
from app.web.check import address
from app.web.session import Me, OwnForm, Visitor
from app.web.state import Shared, State
from app.web.templating import render, saved

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()

MOST_LINKS_OPEN = 3
JOINABLE = "pairing"
"""The purpose of links that come with a pairing: somebody signed in may join that account to the person they are."""
_OWN_PAGES = re.compile(
    r"/(inbox(/[0-9]{1,18}(/apply)?)?|history|give|norms(/[a-z0-9_]{1,30})?|me(/[a-z]{1,20})?"
    r"|projects(/[0-9]{1,18}(/[a-z]{1,20}(/[a-z0-9_]{1,30})?)?)?)?",
    re.ASCII,
)


def own_page(to: str) -> str:
    """``to`` if it is one of our pages, else the inbox: a link of ours never leads elsewhere."""
    return to if _OWN_PAGES.fullmatch(to) else "/inbox"


@router.get("/sign-in")
def ask(request: Request, state: Shared, visitor: Visitor, to: str = "/inbox") -> Response:
    return _sign_in_page(request, state, visitor, to, asked=False)


@router.post("/sign-in", dependencies=[OwnForm])
def send(
    request: Request,
    state: Shared,
    later: BackgroundTasks,
    visitor: Visitor,
    email: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "/inbox",
) -> Response:
    """The same answer, as quickly, whether the address is known or not: looking it up happens afterwards."""
    with state.limits.admit(f"sign-in:{address(request)}", 0, state.now().timestamp()):
        given = people.normal_email(email)
    if state.post is not None:
        later.add_task(_send, state, given, own_page(to))
    return _sign_in_page(request, state, visitor, to, asked=True)


def _sign_in_page(request: Request, state: State, visitor: Profile | None, to: str, *, asked: bool) -> Response:
    shown: dict[str, object] = {"to": own_page(to), "can_send": state.post is not None, "asked": asked}
    shown["by_gerrit"] = bool(state.gerrit_servers.every())
    shown["github"] = list(state.github_apps.every().values())
    return render(request, "sign_in.html", visitor, shown)


def _send(state: State, email: str, to: str) -> None:
    assert state.post is not None, "asked only where there is a mail server"
    with state.store.begin() as c:
        person = people.find(c, email)
        if person is None or access.links_open(c, person, state.now()) >= MOST_LINKS_OPEN:
            return
        token = access.new_link(c, person, state.now())
    url = f"{state.settings.address}/enter/{token}?to={quote(to)}"
    minutes = int(access.LINK_LIFE.total_seconds() // 60)
    receipt = anyio.from_thread.run(state.post.sign_in, email, url, minutes)
    if receipt.status is not ReceiptStatus.SENT:
        log.warning("sign-in link not sent", status=receipt.status.value, detail=receipt.detail)


@router.get("/enter/{token}")
def door(token: str, request: Request, state: Shared, visitor: Visitor, to: str = "/inbox") -> Response:
    """Only a button: programs that open every link in an e-mail must not spend it."""
    shown = {"token": token, "to": own_page(to), "spent": False}
    if visitor is not None and (names := _two_names(state, token, visitor)) is not None:
        return render(request, "join.html", visitor, {**shown, "own_name": names[0], "other_name": names[1]})
    return render(request, "enter.html", visitor, shown)


def _two_names(state: State, token: str, visitor: Profile) -> tuple[str, str] | None:
    """The visitor and somebody who proved an account a moment ago; ``None`` where the two cannot or need not be joined."""
    with state.store.read() as c:
        other_id = access.link_person(c, token, state.now(), JOINABLE)
        other = people.profile(c, other_id) if other_id not in (None, visitor.person.id) and other_id else None
        if other is None or other.is_admin:
            return None
        return words.called(visitor, people.bindings(c, visitor.person.id)), words.called(
            other, people.bindings(c, other.person.id)
        )


@router.post("/enter/{token}", dependencies=[OwnForm])
def enter(
    token: str, request: Request, state: Shared, visitor: Visitor, to: Annotated[str, Form()] = "/inbox"
) -> Response:
    with state.store.begin() as c:
        person = access.use_link(c, token, state.now()) or access.use_link(c, token, state.now(), JOINABLE)
    if person is None:
        return spent(request, visitor, own_page(to))
    response = RedirectResponse(own_page(to), 303)
    session.end(state, request, response)  # whoever was signed in here before is no longer
    session.begin(state, response, person)
    return response


def spent(request: Request, visitor: Profile | None, to: str) -> Response:
    return render(request, "enter.html", visitor, {"token": "", "to": to, "spent": True}, status=410)


@router.post("/enter/{token}/join", dependencies=[OwnForm])
def join(token: str, request: Request, state: Shared, me: Me) -> Response:
    """Whoever is signed in here and came with the link of another person's pairing may become one person with them."""
    with state.store.begin() as c:
        other = access.use_link(c, token, state.now(), JOINABLE)
        if other is not None and other != me.person.id:
            join_people(c, emptied=other, into=me.person.id)
    return saved("accounts") if other is not None else spent(request, me, "/me")


@router.post("/sign-out", dependencies=[OwnForm])
def sign_out(request: Request, state: Shared) -> Response:
    response = RedirectResponse("/", 303)
    session.end(state, request, response)
    return response


# --- no more e-mails: signed links, so nobody has to sign in to be left alone --------------------------------------------


@router.get("/unsubscribe/{signed}")
def ask_to_stop(signed: str, request: Request, state: Shared, visitor: Visitor) -> Response:
    _signed_person(state, signed)
    return render(request, "unsubscribe.html", visitor, {"signed": signed, "done": False})


@router.post("/unsubscribe/{signed}")
def stop(signed: str, request: Request, state: Shared, visitor: Visitor) -> Response:
    """RFC 8058: mail programs post here for their reader, from anywhere; the signature is what counts."""
    person = _signed_person(state, signed)
    with state.store.begin() as c:
        people.change(c, person, email_on=False)
    return render(request, "unsubscribe.html", visitor, {"signed": signed, "done": True})


def _signed_person(state: State, signed: str) -> int:
    value = state.store.vault.signed("unsubscribe", signed)
    if value is None or not value.isdecimal():
        raise HTTPException(404)
    return int(value)
