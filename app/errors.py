"""What may go wrong: the errors that people may meet, each a sentence or two."""

from __future__ import annotations


class TactfulError(Exception):
    """Something a person should read: one or two sentences saying what happened, what was kept and what to do."""


class ConfigurationError(TactfulError):
    """A setting or a file is not as it must be."""


class NotNow(TactfulError):
    """Something we depend on is away; the same call may succeed later."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Away(NotNow):
    """It is the forge that is away, perhaps for hours: whoever waits for it should not hold anybody up."""


class RefusedDelivery(TactfulError):
    """A delivery is not taken. ``status`` is the HTTP answer, ``reason`` a short name for the counter."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
