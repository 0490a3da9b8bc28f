"""What each version of Gerrit offers Tactful, in words an administrator reads.

Sources: release notes of 3.9 (endpoint ``comment``, draft events), 3.13 (access tokens with a lifetime) and 3.14
(``before-reply-sent``); the first two were tried on a real 3.13.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Version:
    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """``3.13.5-rc1`` is 3.13; ``None`` for builds that do not say, such as ``(dev)``."""
        found = re.match(r"(\d{1,4})\.(\d{1,4})", text)
        return cls(int(found[1]), int(found[2])) if found else None


COMMENT_ENDPOINT = Version(3, 9)
TOKENS = Version(3, 13)
SEND_GATE = Version(3, 14)


@dataclass(frozen=True, slots=True)
class Ability:
    """``has`` is ``None`` where the server does not say its version."""

    has: bool | None
    says: str


def abilities(version: Version | None) -> list[Ability]:
    """What can be done there, and what to say where it cannot."""

    def since(first: Version, can: str, cannot: str) -> Ability:
        has = None if version is None else version >= first
        return Ability(has, f"{cannot} That begins with Gerrit {first}." if has is False else can)

    return [
        since(
            COMMENT_ENDPOINT,
            "The plugin can speak inside every comment while it is typed.",
            "The plugin cannot be shown inside comments.",
        ),
        since(
            COMMENT_ENDPOINT,
            "Gerrit can tell of drafts when they are saved.",
            "Gerrit does not tell of drafts, so nothing can be said before publication.",
        ),
        since(
            TOKENS,
            "People turn it on with one press, by an access token that lives five minutes.",
            "There are no access tokens yet: people pair by a code from /me, and drafts from other clients cannot be read.",
        ),
        since(
            SEND_GATE,
            "Whoever asks for it can be paused before sending.",
            "Nobody can be paused before sending.",
        ),
    ]
