"""What e-mails say: the words are in the templates beside this file, in plain text and in HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.channels.excerpt import Piece, excerpt
from app.channels.letter import plain_message
from app.domain import Suggestion

__all__ = [
    "code_message",
    "confirm_message",
    "invite_message",
    "review_message",
    "sign_in_message",
    "suggestion_message",
]

_TEMPLATES: Final = Environment(
    loader=PackageLoader("app.channels", "messages"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["lines"] = re.compile(r"\r\n|\r|\n").split


@dataclass(frozen=True, slots=True)
class _Link:
    """What stands around a one-time link: why it came, what opening it leads to, what happens without it."""

    subject: str
    why: str
    action: str
    otherwise: str


_SIGN_IN: Final = _Link(
    subject="Your sign-in link",
    why="Somebody, probably you, asked to sign in to Tactful with this address.",
    action="Open this link and confirm there",
    otherwise="If it was not you, nothing needs doing: only this link signs in.",
)
_CONFIRM: Final = _Link(
    subject="Is this your address?",
    why="Somebody, probably you, asked Tactful to use this address.",
    action="Open this link and confirm there that it is yours",
    otherwise="If it was not you, nothing needs doing: an address that nobody confirms is not used.",
)
_INVITE: Final = _Link(
    subject="An invitation to Tactful",
    why=(
        "You are invited to Tactful. It reads your review comments, if you ask it to, and tells you alone when"
        " one may land harder than you mean. Until you turn it on, it reads nothing of yours."
    ),
    action="Open this link to look around",
    otherwise="If you would rather not, nothing needs doing.",
)


def suggestion_message(
    to: str, suggestion: Suggestion, *, url: str, unsubscribe_url: str, text: str | None, afterwards: str
) -> EmailMessage:
    """``suggestion`` for its writer alone; everything in it is only ever text. Raises ``AddressError``.

    With the comment's ``text`` the marked words are shown where they stand. ``afterwards`` says what is still possible
    where others may have read the comment; empty for a draft. ``url`` opens the suggestion in the inbox.
    """
    pieces: Sequence[Piece] = excerpt(_printable(text), suggestion.spans) if text else ()
    return _message(
        to,
        "A thought on your comment",  # read over shoulders: quotes nothing and shames nobody
        "suggestion",
        pieces=pieces,
        says=_printable(suggestion.says),
        source=suggestion.source if suggestion.source.startswith(("https://", "http://")) else "",
        advice=_printable(suggestion.advice),
        wording=_printable(suggestion.wording or "").strip(),
        afterwards=afterwards,
        url=url,
        unsubscribe_url=unsubscribe_url,
    )


def sign_in_message(to: str, url: str, minutes: int) -> EmailMessage:
    """The one-time link that signs ``to`` in; it works for ``minutes``. Raises ``AddressError``."""
    return _link_message(to, url, minutes, _SIGN_IN)


def confirm_message(to: str, url: str, minutes: int) -> EmailMessage:
    """The one-time link that confirms ``to`` as somebody's address. Raises ``AddressError``."""
    return _link_message(to, url, minutes, _CONFIRM)


def invite_message(to: str, url: str, minutes: int) -> EmailMessage:
    """The one-time link that an administrator sends to somebody new. Raises ``AddressError``."""
    return _link_message(to, url, minutes, _INVITE)


def code_message(to: str, code: str, minutes: int) -> EmailMessage:
    """The code that confirms ``to`` as the address of whoever enters it, signed in. Raises ``AddressError``."""
    return _message(to, _CONFIRM.subject, "code", link=_CONFIRM, code=code, minutes=minutes)


def review_message(to: str, about: str, url: str) -> EmailMessage:
    """For whoever looks after the norms of ``about``: their day of review has come. Raises ``AddressError``."""
    return _message(to, "The norms are due for a review", "review", about=_printable(about), url=url)


def _link_message(to: str, url: str, minutes: int, link: _Link) -> EmailMessage:
    return _message(to, link.subject, "link", link=link, url=url, minutes=minutes)


def _message(to: str, subject: str, template: str, **values: object) -> EmailMessage:
    text, html = (_TEMPLATES.get_template(f"{template}.{kind}").render(values) for kind in ("txt", "html"))
    return plain_message(to, subject, text, html)


def _printable(text: str) -> str:
    """``text`` with each character that cannot travel in an e-mail replaced; its length stays, for the spans' sake."""
    return "".join("\ufffd" if _unprintable(char) else char for char in text)


def _unprintable(char: str) -> bool:
    return (char < " " and char not in "\n\t\r") or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"
