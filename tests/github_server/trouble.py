"""What may go wrong on the way to GitHub: limits, errors, slowness. Each lasts as often as it was asked for."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.github_server.world import Clock

LIMITS = {"core": 5000, "graphql": 5000}


@dataclass
class Fault:
    times: int
    path: str  # within the path of a request; empty: any
    status: int = 0
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    message: str = ""


class Trouble:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []
        self._used: Counter[tuple[str, str]] = Counter()
        self._resets_at: dict[tuple[str, str], datetime] = {}

    def fail(self, status: int, times: int = 1, path: str = "") -> None:
        self._faults.append(Fault(times, path, status, message="Server Error"))

    def slow(self, seconds: float, times: int = 1, path: str = "") -> None:
        self._faults.append(Fault(times, path, seconds=seconds))

    def secondary(self, retry_after_s: int | None = 30, times: int = 1, path: str = "", status: int = 403) -> None:
        """https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"""
        headers = {} if retry_after_s is None else {"retry-after": str(retry_after_s)}
        words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        self._faults.append(Fault(times, path, status, headers=headers, message=words))

    def primary(
        self, token: str, remaining: int = 0, resource: str = "core", resets_in: timedelta = timedelta(hours=1)
    ) -> None:
        self._used[token, resource] = LIMITS[resource] - remaining
        self._resets_at[token, resource] = self._clock.now() + resets_in

    async def before(self, request: Request) -> Response | None:
        """The answer of what goes wrong, or ``None`` where this request gets through."""
        for fault in self._faults:
            if fault.times and fault.path in request.url.path:
                fault.times -= 1
                await asyncio.sleep(fault.seconds)
                if fault.status:
                    return JSONResponse({"message": fault.message}, fault.status, headers=fault.headers)
        return None

    def spend(self, token: str, resource: str, points: int = 1) -> tuple[dict[str, str], Response | None]:
        """(what the headers of the answer say, the refusal of a token that has used its hour up)."""
        key, now, limit = (token, resource), self._clock.now(), LIMITS[resource]
        if self._resets_at.get(key, now) <= now:
            self._used[key], self._resets_at[key] = 0, now + timedelta(hours=1)
        refused = self._used[key] + points > limit
        if not refused:
            self._used[key] += points
        headers = {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(limit - self._used[key]),
            "x-ratelimit-used": str(self._used[key]),
            "x-ratelimit-reset": str(int(self._resets_at[key].timestamp())),
            "x-ratelimit-resource": resource,
        }
        if not refused:
            return headers, None
        if resource == "graphql":  # said with 200, beside the errors of documents
            said = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
            return headers, Response(json.dumps(said), 200, media_type="application/json")
        return headers, JSONResponse({"message": "API rate limit exceeded"}, 403)

    def left(self, token: str, resource: str) -> tuple[int, int, datetime]:
        """(limit, used, when it is filled up)."""
        return LIMITS[resource], self._used[token, resource], self._resets_at[token, resource]
