"""What the commands refuse, leave alone or keep out of sight."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
from pathlib import Path

import pytest

from app import crypto, wiring
from app.commands.backup import libpq
from app.commands.demo import OwnSettings
from app.domain import ConfigurationError
from app.settings import Settings, load
from app.store import people
from tests.commands.test_commands import COMMAND, tactful


def test_the_demonstration_hears_neither_the_environment_nor_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "real.toml"
    file.write_text('smtp_url = "smtp://mail.example.org"\n')
    monkeypatch.setenv("TACTFUL_CONFIG", str(file))
    monkeypatch.setenv("TACTFUL_DATABASE_URL", "postgresql://real/one")
    own = OwnSettings(data=tmp_path)
    assert (own.database_url, own.smtp_url, own.data) == (None, None, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TACTFUL_NORMS", "/nowhere.toml"),
        ("TACTFUL_SMTP_URL", "smtp://mail.example.org"),
        ("TACTFUL_CHAT_URL", "nothing-known://x"),
    ],
)
def test_a_bad_setting_ends_the_start_with_a_sentence(name: str, value: str) -> None:
    done = tactful("serve", "--port", "0", **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_second_service_on_the_folder_is_a_sentence() -> None:
    data = load().data
    data.mkdir()
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = tactful("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Another Tactful is running")
    assert done.stderr.count("\n") == 1


def _in_a_terminal(*arguments: str, **environment: str) -> str:
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=writer, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    process.wait(timeout=60)
    os.close(writer)
    try:
        return os.read(reader, 4096).decode()
    except OSError:  # nothing was written
        return ""
    finally:
        os.close(reader)


def test_without_a_mail_server_the_administrator_gets_further_links() -> None:
    store = wiring.open_store(load())
    with store.begin() as c:
        person = people.first_admin(c, load().admin_email, wiring.utc_now())
        assert person is not None
        people.signed_in(c, person, wiring.utc_now())
    store.close()
    assert "/enter/" in _in_a_terminal("people", "admin")
    mail = {"TACTFUL_SMTP_URL": "smtp://localhost", "TACTFUL_MAIL_SENDER": "tactful@example.org"}
    assert "/enter/" not in _in_a_terminal("people", "admin", **mail)
    assert "/enter/" not in _in_a_terminal("people", "admin", TACTFUL_ADMIN_EMAIL="somebody@example.org")


def test_the_server_is_lower_case_and_scores_outlive_a_week() -> None:
    assert Settings(github_server="GitHub.Example.org").github_server == "github.example.org"
    with pytest.raises(ConfigurationError, match="TACTFUL_KEEP_SCORES_DAYS"):
        load(keep_scores_days=6)


def test_check_and_a_projects_norms(tmp_path: Path) -> None:
    sting = "Stop wasting my time with this."
    norms = tmp_path / "norms.toml"
    norms.write_text(
        '[conduct]\ncode_of_conduct = "https://example.org/conduct"\ncontacts = [{name = "Anna", how = "room 7"}]\n'
    )
    said = tactful("check", sting, TACTFUL_NORMS=str(norms)).stdout
    assert "https://example.org/conduct" in said
    assert "Anna, room 7" in said
    norms.write_text("[concerns.hostility]\non = false\n")
    assert tactful("check", "--fail-on-concern", sting, TACTFUL_NORMS=str(norms)).returncode == 0
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"id": 1, "text": "a\u2028b. Stop wasting my time with this."}\n', "utf-8")
    done = tactful("check", "--jsonl", "--fail-on-concern", "--file", str(lines), TACTFUL_NORMS=str(norms))
    assert done.returncode == 0, done.stderr
    done = tactful("check", "--jsonl", "a text")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_password_is_not_among_the_arguments() -> None:
    address, password = libpq("postgresql+psycopg://anna:s%40cret@db:5433/tactful?sslmode=require")
    assert address == "postgresql://anna@db:5433/tactful?sslmode=require"
    assert password == "s@cret"


def test_a_backup_under_other_keys_replaces_nothing(tmp_path: Path) -> None:
    archive = str(tmp_path / "backup.tar")
    theirs = {"TACTFUL_DATA": str(tmp_path / "theirs"), "TACTFUL_SECRET_KEYS": crypto.new_key()}
    tactful("people", "add", "theirs@example.org", **theirs)
    assert tactful("backup", archive, **theirs).returncode == 0
    tactful("people", "add", "anna@example.org")
    done = tactful("restore", archive, "--force")
    assert done.returncode == 2
    assert "nothing was changed" in done.stderr
    assert "here already" in tactful("people", "add", "anna@example.org").stderr


def test_the_doctor_makes_nothing() -> None:
    done = tactful("doctor")
    assert "not looked into" in done.stdout
    assert not load().data.exists()
