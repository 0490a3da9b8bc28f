"""``tactful project``: projects, who maintains them, and their settings as a file that can be kept in Git."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app import norms as norms_module
from app import wiring
from app.domain import ConfigurationError, TactfulError
from app.in_force import InForce, Rules
from app.platforms import PLATFORMS
from app.project_changes import put_in_force
from app.project_settings import Change, Mode, ProjectSettings, as_json, as_toml, changes, from_toml, start
from app.settings import Settings, load
from app.store import Store, people, projects
from app.store.projects import COMMAND_LINE, Project
from app.strict_toml import TomlFile

app = typer.Typer(no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(help="octo/parser; where several servers have one of that name, server:octo/parser.")
]
File = Annotated[
    Path, typer.Argument(help="A TOML file as `tactful project export` writes it; it may say only what differs.")
]


@dataclass(frozen=True)
class Desk:
    """What the commands work with: the database and what is in force."""

    settings: Settings
    store: Store
    in_force: InForce

    def find(self, name: str) -> Rules:
        """Raises ``TactfulError`` where no project, or more than one, is called that."""
        server, _, path = name.rpartition(":")
        found = [
            rules
            for rules in self.in_force.every()
            if (one := rules.project)
            and one.server == (server.lower() or one.server)
            and projects.exactly([one], one.platform, one.server, path) is not None
        ]
        if not found:
            raise TactfulError(f"There is no project {name}. `tactful project list` shows them all.")
        if len(found) > 1:
            several = ", ".join(f"{r.project.server}:{r.project.name}" for r in found if r.project)
            raise TactfulError(f"Several projects are called {name}: say which, {several}.")
        return found[0]


@contextmanager
def desk() -> Iterator[Desk]:
    settings = load()
    store = wiring.open_store(settings)
    try:
        yield Desk(settings, store, InForce(store, norms_module.load(settings.norms)))
    finally:
        store.close()


@app.command("list")
def list_() -> None:
    """All projects, what is in force, and how many look after each."""
    with desk() as at, at.store.read() as c:
        for rules in at.in_force.every():
            project = project_of(rules)
            count = len(projects.maintainer_addresses(c, project.id))
            typer.echo(f"{project.server}:{project.name}  {rules.mode}, maintainers: {count}, version {rules.version}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A repository, an organisation, or a Gerrit project's path.")],
    platform: Annotated[str, typer.Option(help="github or gerrit")] = "github",
    server: Annotated[str | None, typer.Option(help="Host name of the server.")] = None,
    mode: Annotated[Mode, typer.Option(help="In shadow everything runs and nothing is sent.")] = Mode.SHADOW,
) -> None:
    """Add a project. It begins in shadow, with the norms as they are."""
    if platform not in PLATFORMS:
        raise TactfulError(f"{platform} is not a platform of this Tactful. Known: {', '.join(PLATFORMS)}.")
    if server is None and platform != "github":
        raise TactfulError("Say on which server: --server review.example.org.")
    with desk() as at:
        host = (server or at.settings.github_server).lower()
        settings = start(at.in_force.at(platform, host, projects.clean_name(name)).norms, mode)
        with at.store.begin() as c:
            projects.add(
                c, platform, host, name, as_json(settings), COMMAND_LINE, "The project was added.", wiring.utc_now()
            )
    typer.echo(
        f"{name} is here, and {_MODES[mode]}. `tactful project maintainer {name} ADDRESS` names who looks after it."
    )


_MODES = {
    Mode.ON: "on",
    Mode.SHADOW: "in shadow: everything runs, nothing is sent",
    Mode.OFF: "off",
}


@app.command()
def maintainer(
    name: Name,
    email: Annotated[str, typer.Argument(help="E-mail address of the person.")],
    end: Annotated[bool, typer.Option("--end", help="Dismiss them instead.")] = False,
) -> None:
    """Name somebody who looks after a project, or dismiss them. They see settings and figures, never a person."""
    with desk() as at:
        project, now = project_of(at.find(name)), wiring.utc_now()
        with at.store.begin() as c:
            person = people.find(c, email)
            if end:
                if person is not None:
                    projects.dismiss_maintainer(c, project.id, person, COMMAND_LINE, now)
            else:
                person = person if person is not None else people.add(c, email, now)
                projects.name_maintainer(c, project.id, person, COMMAND_LINE, now)
    address = people.normal_email(email)
    typer.echo(f"{address} does not look after {name} any more." if end else f"{address} looks after {name} now.")


@app.command()
def export(
    name: Name, file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None
) -> None:
    """The settings in force, as TOML."""
    with desk() as at:
        rules = at.find(name)
    text = as_toml(rules.settings, rules.words)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Could not write {file} ({error.strerror}). Nothing was changed.") from None
    typer.echo(f"Written to {file}.")


@app.command()
def check(
    name: Name,
    file: File,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when something would change.")] = False,
) -> None:
    """Is the file sound, and what would it change? Changes nothing."""
    with desk() as at:
        _, differing = _read(at.find(name), file)
    _say(differing, "Nothing differs from what is in force.")
    if exit_code and differing:
        raise typer.Exit(1)


@app.command("apply")
def apply_file(
    name: Name,
    file: File,
    why: Annotated[str, typer.Option(help="Why, in a sentence: kept with the change.")],
) -> None:
    """Put the settings of a file in force. Every replica follows within five seconds."""
    with desk() as at:
        rules = at.find(name)
        after, differing = _read(rules, file)
        if differing:
            with at.store.begin() as c:
                put_in_force(c, rules, after, COMMAND_LINE, why, wiring.utc_now())
    _say(differing, "These settings are in force already.")


def _read(rules: Rules, file: Path) -> tuple[ProjectSettings, tuple[Change, ...]]:
    after = from_toml(TomlFile.read(file), rules.settings)
    return after, changes(rules.settings, after, rules.words)


def _say(differing: tuple[Change, ...], nothing: str) -> None:
    for change in differing:
        typer.echo(str(change))
    if not differing:
        typer.echo(nothing)


def project_of(rules: Rules) -> Project:
    assert rules.project is not None, "found among the projects"
    return rules.project
