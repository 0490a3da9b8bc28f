"""``tactful given``: the queue of texts that people gave, as JSON Lines in the shape of ``classifiers/data``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app import wiring
from app.commands.norms import write
from app.domain import TactfulError
from app.settings import load
from app.store import Store, given
from app.store.given import State

app = typer.Typer(no_args_is_help=True)
Numbers = Annotated[list[int], typer.Argument(help="The number in the id: 12 for given-0012.", min=1)]


@contextmanager
def _store() -> Iterator[Store]:
    store = wiring.open_store(load())
    try:
        yield store
    finally:
        store.close()


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    state: Annotated[State, typer.Option(help="Which of them.")] = State.WAITING,
) -> None:
    """The texts, a JSON object a line, without their givers. Look at each before you take it."""
    with _store() as store, store.read() as c:
        rows = [given.as_row(one) for one in given.queue(c, store.vault, (state,))]
    write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), file)


@app.command()
def accept(numbers: Numbers) -> None:
    """Note that texts were taken into the collection; their givers see it."""
    _decide(numbers, State.ACCEPTED)


@app.command()
def decline(numbers: Numbers) -> None:
    """Note that texts were not taken; they are not shown to anybody but their givers any more."""
    _decide(numbers, State.DECLINED)


def _decide(numbers: list[int], state: State) -> None:
    with _store() as store, store.begin() as c:
        found = given.decide(c, numbers, state)
        if found < len(set(numbers)):
            raise TactfulError(
                f"Only {found} of them are here; the others were taken back. Nothing was changed; export the queue again."
            )
    typer.echo(f"{found} {'text is' if found == 1 else 'texts are'} {state.value} now.")
