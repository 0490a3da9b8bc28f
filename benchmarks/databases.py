"""The two databases that every figure is taken on: a SQLite file, and a PostgreSQL of this run alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.postgres import cluster, new_database


@contextmanager
def databases() -> Iterator[dict[str, str | None]]:
    """Names and URLs; ``None`` for SQLite, whose file lies in the data folder. PostgreSQL only where it is installed."""
    found: dict[str, str | None] = {"SQLite": None}
    with ExitStack() as stack:
        try:
            found["PostgreSQL"] = new_database(stack.enter_context(cluster()))
        except pytest.skip.Exception as reason:
            print(f"Without PostgreSQL: {reason}")
        yield found
