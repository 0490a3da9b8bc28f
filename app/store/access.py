"""Ways in: one-time links, sessions, codes, client tokens, and the tokens platforms gave us. Hashes or ciphertext."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import hash_token, new_token
from app.domain import Account
from app.store.access_tables import client_tokens, codes, links, nonces, sessions
from app.store.tables import accounts, platform_tokens

LINK_LIFE = timedelta(minutes=15)
CODE_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=30)
CODE_TRIES = 5
# Without 0/O, 1/I/L: read aloud and typed by people.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


# --- one-time links ---------------------------------------------------------------------------------------------------


def new_link(c: Connection, person_id: int, now: datetime, purpose: str = "sign-in") -> str:
    token = new_token()
    c.execute(
        sa.insert(links).values(
            token_hash=hash_token(token), person_id=person_id, purpose=purpose, expires_at=now + LINK_LIFE
        )
    )
    return token


def use_link(c: Connection, token: str, now: datetime, purpose: str = "sign-in") -> int | None:
    """The person, once; ``None`` for a link that is unknown, spent or old."""
    mine = (links.c.token_hash == hash_token(token)) & (links.c.purpose == purpose)
    row = c.execute(sa.delete(links).where(mine).returning(links.c.person_id, links.c.expires_at)).first()
    return int(row.person_id) if row and row.expires_at > now else None


def link_person(c: Connection, token: str, now: datetime, purpose: str = "sign-in") -> int | None:
    """Whose link it is, without spending it."""
    mine = (links.c.token_hash == hash_token(token)) & (links.c.purpose == purpose) & (links.c.expires_at > now)
    found = c.scalar(sa.select(links.c.person_id).where(mine))
    return int(found) if found is not None else None


def links_open(c: Connection, person_id: int, now: datetime, purpose: str = "sign-in") -> int:
    """How many links of somebody's could still be used: so that nobody fills another's mailbox with them."""
    mine = (links.c.person_id == person_id) & (links.c.purpose == purpose) & (links.c.expires_at > now)
    return c.scalar(sa.select(sa.func.count()).select_from(links).where(mine)) or 0


# --- sessions ---------------------------------------------------------------------------------------------------------


def new_session(c: Connection, person_id: int, now: datetime) -> str:
    session = new_token()
    c.execute(
        sa.insert(sessions).values(id_hash=hash_token(session), person_id=person_id, expires_at=now + SESSION_LIFE)
    )
    return session


def session_person(c: Connection, session: str, now: datetime) -> int | None:
    mine = (sessions.c.id_hash == hash_token(session)) & (sessions.c.expires_at > now)
    found = c.scalar(sa.select(sessions.c.person_id).where(mine))
    return int(found) if found is not None else None


def end_session(c: Connection, session: str) -> None:
    c.execute(sa.delete(sessions).where(sessions.c.id_hash == hash_token(session)))


# --- codes: to pair a client, to confirm a chat address ----------------------------------------------------------------


def new_code(c: Connection, person_id: int, purpose: str, now: datetime, scopes: tuple[str, ...] = ()) -> str:
    """``HHHH-SSSSSS``: the first half finds the row, so that wrong guesses can be counted; the second is the secret.

    Six characters of 31 with five tries: a chance of 6 in 10⁹ to guess one. An earlier code for the same purpose ends.
    """
    end_codes(c, person_id, purpose)
    handle, secret = (_random(n) for n in (4, 6))
    while c.scalar(sa.select(sa.exists().where(codes.c.handle == handle))):
        handle = _random(4)
    c.execute(
        sa.insert(codes).values(
            handle=handle,
            person_id=person_id,
            purpose=purpose,
            code_hash=hash_token(handle + secret),
            scopes=list(scopes),
            expires_at=now + CODE_LIFE,
        )
    )
    return f"{handle}-{secret}"


def use_code(c: Connection, code: str, purpose: str, now: datetime) -> tuple[int, tuple[str, ...]] | None:
    """(person, scopes), once. A wrong guess is counted; the fifth ends the code."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    handle = plain[:4]
    # Counted before it is looked at, in one statement, so that guesses made at once count, too.
    alive = (codes.c.handle == handle) & (codes.c.purpose == purpose) & (codes.c.tries < CODE_TRIES)
    tried = sa.update(codes).where(alive, codes.c.expires_at > now).values(tries=codes.c.tries + 1).returning(codes)
    row = c.execute(tried).mappings().first()
    if row is None or not hmac.compare_digest(row["code_hash"], hash_token(plain)):
        return None
    if c.execute(sa.delete(codes).where(codes.c.handle == handle)).rowcount == 0:
        return None
    return int(row["person_id"]), tuple(row["scopes"])


def code_under_way(
    c: Connection, person_id: int, purpose: str, now: datetime
) -> tuple[datetime, tuple[str, ...]] | None:
    """(when it was made, what it opens) of a code that could still be used."""
    mine = (codes.c.person_id == person_id) & (codes.c.purpose == purpose) & (codes.c.expires_at > now)
    row = c.execute(sa.select(codes.c.expires_at, codes.c.scopes).where(mine)).first()
    return (row.expires_at - CODE_LIFE, tuple(row.scopes)) if row else None


def end_codes(c: Connection, person_id: int, purpose: str) -> None:
    c.execute(sa.delete(codes).where(codes.c.person_id == person_id, codes.c.purpose == purpose))


def _random(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


# --- client tokens ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Client:
    id: int
    person_id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_on: str | None


def new_client(c: Connection, person_id: int, name: str, scopes: tuple[str, ...], now: datetime) -> str:
    token = new_token("tact_")
    c.execute(
        sa.insert(client_tokens).values(
            person_id=person_id, name=name[:80], token_hash=hash_token(token), scopes=list(scopes), created_at=now
        )
    )
    return token


def client(c: Connection, token: str) -> Client | None:
    row = c.execute(sa.select(client_tokens).where(client_tokens.c.token_hash == hash_token(token))).mappings().first()
    return _client(row) if row else None


def clients(c: Connection, person_id: int) -> list[Client]:
    rows = c.execute(
        sa.select(client_tokens).where(client_tokens.c.person_id == person_id).order_by(client_tokens.c.id)
    ).mappings()
    return [_client(row) for row in rows]


def _client(row: sa.RowMapping) -> Client:
    return Client(
        row["id"], row["person_id"], row["name"], tuple(row["scopes"]), row["created_at"], row["last_used_on"]
    )


def used_today(c: Connection, client_id: int, now: datetime) -> None:
    """Only the day: more would be a diary of when somebody writes."""
    c.execute(
        sa.update(client_tokens).where(client_tokens.c.id == client_id).values(last_used_on=now.date().isoformat())
    )


def revoke(c: Connection, person_id: int, client_id: int) -> None:
    c.execute(sa.delete(client_tokens).where(client_tokens.c.id == client_id, client_tokens.c.person_id == person_id))


# --- tokens that platforms gave ---------------------------------------------------------------------------------------


def holds_platform_token(c: Connection, account: Account) -> bool:
    mine = (
        (accounts.c.platform == account.platform)
        & (accounts.c.server == account.server)
        & (accounts.c.number == account.id)
    )
    query = sa.select(platform_tokens.c.account_id).join(accounts, accounts.c.id == platform_tokens.c.account_id)
    return c.scalar(query.where(mine)) is not None


def sweep(c: Connection, now: datetime) -> None:
    for table in (links, codes, sessions, nonces):
        c.execute(sa.delete(table).where(table.c.expires_at <= now))
