"""Projects, who maintains them, and the versions of what they set.

A project is a repository, an organisation, or a Gerrit project with its children: it holds every comment whose project
is named like it or lies under it by path. Where several do, the longest name is meant. No function here reads or joins
a comment, a decision or a person's choices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.domain import TactfulError
from app.store import insert_or_ignore
from app.store.project_tables import audit, maintainers, project_versions, projects
from app.store.tables import people

ADMINISTRATOR: Final = "administrator"
MAINTAINER: Final = "maintainer"
COMMAND_LINE: Final = "command line"
#: On these, names differ by more than capitals; on the others they do not.
CASE_COUNTS: Final = frozenset({"gerrit"})


@dataclass(frozen=True, slots=True)
class Project:
    """``name`` is a path: ``org``, ``org/repo``, ``platform/build``. ``shadow_since``: of the trial under way."""

    id: int
    platform: str
    server: str
    name: str
    created_at: datetime
    shadow_since: datetime | None = None

    def holds(self, platform: str, server: str, name: str) -> bool:
        """Whether a comment of that project is this one's, or a project of that name lies under this one."""
        if (platform, server) != (self.platform, self.server):
            return False
        own, other = _plain(platform, self.name), _plain(platform, name)
        return other == own or other.startswith(f"{own}/")


@dataclass(frozen=True, slots=True)
class Version:
    """Immutable; the newest of a project is in force."""

    id: int
    project_id: int
    at: datetime
    role: str
    why: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the audit log: which role did what, never who."""

    at: datetime
    role: str
    act: str
    project_id: int | None


def _plain(platform: str, name: str) -> str:
    return name if platform in CASE_COUNTS else name.casefold()


def clean_name(name: str) -> str:
    """Raises ``TactfulError`` where it cannot be a project's name."""
    plain = name.strip().strip("/")
    if not plain or len(plain) > 300 or any(ch.isspace() or not ch.isprintable() for ch in plain) or "//" in plain:
        raise TactfulError(
            "A project is named like it is on its platform: an organisation (octo), a repository (octo/parser), "
            "or a Gerrit project's path. Nothing was changed."
        )
    return plain


def most_specific(found: Iterable[Project], platform: str, server: str, name: str) -> Project | None:
    """Of these projects the one a comment of ``name`` belongs to: the longest that holds it."""
    holding = [project for project in found if project.holds(platform, server, name)]
    return max(holding, key=lambda project: len(project.name), default=None)


# --- projects ------------------------------------------------------------------------------------------------------------


def add(
    c: Connection, platform: str, server: str, name: str, settings: dict[str, Any], role: str, why: str, now: datetime
) -> int:
    """A new project with its first version. Raises ``TactfulError`` where there is one of that name already."""
    plain, host = clean_name(name), server.strip().lower()
    if exactly(every(c), platform, host, plain) is not None:
        raise TactfulError(f"{plain} on {host} is here already. Nothing was changed.")
    row = sa.insert(projects).values(platform=platform, server=host, name=plain, created_at=now)
    project_id = int(c.scalar(row.returning(projects.c.id)) or 0)
    new_version(c, project_id, settings, role, why, now)
    note(c, role, "project added", project_id, now)
    return project_id


def every(c: Connection) -> list[Project]:
    rows = c.execute(sa.select(projects).order_by(projects.c.platform, projects.c.server, projects.c.name)).mappings()
    return [_project(row) for row in rows]


def get(c: Connection, project_id: int) -> Project | None:
    row = c.execute(sa.select(projects).where(projects.c.id == project_id)).mappings().first()
    return _project(row) if row else None


def exactly(found: Iterable[Project], platform: str, server: str, name: str) -> Project | None:
    """Of these projects the one of just that name."""
    plain = _plain(platform, name)
    same = (one for one in found if (one.platform, one.server) == (platform, server))
    return next((one for one in same if _plain(platform, one.name) == plain), None)


def family(c: Connection, project: Project) -> list[Project]:
    """The project and those under it, itself first: what its figures are made of."""
    return sorted(
        (one for one in every(c) if project.holds(one.platform, one.server, one.name)),
        key=lambda one: (one.id != project.id, one.name),
    )


def _project(row: RowMapping) -> Project:
    return Project(row["id"], row["platform"], row["server"], row["name"], row["created_at"], row["shadow_since"])


# --- versions of settings ------------------------------------------------------------------------------------------------


def new_version(c: Connection, project_id: int, settings: dict[str, Any], role: str, why: str, now: datetime) -> int:
    """Put settings in force; ``why`` in a sentence. A trial begins when the project goes into shadow, and ends with it."""
    reason = " ".join(why.split())
    if not reason or len(reason) > 1000:
        raise TactfulError("Say in a sentence why this changes (up to 1,000 characters). Nothing was changed.")
    shadow = settings["mode"] == "shadow"
    since = sa.func.coalesce(projects.c.shadow_since, now) if shadow else None
    c.execute(sa.update(projects).where(projects.c.id == project_id).values(shadow_since=since))
    row = sa.insert(project_versions).values(project_id=project_id, at=now, role=role, why=reason, settings=settings)
    return int(c.scalar(row.returning(project_versions.c.id)) or 0)


def lock(c: Connection, project_id: int) -> None:
    """Until the transaction ends, nobody else changes this project's settings."""
    c.execute(sa.update(projects).where(projects.c.id == project_id).values(id=project_id))


def newest_id(c: Connection, project_id: int) -> int | None:
    mine = project_versions.c.project_id == project_id
    found = c.scalar(sa.select(sa.func.max(project_versions.c.id)).where(mine))
    return int(found) if found is not None else None


def version(c: Connection, project_id: int, version_id: int) -> Version | None:
    mine = (project_versions.c.project_id == project_id) & (project_versions.c.id == version_id)
    row = c.execute(sa.select(project_versions).where(mine)).mappings().first()
    return _version(row) if row else None


def versions(c: Connection, project_id: int, limit: int = 1000, before: int | None = None) -> list[Version]:
    """The newest first; with ``before`` those older than that version."""
    mine = sa.select(project_versions).where(project_versions.c.project_id == project_id)
    if before is not None:
        mine = mine.where(project_versions.c.id < before)
    rows = c.execute(mine.order_by(project_versions.c.id.desc()).limit(limit)).mappings()
    return [_version(row) for row in rows]


def newest(c: Connection) -> dict[int, Version]:
    """Project id → the version in force."""
    last = sa.select(sa.func.max(project_versions.c.id)).group_by(project_versions.c.project_id)
    rows = c.execute(sa.select(project_versions).where(project_versions.c.id.in_(last))).mappings()
    return {row["project_id"]: _version(row) for row in rows}


def _version(row: RowMapping) -> Version:
    return Version(row["id"], row["project_id"], row["at"], row["role"], row["why"], row["settings"])


# --- maintainers ---------------------------------------------------------------------------------------------------------


def name_maintainer(c: Connection, project_id: int, person_id: int, role: str, now: datetime) -> None:
    new = insert_or_ignore(c, maintainers).values(project_id=project_id, person_id=person_id, named_at=now)
    if c.scalar(new.returning(maintainers.c.person_id)) is not None:  # a row count is not told by every database
        note(c, role, "maintainer named", project_id, now)


def dismiss_maintainer(c: Connection, project_id: int, person_id: int, role: str, now: datetime) -> None:
    mine = (maintainers.c.project_id == project_id) & (maintainers.c.person_id == person_id)
    if c.execute(sa.delete(maintainers).where(mine)).rowcount:
        note(c, role, "maintainer dismissed", project_id, now)


def maintainer_addresses(c: Connection, project_id: int) -> list[str]:
    """For administrators, who named them: e-mail addresses of those in office, nothing else about them."""
    query = sa.select(people.c.email).join(maintainers, maintainers.c.person_id == people.c.id)
    theirs = query.where(maintainers.c.project_id == project_id, people.c.email.is_not(None))
    return [str(e) for e in c.scalars(theirs.order_by(people.c.email))]


def maintained_by(c: Connection, person_id: int) -> frozenset[int]:
    """Ids of the projects somebody was named for; those under them are theirs, too (``maintains``)."""
    query = sa.select(maintainers.c.project_id).where(maintainers.c.person_id == person_id)
    return frozenset(int(i) for i in c.scalars(query))


def maintains(c: Connection, person_id: int, project: Project) -> bool:
    """Whether somebody was named for this project or for one above it."""
    named = maintained_by(c, person_id)
    if not named:
        return False
    above = (one for one in every(c) if one.holds(project.platform, project.server, project.name))
    return any(one.id in named for one in above)


# --- audit ---------------------------------------------------------------------------------------------------------------


def note(c: Connection, role: str, act: str, project_id: int | None, now: datetime) -> None:
    """Write an act of an office down, in words of ours."""
    c.execute(sa.insert(audit).values(at=now, role=role, act=act[:300], project_id=project_id))


def acts(c: Connection, project_id: int | None, limit: int = 100) -> list[Act]:
    """On a project, or (``None``) on what holds everywhere; the newest first."""
    query = sa.select(audit).where(audit.c.project_id == project_id).order_by(audit.c.id.desc()).limit(limit)
    return [Act(row["at"], row["role"], row["act"], row["project_id"]) for row in c.execute(query).mappings()]
