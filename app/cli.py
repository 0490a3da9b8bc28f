"""The command ``tactful``: one module per family of commands, put together here."""

from __future__ import annotations

import sys

import typer

from app import __version__
from app.commands import (
    backup,
    calibrate,
    check,
    demo,
    doctor,
    extension,
    gerrit,
    github,
    given,
    keys,
    norms,
    people,
    project,
    project_past,
    replay,
    retro,
    serve,
    stats,
)
from app.domain import TactfulError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A private word to the writer of a review comment, before anyone else reads it.",
)
app.command()(serve.serve)
app.command()(check.check)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command("settings")(doctor.list_settings)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(people.app, name="people", help="Add people, propose their accounts, send them a link.")
app.add_typer(gerrit.app, name="gerrit", help="Connect Gerrit servers, and look after them.")
app.add_typer(github.app, name="github", help="The GitHub Apps that were registered, and what was missed.")
project.app.command()(project_past.versions)
project.app.command()(project_past.back)
project.app.command()(project_past.acts)
project.app.command()(replay.replay)
project.app.command()(calibrate.calibrate)
app.add_typer(extension.app, name="extension", help="The browser extension, packed for Chromium and Firefox.")
app.add_typer(project.app, name="project", help="Projects, who maintains them, and their settings as a file.")
app.add_typer(norms.app, name="norms", help="The norms of everybody or of a project: versions, proposals, answers.")
app.command()(retro.retro)
app.add_typer(given.app, name="given", help="Texts that people gave to improve the classifier.")
app.add_typer(stats.app, name="stats", help="Released statistics, which point at nobody.")
app.add_typer(keys.app, name="keys", help="The keys that text and tokens are kept under.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Errors meant for people are a sentence on standard error and exit status 2."""
    try:
        app()
    except TactfulError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
