"""Everything held about one person, for them alone: opened where it is sealed, without the hashes that guard the doors."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store.tables import metadata

#: Proofs and digests: of no use to their owner, and of use to whoever finds the file.
LEFT_OUT: Final = frozenset({"token_hash", "id_hash", "code_hash", "handle", "digest"})
OPENED: Final = {"sealed": "content", "chat_sealed": "chat_address"}


def everything(c: Connection, vault: Vault, person_id: int) -> dict[str, list[dict[str, object]]]:
    """Table → rows as JSON values, for every table that leads to the person by its foreign keys; times are ISO 8601."""
    return {
        table.name: [_row(vault, row) for row in c.execute(sa.select(table).where(mine)).mappings()]
        for table in metadata.sorted_tables
        if (mine := _belonging(table, person_id)) is not None
    }


def _belonging(table: sa.Table, person_id: int) -> sa.ColumnElement[bool] | None:
    if table.name == "people":
        return table.c.id == person_id
    if "person_id" in table.c:
        return table.c.person_id == person_id
    for key in table.foreign_keys:
        theirs = _belonging(key.column.table, person_id)
        if theirs is not None:
            return key.parent.in_(sa.select(key.column).where(theirs))
    return None


def _row(vault: Vault, row: sa.RowMapping) -> dict[str, object]:
    return {
        OPENED.get(name, name): _value(vault, name, value) for name, value in row.items() if name not in LEFT_OUT
    }


def _value(vault: Vault, name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if name in OPENED and isinstance(value, str):
        return vault.open(value)
    return value
