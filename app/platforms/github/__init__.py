"""GitHub and GitHub Enterprise Server, as far as their webhooks tell. Their words end in this package."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Comment, Intent
from app.platforms import Delivery, Held, Incoming, Reading
from app.platforms.github.envelope import open_envelope
from app.platforms.github.events import hear
from app.platforms.github.pending import reading

__all__ = ["GitHub"]


class GitHub:
    """``app.platforms.Signing`` for one server.

    ``secrets`` are those of the webhook, any of which may have signed: two while one is being rotated, and without a
    usable one every delivery is refused. ``server`` is the host name that account numbers belong to. ``max_bytes`` is
    GitHub's own cap on a payload (https://docs.github.com/webhooks/webhook-events-and-payloads).
    """

    name = "github"

    def __init__(self, secrets: Sequence[str], server: str = "github.com", max_bytes: int = 25 * 1024 * 1024) -> None:
        # Anybody can sign with an empty key, so an empty secret is no secret.
        self._secrets = tuple(secret.encode(errors="surrogateescape") for secret in secrets if secret.strip())
        self._server = server.lower()
        self._max_bytes = max_bytes

    def accept(self, request: Incoming) -> Delivery:
        """A verified delivery about somebody's words or access; pure.

        Raises ``RefusedDelivery`` for everything else, what is genuine but of no interest included, so that each reason
        in ``refusals.REFUSALS`` can be counted.
        """
        return hear(open_envelope(request, self._secrets, self._max_bytes), self._server)

    async def read(self, delivery: Delivery, held: Sequence[Held] = ()) -> Reading:
        """What the delivery carried: the words came with it, so nothing is asked of the network."""
        if delivery.intent is Intent.DRAFTS:
            return reading(delivery, held)
        if delivery.intent is not Intent.JUDGE or delivery.subject is None or delivery.ref is None:
            return Reading()
        carried = delivery.payload
        comment = Comment(
            ref=delivery.ref,
            author=delivery.subject,
            text=str(carried["text"]),
            project=str(carried["project"]),
            thread=str(carried["thread"]),
            url=str(carried["url"]),
            written_at=delivery.at,
        )
        return Reading((comment,))
