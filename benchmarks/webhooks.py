"""Acknowledgements under load: ``python -m benchmarks.webhooks [--short]``.

Signed deliveries of comments by somebody who opted in, sent by the clock at 50 and 200 a second for 20 s each; every
one is stored durably before it is answered, and judged behind the answer on the same machine. Beside it, a Probot app
that checks the signature and answers 200, under the same load.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from app.engine import pending_walks
from app.settings import Settings
from app.store import Store
from app.wiring import open_store
from benchmarks import peers
from benchmarks.databases import databases
from benchmarks.forge import deliveries, opted_in
from benchmarks.programs import Program, conditions, running, tactful
from benchmarks.sending import at_rate, percentile

RATES = (50, 200)
STINGS = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one server: milliseconds by (rate, percent), and megabytes."""

    ms: dict[tuple[int, int], float]
    at_rest_mb: float
    loaded_mb: float


def measure(name: str, program: Program, path: str, seconds: int, waiting: Callable[[], int]) -> Measured:
    """Load a running ``program``; ``waiting`` says how many walks are not finished."""
    time.sleep(2)  # what only starting needs is let go of
    at_rest = program.resident_mb()
    _send(program, path, 50, 100, first=1)  # not measured: connections, caches, the first judgement
    ms: dict[tuple[int, int], float] = {}
    loaded = 0.0
    for number, rate in enumerate(RATES):
        _finish(waiting)
        latencies = _send(program, path, rate, rate * seconds, first=1000 * (number + 1))
        loaded = max(loaded, program.resident_mb())
        left = waiting()
        ms |= {(rate, percent): percentile(latencies, percent) * 1000 for percent in (50, 99)}
        behind = f", {left} of {rate * seconds} not yet walked at the end" if left else ""
        print(f"{name:<22} {rate:>4}/s  p50 {ms[rate, 50]:7.1f} ms   p99 {ms[rate, 99]:7.1f} ms{behind}")
    print(f"{name:<22} memory {at_rest:6.0f} MB at rest   {loaded:6.0f} MB at the end of the load")
    return Measured(ms, at_rest, loaded)


def _send(program: Program, path: str, rate: int, count: int, first: int) -> list[float]:
    requests = [d.raw for d in deliveries(count, path, seed=first, stings=STINGS, first=first)]
    answered = asyncio.run(at_rate(program.port, requests, rate))
    odd = sorted({a.status for a in answered if not 200 <= a.status < 300 or a.status == 204})
    if odd:
        count = sum(a.status in odd for a in answered)
        print(f"    {count} of {len(answered)} were not taken (statuses {odd}; 0 is no answer in 10 s)")
    return [a.latency_s for a in answered]


def _finish(waiting: Callable[[], int], patience_s: float = 60) -> None:
    """So that one load does not weigh on the next."""
    until = time.monotonic() + patience_s
    while waiting() and time.monotonic() < until:
        time.sleep(0.2)


def _tactful(name: str, url: str | None, folder: Path, seconds: int) -> Measured:
    settings = Settings(data=folder / "data", database_url=SecretStr(url) if url else None)
    store: Store = open_store(settings)
    opted_in(store)
    with running(tactful(folder, **({"DATABASE_URL": url} if url else {}))) as program:
        measured = measure(f"Tactful, {name}", program, "/webhooks/github", seconds, lambda: pending_walks(store))
    store.close()
    return measured


def main(*, short: bool = False) -> None:
    seconds = 8 if short else 20
    print(f"Acknowledgements, durable first, {seconds} s at each rate ({conditions()})")
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary:
        folder = Path(temporary)
        with databases() as found:
            ours = {name: _tactful(name, url, folder / name, seconds) for name, url in found.items()}
        app = peers.probot(folder / "probot")
        if app is None:
            return
        with running(app) as program:
            theirs = measure("Probot, nothing stored", program, peers.WEBHOOKS, seconds, lambda: 0)
    for name, measured in ours.items():
        print(f"Tactful on {name} against Probot: {_ratios(measured, theirs)}")


def _ratios(ours: Measured, theirs: Measured) -> str:
    parts = [
        f"{rate}/s p{percent} ×{ours.ms[rate, percent] / theirs.ms[rate, percent]:.1f}" for rate, percent in ours.ms
    ]
    parts.append(f"memory at rest ×{ours.at_rest_mb / theirs.at_rest_mb:.1f}")
    parts.append(f"loaded ×{ours.loaded_mb / theirs.loaded_mb:.1f}")
    return "   ".join(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="8 s at each rate")
    main(short=parser.parse_args().short)
