"""Numbers used once: what was asked for a moment ago may be answered once, and not again by whoever overheard it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import hash_token, new_token
from app.store.access_tables import nonces

LIFE = timedelta(minutes=5)


def new(c: Connection, purpose: str, now: datetime, life: timedelta = LIFE) -> str:
    nonce = new_token()
    c.execute(sa.insert(nonces).values(nonce_hash=hash_token(nonce), purpose=purpose, expires_at=now + life))
    return nonce


def use(c: Connection, nonce: str, purpose: str, now: datetime) -> bool:
    """True once, for a nonce that was given out for ``purpose`` and is not too old."""
    mine = (nonces.c.nonce_hash == hash_token(nonce)) & (nonces.c.purpose == purpose)
    expires_at = c.scalar(sa.delete(nonces).where(mine).returning(nonces.c.expires_at))
    return expires_at is not None and expires_at > now
