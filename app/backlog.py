"""How much the durable engine has to do, read from its own table; also where no engine runs, as in commands."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from app.store import Store

FAILED: Final = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


def pending_walks(store: Store) -> int:
    """Workflows accepted and not yet finished; also without a launched engine."""
    return _count(store, ("ENQUEUED", "PENDING", "DELAYED"))


def failed_walks(store: Store) -> int:
    return _count(store, tuple(FAILED))


def _count(store: Store, statuses: tuple[str, ...]) -> int:
    table = workflows(store)
    if not sa.inspect(store.engine).has_table(table.name, schema=table.schema):
        return 0  # never launched yet
    with store.read() as c:
        return c.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.status.in_(statuses))) or 0


def workflows(store: Store) -> sa.TableClause:
    """The two columns of DBOS's own table that are read here: its calls for the same cost milliseconds at the door."""
    schema = None if store.engine.dialect.name == "sqlite" else "dbos"
    return sa.table("workflow_status", sa.column("workflow_uuid"), sa.column("status"), schema=schema)
