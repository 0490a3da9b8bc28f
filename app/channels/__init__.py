"""How a suggestion reaches its one reader."""

from __future__ import annotations

from typing import Final, Protocol

from app.domain import Address, Receipt, Suggestion

#: Said where the comment is out already.
AFTER_PUBLICATION: Final = (
    "Others may have read it. Editing is still fine, and so is a short “sorry, that came out wrong”."
)
#: The same where nothing published can be edited.
AFTER_PUBLICATION_FOR_GOOD: Final = "Others may have read it. A short reply is still fine."
FOR_GOOD: Final = frozenset({"gerrit"})


def afterwards(platform: str, *, published: bool) -> str:
    """What is still possible for a comment on ``platform``; empty for a draft, where everything is."""
    if not published:
        return ""
    return AFTER_PUBLICATION_FOR_GOOD if platform in FOR_GOOD else AFTER_PUBLICATION


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
