"""What is lost or doubled: ``python -m benchmarks.kills [--short] [--seed N]``.

2,000 signed deliveries while the service is killed with -9 at 24 seeded random moments (20 under load, 4 while it
catches up) and started again; what got no 2xx is delivered again under the same id, as GitHub's redelivery would. Every
comment has a sting, e-mail is on, and a real SMTP server counts. On SQLite with one process; on PostgreSQL with two
replicas, either of which is killed. Beside it, a Probot app that answers and does 100 ms of work from memory.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from app.crypto import new_key
from app.engine import failed_walks, pending_walks
from app.norms import MOST_TOLERANCE
from app.settings import Settings
from app.store import Store, tables
from app.wiring import open_store
from benchmarks import peers
from benchmarks.databases import databases
from benchmarks.forge import deliveries, opted_in
from benchmarks.killing import Attack
from benchmarks.postbox import Postbox, postbox
from benchmarks.programs import Program, conditions, tactful
from classifiers.labels import CONCERNS

PATIENCE_S = 240.0
# What is counted here are sentences on their way, not judgements: as many as may be are spoken.
TALKATIVE = "".join(f"[concerns.{label}]\ntolerance = {MOST_TOLERANCE:.0f}\n" for label in CONCERNS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the comments whose delivery was answered with a 2xx."""

    lost: int
    doubled: int
    silent: Counter[str]
    mails_lost: int
    mails_doubled: int
    parked: int
    parked_and_arrived: int
    failed: int


@dataclass(frozen=True, slots=True)
class Run:
    """An attack that is over: what was done, how long it took, what came of it."""

    attack: Attack
    seconds: float
    unfinished: int
    outcome: Outcome


def attacked(url: str | None, folder: Path, count: int, seed: int, kills: int = 20, late_kills: int = 4) -> Run:
    """``count`` deliveries under kill -9: to one process on SQLite, or to two replicas on the PostgreSQL at ``url``."""
    key = new_key()
    norms = folder / "norms.toml"
    folder.mkdir()
    norms.write_text(TALKATIVE)
    with postbox() as (box, smtp_url):
        shared = {"SECRET_KEYS": key, "SMTP_URL": smtp_url, "MAIL_SENDER": "tactful@example.org", "NORMS": str(norms)}
        shared |= {"DATABASE_URL": url} if url else {}
        names = ("one", "two") if url else ("one",)
        programs = [tactful(folder / name, **shared) for name in names]
        store = open_store(
            Settings(
                data=folder / "one" / "data",
                database_url=SecretStr(url) if url else None,
                secret_keys=SecretStr(key),
            )
        )
        opted_in(store, email=True)
        sent = list(deliveries(count, "/webhooks/github", seed=seed, stings=1.0))
        attack = Attack(programs, sent, kills, late_kills, seed)
        began = time.perf_counter()
        try:
            for program in programs:
                program.start()
            asyncio.run(attack.run())
            left = _walked(store)
        finally:
            for program in programs:
                program.kill()
        run = Run(attack, time.perf_counter() - began, left, counted(store, box, count))
        store.close()
    return run


def told(run: Run) -> None:
    outcome = run.outcome
    attack = run.attack
    print(f"  {len(attack.deliveries)} deliveries, {attack.killed} kill -9, ", end="")
    print(f"{attack.sent_again} sent again, {run.seconds:.0f} s")
    print(
        f"  suggestions: {outcome.lost} lost, {outcome.doubled} doubled; e-mails: {outcome.mails_lost} lost, ", end=""
    )
    print(f"{outcome.mails_doubled} doubled, {outcome.parked} parked as unknown ({outcome.parked_and_arrived} arrived)")
    silent = f", silent {dict(outcome.silent)}" if outcome.silent else ""
    print(f"  walks: {run.unfinished} unfinished, {outcome.failed} failed{silent}")


def _walked(store: Store) -> int:
    """Wait until nothing is under way; how much is after the patience is over."""
    until = time.monotonic() + PATIENCE_S
    while (left := pending_walks(store)) and time.monotonic() < until:
        time.sleep(0.25)
    return left


def counted(store: Store, box: Postbox, count: int) -> Outcome:
    """Lost: neither a suggestion in the inbox nor a silence with its reason. E-mails by what the server took."""
    c_, d, s, way = tables.comments, tables.decisions, tables.suggestions, tables.deliveries
    with store.read() as c:
        decided = c.execute(sa.select(c_.c.key, d.c.reason).join(d, d.c.comment_id == c_.c.id)).all()
        in_inbox = c.scalars(
            sa.select(c_.c.key)
            .select_from(way.join(s, s.c.id == way.c.suggestion_id).join(c_, c_.c.id == s.c.comment_id))
            .where(way.c.channel == "inbox", way.c.status == "sent")
        ).all()
        mails = {int(row[0]): str(row[1]) for row in c.execute(
            sa.select(way.c.suggestion_id, way.c.status).where(way.c.channel == "email")
        )}  # fmt: skip
        spoken_about = c.scalar(sa.select(sa.func.count()).select_from(s)) or 0
    silent = Counter(str(reason) for _, reason in decided if reason is not None)
    inbox = Counter(in_inbox)
    named = {
        f"<tactful-{store.vault.digest(f'{suggestion}:email')[:32]}@127.0.0.1>": suggestion for suggestion in mails
    }
    strangers = sum(n for message, n in box.arrived.items() if message not in named)
    parked = [message for message, suggestion in named.items() if mails[suggestion] == "unknown"]
    return Outcome(
        lost=count - len(inbox) - sum(silent.values()),
        doubled=sum(n - 1 for n in inbox.values()) + spoken_about - len(inbox),
        silent=silent,
        mails_lost=sum(not box.arrived[m] for m, suggestion in named.items() if mails[suggestion] != "unknown")
        + len(inbox)
        - len(mails),
        mails_doubled=sum(n - 1 for n in box.arrived.values()) + strangers,
        parked=len(parked),
        parked_and_arrived=sum(box.arrived[m] > 0 for m in parked),
        failed=failed_walks(store),
    )


def peer(program: Program, ledger: Path, count: int, seed: int) -> None:
    attack = Attack([program], list(deliveries(count, peers.WEBHOOKS, seed=seed, stings=1.0)), 20, 4, seed)
    program.start()
    try:
        asyncio.run(attack.run())
        time.sleep(1)
    finally:
        program.kill()
    done = Counter(ledger.read_text().split())
    print(f"  {count} deliveries, {attack.killed} kill -9, {attack.sent_again} sent again")
    print(f"  work: {count - len(done)} lost, {sum(n - 1 for n in done.values())} doubled")


def main(*, short: bool = False, seed: int = 1) -> None:
    count = 400 if short else 2000
    print(f"Lost and doubled, seed {seed} ({conditions()})")
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary, databases() as found:
        folder = Path(temporary)
        for name, url in found.items():
            print(f"Tactful on {name}, {'two replicas' if url else 'one process'}")
            told(attacked(url, folder / name, count, seed))
        ledger = folder / "ledger"
        ledger.touch()
        app = peers.probot(folder / "probot", ledger, work_ms=100)
        if app is not None:
            print("A Probot app that works from memory after its answer")
            peer(app, ledger, count, seed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="400 deliveries")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    main(short=arguments.short, seed=arguments.seed)
