"""``tactful retro``: a report for a retrospective, with three questions and nobody in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import retrospective, wiring
from app.commands.norms import write
from app.commands.project import Name, desk
from app.retro_markdown import markdown


def retro(
    project: Name,
    since: Annotated[str, typer.Option(help="A day, as 2026-09-01; by default 90 days ago.")] = "",
    html: Annotated[bool, typer.Option("--html", help="A page of its own instead of Markdown.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to; without it, standard output.")] = None,
) -> None:
    """What changed, the released figures, open proposals, and three questions to talk about."""
    now = wiring.utc_now()
    begin = retrospective.since_day(since, now)
    with desk() as at, at.store.read() as c:
        found = retrospective.gather(c, at.store.vault, at.find(project), begin, now)
    if html:
        from app.web.retro import html as as_html  # here: it brings the pages along

        write(as_html(found), out)
    else:
        write(markdown(found), out)
