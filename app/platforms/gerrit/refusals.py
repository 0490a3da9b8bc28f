"""Why an event goes no further: each reason with its HTTP answer and a sentence. 204 is for what is merely of no interest."""

from __future__ import annotations

from typing import Final

from app.domain import RefusedDelivery

REFUSALS: Final[dict[str, tuple[int, str]]] = {
    "malformed": (400, "This is not an event as Gerrit's webhooks plugin sends them: {}."),
    "event_not_handled": (204, "Events of this type are not read."),
    "ref_not_handled": (204, "Only drafts are of interest among references."),
    "no_username": (204, "The author has no username, so nobody can have confirmed the account."),
    "drafts_not_allowed": (204, "Reading drafts is switched off for this server."),
}


def refusal(reason: str, what: str = "") -> RefusedDelivery:
    status, sentence = REFUSALS[reason]
    return RefusedDelivery(status, reason, sentence.format(what))
