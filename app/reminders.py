"""Telling maintainers that the day has come on which their norms are to be read again: once, by e-mail, and on the page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection

from app.domain import Receipt, ReceiptStatus
from app.store import Store, norm_versions, projects
from app.store.norm_versions import NormVersion
from app.store.tables import people

log = structlog.get_logger()


class ReviewPost(Protocol):
    """Sends one reminder; ``about`` names whose norms they are, ``url`` opens them."""

    async def review(self, to: str, about: str, url: str) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Reminders:
    """``post`` is ``None`` where no mail server is set up: then the page alone reminds."""

    store: Store
    post: ReviewPost | None
    now: Callable[[], datetime]
    address: str  # of the service
    run_on_loop: Callable[[Coroutine[Any, Any, Any]], Any]

    def run(self) -> int:
        """Remind of every review that is due; how many reminders went out. Interrupted, it does not remind again."""
        if self.post is None:
            return 0
        now = self.now()
        with self.store.begin() as c:
            due = [one for one in norm_versions.due(c, now.date()) if norm_versions.reminded(c, one.id, now)]
            letters = [(to, *self._what(c, one)) for one in due for to in _addresses(c, one)]
        sent = 0
        for to, about, url in letters:
            receipt = self.run_on_loop(self.post.review(to, about, url))
            sent += receipt.status is not ReceiptStatus.FAILED
        if letters:
            log.info("reminded of reviews", reviews=len(due), sent=sent, failed=len(letters) - sent)
        return sent

    def _what(self, c: Connection, version: NormVersion) -> tuple[str, str]:
        if version.project_id is None:
            return "everybody here", f"{self.address}/norms"
        project = projects.get(c, version.project_id)
        return project.name if project else "a project", f"{self.address}/projects/{version.project_id}/norms"


def _addresses(c: Connection, version: NormVersion) -> list[str]:
    """Of those who may change these norms: the project's maintainers and those above it, else the administrators."""
    found: set[str] = set()
    project = projects.get(c, version.project_id) if version.project_id is not None else None
    if project is not None:
        above = (one for one in projects.every(c) if one.holds(project.platform, project.server, project.name))
        found = {email for one in above for email in projects.maintainer_addresses(c, one.id)}
    admins = c.scalars(sa.select(people.c.email).where(people.c.is_admin, people.c.email.is_not(None)))
    return sorted(found or {str(email) for email in admins})
