"""Which SMTP server to use, read from one URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from app.domain import ConfigurationError

__all__ = ["Security", "SmtpTarget"]


class Security(StrEnum):
    """How the connection is protected: not at all, from its second command on, or from its first byte."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_DEFAULT_PORTS: Final = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_SHAPE: Final = (
    "It looks like smtp+starttls://user:password@mail.example.org:587; other signs than letters and digits in the"
    " password are written as %-codes."
)


@dataclass(frozen=True, slots=True)
class SmtpTarget:
    """An SMTP server. ``user`` and ``password`` are both there or both absent; ``sender`` is what the URL proposes."""

    host: str
    port: int
    security: Security
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    sender: str | None = None

    @classmethod
    def parse(cls, url: str) -> SmtpTarget:
        """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://`` ``[user:password@]host[:port][/][?sender=address]``.

        User, password and sender are percent-decoded; ports default to 25, 587 and 465. Raises ``ConfigurationError``
        with a sentence that repeats nothing of the URL, since any part of it may be the password.
        """
        if re.search(r"[\x00-\x20\x7f]", url):
            raise _refused("it contains a space or a control character")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _refused("its host or port cannot be read") from None
        try:
            security = Security(parts.scheme)
        except ValueError:
            raise _refused("it does not begin with smtp://, smtp+starttls:// or smtps://") from None
        host = parts.hostname or ""
        if not (_is_address(host) or (_HOST.fullmatch(host) and len(host) <= 253)):
            raise _refused("its host cannot be read")
        if parts.path not in ("", "/") or parts.fragment or port == 0:
            raise _refused("there is more behind its host than a port")
        user, password = _credentials(parts)
        if password is not None and security is Security.PLAIN and not _is_loopback(host):
            raise ConfigurationError(
                "TACTFUL_SMTP_URL would send the password unprotected over the network. "
                "Begin it with smtp+starttls:// or smtps://; smtp:// with a password is for this machine only."
            )
        return cls(host, port or _DEFAULT_PORTS[security], security, user, password, _proposed_sender(parts.query))


def _refused(reason: str) -> ConfigurationError:
    return ConfigurationError(f"TACTFUL_SMTP_URL cannot be used: {reason}. {_SHAPE}")


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if "@" not in parts.netloc:
        return None, None
    try:
        user = unquote(parts.username or "", errors="strict")
        password = unquote(parts.password or "", errors="strict")
    except UnicodeDecodeError:
        raise _refused("a %-code in it is not UTF-8") from None
    if not user or not password:
        raise _refused("it needs both a user and a password before the @, or neither")
    if "\0" in user + password:
        raise _refused("it contains a control character")
    return user, password


def _proposed_sender(query: str) -> str | None:
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=1) if query else []
    except ValueError:
        given = [("", "")]
    if any(name != "sender" or not value for name, value in given):
        raise _refused("behind the question mark only sender=… is known")
    return given[0][1] if given else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ip_address(host).is_loopback if _is_address(host) else host == "localhost"
