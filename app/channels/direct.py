"""What a person's own direct address looks like on each chat service, and how Apprise must have understood it.

Apprise is made for rooms, and several of its services quietly fall back to one: to a webhook's own channel, to every
room the bot has joined. So an address is checked twice: its form here, and, before anything is sent, what Apprise made
of the whole URL. Services where a private word could end in a room are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Final

from app.channels.letter import AddressError
from app.domain import ConfigurationError

__all__ = ["Service", "direct_address", "service_of"]

_EVERYBODY: Final = frozenset({"@all", "@channel", "@everyone", "@group", "@here", "@room"})
_WORDS = r"[A-Za-z0-9_-]{1,32}(?:\.[A-Za-z0-9_-]{1,32}){0,4}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"  # with a port Apprise takes it for a room


@dataclass(frozen=True, slots=True)
class Service:
    """A chat service: ``form`` is what a direct address matches, ``example`` shows one.

    ``target`` turns an address into Apprise's notation; ``understood`` gives, for a target, the attributes that the
    Apprise service must then have: this one person and nobody else, in a mode where that is obeyed. ``needs`` says what
    the administrator's URL looks like, ``escaped`` makes plain text of what the service would read as markup.
    """

    title: str
    form: re.Pattern[str]
    example: str
    sample: str
    understood: Callable[[str], Mapping[str, object]]
    target: Callable[[str], str] = str
    needs: str = ""
    escaped: Callable[[str], str] = str


_SLACK = Service(
    title="Slack",
    form=re.compile(r"@[a-z0-9][a-z0-9_-]{0,20}|[UW][A-Z0-9]{6,20}"),
    example="your member id (U012ABCDEF, in your profile under “Copy member ID”) or @name",
    sample="U012ABCDEF",
    target=lambda address: address if address.startswith("@") else f"+{address}",
    understood=lambda target: {"mode": "bot", "channels": [target]},
    needs="A bot's token is needed (slack://xoxb-…/{to}), since a webhook posts into its own channel.",
)
_MATRIX = Service(
    title="Matrix",
    form=re.compile(rf"@[a-z0-9._=+-]{{1,128}}:{_HOST}", re.ASCII),
    example="@anna:example.org",
    sample="@anna:example.org",
    understood=lambda target: {"mode": "off", "users": [target], "rooms": []},
    needs="It looks like matrixs://bot:password@matrix.example.org/{to}, without a webhook mode.",
)
_ZULIP = Service(
    title="Zulip",
    # Narrower than an e-mail address: of "o'hara@…" Apprise would write to hara@…, and of "a+b+c@…" to a channel.
    form=re.compile(rf"{_WORDS}(?:\+{_WORDS})?@(?:{_LABEL}\.){{1,8}}[A-Za-z][A-Za-z0-9]{{1,30}}"),
    example="the e-mail address you use there",
    sample="anna@example.org",
    understood=lambda target: {"targets": [target]},
    needs="It looks like zulip://bot@organisation/token/{to}.",
)
_TELEGRAM = Service(
    title="Telegram",
    form=re.compile(r"[1-9][0-9]{4,15}"),
    example="your numeric id (123456789; groups have negative ones)",
    sample="123456789",
    understood=lambda target: {"targets": [(int(target), None)]},
    needs="It looks like tgram://token/{to}.",
    escaped=partial(escape, quote=False),  # Apprise sends plain text there as HTML, untouched
)
_ROCKET_CHAT = Service(
    title="Rocket.Chat",
    form=re.compile(r"@[A-Za-z0-9._-]{1,64}"),
    example="@name",
    sample="@anna",
    understood=lambda target: {"mode": "token", "users": [target.removeprefix("@")], "channels": [], "rooms": []},
    needs="It looks like rockets://id:token@host/{to}?mode=token, since a webhook can post into a room.",
)

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        "slack": _SLACK,
        "matrix": _MATRIX,
        "matrixs": _MATRIX,
        "zulip": _ZULIP,
        "tgram": _TELEGRAM,
        "rocket": _ROCKET_CHAT,
        "rockets": _ROCKET_CHAT,
    }
)


def service_of(name: str) -> Service:
    """The service that Apprise's URL scheme ``name`` stands for. Raises ``ConfigurationError`` for all others."""
    if name in ("mmost", "mmosts"):
        raise ConfigurationError(
            "TACTFUL_CHAT_URL names Mattermost, which Apprise can reach only through a channel, and notes are private. "
            "Choose another service or leave it out; e-mail and the inbox work without it."
        )
    if name not in SERVICES:
        raise ConfigurationError(
            "TACTFUL_CHAT_URL must begin with one of slack://, matrixs://, zulip://, tgram:// and rockets://. "
            "For other services nobody has checked that a note reaches one person alone."
        )
    return SERVICES[name]


def direct_address(service: str, value: str) -> str:
    """``value`` without surrounding space, if it is a person's own direct address on ``service`` and never a room.

    ``service`` is Apprise's URL scheme, e.g. ``matrixs``. Raises ``AddressError`` with a sentence that shows the
    form, and ``ConfigurationError`` for an unknown service.
    """
    known = service_of(service)
    value = value.strip()
    if not known.form.fullmatch(value) or value.lower() in _EVERYBODY:
        raise AddressError(f"This is not a person's own address on {known.title}. It is {known.example}.")
    return value
