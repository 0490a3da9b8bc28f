"""What all requests to GitHub share: connections, what is known of each token's limits, and answers that may not have changed.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api. In memory, per process: forgetting it costs a
request, and whoever plans ahead looks at ``budget``. Tokens are held by their hash.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from app.crypto import hash_token
from app.domain import NotNow
from app.http import AsyncClient, trusted

TIMEOUT_S: Final = 10.0
MOST_TOKENS: Final = 20_000
MOST_ANSWERS: Final = 500
SECONDARY_S: Final = 60.0
"""How long to wait after a secondary limit that names no time."""
EVERYTHING: Final = "*"

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of one resource (``core``, ``graphql``) a token has left until it is filled up again; in points."""

    limit: int
    remaining: int
    used: int
    resets_at: datetime


class Transport:
    """One for a process and its event loop; ``close`` it at the end."""

    def __init__(self, now: Callable[[], datetime], *, timeout_s: float = TIMEOUT_S) -> None:
        self._now = now
        self._timeout_s = timeout_s
        self._http: AsyncClient | None = None
        self._pauses: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._budgets: OrderedDict[tuple[str, str], Budget] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], tuple[str, Any]] = OrderedDict()

    @property
    def http(self) -> AsyncClient:
        if self._http is None:
            self._http = AsyncClient(timeout=self._timeout_s, follow_redirects=False, verify=trusted())
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    # --- limits -------------------------------------------------------------------------------------------------------

    def budget(self, token: str, resource: str = "core") -> Budget | None:
        """As GitHub last told; ``None`` where it has not, or where it is filled up again since."""
        found = self._budgets.get((hash_token(token), resource))
        return found if found is not None and found.resets_at > self._now() else None

    def admit(self, token: str, resource: str) -> None:
        """Raises ``NotNow`` while GitHub asked not to be asked."""
        now = self._now()
        for name in (EVERYTHING, resource):
            until = self._pauses.get((hash_token(token), name))
            if until is not None and until > now:
                raise NotNow("GitHub asked for a pause. Try again in a while.", (until - now).total_seconds())

    def pause(self, token: str, resource: str, seconds: float) -> None:
        _put(self._pauses, (hash_token(token), resource), self._now() + timedelta(seconds=seconds), MOST_TOKENS)

    def noted(self, token: str, resource: str, headers: Mapping[str, str]) -> Budget | None:
        """What an answer's headers say is left."""
        try:
            limit, remaining, used, resets = (
                int(headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "used", "reset")
            )
            found = Budget(limit, remaining, used, datetime.fromtimestamp(resets, UTC))
        except (KeyError, ValueError, OverflowError, OSError):
            return None
        _put(self._budgets, (hash_token(token), headers.get("x-ratelimit-resource", resource)), found, MOST_TOKENS)
        return found

    def until(self, moment: datetime) -> float:
        """Seconds from now, at least one."""
        return max(1.0, (moment - self._now()).total_seconds())

    # --- answers that may not have changed ----------------------------------------------------------------------------

    def known(self, token: str, url: str) -> tuple[str, Any] | None:
        """(ETag, body) of an earlier answer to the same token."""
        return self._answers.get((hash_token(token), url))

    def keep(self, token: str, url: str, etag: str, body: Any) -> None:
        _put(self._answers, (hash_token(token), url), (etag, body), MOST_ANSWERS)


def _put(entries: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    entries[key] = value
    entries.move_to_end(key)
    if len(entries) > most:
        entries.popitem(last=False)
