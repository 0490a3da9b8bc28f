"""How what was done to a server, to connect it, is taken back; and the SSH key that was made for it. Sealed.

Kept before a thing is done, and apart from the server's own row, so that an interrupted set-up can be taken back, too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.crypto import Vault
from app.store import upsert
from app.store.tables import meta

Entry = dict[str, Any]  # at least an "id"; the rest is the platform's


def entries(c: Connection, vault: Vault, platform: str, name: str) -> list[Entry]:
    """In the order in which things were done."""
    found = _read(c, vault, _key("done", platform, name))
    return list(json.loads(found)) if found else []


def note(c: Connection, vault: Vault, platform: str, name: str, entry: Entry) -> None:
    """The first entry of an id stays: it leads back to how things were before us."""
    known = entries(c, vault, platform, name)
    if all(entry["id"] != one["id"] for one in known):
        keep(c, vault, platform, name, [*known, entry])


def keep(c: Connection, vault: Vault, platform: str, name: str, remaining: Sequence[Entry]) -> None:
    _write(c, vault, _key("done", platform, name), json.dumps(list(remaining)) if remaining else None)


def ssh_key(c: Connection, vault: Vault, platform: str, name: str) -> str | None:
    """The private key, in OpenSSH's form."""
    return _read(c, vault, _key("ssh", platform, name))


def keep_ssh_key(c: Connection, vault: Vault, platform: str, name: str, private_key: str | None) -> None:
    _write(c, vault, _key("ssh", platform, name), private_key)


def _key(what: str, platform: str, name: str) -> str:
    return f"{what}:{blake2b(f'{platform}:{name}'.encode(), digest_size=16).hexdigest()}"


def _read(c: Connection, vault: Vault, key: str) -> str | None:
    sealed = c.scalar(sa.select(meta.c.sealed).where(meta.c.key == key))
    return vault.open(sealed) if sealed is not None else None


def _write(c: Connection, vault: Vault, key: str, text: str | None) -> None:
    if text is None:
        c.execute(sa.delete(meta).where(meta.c.key == key))
    else:
        upsert(c, meta, {"key": key}, {"sealed": vault.seal(text)})
