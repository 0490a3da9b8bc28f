"""One way for every door (page, command, file) to put a project's settings in force: a version, a reason, an audit line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.domain import TactfulError
from app.in_force import Rules
from app.norms import Norms
from app.project_settings import Change, ProjectSettings, as_json, changes, from_json
from app.store import projects
from app.store.projects import Version

MOST_ACT: Final = 280
MEANWHILE: Final = (
    "The settings were changed by somebody else meanwhile. Nothing of yours was put in force; "
    "look at what is there now, and save again."
)


def put_in_force(
    c: Connection, rules: Rules, after: ProjectSettings, role: str, why: str, now: datetime
) -> tuple[Change, ...]:
    """A new version of the project's settings; what it changes.

    ``rules`` are those the change was made on. Raises ``TactfulError`` where nothing differs, where no reason is given,
    or where another version came into force meanwhile; nothing is changed then.
    """
    assert rules.project is not None, "settings are a project's"
    project_id = rules.project.id
    projects.lock(c, project_id)
    if projects.newest_id(c, project_id) != rules.version:
        raise TactfulError(MEANWHILE)
    differing = changes(rules.settings, after, rules.words)
    if not differing:
        raise TactfulError("These settings are in force already, so nothing was changed.")
    projects.new_version(c, project_id, as_json(after), role, why, now)
    projects.note(c, role, _act(differing), project_id, now)
    return differing


def with_changes(found: Sequence[Version], words: Norms) -> list[tuple[Version, tuple[Change, ...] | None]]:
    """Each of these versions, the newest first, with what it changed over the next; ``None`` for the last of them."""
    known = [from_json(version.settings, words) for version in found]
    older: list[ProjectSettings | None] = [*known[1:], None]
    return [
        (version, changes(earlier, settings, words) if earlier is not None else None)
        for version, settings, earlier in zip(found, known, older, strict=True)
    ]


def _act(differing: tuple[Change, ...]) -> str:
    """The audit line: settings and numbers, cut at a whole change."""
    said = "settings: "
    for number, change in enumerate(differing):
        if len(said) + len(str(change)) > MOST_ACT:
            return f"{said}and {len(differing) - number} more"
        said += f"{change}; "
    return said.removesuffix("; ")
