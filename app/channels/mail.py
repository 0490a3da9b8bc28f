"""One e-mail, handed to one SMTP server, and an honest account of whether it went.

Everything up to the end of the message can fail harmlessly: the server has taken nothing. Between the end of the
message and the server's answer nobody can know. So the commands are driven one by one here, not by ``sendmail``.
"""

from __future__ import annotations

import contextlib
import copy
import re
import secrets
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from aiosmtplib import SMTP, SMTPException
from aiosmtplib.errors import SMTPAuthenticationError, SMTPRecipientRefused, SMTPResponseException

from app.channels.letter import AddressError, email_address, mailbox, plain_message
from app.channels.smtp_target import Security, SmtpTarget
from app.domain import ConfigurationError, Receipt, ReceiptStatus

__all__ = ["AddressError", "Mailer", "SmtpTarget", "email_address", "plain_message"]

# Long header values without a space (List-Unsubscribe) would come out as encoded words, which nobody decodes there.
_SENT: Final = policy.SMTP.clone(cte_type="7bit", max_line_length=900)

_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random() -> str:
    return secrets.token_hex(16)


class Mailer:
    """Sends messages to one SMTP server, each over a connection of its own.

    ``sender`` is ``anna@example.org`` or ``Tactful <anna@example.org>``. ``timeout_s`` bounds each step,
    ``answer_timeout_s`` the wait for the answer to a complete message: long, since giving up there leaves an unknown,
    but below the ten minutes of RFC 5321 (4.5.3.2.6), since a worker waits along. ``tls`` replaces the system's
    certificate authorities. Raises ``ConfigurationError`` when ``sender`` is not an address.
    """

    def __init__(
        self,
        target: SmtpTarget,
        sender: str,
        *,
        timeout_s: float = 30.0,
        answer_timeout_s: float = 120.0,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = _utc_now,
        unique: Callable[[], str] = _random,
    ) -> None:
        self._target = target
        try:
            self._sender = mailbox(sender)
        except AddressError:
            raise ConfigurationError(
                "The sender of e-mails must look like tactful@example.org or Tactful <tactful@example.org>."
            ) from None
        self._timeout_s = timeout_s
        self._answer_timeout_s = answer_timeout_s
        self._tls = tls
        self._now = now
        self._unique = unique

    async def send(self, message: EmailMessage) -> Receipt:
        """Send ``message`` to the one address in its ``To``; From, Date and, where absent, Message-ID are added.

        SENT: the server answered 2xx. FAILED: it surely has not taken the message. UNKNOWN: it may have.
        The receipt's detail is a sentence without addresses. Raises ``ValueError`` unless there is just one recipient.
        """
        recipient = _recipient(message)
        data = self._finished(message).as_bytes(policy=_SENT)
        target = self._target
        smtp = SMTP(
            hostname=target.host,
            port=target.port,
            username=target.user,
            password=target.password,
            local_hostname=self._sender.domain,
            timeout=self._timeout_s,
            use_tls=target.security is Security.TLS,
            start_tls=target.security is Security.STARTTLS,
            tls_context=self._tls,
        )
        try:
            try:
                await smtp.connect()
                await smtp.mail(self._sender.addr_spec)
                await smtp.rcpt(recipient)
                go_ahead = await smtp.execute_command(b"DATA")
                if go_ahead.code != 354:
                    raise SMTPResponseException(go_ahead.code, go_ahead.message)
            except (SMTPException, OSError) as error:
                return Receipt(ReceiptStatus.FAILED, _why(error))
            return await self._hand_over(smtp, data)
        finally:
            smtp.close()

    async def _hand_over(self, smtp: SMTP, data: bytes) -> Receipt:
        protocol = smtp.protocol
        if protocol is None:
            return Receipt(ReceiptStatus.FAILED, "The mail server closed the connection before the message.")
        try:
            protocol.write(_dotted(data))
        except SMTPException as error:  # raised before a byte is written
            return Receipt(ReceiptStatus.FAILED, _why(error))
        try:
            code, text = await protocol.read_response(timeout=self._answer_timeout_s)
        except (SMTPException, OSError):
            return Receipt(ReceiptStatus.UNKNOWN, "The mail server was given the message and did not answer.")
        with contextlib.suppress(SMTPException):
            protocol.write(b"QUIT\r\n")  # its answer is not awaited: being stopped there would lose what is known here
        if 200 <= code < 300:
            return Receipt(ReceiptStatus.SENT)
        if 400 <= code < 600:
            return Receipt(ReceiptStatus.FAILED, f"The mail server did not take the message ({_answer(code, text)}).")
        return Receipt(ReceiptStatus.UNKNOWN, "The mail server was given the message and its answer made no sense.")

    def _finished(self, message: EmailMessage) -> EmailMessage:
        message = copy.deepcopy(message)
        del message["From"], message["Date"]
        message["From"] = self._sender
        message["Date"] = format_datetime(self._now())
        if "Message-ID" not in message:
            message["Message-ID"] = f"<{self._unique()}@{self._sender.domain}>"
        return message


def _recipient(message: EmailMessage) -> str:
    to = message["To"]
    if not isinstance(to, AddressHeader) or len(to.addresses) != 1 or message["Cc"] or message["Bcc"]:
        raise ValueError("a private message has exactly one recipient, in To")
    return email_address(to.addresses[0].addr_spec)


def _dotted(data: bytes) -> bytes:
    """``data`` (CRLF lines) as RFC 5321, 4.5.2 wants it, with the line that ends it."""
    data = data if data.endswith(b"\r\n") else data + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", data) + b".\r\n"


def _answer(code: int, text: str) -> str:
    """The code and, where given, the enhanced status; the rest of an answer may repeat addresses."""
    status = _STATUS.match(text)
    return f"{code} {status[0]}" if status else str(code)


def _why(error: Exception) -> str:
    match error:
        case SMTPAuthenticationError():
            return f"The mail server did not accept the user name and password ({_answer(error.code, error.message)})."
        case SMTPRecipientRefused():
            return f"The mail server did not take the recipient's address ({_answer(error.code, error.message)})."
        case SMTPResponseException():
            return f"The mail server did not take the message ({_answer(error.code, error.message)})."
        case ssl.SSLCertVerificationError():
            return "The mail server's certificate could not be verified."
        case _ if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            return "The mail server's certificate could not be verified."
        case TimeoutError():
            return "The mail server took too long to answer."
        case OSError():
            return "Could not reach the mail server."
        case _:
            return "The mail server does not offer what its URL in the settings asks for: STARTTLS, or to sign in."
