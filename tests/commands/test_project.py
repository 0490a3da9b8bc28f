"""``tactful project``: names, maintainers, and settings as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from app import wiring
from app.cli import app
from app.domain import TactfulError
from app.settings import load
from app.store import people, projects
from app.store.project_tables import calibrations


def tactful(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["project", *arguments])


def fails(*arguments: str) -> str:
    found = tactful(*arguments).exception
    assert isinstance(found, TactfulError), found
    return str(found)


@pytest.fixture
def octo() -> str:
    assert tactful("add", "octo").exit_code == 0
    return "octo"


def test_a_project_begins_in_shadow_and_is_listed(octo: str) -> None:
    assert tactful("list").stdout == "github.com:octo  shadow, maintainers: 0, version 1\n"
    assert "here already" in fails("add", "Octo")
    assert "not a platform" in fails("add", "x", "--platform", "gitfub")
    assert "--server" in fails("add", "x", "--platform", "gerrit")


def test_maintainers_are_named_and_dismissed(octo: str) -> None:
    assert tactful("maintainer", octo, "Mia@example.org").stdout == "mia@example.org looks after octo now.\n"
    assert "maintainers: 1" in tactful("list").stdout
    assert tactful("maintainer", octo, "mia@example.org", "--end").exit_code == 0
    assert "maintainers: 0" in tactful("list").stdout
    assert "e-mail address" in fails("maintainer", octo, "nonsense")
    store = wiring.open_store(load())
    with store.read() as c:
        assert people.find(c, "mia@example.org") is not None
        assert next((a.role, a.act) for a in projects.acts(c, 1)) == ("command line", "maintainer dismissed")
    store.close()


def test_settings_go_out_and_come_back(octo: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    assert tactful("export", octo, str(file)).exit_code == 0
    assert tactful("export", octo).stdout == file.read_text()
    assert "Nothing differs" in tactful("check", octo, str(file), "--exit-code").stdout
    file.write_text('mode = "on"\n[norms.hostility]\ntolerance = 0.6\n')
    checked = tactful("check", octo, str(file), "--exit-code")
    assert checked.exit_code == 1
    assert checked.stdout == "Tactful here: shadow → on\nStay on the same side, tolerance: 0.3 → 0.6\n"
    assert tactful("check", octo, str(file)).exit_code == 0
    assert tactful("apply", octo, str(file)).exit_code == 2, "a reason is asked for"
    assert "in a sentence" in fails("apply", octo, str(file), "--why", " ")
    assert tactful("apply", octo, str(file), "--why", "As in Git.").exit_code == 0
    assert "in force already" in tactful("apply", octo, str(file), "--why", "Again.").stdout
    assert "  on, maintainers: 0, version 2" in tactful("list").stdout
    file.write_text('mode = "loud"\n')
    assert "line 1" in fails("apply", octo, str(file), "--why", "Louder.")
    assert "Could not write" in fails("export", octo, str(tmp_path / "no" / "where.toml"))


def test_which_project_is_meant_must_be_clear(octo: str) -> None:
    assert "no project nope" in fails("export", "nope")
    tactful("add", "octo", "--server", "ghe.example.org")
    assert "Several projects" in fails("export", "octo")
    assert tactful("export", "GHE.example.org:octo").exit_code == 0


def test_what_was_set_when_and_the_way_back(octo: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("hold_out = 0.125\n")
    tactful("apply", octo, str(file), "--why", "An experiment.")
    first, second = reversed(tactful("versions", octo).stdout.splitlines()[0::2])
    assert "command line: An experiment." in second
    assert "    Share held out: 0% → 12.5%" in tactful("versions", octo).stdout
    number = first.split()[0]
    assert tactful("back", octo, number).stdout == "Share held out: 12.5% → 0%\n"
    assert f"Back to version {number}" in tactful("versions", octo).stdout.splitlines()[0]
    assert "in force already" in fails("back", octo, number)
    assert "no version 99" in fails("back", octo, "99")
    said = tactful("acts", octo).stdout.splitlines()
    assert said[0].endswith("command line: settings: Share held out: 12.5% → 0%")
    assert said[-1].endswith("command line: project added")


def test_a_blind_calibration_at_the_terminal_keeps_scores_and_answers_alone(octo: str, tmp_path: Path) -> None:
    file = tmp_path / "ours.jsonl"
    ours = Path("classifiers/data/t1.jsonl").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(ours[:80]), encoding="utf-8")
    asked = CliRunner().invoke(app, ["project", "calibrate", octo, str(file)], input="y\nwhat\nn\n?\nq\n")
    assert asked.exit_code == 0, asked.output
    assert "Text 1 of " in asked.stdout
    assert asked.stdout.endswith("Answers kept: 3. The texts are not.\n")
    store = wiring.open_store(load())
    with store.read() as c:
        kept = list(c.scalars(sa.select(calibrations.c.answer).order_by(calibrations.c.id)))
    store.close()
    assert kept == ["yes", "no", "unsure"]
    assert "near a threshold" in _refused(octo, tmp_path / "calm.txt", "")
    assert "could not be read" in _refused(octo, tmp_path / "absent.txt", None)


def _refused(octo: str, file: Path, content: str | None) -> str:
    if content is not None:
        file.write_text(content, encoding="utf-8")
    return fails("calibrate", octo, str(file))
