"""Keys that people handed over so that what they have not published can be read. Sealed; one for each confirmed account."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from app.crypto import Vault
from app.domain import Account, Key
from app.store import upsert
from app.store.tables import accounts, people, platform_tokens


@dataclass(frozen=True, slots=True)
class Held:
    """A key as it is kept. ``since`` is when its person consented, ``made_at`` when this one was made there.

    ``version`` tells whether it was replaced or ended meanwhile.
    """

    binding_id: int
    person_id: int
    account: Account
    key: Key
    since: datetime
    made_at: datetime
    version: str


def keep(c: Connection, vault: Vault, binding_id: int, key: Key, since: datetime, made_at: datetime) -> None:
    values = {"sealed": _sealed(vault, key, since, made_at), "expires_at": key.useless_at, "busy_until": None}
    upsert(c, platform_tokens, {"account_id": binding_id}, values)
    c.execute(sa.update(accounts).where(accounts.c.id == binding_id).values(token_ended_at=None))


def replace(c: Connection, vault: Vault, held: Held, key: Key, made_at: datetime) -> bool:
    """Put ``key`` in the place of the one held; false where that was ended or replaced meanwhile: nothing is changed."""
    values = {"sealed": _sealed(vault, key, held.since, made_at), "expires_at": key.useless_at, "busy_until": None}
    return c.execute(sa.update(platform_tokens).where(_same(held)).values(**values)).rowcount == 1


def claim(c: Connection, held: Held, now: datetime, until: datetime) -> bool:
    """Whether replacing it is up to us until then: what refreshes a key works once, and two replicas would lose it."""
    free = platform_tokens.c.busy_until.is_(None) | (platform_tokens.c.busy_until <= now)
    claimed = sa.update(platform_tokens).where(_same(held), free).values(busy_until=until)
    return c.execute(claimed).rowcount == 1


def let_go(c: Connection, held: Held) -> None:
    """It was not replaced: somebody may try again."""
    c.execute(sa.update(platform_tokens).where(_same(held)).values(busy_until=None))


def readable(c: Connection, platform: str, now: datetime) -> list[Account]:
    """Whose key is kept and good, and who wants to be read: without opening anything."""
    columns = (accounts.c.platform, accounts.c.server, accounts.c.number, accounts.c.login)
    query = (
        sa.select(*columns)
        .join(platform_tokens, platform_tokens.c.account_id == accounts.c.id)
        .join(people, people.c.id == accounts.c.person_id)
        .where(accounts.c.platform == platform, _confirmed(), people.c.opted_in_at.is_not(None))
        .where(platform_tokens.c.expires_at.is_(None) | (platform_tokens.c.expires_at > now))
        .order_by(accounts.c.id)
    )
    return [Account(*row) for row in c.execute(query)]


def of_person(c: Connection, vault: Vault, person_id: int) -> list[Held]:
    rows = c.execute(_query().where(accounts.c.person_id == person_id).order_by(accounts.c.id)).mappings()
    return [_held(vault, row) for row in rows]


def at_server(c: Connection, vault: Vault, platform: str, server: str | None = None) -> list[Held]:
    """All of them on a platform, or on one server of it."""
    query = _query().where(accounts.c.platform == platform)
    if server is not None:
        query = query.where(accounts.c.server == server)
    return [_held(vault, row) for row in c.execute(query.order_by(accounts.c.id)).mappings()]


def of_account(c: Connection, vault: Vault, account: Account) -> Held | None:
    same = (accounts.c.platform == account.platform) & (accounts.c.server == account.server)
    row = c.execute(_query().where(same, accounts.c.number == account.id)).mappings().first()
    return _held(vault, row) if row else None


def ended(c: Connection, held: Held, now: datetime) -> None:
    """The platform does not take it any more: it is forgotten, and ``/me`` says so. Nothing where it was replaced."""
    if drop(c, held):
        c.execute(sa.update(accounts).where(accounts.c.id == held.binding_id).values(token_ended_at=now))


def revoked(c: Connection, account: Account, now: datetime) -> None:
    """Its owner ended it on the platform, which told us: whichever is kept is forgotten, and ``/me`` says so."""
    same = (accounts.c.platform == account.platform) & (accounts.c.server == account.server)
    binding_id = c.scalar(sa.select(accounts.c.id).where(same, accounts.c.number == account.id, _confirmed()))
    if c.execute(sa.delete(platform_tokens).where(platform_tokens.c.account_id == binding_id)).rowcount == 1:
        c.execute(sa.update(accounts).where(accounts.c.id == binding_id).values(token_ended_at=now))


def drop(c: Connection, held: Held) -> bool:
    """Forget it here; false where another one took its place, or it was gone."""
    return c.execute(sa.delete(platform_tokens).where(_same(held))).rowcount == 1


def _same(held: Held) -> sa.ColumnElement[bool]:
    return (platform_tokens.c.account_id == held.binding_id) & (platform_tokens.c.sealed == held.version)


def _query() -> sa.Select[Any]:
    columns = (accounts.c.person_id, accounts.c.platform, accounts.c.server, accounts.c.number, accounts.c.login)
    query = sa.select(platform_tokens, *columns).join(accounts, accounts.c.id == platform_tokens.c.account_id)
    return query.where(_confirmed())


def _confirmed() -> sa.ColumnElement[bool]:
    return accounts.c.confirmed_at.is_not(None)


def _sealed(vault: Vault, key: Key, since: datetime, made_at: datetime) -> str:
    plain = {"username": key.username, "token_id": key.token_id, "token": key.token}
    if key.refresh_token:
        plain |= {"refresh_token": key.refresh_token, "ends_at": key.ends_at.isoformat() if key.ends_at else ""}
    return vault.seal(json.dumps({**plain, "since": since.isoformat(), "made_at": made_at.isoformat()}))


def _held(vault: Vault, row: RowMapping) -> Held:
    raw = json.loads(vault.open(row["sealed"]))
    return Held(
        binding_id=row["account_id"],
        person_id=row["person_id"],
        account=Account(row["platform"], row["server"], row["number"], row["login"]),
        key=_key(raw, row["expires_at"]),
        since=datetime.fromisoformat(raw["since"]),
        made_at=datetime.fromisoformat(raw["made_at"]),
        version=row["sealed"],
    )


def _key(raw: dict[str, str], useless_at: datetime | None) -> Key:
    plain = (raw["username"], raw["token_id"], raw["token"])
    if "refresh_token" not in raw:
        return Key(*plain, useless_at)
    ends_at = datetime.fromisoformat(raw["ends_at"]) if raw["ends_at"] else None
    return Key(*plain, ends_at, raw["refresh_token"], useless_at)
