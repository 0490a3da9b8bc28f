"""Settings put in force through one process hold in another, on the same database, within five seconds and no restart."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr

from app.crypto import new_key
from app.settings import Settings
from app.store import access, people
from app.wiring import open_store, utc_now
from benchmarks.programs import HOST, Program, tactful

WITHIN_S = 5.0
PLACE = {"platform": "github", "server": "github.com", "project": "octo/parser"}


@contextmanager
def running(*programs: Program) -> Iterator[None]:
    try:
        for program in programs:
            program.start()
        yield
    finally:
        for program in programs:
            program.kill()


def command(program: Program, *arguments: str) -> None:
    """``tactful …`` in a process of its own, with the settings of ``program``."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=program.environ, cwd=program.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def silence(program: Program) -> str | None:
    """Why nothing is said there about a harmless text: because of it, or of the project."""
    body = {"texts": ["Please add a test."], "place": PLACE}
    answer = httpx.post(f"http://{HOST}:{program.port}/v1/check", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"][0]["silence"]


def seconds_until_off(program: Program) -> float:
    began = time.monotonic()
    while silence(program) != "project_off":
        assert time.monotonic() - began < WITHIN_S, "it did not follow in time"
        time.sleep(0.1)
    return time.monotonic() - began


def test_on_sqlite_the_service_follows_the_command_line(tmp_path: Path) -> None:
    one = tactful(tmp_path / "one")
    with running(one):
        command(one, "project", "add", "octo", "--mode", "on")
        time.sleep(WITHIN_S / 2)
        assert silence(one) == "below_tolerance"
        off = tmp_path / "off.toml"
        off.write_text('mode = "off"\n', encoding="utf-8")
        command(one, "project", "apply", "octo", str(off), "--why", "A test.")
        assert seconds_until_off(one) < WITHIN_S


def test_on_postgresql_a_replica_follows_another(tmp_path: Path, postgres_url: str) -> None:
    shared = {"SECRET_KEYS": new_key(), "DATABASE_URL": postgres_url}
    one, two = (tactful(tmp_path / name, **shared) for name in ("one", "two"))
    with running(one, two):
        command(one, "project", "add", "octo", "--mode", "on")
        client = signed_in(one, shared)
        [number] = set(re.findall(r'href="/projects/(\d+)', client.get("/projects").text))
        [version] = set(re.findall(r'name="version" value="(\d+)"', client.get(f"/projects/{number}").text))
        assert silence(two) == "below_tolerance"
        form = {"version": version, "mode": "off", "why": "A test."}
        assert client.post(f"/projects/{number}/settings", data=form).status_code == 200
        assert silence(one) == "project_off", "whoever changed it sees it at once"
        assert seconds_until_off(two) < WITHIN_S


def signed_in(program: Program, shared: dict[str, str]) -> httpx.Client:
    """An administrator's browser."""
    settings = Settings(
        data=program.folder / "data",
        database_url=SecretStr(shared["DATABASE_URL"]),
        secret_keys=SecretStr(shared["SECRET_KEYS"]),
    )
    store = open_store(settings)
    with store.begin() as c:
        link = access.new_link(c, people.add(c, "boss@example.org", utc_now(), is_admin=True), utc_now())
    store.close()
    client = httpx.Client(base_url=f"http://{HOST}:{program.port}", follow_redirects=True)
    assert client.post(f"/enter/{link}").status_code == 200
    return client
