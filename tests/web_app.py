"""The whole service in one process for tests: real routes, real store and engine, a scripted judge."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.commands.serve import listen
from app.domain import Account
from app.main import create_app
from app.settings import Settings
from app.store import Store, access, people
from app.web.state import State
from app.wiring import utc_now
from tests.fakes import ScriptedJudge

SECRET = "a secret of at least sixteen characters"
OCTOCAT = Account("github", "github.com", 583231, "octocat")


@dataclass(frozen=True)
class Service:
    app: FastAPI
    client: TestClient

    @property
    def state(self) -> State:
        return self.app.state.tactful  # type: ignore[no-any-return]

    @property
    def store(self) -> Store:
        return self.state.store

    def person(
        self, email: str = "anna@example.org", account: Account | None = OCTOCAT, *, opted_in: bool = True
    ) -> int:
        """Somebody with a confirmed account."""
        with self.store.begin() as c:
            person = people.add(c, email, utc_now())
            if account is not None:
                people.propose(c, person, account, utc_now())
                people.confirm(c, person, people.bindings(c, person)[0].id, utc_now())
            if opted_in:
                people.opt_in(c, person, utc_now())
        return person

    def token(self, person: int, *scopes: str) -> dict[str, str]:
        """Headers of a client of theirs."""
        with self.store.begin() as c:
            return {
                "Authorization": f"Bearer {access.new_client(c, person, 'laptop', scopes or ('check', 'feedback'), utc_now())}"
            }


@contextmanager
def service(
    folder: Path, *, client_host: str = "127.0.0.1", judge: ScriptedJudge | None = None, **settings: Any
) -> Iterator[Service]:
    chosen = Settings(data=folder / "data", **{"github_webhook_secret": SECRET, "port": 8000, **settings})
    app = create_app(chosen, judge=judge or ScriptedJudge())
    with TestClient(app, base_url="http://127.0.0.1:8000", client=(client_host, 50000)) as client:
        yield Service(app, client)


@contextmanager
def served(folder: Path, judge: ScriptedJudge | None = None, **settings: Any) -> Iterator[tuple[FastAPI, str]]:
    """The same behind a real socket, for a browser or any other client: the application and its address."""
    chosen = Settings(data=folder / "data", **{"github_webhook_secret": SECRET, "port": 0, **settings})
    listener = listen(chosen)
    chosen = chosen.model_copy(update={"port": listener.getsockname()[1]})
    app = create_app(chosen, judge=judge or ScriptedJudge())
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < deadline, "the service did not start in time"
        time.sleep(0.01)
    try:
        yield app, chosen.address
    finally:
        server.should_exit = True
        thread.join(timeout=30)
