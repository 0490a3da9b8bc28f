"""What all tests share. Under TACTFUL_REQUIRE_ALL=1 a skip is a failure: there every real part must be present."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.crypto import Vault, new_key
from app.store import Store
from benchmarks.programs import free_port
from tests.github_server import FakeGitHub
from tests.github_server import running as running_github
from tests.postgres import cluster, new_database
from tests.real.gerrit.server import RealGerrit, running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("TACTFUL_REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although everything is required: {report.longrepr}"
    return report


def pytest_collectreport(report):
    if report.skipped and os.environ.get("TACTFUL_REQUIRE_ALL") == "1":
        report.outcome = "failed"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's reaches a test, and nothing is written into the checkout."""
    for name in list(os.environ):
        if name.startswith("TACTFUL_") and name not in ("TACTFUL_REQUIRE_ALL", "TACTFUL_GERRIT_LIB", "TACTFUL_SETS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TACTFUL_DATA", str(tmp_path / "data"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def now() -> datetime:
    """A Wednesday noon."""
    return datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def vault() -> Vault:
    return Vault((new_key(),))


@pytest.fixture
def store(tmp_path: Path, vault: Vault) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'test.db'}", vault)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def gerrit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealGerrit]:
    """One real Gerrit for the whole run, with its people and SSH; skips without TACTFUL_GERRIT_LIB."""
    with running(tmp_path_factory.mktemp("gerrit"), ssh_port=free_port()) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    return new_database(postgres_server)


@pytest.fixture
def github_server() -> Iterator[FakeGitHub]:
    """A GitHub of its own for each test; what it was asked has to be what GitHub describes."""
    with running_github() as github:
        yield github
    assert github.violations == []
