"""Sentences that pages say, and how they tell time. Each describes an effect or a fact; none is about the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Final, Literal

from app.domain import Silence
from app.store.people import Binding, Profile

#: Under the box, when nothing is said. What is missing here reads as ``NOTHING``.
SILENT: Final[Mapping[Silence, str]] = MappingProxyType(
    {
        Silence.BELOW_TOLERANCE: "Nothing here that may land harder than you mean.",
        Silence.UNKNOWN_LANGUAGE: "This may be in a language that is not known here yet, so nothing is said about it.",
        Silence.NORM_OFF: "What this touches is a norm that is switched off, so nothing is said about it.",
    }
)
NOTHING: Final = "Write a comment, and how it may land appears here."
TOO_LONG: Final = (
    "This is longer than the 60,000 characters that are read at once. It was not read; a shorter piece can be."
)
KEPT: Final = "Kept as you wrote it."
EDIT: Final = "It is in the box. Change it as you like; how it may land appears here."
TAKEN: Final = "That wording is in the box."
NOT_JUDGED: Final = "Nothing can be judged at the moment. Your text is still in the box; try again in a while."
STRANGER: Final = "Here, comments are read only for people who signed in. Nothing was read; sign in and try again."

#: Three that touch a norm, the first with a wording, and one that does people good; held to that by a test.
EXAMPLES: Final = (
    "Wow, you've never heard of context managers? The file stays open when `read()` fails, so close it in a `finally` block.",
    "You clearly didn't bother to run the tests before pushing this.",
    "Strictly speaking that's a slice, not an array. Just saying.",
    "Nice catch on the race in `close()`. What made you choose a lock over a queue?",
)

ANSWERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "helpful": "You said that this helped.",
        "wrong": "Noted. That is worth knowing.",
        "not_now": "Put aside. If you like, nothing new comes for a while:",
        "used": "You put this wording into your draft.",
        "edited": "You changed the wording and put it into your draft.",
        "kept": "You kept yours.",
    }
)
UNCERTAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "email": "The mail server did not say whether this note arrived by e-mail, so it was not sent again.",
        "chat": "The chat service did not say whether this note arrived, so it was not sent again.",
    }
)

#: In sight wherever somebody ticks it; the plugin says the same in Gerrit's page.
DRAFTS: Final = (
    "Gerrit has no narrower key: this token can do everything you can do there. "
    "Tactful uses it to read your drafts and, when you press Apply, to change one."
)

#: The same for GitHub.
PENDING: Final = (
    "This takes a token that sees what both you and the App may see there. Tactful uses it to read your pending reviews "
    "and, when you press Apply, to change a comment in one. It ends by itself when it is not used for six months."
)

#: Where a draft is.
THERE: Final[Mapping[str, str]] = MappingProxyType({"gerrit": "in Gerrit", "github": "on GitHub"})

Pause = Literal["hour", "today", "week"]


def pause_until(pause: Pause, now: datetime, zone: tzinfo) -> datetime:
    """The end of a pause: an hour from ``now``, midnight, or Monday at midnight, as the clocks in ``zone`` show it."""
    if pause == "hour":
        return now + timedelta(hours=1)
    today = now.astimezone(zone).date()
    days = 1 if pause == "today" else 7 - today.weekday()
    return datetime.combine(today + timedelta(days=days), time.min, zone)


def called(profile: Profile, bindings: Sequence[Binding]) -> str:
    """By what somebody knows themselves here: their address, or else the account they came with."""
    if profile.email is not None:
        return profile.email
    account = next((binding.account for binding in bindings if binding.confirmed), None)
    return f"{account.login or account.id} on {account.server}" if account else "somebody without an address"


def clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "Today", "Yesterday", or the date in full."""
    date, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if (today - date).days in (0, 1):
        return "Yesterday" if date < today else "Today"
    return f"{date:%A} {date.day} {date:%B} {date.year}"


def date(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B} {local.year}"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A time that may lie ahead: "15:40" today, else with its date."""
    local = at.astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"
