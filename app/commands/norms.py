"""``tactful norms``: the norms of everybody or of a project, their versions, and what people propose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from app import team_norms, wiring
from app.commands.project import Desk, desk
from app.domain import ConfigurationError, TactfulError
from app.norm_changes import Change
from app.store import norm_versions, proposals
from app.store.projects import COMMAND_LINE
from app.store.proposals import Kind, Proposal
from app.strict_toml import TomlFile
from app.team_norms import Team

app = typer.Typer(no_args_is_help=True)

Project = Annotated[
    str | None, typer.Option("--project", "-p", help="Those of a project; without it, everybody's.", show_default=False)
]
File = Annotated[Path, typer.Argument(help="A TOML file in the shape of norms.toml that says only what differs.")]
Number = Annotated[int, typer.Argument(help="As `tactful norms proposals` shows it.", min=1)]
Reason = Annotated[str, typer.Option(help="For everybody to read.")]
SHOWN = 20


@app.command("list")
def list_(project: Project = None) -> None:
    """The norms in force, by label."""
    with desk() as at:
        team = _team(at, project)
    for label, norm in team.words.all().items():
        away = "" if norm.on else "  (no longer a norm here)"
        typer.echo(f"{label}: {norm.title}{away}\n    {norm.norm}")


@app.command()
def export(
    project: Project = None,
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
) -> None:
    """The text of the norms as the team wrote it, where it differs from those above it."""
    with desk() as at, at.store.read() as c:
        text, _ = team_norms.text_of(c, _team(at, project))
    write(text, file)


@app.command()
def check(file: File, project: Project = None) -> None:
    """Is the file sound, and what would it change? Changes nothing."""
    with desk() as at, at.store.read() as c:
        found = team_norms.difference(c, _team(at, project), TomlFile.read(file).text)
    _say(found, "No word of the norms differs from those in force.")


@app.command("apply")
def apply_file(
    file: File,
    why: Annotated[str, typer.Option(help="Why, in a sentence: kept with the version.")],
    project: Project = None,
    review_on: Annotated[
        str, typer.Option(help="The day of the next review, as 2027-03-01; by default 180 days from now.")
    ] = "",
) -> None:
    """Put the norms of a file in force. Every replica follows within five seconds."""
    now = wiring.utc_now()
    day = _day(review_on) if review_on else (now + team_norms.REVIEW_AFTER).date()
    with desk() as at, at.store.begin() as c:
        team, text = _team(at, project), TomlFile.read(file).text
        found = team_norms.difference(c, team, text)
        current = norm_versions.newest(c, team.project_id)
        after = current.id if current else None
        number = team_norms.change(c, team, text, note=why, review_on=day, role=COMMAND_LINE, now=now, after=after)
    _say(found, "No word of the norms changed.")
    typer.echo(f"Version {number} is in force, to be reviewed on {day.isoformat()}.")


@app.command()
def versions(project: Project = None) -> None:
    """What changed, when and why; the newest first."""
    with desk() as at, at.store.read() as c:
        told = team_norms.history(c, _team(at, project), SHOWN)
    for one in told:
        version = one.version
        typer.echo(f"{version.id}  {version.at:%Y-%m-%d %H:%M} UTC, {version.role}: {version.note}")
        for change in one.changes:
            typer.echo(f"    {_line(change)}")
    if not told:
        typer.echo("Nothing has changed yet.")


@app.command("proposals")
def proposals_(
    project: Project = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were answered, too.")] = False,
) -> None:
    """What people say about the norms, and what waits for an answer."""
    with desk() as at, at.store.read() as c:
        team = _team(at, project)
        found = [
            p for p in proposals.of(c, at.store.vault, team.project_id) if every or p.state is proposals.State.OPEN
        ]
    for one in found:
        typer.echo(f"{one.id}  {_about(one, team)}  ({one.state}, {one.at:%Y-%m-%d}, {one.said.name or 'unsigned'})")
        for line in (one.said.text, one.said.why and f"Why: {one.said.why}", one.answer and f"Answer: {one.answer}"):
            if line:
                typer.echo("    " + " ".join(line.split()))
    if not found:
        typer.echo("Nothing waits." if not every else "Nothing was proposed yet.")


@app.command()
def accept(number: Number, reason: Reason, project: Project = None) -> None:
    """Accept a proposal: it makes a new version of the norms."""
    made = _answer(project, number, lambda c, team, one: team_norms.accept(
        c, team, one, reason=reason, role=COMMAND_LINE, now=wiring.utc_now()
    ))  # fmt: skip
    typer.echo(f"Accepted. Version {made} of the norms is in force.")


@app.command()
def decline(number: Number, reason: Reason, project: Project = None) -> None:
    """Decline a proposal, or answer a remark."""
    _answer(project, number, lambda c, team, one: team_norms.decline(
        c, team, one, reason=reason, role=COMMAND_LINE, now=wiring.utc_now()
    ))  # fmt: skip
    typer.echo("Answered, for everybody to read.")


def _answer(project: str | None, number: int, act: Callable[[Connection, Team, Proposal], int | None]) -> int | None:
    with desk() as at, at.store.begin() as c:
        team = _team(at, project)
        found = proposals.get(c, at.store.vault, team.project_id, number)
        if found is None:
            raise TactfulError(f"There is no proposal {number} here. `tactful norms proposals` shows them.")
        return act(c, team, found)


def _team(at: Desk, project: str | None) -> Team:
    return Team.of(at.find(project) if project else at.in_force.service())


def _about(one: Proposal, team: Team) -> str:
    norm = team.words.all().get(one.label or "")
    title = f"“{norm.title}”" if norm else (one.label or "")
    return {
        Kind.FEEDBACK: f"On {title}",
        Kind.WORDING: f"Other words for {title}",
        Kind.NEW: f"A new norm: {one.said.title}",
        Kind.REMOVAL: f"To do without {title}",
    }[one.kind]


def _line(change: Change) -> str:
    return f"{change.title}: {change.in_words()}"


def _say(found: tuple[Change, ...], nothing: str) -> None:
    for change in found:
        typer.echo(_line(change))
    if not found:
        typer.echo(nothing)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise TactfulError("A date reads like 2027-03-01. Nothing was changed.") from None


def write(text: str, file: Path | None) -> None:
    """To a file, or to standard output."""
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Could not write {file} ({error.strerror}). Nothing was changed.") from None
    typer.echo(f"Written to {file}.")
