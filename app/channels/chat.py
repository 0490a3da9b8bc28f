"""Suggestions by chat, through Apprise (the extra ``chat``): to one person's direct address, never to a room.

The only file that imports Apprise. It answers with one outcome for everything that can go wrong, before or after a
message has left, so a failure here means "perhaps sent" unless Apprise was never asked.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from app.channels import AFTER_PUBLICATION
from app.channels.direct import direct_address, service_of
from app.channels.letter import AddressError
from app.domain import Address, ConfigurationError, Receipt, ReceiptStatus, Suggestion

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

__all__ = ["ChatChannel", "confirmation_text", "direct_address"]

_LONGEST_WORDING: Final = 1500
"""Characters: with the rest a message stays below Telegram's 4,096, the tightest limit, even escaped."""


class ChatChannel:
    """``url_template`` is the administrator's Apprise URL with ``{to}`` where the person's address goes, once.

    ``timeout_s`` bounds one sending. Raises ``ConfigurationError`` when Apprise is not installed, the service is not
    one of those in ``direct.py``, or the URL could reach anybody but the one address; the sentence repeats no secret.
    """

    name: str = "chat"
    idempotent: bool = False

    def __init__(self, url_template: str, *, timeout_s: float = 30.0) -> None:
        self.service: str = url_template.partition("://")[0].strip().lower()
        self._known = service_of(self.service)
        self._template = url_template.strip()
        self._timeout_s = timeout_s
        self._asset = _asset(timeout_s)
        if self._template.count("{to}") != 1 or self._addressed(self._known.sample) is None:
            raise ConfigurationError(
                "TACTFUL_CHAT_URL must name one person and nobody else, by {to}, and must not retry. "
                + self._known.needs
            )

    @property
    def title(self) -> str:
        """The service's name as people know it."""
        return self._known.title

    @property
    def example(self) -> str:
        """What a person's own address looks like there, to be read after "It is …"."""
        return self._known.example

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
        """Send ``suggestion`` as one message; ``afterwards`` is empty for a draft."""
        return await self.say(to, suggestion_text(suggestion, url, afterwards))

    async def say(self, to: Address, text: str) -> Receipt:
        """Send ``text`` (also a confirmation code) to ``to``, off the event loop.

        SENT: the service took it. FAILED: Apprise was not asked, the address is none. UNKNOWN: everything else.
        """
        try:
            service = self._addressed(direct_address(self.service, to.value))
        except AddressError as error:
            return Receipt(ReceiptStatus.FAILED, str(error))
        if service is None:
            return Receipt(ReceiptStatus.FAILED, f"The address cannot be used on {self._known.title}.")
        if await asyncio.to_thread(self._notify, service, text):
            return Receipt(ReceiptStatus.SENT)
        return Receipt(
            ReceiptStatus.UNKNOWN,
            f"{self._known.title} did not confirm the message. It may have arrived, so it is not sent again.",
        )

    def own(self, value: str) -> str:
        """``value`` if it is a person's own direct address here. Raises ``AddressError`` with a sentence."""
        return direct_address(self.service, value)

    async def confirm(self, to: Address, code: str) -> Receipt:
        """Send ``code``, which its reader enters to show that the address is theirs."""
        return await self.say(to, confirmation_text(code))

    def _addressed(self, address: str) -> NotifyBase | None:
        """The Apprise service that writes to ``address`` and, by Apprise's own account, to nobody else."""
        from apprise import Apprise, NotifyFormat

        target = self._known.target(address)
        url = self._template.replace("{to}", quote(target, safe=""))
        service = Apprise.instantiate(url, asset=self._asset)
        if service is None or service.retry:
            return None
        understood = self._known.understood(target)
        if any(getattr(service, name, None) != value for name, value in understood.items()):
            return None
        # As Markdown or HTML, Apprise would put a backslash before each dot of a link, and fold empty lines.
        service.notify_format = NotifyFormat.TEXT
        return service

    def _notify(self, service: NotifyBase, text: str) -> bool:
        from apprise import Apprise, NotifyFormat

        apprise = Apprise(asset=self._asset)
        apprise.add(service)
        body = self._known.escaped(text.encode(errors="replace").decode())  # half a surrogate pair cannot travel
        return bool(apprise.notify(body=body, body_format=NotifyFormat.TEXT, timeout=self._timeout_s))


def suggestion_text(suggestion: Suggestion, url: str, afterwards: str) -> str:
    """``suggestion`` as plain text; a long wording is left to the inbox at ``url``."""
    parts = [suggestion.says, suggestion.advice]
    if suggestion.wording and len(suggestion.wording) <= _LONGEST_WORDING:
        parts.append(f"One way to say it:\n{suggestion.wording}")
    parts += [afterwards, f"The same in your inbox, where you can answer it: {url}"]
    return "\n\n".join(part for part in parts if part)


def confirmation_text(code: str, minutes: int = 10) -> str:
    """What is sent to an address to learn whether it is the person's own."""
    return (
        f"{code} is the code to enter in Tactful within {minutes} minutes, so that private notes can reach you here. "
        "If you did not ask for it, nothing needs doing."
    )


def _asset(timeout_s: float) -> AppriseAsset:
    """Apprise's settings: nothing on disk, nothing from elsewhere, and nothing in the log."""
    try:
        from apprise import AppriseAsset
    except ImportError:
        raise ConfigurationError(
            "TACTFUL_CHAT_URL needs Apprise, which is not installed. Install it with `pip install 'tactful[chat]'`, "
            "or leave the setting out; e-mail and the inbox work without it."
        ) from None
    # Apprise logs messages and addresses, and urllib3 the paths of requests, in which some services keep their token.
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
    return AppriseAsset(
        app_id="Tactful",
        app_desc="Tactful",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        service_timeout=timeout_s,
        storage_mode="memory",
        allow_templates=False,
        pgp_autogen=False,
        pem_autogen=False,
    )
