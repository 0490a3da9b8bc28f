"""The Dockerfile copies what exists and what reaches the builder, and drops what it must not have."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

from app.browser_extension import LOADED, MANIFEST
from app.browser_extension import PLACES as EXTENSION
from app.gerrit_plugin import PLACES
from app.settings import Settings
from tests.deploy.files import DEPLOY, ROOT

LINES = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()


def _all(instruction: str) -> list[str]:
    return [line.removeprefix(instruction).strip() for line in LINES if line.startswith(f"{instruction} ")]


def _copied() -> list[str]:
    """What is copied from the repository, not from another stage."""
    return [source for line in _all("COPY") if "--from" not in line for source in shlex.split(line)[:-1]]


def test_it_copies_only_what_exists() -> None:
    plugin = "deploy/gerrit-plugin/tactful.js"
    rest = ["app", "classifiers", plugin, "deploy/browser-extension"]
    assert _copied() == ["requirements.lock", "pyproject.toml", "README.md", "LICENSE", *rest]
    assert [name for name in _copied() if not (ROOT / name).exists()] == []


def test_what_it_copies_is_let_through_and_nothing_else() -> None:
    rules = [r for r in (ROOT / ".dockerignore").read_text().splitlines() if r and not r.startswith("#")]
    assert rules[0] == "*"
    assert {r.removeprefix("!") for r in rules if r.startswith("!")} == set(_copied())


def test_the_plugin_for_gerrit_is_installed_with_the_package() -> None:
    """Where ``app.gerrit_plugin`` looks for it: under ``share/tactful`` of the installation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["data-files"]["share/tactful"] == ["deploy/gerrit-plugin/tactful.js"]
    assert Path("share", "tactful", "tactful.js").parts == PLACES[1].parts[-3:]


def test_the_extension_is_installed_with_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [glob] = project["tool"]["setuptools"]["data-files"]["share/tactful/browser-extension"]
    needed = {file.name for kind in (MANIFEST, *LOADED) for file in EXTENSION[0].glob(kind)}
    assert needed <= {file.name for file in ROOT.glob(glob)}
    assert Path("share", "tactful", "browser-extension").parts == EXTENSION[1].parts[-3:]


def test_every_dependency_is_checked_against_its_hash() -> None:
    first, second = (run for run in _all("RUN") if "pip install" in run)
    assert "--require-hashes -r requirements.lock" in first
    assert "--no-deps ." in second


def test_the_lock_holds_no_torch_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^(torch|transformers)\b", lock, re.MULTILINE) is None
    assert re.search(r"--(extra-)?index-url|--find-links|--trusted-host|https?://(?!github)", lock) is None
    assert "--hash=sha256:" in lock


def test_it_runs_as_nobody_special() -> None:
    assert _all("USER") == ["tactful"]
    stages = [n for n, line in enumerate(LINES) if line.startswith("FROM ")]
    assert max(stages) < LINES.index("USER tactful") < LINES.index('CMD ["tactful", "serve"]')


def test_its_settings_are_settings() -> None:
    names = re.findall(r"TACTFUL_(\w+)=", " ".join(_all("ENV")))
    assert {name.lower() for name in names} <= set(Settings.model_fields)


def test_no_library_speaks_to_its_maker() -> None:
    assert {"HF_HUB_OFFLINE=1", "ORT_DISABLE_TELEMETRY=1"} <= set(_all("ENV")[0].split())


def test_the_health_check_needs_nothing_but_python() -> None:
    [check] = _all("HEALTHCHECK")
    assert re.search(r'CMD \["python", "-c", ".*/healthz', check)
    code = check.split('"-c", "', 1)[1].rsplit('"]', 1)[0]
    compile(code, "HEALTHCHECK", "exec")


def test_the_data_are_in_a_volume() -> None:
    assert _all("VOLUME") == ["/data"]
    assert "TACTFUL_DATA=/data" in " ".join(_all("ENV"))
