"""``tactful extension``: the browser extension, for the shops of the browsers or a managed installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.browser_extension import packed
from app.domain import TactfulError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _family() -> None:
    """Without it Typer would take the one command for the family."""


@app.command("zip")
def zip_archives(
    folder: Annotated[Path, typer.Argument(help="Folder that the archives go into; it is made where it is missing.")],
) -> None:
    """Pack the browser extension: an archive for Chromium and one for Firefox, the same bytes each time."""
    for name, archive in packed().items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(archive)
        except OSError as error:
            raise TactfulError(
                f"{folder / name} could not be written: {error.strerror}. Choose another folder."
            ) from None
        typer.echo(str(folder / name))
