"""What is done by the clock, by one of the replicas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chore:
    """``name`` is also its schedule's. What fails is done next time."""

    name: str
    cron: str
    do: Callable[[], object]

    def attempt(self) -> None:
        """Nothing of a chore is written down, its errors neither: it comes again."""
        try:
            self.do()
        except Exception as error:  # its message could quote somebody
            log.warning("a chore failed; it is done next time", chore=self.name, error=type(error).__name__)
