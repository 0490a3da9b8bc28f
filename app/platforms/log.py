"""A forge's own log of what it sent here, where it keeps one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import Server


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of the log. ``guid`` is what several attempts of one delivery have in common."""

    id: int
    guid: str
    event: str
    at: datetime
    arrived: bool


class DeliveryLog(Protocol):
    events: frozenset[str]  # that are read at all

    def attempts(self, server: Server, since: datetime) -> AsyncIterator[Attempt]:
        """Since then, in any order. Raises ``NotNow``, and ``TactfulError`` where the service is refused."""

    async def again(self, server: Server, id: int) -> bool:
        """Ask for one again; false where it cannot be had any more."""
