"""Why a delivery is not taken: one table, so that every reason is counted and has its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import RefusedDelivery

#: reason: (HTTP status, what is said). A 204 has no body; its sentence is for whoever reads the counters.
REFUSALS: Mapping[str, tuple[int, str]] = {
    "closed": (404, "No webhook secret is configured, so this door is closed and nothing was kept."),
    "too_large": (413, "This delivery is larger than this door takes. Nothing was kept; GitHub itself stops at 25 MB."),
    "wrong_type": (
        415,
        "Deliveries are read as application/json or as a form with a payload field. Nothing was kept; "
        "the content type is chosen in the webhook's settings on GitHub.",
    ),
    "bad_signature": (
        401,
        "The SHA-256 signature is missing or does not fit the secret here. Nothing was kept; "
        "set the same secret on both sides and ask GitHub to redeliver.",
    ),
    "malformed": (
        400,
        "This delivery is not shaped as GitHub describes it: look at {where}. Nothing was kept; "
        "the webhook's list of recent deliveries on GitHub shows what was sent.",
    ),
    "ping": (200, "The signature fits and the door is open. Only people who opted in are read."),
    "event_not_handled": (204, "Events of this kind are not read. The webhook's settings can leave them out."),
    "action_not_handled": (204, "This changes nobody's words, so there is nothing to do."),
    "bot_author": (204, "A bot wrote this, and bots are not read."),
    "deleted_user": (204, "The account that wrote this is gone, so there is nobody to tell."),
    "no_text": (204, "There are no words in this."),
    "no_change": (204, "The words are the same as before."),
}


def refusal(reason: str, where: str = "") -> RefusedDelivery:
    """The refusal for ``reason``. ``where`` is a place in the delivery, never a value from it."""
    status, sentence = REFUSALS[reason]
    return RefusedDelivery(status, reason, sentence.format(where=where))
