"""What every door does with a delivery, whichever way it came: look consent up, then store it. Nothing else is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from sqlalchemy import Connection

from app.domain import Account, Intent
from app.platforms import Delivery
from app.store import Store, access, comments, people


class Outcome(StrEnum):
    ACCEPTED = "accepted"  # stored, and will be walked
    SEEN_BEFORE = "seen_before"
    NOT_OPTED_IN = "not_opted_in"  # nobody's whom we know, or somebody's who did not ask: nothing was written


def take(store: Store, accept: Callable[[Delivery], bool], delivery: Delivery) -> Outcome:
    """Store ``delivery`` by ``accept`` (the engine's) if it is about somebody who asked for it."""
    found = wanted(store, delivery)
    if found is None:
        return Outcome.NOT_OPTED_IN
    return Outcome.ACCEPTED if accept(found) else Outcome.SEEN_BEFORE


def wanted(store: Store, delivery: Delivery) -> Delivery | None:
    """The delivery with its subject's number, or ``None`` where nobody asked for it."""
    if delivery.intent is Intent.INSTALLATION:
        return delivery
    assert delivery.subject is not None, "only installations are about nobody"
    with store.read() as c:
        subject = delivery.subject if delivery.subject.id else _called(c, delivery.subject)
        if subject is None or not _asked(c, replace(delivery, subject=subject)):
            return None
    return replace(delivery, subject=subject)


def _called(c: Connection, named: Account) -> Account | None:
    """Who was last seen under this login. Whether it is still theirs shows when the comment is read back."""
    found = people.called(c, named.platform, named.server, named.login)
    return found[0] if len(found) == 1 else None  # a login that two have had names neither


def _asked(c: Connection, delivery: Delivery) -> bool:
    assert delivery.subject is not None, "only installations are about nobody"
    opted_in = people.consent(c, delivery.subject)
    if opted_in is None:
        return False
    if delivery.intent is Intent.DRAFTS:  # a consent of its own
        return opted_in and access.holds_platform_token(c, delivery.subject)
    return opted_in or _holds(c, delivery)


def _holds(c: Connection, delivery: Delivery) -> bool:
    """After somebody opted out: what is deleted there, or revoked, must still go here, if it is here."""
    assert delivery.subject is not None, "only installations are about nobody"
    if delivery.intent is Intent.FORGET_TOKEN:
        return access.holds_platform_token(c, delivery.subject)
    if delivery.intent not in (Intent.DELETE, Intent.WITHDRAW) or delivery.ref is None:
        return False
    return comments.find(c, delivery.ref) is not None
