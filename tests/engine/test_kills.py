"""kill -9 of the real service under load, again and again: nothing is lost and nothing is doubled.

``python -m benchmarks.kills`` does the same with 2,000 deliveries.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from app.crypto import new_key
from app.engine import pending_walks
from app.settings import Settings
from app.store import Store
from app.store.tables import decisions, executors
from app.wiring import open_store
from benchmarks.forge import deliveries, opted_in
from benchmarks.kills import Run, attacked
from benchmarks.programs import tactful
from benchmarks.sending import at_rate


def _nothing_lost_nothing_doubled(run: Run) -> None:
    assert run.attack.killed == 7
    o = run.outcome
    assert (run.unfinished, o.failed) == (0, 0)
    assert (o.lost, o.doubled) == (0, 0)
    assert (o.mails_lost, o.mails_doubled) == (0, 0)
    assert sum(o.silent.values()) < 30, "nearly everything is spoken about, so that there is something to lose"


def test_one_process_on_sqlite(tmp_path: Path) -> None:
    _nothing_lost_nothing_doubled(attacked(None, tmp_path / "attack", count=150, seed=3, kills=5, late_kills=2))


def test_two_replicas_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    _nothing_lost_nothing_doubled(attacked(postgres_url, tmp_path / "attack", count=150, seed=4, kills=5, late_kills=2))


def test_what_a_dead_replica_held_is_resumed_by_the_other(tmp_path: Path, postgres_url: str) -> None:
    """One takes deliveries and is killed for good in the middle of them; the other finishes all and buries it."""
    shared = {"SECRET_KEYS": new_key(), "DATABASE_URL": postgres_url}
    first, second = (tactful(tmp_path / name, **shared) for name in ("one", "two"))
    store = _opened(tmp_path, shared)
    try:
        first.start()
        opted_in(store)
        sent = [d.raw for d in deliveries(40, "/webhooks/github", seed=5, stings=0.0)]
        assert all(a.status == 202 for a in asyncio.run(at_rate(first.port, sent, 100)))
        first.kill()
        assert pending_walks(store) > 0, "it was killed with work on its hands"
        second.start()
        deadline = time.monotonic() + 90
        while pending_walks(store) or len(_replicas(store)) > 1:
            assert time.monotonic() < deadline, "the other replica did not finish the work"
            time.sleep(0.2)
        with store.read() as c:
            assert c.scalar(sa.select(sa.func.count()).select_from(decisions)) == 40
    finally:
        first.kill()
        second.kill()
        store.close()


def _opened(folder: Path, shared: dict[str, str]) -> Store:
    settings = Settings(
        data=folder / "one" / "data",
        database_url=SecretStr(shared["DATABASE_URL"]),
        secret_keys=SecretStr(shared["SECRET_KEYS"]),
    )
    return open_store(settings)


def _replicas(store: Store) -> list[str]:
    with store.read() as c:
        return list(c.scalars(sa.select(executors.c.id)))
