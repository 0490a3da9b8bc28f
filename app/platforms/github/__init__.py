"""GitHub and GitHub Enterprise Server, as far as their webhooks tell. Their words end in this package."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain import Comment, Intent
from app.platforms import Delivery, Door, Held, Incoming, Reading
from app.platforms.github.envelope import open_envelope
from app.platforms.github.events import hear
from app.platforms.github.pending import reading

__all__ = ["GitHub"]


class GitHub:
    """``app.platforms.Signing`` for every server whose secret is known.

    ``secrets`` are those of a webhook that was made by hand, any of which may have signed, for ``server``, the host name
    that account numbers belong to. ``registered`` are the doors of the registered Apps, as they are now. Without a usable
    secret every delivery is refused. ``max_bytes`` is GitHub's own cap on a payload
    (https://docs.github.com/webhooks/webhook-events-and-payloads).
    """

    name = "github"

    def __init__(
        self,
        secrets: Sequence[str],
        server: str = "github.com",
        max_bytes: int = 25 * 1024 * 1024,
        *,
        registered: Callable[[], Sequence[Door]] = tuple,
    ) -> None:
        # Anybody can sign with an empty key, so an empty secret is no secret.
        usable = tuple(secret for secret in secrets if secret.strip())
        self._by_hand = (Door(server.lower(), usable),) if usable else ()
        self._registered = registered
        self._max_bytes = max_bytes

    def doors(self) -> Sequence[Door]:
        return (*self._by_hand, *self._registered())

    def accept(self, request: Incoming) -> Delivery:
        """A verified delivery about somebody's words or access; pure.

        Raises ``RefusedDelivery`` for everything else, what is genuine but of no interest included, so that each reason
        in ``refusals.REFUSALS`` can be counted.
        """
        return hear(open_envelope(request, self.doors(), self._max_bytes))

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
