"""The pages without the durable engine, for tests in which nothing is delivered: a start costs a migration and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app import norms, wiring
from app.connected import Connected
from app.consent import Consents
from app.domain import Account
from app.github_apps import GitHubApps
from app.in_force import InForce
from app.main import create_app
from app.metrics import Metrics
from app.platforms import Delivery
from app.platforms.github import GitHub
from app.platforms.github.app_auth import AppAuth
from app.platforms.github.grants import GitHubGrants
from app.platforms.github.registration import GitHubRegistration
from app.platforms.github.transport import Transport
from app.settings import Settings
from app.user_tokens import UserTokens
from app.web.limits import Limits
from app.web.replays import Replays
from app.web.state import State
from tests.fakes import ScriptedJudge
from tests.gerrit_keys import FakeKeys
from tests.web_app import SECRET, Service


class IdleEngine:
    """Nothing arrives, nothing waits."""

    def accept(self, delivery: Delivery) -> bool:
        raise AssertionError("nothing is delivered in these tests")

    def pending(self) -> int:
        return 0

    def failed(self) -> int:
        return 0

    def forget(self, accounts: Collection[Account]) -> None:
        return None


@contextmanager
def pages(folder: Path, judge: ScriptedJudge | None = None, **settings: Any) -> Iterator[Service]:
    chosen = Settings(data=folder / "data", **{"github_webhook_secret": SECRET, "port": 8000, **settings})
    judge = judge or ScriptedJudge()
    app = create_app(chosen, judge=judge)
    store = wiring.open_store(chosen)
    servers = Connected(store, "gerrit")
    transport = Transport(wiring.utc_now)
    from_gerrit = wiring.gerrit(chosen, store, wiring.utc_now, servers)
    app.state.tactful = State(
        settings=chosen,
        store=store,
        engine=IdleEngine(),
        judge=judge,
        in_force=InForce(store, norms.load(chosen.norms)),
        metrics=Metrics(),
        github=GitHub((), chosen.github_server),
        github_apps=GitHubApps(store),
        github_registration=GitHubRegistration(AppAuth(wiring.utc_now), transport),
        github_grants=GitHubGrants(transport),
        user_tokens=UserTokens(store, "github", GitHubGrants(transport), wiring.utc_now),
        gerrit=from_gerrit,
        gerrit_servers=servers,
        drafts={},
        consents=Consents(store, FakeKeys(), wiring.utc_now, asyncio.run),
        channels={},
        post=None,
        now=wiring.utc_now,
        replays=Replays(store, judge),
        limits=Limits(10_000, 100_000_000, 8),
    )
    # Not entered: the lifespan would start the engine.
    yield Service(app, TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000)))
    store.close()
