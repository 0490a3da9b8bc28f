"""docker-compose.yml: Compose itself reads it, and what it made of it is what we mean."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest

from app.settings import Settings
from tests.deploy.files import ROOT

SECRETS = {"POSTGRES_PASSWORD": "0123456789abcdef", "TACTFUL_SECRET_KEYS": "a key"}


def _compose() -> list[str]:
    """``docker compose``, or the program of its own that some distributions ship."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and subprocess.run([*words, "version"], capture_output=True).returncode == 0:
            return words
    pytest.skip("Docker Compose is not installed (Debian: apt-get install docker-compose)")


def _config(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TACTFUL_", "POSTGRES_"))}
    return subprocess.run(
        [*_compose(), "config", *arguments], cwd=ROOT, env=clean | environ, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")  # schemathesis brings it
    done = _config(**SECRETS)
    assert done.returncode == 0, done.stderr
    services: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return services


def test_compose_accepts_it() -> None:
    done = _config("-q", **SECRETS)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_a_missing_secret_stops_it_and_says_what_to_do(missing: str) -> None:
    done = _config("-q", **{k: v for k, v in SECRETS.items() if k != missing})
    assert done.returncode != 0
    assert {"POSTGRES_PASSWORD": "Choose a password", "TACTFUL_SECRET_KEYS": "Set the key"}[missing] in done.stderr


def test_it_is_published_to_this_machine_only(services: dict[str, Any]) -> None:
    [port] = services["tactful"]["ports"]
    published = port if isinstance(port, str) else f"{port['host_ip']}:{port['published']}:{port['target']}"
    assert published.removesuffix("/tcp") == "127.0.0.1:8000:8000"
    assert "ports" not in services["database"]


def test_it_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    assert services["tactful"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "pg_isready" in services["database"]["healthcheck"]["test"]
    assert services["database"]["image"] == "postgres:17"


def test_it_may_write_nowhere_but_into_its_volume(services: dict[str, Any]) -> None:
    service = services["tactful"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    [volume] = service["volumes"]
    place = volume if isinstance(volume, str) else f"{volume['source']}:{volume['target']}"
    assert place.removesuffix(":rw") == "tactful-data:/data"


def test_every_name_it_passes_on_is_a_setting(services: dict[str, Any]) -> None:
    settings = {f"TACTFUL_{name.upper()}" for name in Settings.model_fields}
    assert set(services["tactful"]["environment"]) <= settings


def test_a_setting_that_is_absent_here_is_absent_there(services: dict[str, Any]) -> None:
    assert services["tactful"]["environment"].get("TACTFUL_SMTP_URL") is None
