"""Figures of tuning: ``python -m benchmarks.tuning [--short] [--simulations 200]``.

1. A slider moved until its charts are drawn: requests to the real page of a project with 10,000 and 100,000 scored comments.
2. ``tactful project replay``: comments a second on one core, and how much the database grows for 100,000 of them.
3. Expected against realised: simulated projects with known truth, and how often the 95 % interval holds what came true.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from starlette.testclient import TestClient

from app import norms, wiring
from app.commands.replay import load_classifier, read
from app.in_force import InForce
from app.main import create_app
from app.project_settings import Mode, as_json, start
from app.settings import Settings
from app.store import Store, access, histories, people, projects
from app.store.histories import monday
from app.web.templating import FRAGMENT
from benchmarks.programs import MB, conditions
from benchmarks.simulated import World, coverage
from classifiers import corpus

WEEKS = 52
MOVES = 100


@contextmanager
def house(folder: Path) -> Iterator[tuple[TestClient, Store, int, str]]:
    """The service with a maintainer signed in and one project; its number, and the model's name."""
    settings = Settings(
        data=folder / "data", github_webhook_secret="a secret of at least sixteen characters", port=8000
    )
    app = create_app(settings)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000)) as client:
        state = app.state.tactful
        now = state.now()
        with state.store.begin() as c:
            person = people.add(c, "maintainer@example.org", now)
            made = as_json(start(state.norms, Mode.ON))
            number = projects.add(
                c, "github", "github.com", "octo/parser", made, projects.ADMINISTRATOR, "Measured.", now
            )
            projects.name_maintainer(c, number, person, projects.ADMINISTRATOR, now)
            link = access.new_link(c, person, now)
        state.in_force.look_again()
        client.post(f"/enter/{link}")
        yield client, state.store, number, state.judge.model


def fill(store: Store, number: int, model: str, count: int, world: World) -> None:
    """So many scored comments over a year of weeks, by twelve people each."""
    rows, _ = world.comments(count)
    today = wiring.utc_now().date()
    for back in range(WEEKS):
        week = monday(today - timedelta(weeks=back + 1))
        part = [row.astype("<u2").tobytes() for row in rows[back::WEEKS]]
        with store.begin() as c:
            histories.add(c, number, week, model, "12345678", histories.LIVE, part)
            for person in range(12):
                key = {
                    "key": f"{number}:{week}:{person}",
                    "project_id": number,
                    "week": week,
                    "contributor": f"{person}",
                }
                c.execute(histories.contributors.insert().values(key))


def size(folder: Path) -> int:
    return sum(f.stat().st_size for f in (folder / "data").glob("tactful.db*"))


def moves(client: TestClient, number: int) -> list[tuple[float, float]]:
    """For each move of a slider: seconds from the request to the last byte of the charts, and of processor time in them."""
    address, took = f"/projects/{number}/tuning", []
    client.get(address)  # the page is open before a slider is moved
    for move in range(MOVES):
        began, used = time.perf_counter(), time.process_time()
        sliders = {"stop_hostility": str(2 + move % 12), "stop_belittling": str(2 + move // 12 % 12), "history": "own"}
        answer = client.get(address, params=sliders, headers={"Accept": FRAGMENT})
        took.append((time.perf_counter() - began, time.process_time() - used))
        assert answer.status_code == 200, answer.text
        assert "<svg" in answer.text, answer.text
    return took


def slider(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary:
        folder = Path(temporary)
        with house(folder) as (client, store, number, model):
            _checkpoint(store)
            before = size(folder)
            fill(store, number, model, count, World(7))
            _checkpoint(store)
            growth = (size(folder) - before) / MB
            began = time.perf_counter()
            client.get(f"/projects/{number}/tuning")
            opened = time.perf_counter() - began
            took = moves(client, number)
    wall, processor = (statistics.quantiles(column, n=100) for column in zip(*took, strict=True))
    print(
        f"{count:7,} comments: slider → charts p50 {1e3 * wall[49]:.0f} ms   p95 {1e3 * wall[94]:.0f} ms   "
        f"(processor time {1e3 * processor[49]:.0f} and {1e3 * processor[94]:.0f} ms)   (first opening {opened:.2f} s)   "
        f"database {growth / count * 100_000:.1f} MB per 100,000"
    )


def _checkpoint(store: Store) -> None:
    """What was written lies in the database file itself, not beside it."""
    with store.engine.connect() as c:
        c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def importing(count: int) -> None:
    """A file of so many comments of the project's own writing, scored by the real classifier."""
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary:
        folder = Path(temporary)
        settings = Settings(data=folder / "data")
        store = wiring.open_store(settings)
        service = norms.load(None)
        in_force = InForce(store, service)
        with store.begin() as c:
            projects.add(
                c, "github", "github.com", "octo/parser", as_json(start(service)), projects.COMMAND_LINE, "Measured.",
                wiring.utc_now(),
            )  # fmt: skip
        [rules] = in_force.every()
        examples = [e.text for name in corpus.writers() for e in corpus.own([name], rewrites=False)]
        file = folder / "comments.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in examples[:count]), encoding="utf-8")
        classifier = load_classifier()
        began, used = time.perf_counter(), time.process_time()
        read(store, rules, file, classifier, Console(quiet=True))
        wall, cpu = time.perf_counter() - began, time.process_time() - used
        store.close()
    print(f"Import: {count / wall:.0f} comments a second, {count / cpu:.0f} a second of one core's time")


def main(*, short: bool = False, simulations: int = 200, seed: int = 7) -> None:
    os.environ.setdefault("TACTFUL_DATA", tempfile.gettempdir())
    print(f"Tuning ({conditions()})")
    for count in (10_000, 100_000):
        slider(count)
    importing(300 if short else 2000)
    for line in coverage(simulations // 10 if short else simulations, seed):
        print(line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tuning", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the simulations, fewer comments")
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    main(short=given.short, simulations=given.simulations, seed=given.seed)
