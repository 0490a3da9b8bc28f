"""``tactful stats``: released numbers, at the terminal. There is no command about one person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

import typer

from app import wiring
from app.commands.project import Desk, Name, desk
from app.domain import ConfigurationError
from app.releasing import Releaser
from app.stats import noise, reading, sentences
from app.stats.documents import Released, from_json
from app.store import releases

app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="All published numbers, one object each.")]


@app.command()
def show(project: Name, json_: AsJson = False) -> None:
    """What the releases of a project say."""
    with desk() as at:
        rules = at.find(project)
        assert rules.project is not None, "found by its name"
        found = _released(at, rules.project.id)
        titles = {label: norm.title for label, norm in rules.words.all().items()}
        if json_:
            typer.echo(json.dumps(sentences.rows(found), indent=2))
            return
        if not found:
            typer.echo("Nothing is released yet." + ("" if noise.available() else f" {noise.MISSING}"))
            return
        newest = found[-1]
        typer.echo(sentences.summary(newest))
        for row in sentences.rows([newest]):
            label = sentences.title({"all": "", "several": "*"}.get(row["label"], row["label"]), titles)
            typer.echo(f"  {sentences.KINDS[row['kind']]:48} {label:44} {row['people']:6} ± {row['margin_95']:.0f}")
        experiment = reading.experiment(found, rules.settings.hold_out)
        if experiment is not None:
            for question in experiment.questions:
                typer.echo(f"Experiment, {sentences.title(question.label, titles)}: {sentences.finding(question)}")
            typer.echo(sentences.missing(experiment))
        typer.echo(sentences.promise(newest))


@app.command()
def release() -> None:
    """Make the releases that are due. The service does so by itself, once an hour."""
    if not noise.available():
        raise ConfigurationError(noise.MISSING)
    with desk() as at:
        keep = timedelta(days=at.settings.keep_scores_days)
        made = Releaser(at.store, at.in_force, wiring.utc_now, keep).run()
        typer.echo(f"Released: {made}.")


def _released(at: Desk, project_id: int) -> list[Released]:
    with at.store.read() as c:
        return [from_json(one) for one in releases.of(c, project_id)]
