"""``tactful project versions``, ``back`` and ``acts``: what was set when and why, the way back, and who did what by role."""

from __future__ import annotations

from typing import Annotated

import typer

from app import wiring
from app.commands.project import Name, desk, project_of
from app.domain import TactfulError
from app.project_changes import put_in_force, with_changes
from app.project_settings import from_json
from app.store import projects
from app.store.projects import COMMAND_LINE

SHOWN = 20


def versions(name: Name) -> None:
    """What was set when and why, the newest first."""
    with desk() as at, at.store.read() as c:
        rules = at.find(name)
        found = projects.versions(c, project_of(rules).id, SHOWN + 1)
        told = with_changes(found, rules.words)[:SHOWN]
    for version, differing in told:
        typer.echo(f"{version.id}  {version.at:%Y-%m-%d %H:%M} UTC, {version.role}: {version.why}")
        for change in differing or ():
            typer.echo(f"    {change}")


def back(
    name: Name, version: Annotated[int, typer.Argument(help="Its number, as `tactful project versions` shows it.")]
) -> None:
    """Put an earlier version in force again, as a new one."""
    with desk() as at:
        rules = at.find(name)
        with at.store.begin() as c:
            found = projects.version(c, project_of(rules).id, version)
            if found is None:
                raise TactfulError(f"{name} has no version {version}. `tactful project versions {name}` shows them.")
            why = f"Back to version {version}, of {found.at:%Y-%m-%d %H:%M} UTC."
            settings = from_json(found.settings, rules.words)
            differing = put_in_force(c, rules, settings, COMMAND_LINE, why, wiring.utc_now())
    for change in differing:
        typer.echo(str(change))


def acts(name: Name) -> None:
    """What was done to a project's settings, by role; nothing that a person does with their own notes is in it."""
    with desk() as at, at.store.read() as c:
        for act in projects.acts(c, project_of(at.find(name)).id, SHOWN):
            typer.echo(f"{act.at:%Y-%m-%d %H:%M} UTC  {act.role}: {act.act}")
