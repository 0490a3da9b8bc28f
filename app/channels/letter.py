"""What an e-mail is made of: one address that is surely one, a subject, and the same words as text and as HTML."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from typing import Final

from app.domain import TactfulError

__all__ = ["AddressError", "email_address", "mailbox", "plain_message"]

_COMPOSED: Final = policy.SMTP.clone(cte_type="7bit", max_line_length=76)

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# The part of RFC 5322 that people have: no quoted strings, comments or address literals.
_ADDRESS: Final = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_NAMED: Final = re.compile(r"(?P<name>[^<>\x00-\x1f\x7f\"]{0,100}?)\s*<(?P<address>[^<>]+)>")


class AddressError(TactfulError):
    """An address cannot be used; the sentence says which form one has and never repeats what was given."""


def email_address(value: str) -> str:
    """``value`` without surrounding space, if it is one plain ASCII address (``anna@example.org``).

    Raises ``AddressError``.
    """
    value = value.strip()
    if not _ADDRESS.fullmatch(value) or len(value) > 254:
        raise AddressError("This is not an e-mail address that can be written to. One looks like anna@example.org.")
    return value


def mailbox(value: str) -> Mailbox:
    """``anna@example.org`` or ``Anna <anna@example.org>``. Raises ``AddressError``."""
    named = _NAMED.fullmatch(value.strip())
    if named is None:
        return Mailbox(addr_spec=email_address(value))
    return Mailbox(display_name=named["name"], addr_spec=email_address(named["address"]))


def plain_message(to: str, subject: str, text: str, html: str) -> EmailMessage:
    """A message to one address with both bodies, safe on any server (7 bit). Raises ``AddressError``."""
    message = EmailMessage(policy=_COMPOSED)
    message["To"] = mailbox(email_address(to))
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message
