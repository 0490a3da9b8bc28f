"""The tables of ways in: links, codes, sessions, client tokens, nonces. Each is known by its hash alone."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from app.store.tables import Moment, _id, _person, metadata

links = Table(
    "links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _person(),
    Column("purpose", String(20), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("handle", String(16), primary_key=True),
    _person(),
    Column("purpose", String(20), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    _person(),
    Column("expires_at", Moment, nullable=False),
)

client_tokens = Table(
    "client_tokens",
    metadata,
    _id(),
    _person(),
    Column("name", String(80), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_on", String(10)),
    sqlite_autoincrement=True,
)

nonces = Table(
    "nonces",
    metadata,
    Column("nonce_hash", String(64), primary_key=True),
    Column("purpose", String(260), nullable=False),
    Column("expires_at", Moment, nullable=False),
)
