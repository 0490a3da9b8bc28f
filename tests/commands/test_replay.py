"""``tactful project replay``: a file is scored once, goes on where it was, and leaves no text behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from app import norms
from app.commands import replay
from app.domain import TactfulError
from app.in_force import InForce, Rules
from app.project_settings import as_json, start
from app.store import Store, histories, projects
from tests.fakes import ScriptedClassifier

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
QUIET = Console(quiet=True)


@pytest.fixture
def rules(store: Store) -> Rules:
    known = norms.load(None)
    with store.begin() as c:
        settings = as_json(start(known))
        projects.add(c, "github", "github.com", "octo/parser", settings, projects.COMMAND_LINE, "A test.", NOW)
    [found] = InForce(store, known).every()
    return found


def written(folder: Path, rows: list[object]) -> Path:
    file = folder / "comments.jsonl"
    file.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return file


def read(store: Store, rules: Rules, file: Path, classifier: ScriptedClassifier | None = None) -> int:
    return replay.read(store, rules, file, classifier or ScriptedClassifier(), QUIET, lambda: NOW)


def sizes(store: Store, rules: Rules) -> dict[str, int]:
    assert rules.project is not None
    with store.read() as c:
        return histories.sizes(c, rules.project.id, "scripted-1", "file", 10, NOW)


def test_weeks_come_from_the_lines_and_the_rest_is_this_week(store: Store, rules: Rules, tmp_path: Path) -> None:
    rows: list[object] = [
        {"text": "a", "at": "2026-01-01"}, {"text": "b", "at": "2026-01-01T23:59:59+00:00"}, {"text": "c"},
        {"text": "{foreign}"}, {"text": "  "}, "",
    ]  # fmt: skip
    assert read(store, rules, written(tmp_path, rows)) == 0
    assert sizes(store, rules) == {"2025-12-29": 2, "2026-03-02": 1}


def test_bad_lines_are_named_and_the_rest_goes_on(
    store: Store, rules: Rules, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[object] = [
        "{",
        {"no": "text"},
        {"text": 3},
        {"text": "x", "at": "yesterday"},
        {"text": "x", "at": "2026-12-24"},
        {"text": "fine"},
    ]
    assert read(store, rules, written(tmp_path, rows)) == 5
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [f"Line {n}" for n in range(1, 6)]
    assert sum(sizes(store, rules).values()) == 1


class Interrupted(ScriptedClassifier):
    """Stops in the second batch, as a power cut would."""

    def __init__(self) -> None:
        self.calls = 0

    def judge(self, texts):  # type: ignore[no-untyped-def]
        self.calls += 1
        if self.calls == 2:
            raise KeyboardInterrupt
        return super().judge(texts)


def test_interrupted_it_goes_on_where_it_was_and_counts_nothing_twice(
    store: Store, rules: Rules, tmp_path: Path
) -> None:
    file = written(tmp_path, [{"text": f"comment {n}"} for n in range(150)])
    with pytest.raises(KeyboardInterrupt):
        read(store, rules, file, Interrupted())
    assert sum(sizes(store, rules).values()) == replay.LINES_AT_ONCE
    assert read(store, rules, file) == 0
    assert sum(sizes(store, rules).values()) == 150
    assert read(store, rules, file) == 0
    assert sum(sizes(store, rules).values()) == 150


def test_no_text_is_left_behind(store: Store, rules: Rules, tmp_path: Path) -> None:
    read(store, rules, written(tmp_path, [{"text": "the planted words of somebody"}]))
    assert not any(b"planted" in f.read_bytes() for f in tmp_path.glob("test.db*"))


def test_a_file_that_is_not_there_is_a_sentence(store: Store, rules: Rules, tmp_path: Path) -> None:
    with pytest.raises(TactfulError, match="could not be read"):
        read(store, rules, tmp_path / "absent.jsonl")
