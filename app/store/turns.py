"""Writers of one SQLite file take turns in the process, before they meet at the file.

SQLite lets one writer in, and a writer that finds the door shut sleeps and looks again, up to 100 ms at a time: with
several threads most of the time is slept away. A lock hands over at once. Other processes still wait at the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from typing import Any

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN", "WITH")


def connection_factory() -> type[sqlite3.Connection]:
    """A ``factory`` for ``sqlite3.connect``; connections of one factory share one lock."""
    lock = threading.Lock()

    class TurnCursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> TurnCursor:
            self.connection.take_turn(sql)  # type: ignore[attr-defined]
            super().execute(sql, parameters)
            return self

        def executemany(self, sql: str, rows: Iterable[Any], /) -> TurnCursor:
            self.connection.take_turn(sql)  # type: ignore[attr-defined]
            super().executemany(sql, rows)
            return self

    class TurnConnection(sqlite3.Connection):
        _mine = False

        def cursor(self, factory: Any = TurnCursor) -> Any:
            return super().cursor(factory)

        def take_turn(self, sql: str) -> None:
            if not self._mine and not self.in_transaction and sql.lstrip()[:7].upper().startswith(WRITES):
                lock.acquire()
                self._mine = True

        def _end_turn(self) -> None:
            if self._mine:
                self._mine = False
                lock.release()

        def commit(self) -> None:
            try:
                super().commit()
            finally:
                if not self.in_transaction:
                    self._end_turn()

        def rollback(self) -> None:
            try:
                super().rollback()
            finally:
                self._end_turn()

        def close(self) -> None:
            try:
                super().close()
            finally:
                self._end_turn()

    return TurnConnection
