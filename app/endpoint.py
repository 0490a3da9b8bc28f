"""An OpenAI-compatible endpoint: asked with a time-out, a budget for the day and a circuit breaker. Nothing of it is logged.

It is switched on by an administrator (``TACTFUL_LANGUAGE_MODEL_URL``) and used for those alone who agreed to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from app.http import Client, HTTPError, Response, trusted
from app.suggestions.language_model import SCHEMA

FAILURES: Final = 3
"""Failures in a row after which nobody is asked for ``REST``."""
REST: Final = timedelta(minutes=1)
MOST_ANSWER_BYTES: Final = 200_000
MOST_TOKENS: Final = 800

_FORMS: Final[tuple[Mapping[str, Any], ...]] = (
    {"type": "json_schema", "json_schema": {"name": "wording", "strict": True, "schema": SCHEMA}},
    {"type": "json_object", "schema": SCHEMA},  # as llama.cpp's Python server has it
)


_NOT_UNDERSTOOD: Final = (400, 422, 500, 501)  # llama.cpp's Python server says 500 to a form that it does not know


@dataclass(frozen=True, slots=True)
class Terms:
    """Where it is, and how much of it is used: calls a UTC day in this process, and seconds that one may take."""

    url: str
    model: str
    key: str = ""
    timeout_s: float = 8.0
    calls_a_day: int = 200

    @property
    def host(self) -> str:
        """Where words go, as people are told."""
        return urlsplit(self.url).netloc or self.url


class Endpoint:
    """``ask`` is called from any thread. ``count`` is told how each call ended."""

    def __init__(
        self, terms: Terms, now: Callable[[], datetime], count: Callable[[str], None] = lambda outcome: None
    ) -> None:
        self._terms = terms
        self._now = now
        self._count = count
        self._lock = threading.Lock()
        self._day = date.min
        self._used = 0
        self._failed = 0
        self._rests_until: datetime | None = None
        self._forms = _FORMS
        headers = {"Authorization": f"Bearer {terms.key}"} if terms.key else {}
        self._client = Client(timeout=terms.timeout_s, verify=trusted(), headers=headers, follow_redirects=False)

    @property
    def host(self) -> str:
        return self._terms.host

    def ask(self, messages: Sequence[Mapping[str, str]]) -> str | None:
        """The answer's text, or ``None`` where there was none in time."""
        if (closed := self._admit()) is not None:
            self._count(closed)
            return None
        try:
            content = _content(self._post(messages))
        except (HTTPError, ValueError, KeyError, IndexError, TypeError):
            content = None
        self._settle(answered=content is not None)
        self._count("failed" if content is None else "answered")
        return content

    def close(self) -> None:
        self._client.close()

    def _post(self, messages: Sequence[Mapping[str, str]]) -> Response:
        """Asks for structure in the form that this server took before; at first in each, until it takes one."""
        for form in self._forms:
            answer = self._client.post(
                f"{self._terms.url.rstrip('/')}/chat/completions",
                json={
                    "model": self._terms.model,
                    "messages": list(messages),
                    "temperature": 0,
                    "max_tokens": MOST_TOKENS,
                    "response_format": form,
                },
            )
            if answer.status_code == 200:
                self._forms = (form,)
            if answer.status_code not in _NOT_UNDERSTOOD:
                break
        return answer

    def _admit(self) -> str | None:
        """Why nobody is asked now, or ``None``; then one call is spent."""
        now = self._now()
        with self._lock:
            if self._rests_until is not None and now < self._rests_until:
                return "resting"
            if now.date() != self._day:
                self._day, self._used = now.date(), 0
            if self._used >= self._terms.calls_a_day:
                return "budget_spent"
            self._used += 1
            return None

    def _settle(self, *, answered: bool) -> None:
        with self._lock:
            self._failed = 0 if answered else self._failed + 1
            self._rests_until = self._now() + REST if self._failed >= FAILURES else None


def _content(answer: Response) -> str | None:
    """The text of the first choice; raises ``ValueError`` and its like for anything else."""
    if answer.status_code != 200 or len(answer.content) > MOST_ANSWER_BYTES:
        return None
    content = answer.json()["choices"][0]["message"]["content"]
    return content if isinstance(content, str) else None
