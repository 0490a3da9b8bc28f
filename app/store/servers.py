"""Servers that an administrator connected, with the token of the account that reads there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.crypto import Vault
from app.domain import Server
from app.store import upsert
from app.store.tables import servers


def save(c: Connection, vault: Vault, server: Server, now: datetime) -> None:
    """Add or replace the server of that platform and name."""
    keys = {"platform": server.platform, "name": server.name}
    values = {
        "url": server.url,
        "username": server.username,
        "sealed": vault.seal(server.token),
        "paths": list(server.paths),
        "networks": list(server.networks),
        "drafts_allowed": server.drafts_allowed,
        "ssh": server.ssh,
        "ssh_host_key": server.ssh_host_key,
        "caught_up_to": server.caught_up_to,
        "connected_at": now,
    }
    upsert(c, servers, keys, values)


def change(c: Connection, platform: str, name: str, **values: Any) -> None:
    """Set plain columns (not the token) of one server."""
    c.execute(sa.update(servers).where(servers.c.platform == platform, servers.c.name == name).values(**values))


def claim(c: Connection, platform: str, name: str, now: datetime, until: datetime) -> bool:
    """Whether going through its log is up to us until then, and to no other replica."""
    free = servers.c.busy_until.is_(None) | (servers.c.busy_until <= now)
    mine = sa.update(servers).where(servers.c.platform == platform, servers.c.name == name, free)
    return c.execute(mine.values(busy_until=until)).rowcount == 1


def looked_at(c: Connection, platform: str, name: str) -> datetime | None:
    """When its log was last gone through."""
    mine = (servers.c.platform == platform) & (servers.c.name == name)
    return c.scalar(sa.select(servers.c.looked_at).where(mine))


def every(c: Connection, vault: Vault, platform: str) -> dict[str, Server]:
    rows = c.execute(sa.select(servers).where(servers.c.platform == platform).order_by(servers.c.name)).mappings()
    return {row["name"]: _server(row, vault) for row in rows}


def find(c: Connection, vault: Vault, platform: str, name: str) -> Server | None:
    mine = (servers.c.platform == platform) & (servers.c.name == name)
    row = c.execute(sa.select(servers).where(mine)).mappings().first()
    return _server(row, vault) if row else None


def remove(c: Connection, platform: str, name: str) -> None:
    c.execute(sa.delete(servers).where(servers.c.platform == platform, servers.c.name == name))


def _server(row: RowMapping, vault: Vault) -> Server:
    plain = {
        name: row[name] for name in ("platform", "name", "url", "username", "drafts_allowed", "ssh", "ssh_host_key")
    }
    server = Server(token=vault.open(row["sealed"]), caught_up_to=row["caught_up_to"], **plain)
    return replace(server, paths=tuple(row["paths"]), networks=tuple(row["networks"]))
