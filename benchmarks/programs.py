"""Programs that are measured: started as anybody would start them, watched from outside, and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a secret for one run of one benchmark"
HOST = "127.0.0.1"
MB = 1_000_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """A server on loopback. ``ready_path`` answers 200 once it can work."""

    command: list[str]
    environ: Mapping[str, str]
    folder: Path
    port: int
    ready_path: str
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> float:
        """Start it and wait until it is ready; the seconds that took. Raises ``RuntimeError`` after a minute."""
        began = time.perf_counter()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environ, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        while time.perf_counter() - began < 60:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}{self.ready_path}", timeout=5):
                    return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        self.kill()
        raise RuntimeError(f"It did not get ready. Its last words: {(self.folder / 'log').read_text()[-800:]}")

    def kill(self) -> None:
        """kill -9, to it and whatever it started."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def resident_mb(self) -> float:
        """Resident memory of the process and its descendants, in MB (10^6 bytes)."""
        assert self.process is not None, "measured while it runs"
        return sum(map(_resident, _tree(self.process.pid))) / MB


def _tree(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def clean_environ(**more: str) -> dict[str, str]:
    """The environment without settings of Tactful's, so that a benchmark measures the defaults."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TACTFUL_")}
    return {**kept, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "ORT_DISABLE_TELEMETRY": "1", **more}


def tactful(folder: Path, python: str = sys.executable, **settings: str) -> Program:
    """``tactful serve`` with its data in ``folder``; ``settings`` by their names without the prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    chosen = {"DATA": str(folder / "data"), "PORT": str(port), "GITHUB_WEBHOOK_SECRET": SECRET, **settings}
    environ = clean_environ(**{f"TACTFUL_{name}": value for name, value in chosen.items()})
    return Program([python, "-m", "app.cli", "serve"], environ, folder, port, "/readyz")


@contextmanager
def running(program: Program) -> Iterator[Program]:
    program.start()
    try:
        yield program
    finally:
        program.kill()


def conditions() -> str:
    """What the figures depend on, in one line."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f} before the start, Python {sys.version.split()[0]}"
