"""Everything held about one person, for them alone: opened where it is sealed, without the proofs that guard the doors."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store.tables import metadata, platform_tokens, suggestions

#: Of no use to their owner, and of use to whoever finds the file.
LEFT_OUT: Final = frozenset({"token_hash", "id_hash", "code_hash", "handle", "digest", "context"})
OPENED: Final = {"sealed": "content", "chat_sealed": "chat_address"}


def everything(c: Connection, vault: Vault, person_id: int) -> dict[str, list[dict[str, object]]]:
    """Table → rows as JSON values, for every table that leads to the person by its foreign keys; times are ISO 8601."""
    return {
        table.name: [_row(vault, table, row) for row in c.execute(sa.select(table).where(mine)).mappings()]
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


def _row(vault: Vault, table: sa.Table, row: sa.RowMapping) -> dict[str, object]:
    left_out = LEFT_OUT | {"sealed"} if table is platform_tokens else LEFT_OUT
    values = {str(name): value for name, value in row.items() if name not in left_out}
    shown = {OPENED.get(name, name): _value(vault, name, value) for name, value in values.items()}
    if table is suggestions and isinstance(content := shown["content"], str):
        shown["content"] = json.loads(content)
    return shown


def _value(vault: Vault, name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return vault.open(value) if name in OPENED and isinstance(value, str) else value
