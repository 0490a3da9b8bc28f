from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.connected import KEEP_S, Connected
from app.crypto import hash_token
from app.domain import Server
from app.store import Store, servers


def server(name: str, *secrets: str) -> Server:
    return Server("gerrit", name, f"https://{name}", "tactful", "a token", tuple(map(hash_token, secrets)))


def save(store: Store, found: Server, now: datetime) -> None:
    with store.begin() as c:
        servers.save(c, store.vault, found, now)


def test_what_is_connected_is_seen_within_seconds_and_asked_for_once(store: Store, now: datetime) -> None:
    clock, queries = [0.0], []
    connected = Connected(store, "gerrit", lambda: clock[0])
    sa.event.listen(store.engine, "before_cursor_execute", lambda *a: queries.append(a[2]))
    assert connected.every() == {}
    save(store, server("one.test", "first"), now)
    queries.clear()
    assert connected.named("one.test") is None
    assert queries == []
    clock[0] += KEEP_S
    assert connected.named("one.test") == server("one.test", "first")
    save(store, server("two.test", "second"), now)
    connected.look_again()
    assert set(connected.every()) == {"one.test", "two.test"}


def test_each_secret_path_leads_to_its_server(store: Store, now: datetime) -> None:
    connected = Connected(store, "gerrit")
    save(store, server("one.test", "old", "new"), now)
    save(store, server("two.test", "other"), now)
    assert [getattr(connected.behind(secret), "name", None) for secret in ("old", "new", "other", "", "none")] == [
        "one.test",
        "one.test",
        "two.test",
        None,
        None,
    ]
