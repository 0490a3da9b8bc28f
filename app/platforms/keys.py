"""What a person's own key is for on a platform: to prove an account, and, where they want it, to reach their drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import Account, Key, Server, TactfulError


class KeyRefused(TactfulError):
    """A key is not taken, and nothing was kept of it; the sentence says why."""


class KeyUnknown(KeyRefused):
    """The server does not know the key: it ended, was deleted, or never was one."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key it is, as the server says; ``name`` is a label to show. Nothing of it is trusted further."""

    account: Account
    name: str


class Keyring(Protocol):
    """People's own tokens, where they handed one over."""

    async def find(self, account: Account) -> Key | None:
        """A key that is good now. Raises ``NotNow`` where one is kept, and cannot be made good at the moment."""

    async def refused(self, account: Account, key: Key) -> None:
        """The server does not know ``key``: forget it, and let its owner know."""


class Ending(Protocol):
    async def end(self, server: Server, key: Key) -> bool:
        """Delete ``key`` there; false where that was not possible. Only what ends by itself anyway is ever deleted."""


class Keys(Ending, Protocol):
    """Every call goes to the server's own address as an administrator connected it. All raise ``NotNow`` when it is away."""

    async def prove(self, server: Server, key: Key) -> Holder:
        """Whose key it is. Raises ``KeyRefused`` for what is unknown, and for accounts that no person writes with."""

    async def refuse_powerful(self, server: Server, key: Key) -> None:
        """Raises ``KeyRefused`` where the key could do more than one person's work: it would administer the server."""

    async def exchange(self, server: Server, key: Key, now: datetime) -> Key:
        """Another key of the same account, made with ``key``, that ends by itself; ``key`` stays as it is.

        Raises ``KeyRefused``.
        """


class Grants(Ending, Protocol):
    """A forge to which somebody is sent, and comes back from with a code (OAuth 2.0, RFC 6749, with PKCE, RFC 7636)."""

    def address(self, server: Server, state: str, challenge: str, back_to: str) -> str:
        """Where to send them. ``challenge`` is base64url of the SHA-256 of a verifier, ``back_to`` where they come back."""

    async def redeem(self, server: Server, code: str, verifier: str, back_to: str, now: datetime) -> Key:
        """The key that ``code`` stands for, once. Raises ``KeyRefused``."""

    async def prove(self, server: Server, key: Key) -> Holder:
        """Whose key it is. Raises ``KeyRefused`` for what is unknown, and for accounts that no person writes with."""

    async def belongs(self, server: Server, key: Key) -> bool:
        """Whether its owner works anywhere that the service was installed."""

    async def refresh(self, server: Server, key: Key, now: datetime) -> Key:
        """The key after ``key``, which with its refresh token is spent from then on. Raises ``KeyUnknown``."""
