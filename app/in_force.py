"""What is in force where: of every project its newest settings and norms, looked at again every two seconds at most.

A change made in one replica reaches the others this way within five seconds, without a restart: one small query tells
whether anything is new, and only then is it all read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy import Connection

from app import norms as norms_module
from app.domain import ConfigurationError
from app.norms import Norms
from app.project_settings import Mode, ProjectSettings, apply, from_json, start
from app.store import Store, projects
from app.store.project_tables import norm_versions, project_versions
from app.store.project_tables import projects as projects_table
from app.store.projects import Project, most_specific

FRESH_S: Final = 2.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Rules:
    """What applies to a comment. Outside every project it is the service's norms, on, with nothing held out."""

    settings: ProjectSettings
    words: Norms  # as the team words them; tolerances and switches are in ``norms``
    project: Project | None = None
    version: int | None = None  # of the settings
    under: Norms | None = None  # what the team's own text of the norms stands on

    @cached_property
    def norms(self) -> Norms:
        """The norms with the project's tolerances and switches."""
        return apply(self.words, self.settings) if self.project else self.words

    @property
    def mode(self) -> Mode:
        return self.settings.mode


@dataclass(frozen=True)
class _Snapshot:
    mark: tuple[int, ...]
    service: Rules
    projects: Mapping[int, Rules]


class InForce:
    """Asked from any thread. ``norms`` are those the service was started with; ``clock`` counts seconds."""

    def __init__(
        self, store: Store, norms: Norms, clock: Callable[[], float] = time.monotonic, fresh_s: float = FRESH_S
    ) -> None:
        self._store = store
        self._norms = norms
        self._clock = clock
        self._fresh_s = fresh_s
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._known: _Snapshot | None = None

    def service(self) -> Rules:
        """Outside every project."""
        return self._now().service

    def at(self, platform: str, server: str, name: str) -> Rules:
        """For a comment of the project ``name`` there: those of the most specific project that holds it."""
        known = self._now()
        found = (rules.project for rules in known.projects.values() if rules.project)
        project = most_specific(found, platform, server, name)
        return known.projects[project.id] if project else known.service

    def of(self, project_id: int) -> Rules | None:
        return self._now().projects.get(project_id)

    def every(self) -> list[Rules]:
        """Of all projects, by platform, server and name."""
        return list(self._now().projects.values())

    def look_again(self) -> None:
        """So that whoever just changed something sees it at once."""
        with self._lock:
            self._looked_at = float("-inf")

    def _now(self) -> _Snapshot:
        with self._lock:
            if self._known is None or self._clock() - self._looked_at >= self._fresh_s:
                self._known = self._look(self._known)
                self._looked_at = self._clock()
            return self._known

    def _look(self, known: _Snapshot | None) -> _Snapshot:
        try:
            with self._store.read() as c:
                mark = _mark(c)
                return known if known is not None and known.mark == mark else self._read(c, mark)
        except sa.exc.SQLAlchemyError:
            if known is None:
                raise
            return known  # the database is away: what was last known stays in force

    def _read(self, c: Connection, mark: tuple[int, ...]) -> _Snapshot:
        texts = _newest_norms(c)
        service = self._overlaid(self._norms, texts.get(None), "the service's norms")
        found = projects.every(c)
        versions = projects.newest(c)
        rules: dict[int, Rules] = {}
        for project in found:
            words = under = service
            # From the organisation down to the repository: each says only what differs from the one above.
            for above in sorted(found, key=lambda one: len(one.name)):
                if above.holds(project.platform, project.server, project.name):
                    under, words = words, self._overlaid(words, texts.get(above.id), f"the norms of {above.name}")
            if (version := versions.get(project.id)) is not None:
                settings = from_json(version.settings, words)
                rules[project.id] = Rules(settings, words, project, version.id, under)
        whole = Rules(start(service, Mode.ON), service, under=self._norms)
        return _Snapshot(mark, whole, MappingProxyType(rules))

    def _overlaid(self, base: Norms, toml: str | None, name: str) -> Norms:
        if toml is None:
            return base
        try:
            return norms_module.overlay(base, toml, name)
        except ConfigurationError:  # written for another release of Tactful: no walk may end because of it
            log.warning("norms could not be read; those above them are in force", name=name)
            return base


def _mark(c: Connection) -> tuple[int, ...]:
    """Changes whenever anything above changes: rows are only ever added to these tables.

    Counted, since of two transactions the one with the greater id may be seen first.
    """
    tables = (projects_table, project_versions, norm_versions)
    counts = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables]
    return tuple(c.execute(sa.select(*counts)).one())


def _newest_norms(c: Connection) -> dict[int | None, str]:
    last = sa.select(sa.func.max(norm_versions.c.id)).group_by(norm_versions.c.project_id)
    rows = c.execute(sa.select(norm_versions.c.project_id, norm_versions.c.toml).where(norm_versions.c.id.in_(last)))
    return {row.project_id: row.toml for row in rows}
