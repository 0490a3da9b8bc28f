"""The database: one engine, shared with the durable engine; one module per noun; ids and ciphertext only.

Functions take a connection, so that the caller says what belongs to one transaction, and ``now``, so that time is passed
in. SQLite is opened with WAL and ``synchronous=FULL``: what was answered 202 survives a power cut, too.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, event

from app.crypto import Vault, new_key
from app.domain import ConfigurationError
from app.store import access_tables as access_tables  # with these two, ``metadata`` is whole
from app.store import project_tables as project_tables
from app.store.tables import meta
from app.store.turns import connection_factory

DIGEST_KEY = "digest"


class Store:
    """The engine and the vault. ``open`` migrates and reads the digest key."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault

    @classmethod
    def open(cls, url: str, vault: Vault) -> Store:
        """Connect, migrate to the newest schema and unlock. Raises ``ConfigurationError`` with what to do."""
        engine = make_engine(url)
        try:
            migrate(engine)
        except sa.exc.OperationalError:
            raise ConfigurationError(
                f"The database at {engine.url.render_as_string(hide_password=True)} cannot be reached. "
                "Check the address and that it is running."
            ) from None
        store = cls(engine, vault)
        with store.begin() as c:
            vault.use_digest_key(_digest_key(c, vault))
        return store

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: all of it or nothing."""
        with self.engine.begin() as c:
            yield c

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """For reading only; on SQLite it takes no lock that a writer would wait for."""
        with self.engine.connect() as c:
            yield c

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url, pool_size=20, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 10}
        )
    arguments = {"factory": connection_factory()}
    engine = sa.create_engine(url, pool_size=20, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # DBOS relies on IMMEDIATE: a writer waits for its turn instead of failing half way.
        connection.isolation_level = "IMMEDIATE"
        if sqlite3.sqlite_version_info < (3, 42):  # DBOS asks for fractions of a second, which were NULL until then
            connection.create_function("unixepoch", 1, lambda _: time.time())
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(engine: Engine) -> None:
    """To the newest schema. Several replicas may start at once: on PostgreSQL they take turns by an advisory lock."""
    config = alembic_config()
    with _nothing_follows(engine) as c, c.begin():
        if engine.dialect.name == "postgresql":
            c.execute(sa.text("SELECT pg_advisory_xact_lock(7411)"))
        config.attributes["connection"] = c
        command.upgrade(config, "head")


@contextmanager
def _nothing_follows(engine: Engine) -> Iterator[Connection]:
    """A connection on which nothing goes with a row that goes: SQLite alters a table by making it anew and dropping the
    old one, and with that every row that hangs on it would be deleted (https://www.sqlite.org/lang_altertable.html, 7).
    """
    with engine.connect() as c:
        if engine.dialect.name != "sqlite":
            yield c
            return
        c.exec_driver_sql("PRAGMA foreign_keys=OFF")
        c.commit()  # the pragma does nothing inside a transaction
        try:
            yield c
        finally:
            c.exec_driver_sql("PRAGMA foreign_keys=ON")
            c.commit()


def _digest_key(c: Connection, vault: Vault) -> str:
    found = c.scalar(sa.select(meta.c.sealed).where(meta.c.key == DIGEST_KEY))
    if found is None:
        c.execute(insert_or_ignore(c, meta).values(key=DIGEST_KEY, sealed=vault.seal(new_key())))
        found = c.scalar(sa.select(meta.c.sealed).where(meta.c.key == DIGEST_KEY))
    assert found is not None
    return str(found)


def insert_or_ignore(c: Connection, table: sa.Table) -> Any:
    """An INSERT that leaves an existing row alone: the way a step may be repeated."""
    return _dialect_insert(c, table).on_conflict_do_nothing()


def upsert(c: Connection, table: sa.Table, keys: dict[str, Any], values: dict[str, Any]) -> None:
    insert = _dialect_insert(c, table).values(**keys, **values)
    c.execute(insert.on_conflict_do_update(index_elements=list(keys), set_=values))


def _dialect_insert(c: Connection, table: sa.Table) -> Any:
    if c.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
