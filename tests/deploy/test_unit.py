"""The systemd unit: read as systemd reads it, by systemd itself where it is here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings
from tests.deploy.files import DEPLOY

UNIT = DEPLOY / "tactful.service"


def _service() -> list[tuple[str, str]]:
    """(key, value) of the [Service] section; a key may come more than once, so no configparser."""
    section, found = "", []
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "Service" and line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"not a setting: {line}"
            found.append((key, value))
    return found


def _value(key: str) -> str:
    [value] = [v for k, v in _service() if k == key]
    return value


def test_systemd_accepts_it(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    there = tmp_path / UNIT.name  # the program is not installed here, so another stands in for it
    there.write_text(UNIT.read_text().replace(_value("ExecStart"), "/bin/true"))
    done = subprocess.run([analyze, "verify", "--man=no", str(there)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert UNIT.name not in done.stderr, done.stderr


def test_it_is_its_own_user_and_cannot_become_another() -> None:
    assert _value("User") == "tactful"
    assert _value("NoNewPrivileges") == "yes"
    assert _value("CapabilityBoundingSet") == ""


def test_it_may_write_only_to_its_own_folder() -> None:
    assert _value("ProtectSystem") == "strict"
    assert _value("ProtectHome") == "yes"
    assert (_value("StateDirectory"), _value("StateDirectoryMode")) == ("tactful", "0700")
    assert ("Environment", "TACTFUL_DATA=/var/lib/tactful") in _service()


def test_it_names_only_settings() -> None:
    names = {v.partition("=")[0] for k, v in _service() if k == "Environment" and v.startswith("TACTFUL_")}
    assert names <= {f"TACTFUL_{name.upper()}" for name in Settings.model_fields} | {"TACTFUL_CONFIG"}


def test_no_library_speaks_to_its_maker() -> None:
    assert ("Environment", "HF_HUB_OFFLINE=1 ORT_DISABLE_TELEMETRY=1") in _service()


def test_a_stop_waits_for_the_graceful_end() -> None:
    assert int(_value("TimeoutStopSec")) >= 20 + 20  # requests, then walks: app/commands/serve.py and app/engine.py
