"""``tactful gerrit`` against a real Gerrit with the stand-in for its webhooks plugin, and a service beside it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from typer.testing import CliRunner

from app import cli, wiring
from app.domain import Account, Server, TactfulError
from app.settings import Settings
from app.store import Store, people, servers, suggestions
from app.wiring import utc_now
from tests.real.gerrit.people import Somebody
from tests.real.gerrit.server import RealGerrit
from tests.real.gerrit.webhooks_plugin import WebhooksPlugin
from tests.web_app import served

NAME = "review"
CONFIG = "refs/meta/config"


@dataclass
class Said:
    """What a command printed, and its exit status; an error for people is printed, too, as ``cli.main`` does."""

    text: str
    status: int


@dataclass
class Desk:
    """An administrator's terminal on the machine of a Tactful."""

    folder: Path
    gerrit: RealGerrit
    plugin: WebhooksPlugin
    address: str

    def tactful(self, *arguments: str, **environment: str) -> Said:
        given = {
            "TACTFUL_DATA": str(self.folder / "data"),
            "TACTFUL_PORT": str(urlsplit(self.address).port),
            "TACTFUL_GERRIT_ADMIN_TOKEN": self.gerrit.people.admin.token,
            "TACTFUL_GERRIT_READER_TOKEN": self.gerrit.people.reader.token,
            **environment,
        }
        done = CliRunner().invoke(cli.app, ["gerrit", *arguments], env=given)
        if isinstance(done.exception, TactfulError):
            return Said(f"{done.output}{done.exception}", 2)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return Said(done.output, done.exit_code)

    def connect(self, *more: str, **environment: str) -> Said:
        here = ("connect", self.plugin.url, "--user", "admin", "--name", NAME, "--reader", "tactful")
        return self.tactful(*here, *more, **environment)

    def connected(self, *more: str, **environment: str) -> Said:
        """``connect``, which must leave nothing undone; the service is at work."""
        said = self.connect("--yes", *more, **environment)
        assert said.status == 0, said.text
        return said

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = wiring.open_store(Settings(data=self.folder / "data"))
        try:
            yield opened
        finally:
            opened.close()

    @property
    def server(self) -> Server | None:
        with self.store() as store, store.read() as c:
            return servers.find(c, store.vault, "gerrit", NAME)

    @property
    def rule(self) -> dict[str, Any] | None:
        """Who may push to refs/meta/config, as the real server says."""
        access = self.gerrit.people.admin.ask("GET", "projects/All-Projects/access")
        found = access["local"][CONFIG]["permissions"].get("push")
        return dict(found["rules"]) if found else None

    @property
    def remotes(self) -> dict[str, dict[str, Any]]:
        return {f"{p}/{n}": remote for p, own in self.plugin.remotes.items() for n, remote in own.items()}

    @property
    def secrets(self) -> set[str]:
        return {remote["url"].rpartition("/")[2] for remote in self.remotes.values()}

    def opted_in(self, store: Store, who: Somebody) -> int:
        """A person whose confirmed account this is."""
        with store.begin() as c:
            person = people.add(c, f"{who.username}@example.org", utc_now())
            people.propose(c, person, Account("gerrit", NAME, who.id, who.username), utc_now())
            people.confirm(c, person, people.bindings(c, person)[0].id, utc_now())
            people.opt_in(c, person, utc_now())
        return person


@contextmanager
def at_work(desk: Desk, **settings: Any) -> Iterator[FastAPI]:
    """The service of this desk, behind its address."""
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    with served(desk.folder, port=urlsplit(desk.address).port, **settings) as (app, address):
        assert address == desk.address
        yield app


def wait_for(condition: Callable[[], Any], patience_s: float = 20) -> Any:
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return found


def inbox(store: Store, person: int) -> list[str]:
    with store.read() as c:
        return [entry.text or "" for entry in suggestions.inbox(c, store.vault, person)]
