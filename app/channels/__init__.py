"""How a suggestion reaches its one reader."""

from __future__ import annotations

from typing import Final, Protocol

from app.domain import Address, Receipt, Suggestion

#: Said where the comment is out already. On a platform where nothing published can be edited, it says something else.
AFTER_PUBLICATION: Final = (
    "Others may have read it. Editing is still fine, and so is a short “sorry, that came out wrong”."
)


class Channel(Protocol):
    name: str
    #: True where sending the same message twice is noticed and harmless, so that an interrupted send may be repeated.
    idempotent: bool

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
        """Send ``suggestion``; ``message_id`` is the same at every attempt and ``url`` opens it in the inbox.

        ``text`` is the comment, to show the marked words where they stand; ``afterwards`` is empty for a draft.
        Raises nothing that is not a programming error: what happened is in the receipt.
        """
