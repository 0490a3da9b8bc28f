"""One process at a time: PostgreSQL's advisory lock, held by a session, ends with whoever held it. SQLite has one anyway."""

from __future__ import annotations

import contextlib

import sqlalchemy as sa
from sqlalchemy import Connection

from app.store import Store

LISTENING = 7412  # which lock; 7411 is that of migrations


class Lease:
    """``hold`` again and again: true while it is ours. Not for several threads at once."""

    def __init__(self, store: Store, number: int) -> None:
        self._store = store
        self._number = number
        self._session: Connection | None = None

    def hold(self) -> bool:
        if self._store.engine.dialect.name != "postgresql":
            return True
        try:
            if self._session is not None:
                self._session.execute(sa.text("SELECT 1"))  # a session that broke has lost the lock
                return True
            session = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if session.scalar(sa.text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number}):
                self._session = session
                return True
            session.close()
        except sa.exc.SQLAlchemyError:
            self._drop()
        return False

    def release(self) -> None:
        if self._session is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):  # it broke, and with it the lock
                self._session.execute(sa.text("SELECT pg_advisory_unlock(:number)"), {"number": self._number})
            self._drop()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.invalidate()  # not back into the pool: whatever it held ends here
            self._session.close()
            self._session = None
