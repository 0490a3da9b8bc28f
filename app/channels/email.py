"""Suggestions by e-mail. SMTP is blind: what may have been sent is never sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.channels import AFTER_PUBLICATION
from app.channels.letter import AddressError
from app.channels.mail import Mailer
from app.channels.messages import (
    code_message,
    confirm_message,
    invite_message,
    review_message,
    sign_in_message,
    suggestion_message,
)
from app.domain import Address, Receipt, ReceiptStatus, Suggestion

__all__ = [
    "EmailChannel",
    "code_message",
    "confirm_message",
    "invite_message",
    "review_message",
    "sign_in_message",
]

_WHAT_NOW: Final = {
    ReceiptStatus.SENT: "",
    ReceiptStatus.FAILED: " The note waits in your inbox here.",
    ReceiptStatus.UNKNOWN: " The note may have arrived, so it is not sent again; it is in your inbox here.",
}


class EmailChannel:
    """``unsubscribe_url`` gives, for one address, an https link that stops these e-mails when it is posted to, without
    signing in (RFC 8058), or a mailto link. A plain http link is shown, but not offered for one click.
    """

    name: str = "email"
    idempotent: bool = False

    def __init__(self, mailer: Mailer, unsubscribe_url: Callable[[Address], str]) -> None:
        self._mailer = mailer
        self._unsubscribe_url = unsubscribe_url

    async def deliver(
        self,
        suggestion: Suggestion,
        to: Address,
        message_id: str,
        url: str,
        *,
        text: str | None = None,
        afterwards: str = AFTER_PUBLICATION,
    ) -> Receipt:
        """Send ``suggestion`` as one e-mail under ``message_id`` (with its angle brackets).

        ``text`` is the comment, to show the marked words where they stand. ``afterwards`` is empty for a draft.
        """
        unsubscribe_url = self._unsubscribe_url(to)
        try:
            message = suggestion_message(
                to.value, suggestion, url=url, unsubscribe_url=unsubscribe_url, text=text, afterwards=afterwards
            )
        except AddressError as error:
            return _explained(Receipt(ReceiptStatus.FAILED, str(error)))
        message["Message-ID"] = message_id
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        if unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return _explained(await self._mailer.send(message))


def _explained(receipt: Receipt) -> Receipt:
    return replace(receipt, detail=f"{receipt.detail}{_WHAT_NOW[receipt.status]}")
