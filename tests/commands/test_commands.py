"""The command ``tactful`` as a person runs it: its own process, its words, its exit status."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app import crypto, wiring
from app.settings import load
from app.store import people

COMMAND = [sys.executable, "-m", "app.cli"]


def tactful(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_in_json_is_the_result_of_the_api() -> None:
    done = tactful("check", "--json", "Stop wasting my time with this.")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert set(result) == {"flagged", "concerns", "strengths", "spans", "norm", "suggestion", "silence", "band"}
    assert result["flagged"] == ["hostility"]
    assert result["norm"]["label"] == "hostility"


def test_check_reads_words_a_file_or_standard_input(tmp_path: Path) -> None:
    text = "Please rename `tmp`."
    file = tmp_path / "comment.txt"
    file.write_text(text)
    answers = [
        tactful("check", "--json", *text.split()),
        tactful("check", "--json", "--file", str(file)),
        tactful("check", "--json", stdin=text),
        tactful("check", "--json", "-", stdin=text),
    ]
    assert len({answer.stdout for answer in answers}) == 1
    assert json.loads(answers[0].stdout)["silence"] == "below_tolerance"


def test_check_shows_what_a_wording_changes_without_colour() -> None:
    text = "Wow, you've never heard of context managers? The file stays open when `read()` fails, so close it there."
    done = tactful("check", text)
    assert "Another wording:" in done.stdout
    assert "[-Wow, you've never heard of" in done.stdout
    assert "Another wording" not in tactful("check", "--no-rewrite", text).stdout


def test_check_lines_keeps_ids_and_order_and_reports_bad_ones() -> None:
    lines = [
        '{"id": "a", "text": "Stop wasting my time with this."}',
        "nonsense",
        "",
        '{"id": 2, "text": "ok"}',
        '{"id": 3, "text": 4}',
        "[]",
    ]
    done = tactful("check", "--jsonl", stdin="\n".join(lines))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2]
    assert all(set(row) == {"id", "flagged", "concerns", "strengths", "spans"} for row in rows)
    assert rows[0]["flagged"] == ["hostility"]
    assert all(0 <= span["start"] < span["end"] <= 31 for span in rows[0]["spans"])
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("Line")] == [
        "Line 2",
        "Line 5",
        "Line 6",
    ]


def test_check_fails_on_a_concern_only_when_asked() -> None:
    sting, plain = "Stop wasting my time with this.", "Please rename `tmp`."
    assert tactful("check", sting).returncode == 0
    assert tactful("check", "--fail-on-concern", sting).returncode == 1
    assert tactful("check", "--fail-on-concern", plain).returncode == 0
    line = json.dumps({"id": 1, "text": sting})
    assert tactful("check", "--jsonl", "--fail-on-concern", stdin=line).returncode == 1


def test_check_with_a_projects_norms(tmp_path: Path) -> None:
    norms = tmp_path / "norms.toml"
    norms.write_text("[concerns.hostility]\non = false\n")
    done = tactful("check", "--json", "Stop wasting my time with this.", TACTFUL_NORMS=str(norms))
    assert json.loads(done.stdout)["silence"] == "norm_off"
    norms.write_text("[concerns.hostilty]\non = false\n")
    done = tactful("check", "x", TACTFUL_NORMS=str(norms))
    assert done.returncode == 2
    assert "hostility" in done.stderr
    assert "line 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_it_needs() -> None:
    assert "could not be read" in tactful("check", "--file", "/nowhere/at/all").stderr
    assert tactful("check", "x", "--file", "y").returncode == 2


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TACTFUL_PROT", "1", "Did you mean TACTFUL_PORT"),
        ("TACTFUL_PORT", "many", "TACTFUL_PORT"),
        ("TACTFUL_BASE_URL", "example.org", "http://"),
        ("TACTFUL_DATABASE_URL", "mysql://secretpassword@x/y", "postgresql://"),
        ("TACTFUL_SECRET_KEYS", "secretpassword", "tactful keys new"),
        ("TACTFUL_SMTP_URL", "secretpassword", "TACTFUL_SMTP_URL"),
        ("TACTFUL_CONFIG", "/nowhere.toml", "not a file"),
    ],
)
def test_a_bad_setting_is_a_sentence_without_its_value(name: str, value: str, says: str) -> None:
    done = tactful("doctor", **{name: value})
    assert done.returncode in (1, 2)
    assert says in done.stdout + done.stderr
    assert "secretpassword" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('port = 9001\nhost = "::1"\ncors_origins = ["https://a.example"]\n')
    monkeypatch.setenv("TACTFUL_CONFIG", str(file))
    assert (load().port, load().host, load().cors_origins) == (9001, "::1", ("https://a.example",))
    monkeypatch.setenv("TACTFUL_PORT", "9002")
    assert load().port == 9002
    assert load(port=9003).port == 9003
    file.write_text("prot = 1\n")
    done = tactful("doctor")
    assert "Did you mean port?" in done.stderr
    file.write_text("port = \n")
    assert "line 1" in tactful("doctor").stderr


def test_every_setting_is_listed_with_its_meaning() -> None:
    done = tactful("settings")
    assert "TACTFUL_GITHUB_WEBHOOK_SECRET" in done.stdout
    assert all(line.strip() for line in done.stdout.splitlines()[1::2]), "a setting without a description"


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_are_added_and_accounts_proposed() -> None:
    assert tactful("people", "add", "Anna@Example.org").returncode == 0
    assert "here already" in tactful("people", "add", "anna@example.org").stderr
    assert "not known" in tactful("people", "bind", "b@example.org", "--platform", "github", "--id", "7").stderr
    assert tactful("people", "bind", "anna@example.org", "--platform", "github", "--id", "7").returncode == 0
    assert "not a platform" in tactful("people", "bind", "anna@example.org", "--platform", "gitfub", "--id", "7").stderr
    assert "No mail server" in tactful("people", "invite", "anna@example.org").stderr
    store = wiring.open_store(load())
    with store.read() as c:
        person = people.find(c, "anna@example.org")
        assert person is not None
        [binding] = people.bindings(c, person)
    assert not binding.confirmed
    store.close()


def test_the_first_link_is_printed_to_a_terminal_only() -> None:
    done = tactful("people", "admin")
    assert done.returncode == 2
    assert "/enter/" not in done.stdout + done.stderr


# --- keys, backup -----------------------------------------------------------------------------------------------------


def _emails() -> list[str]:
    store = wiring.open_store(load())
    try:
        with store.read() as c:
            return [email for email in ("anna@example.org",) if people.find(c, email)]
    finally:
        store.close()


def test_keys_rotate_and_retire() -> None:
    data = load().data
    tactful("people", "add", "anna@example.org")
    first = crypto.key_file(data).read_text().split()
    assert stat.S_IMODE(crypto.key_file(data).stat().st_mode) == 0o600
    assert tactful("keys", "rotate").returncode == 0
    both = crypto.key_file(data).read_text().split()
    assert both[1:] == first
    assert tactful("keys", "retire").returncode == 0
    assert crypto.key_file(data).read_text().split() == both[:1]
    assert _emails() == ["anna@example.org"]


def test_backup_and_restore(tmp_path: Path) -> None:
    archive = str(tmp_path / "backup.tar")
    tactful("people", "add", "anna@example.org")
    assert tactful("backup", archive).returncode == 0
    assert stat.S_IMODE(os.stat(archive).st_mode) == 0o600
    assert "there already" in tactful("backup", archive).stderr
    fresh = {"TACTFUL_DATA": str(tmp_path / "elsewhere")}
    assert tactful("restore", archive, **fresh).returncode == 0
    assert "here already" in tactful("people", "add", "anna@example.org", **fresh).stderr
    assert "Nothing was changed" in tactful("restore", archive, **fresh).stderr
    assert tactful("restore", archive, "--force", **fresh).returncode == 0
    Path(archive).write_bytes(b"not a backup")
    assert "could not be read" in tactful("restore", archive, "--force", **fresh).stderr


def test_backup_and_restore_on_postgresql(tmp_path: Path, postgres_url: str, postgres_server: str) -> None:
    from tests.postgres import new_database

    archive = str(tmp_path / "backup.tar")
    key = crypto.new_key()
    here = {"TACTFUL_DATABASE_URL": postgres_url, "TACTFUL_SECRET_KEYS": key}
    assert tactful("people", "add", "anna@example.org", **here).returncode == 0
    done = tactful("backup", archive, **here)
    assert done.returncode == 0, done.stderr
    there = {**here, "TACTFUL_DATABASE_URL": new_database(postgres_server)}
    done = tactful("restore", archive, **there)
    assert done.returncode == 0, done.stderr
    assert "here already" in tactful("people", "add", "anna@example.org", **there).stderr


def test_version() -> None:
    assert tactful("version").stdout.strip() == "0.1.0"
