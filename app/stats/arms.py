"""The hold-out arm: which changes nothing is said about, to compare. The same for every key press, client and replica."""

from __future__ import annotations

from typing import Final

from app.bands import Band
from app.stats.shares import Order

SPOKEN: Final = "spoken"
HELD: Final = "held"
_WIDTH: Final = 16  # hexadecimal digits
ORDER: Final[tuple[Band, ...]] = ("below", "low", "mid", "high")


def change_key(platform: str, server: str, change: str) -> str:
    """One change, as a walk and a client name it alike: hosts and repositories know no capitals but Gerrit's paths do."""
    name = change if platform == "gerrit" else change.casefold()
    return f"{platform}:{server.lower()}:{name}"


def held_out(keyed: Order, person: int, change: str, share: float) -> bool:
    """Drawn by a keyed digest of (person, change): nobody can steer it, and a larger share keeps those already drawn."""
    if share <= 0 or not change:
        return False
    drawn = int(keyed(f"hold-out:{person}:{change}")[:_WIDTH], 16) / 16**_WIDTH
    return drawn < share


def softer(first: Band, published: Band) -> bool:
    """Whether it was heard less when it was published than when it was first written."""
    return ORDER.index(published) < ORDER.index(first)
