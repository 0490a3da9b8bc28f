"""``tactful norms``, ``retro`` and ``given``: what a team does with its norms, from a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import wiring
from app.cli import app
from app.domain import TactfulError
from app.settings import load
from app.store import Store, given, people, proposals
from app.store.given import Text
from app.store.proposals import Kind, Said


def tactful(*arguments: str) -> str:
    """In this process: what the commands share is tested as its own process in ``test_commands``."""
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, TactfulError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def store() -> Iterator[Store]:
    opened = wiring.open_store(load())
    yield opened
    opened.close()


@pytest.fixture
def anna(store: Store) -> int:
    with store.begin() as c:
        return people.add(c, "anna@example.org", wiring.utc_now())


def test_norms_go_to_a_file_and_come_back_with_a_version(tmp_path: Path, store: Store) -> None:
    assert "hostility: Stay on the same side" in tactful("norms", "list")
    file = tmp_path / "ours.toml"
    assert "Written to" in tactful("norms", "export", str(file))
    assert "# [concerns.hostility]" in file.read_text()
    file.write_text('[concerns.hostility]\ntitle = "Cool down"\non = false\n')
    said = "Cool down: The title was “Stay on the same side” and is now “Cool down”."
    assert said in tactful("norms", "check", str(file))
    assert tactful("norms", "versions") == "Nothing has changed yet.\n"
    out = tactful("norms", "apply", str(file), "--why", "Offsite.", "--review-on", "2099-01-01")
    assert said in out
    assert "to be reviewed on 2099-01-01" in out
    assert "command line: Offsite." in tactful("norms", "versions")
    assert "hostility: Cool down  (no longer a norm here)" in tactful("norms", "list")
    assert tactful("norms", "export") == file.read_text()
    with pytest.raises(TactfulError, match="Nothing differs"):
        tactful("norms", "apply", str(file), "--why", "Again.", "--review-on", "2099-01-01")
    with pytest.raises(TactfulError, match="A date reads"):
        tactful("norms", "apply", str(file), "--why", "x", "--review-on", "soon")
    file.write_text("[concerns.hostilty]\n")
    with pytest.raises(TactfulError, match="Did you mean"):
        tactful("norms", "check", str(file))


def test_proposals_are_read_and_answered(store: Store, anna: int) -> None:
    tactful("project", "add", "octo/parser")
    with store.begin() as c:
        for kind, label, text in (
            (Kind.NEW, None, "A bug gets a test."),
            (Kind.FEEDBACK, "hostility", "It\nhelped."),
        ):
            said = Said(text, why="Because." if kind is Kind.NEW else "", title="Tests first")
            proposals.add(c, store.vault, 1, kind, label, said, anna, wiring.utc_now())
    here = ("--project", "octo/parser")
    assert tactful("norms", "proposals") == "Nothing waits.\n"
    out = tactful("norms", "proposals", *here)
    assert "1  A new norm: Tests first  (open" in out
    assert "unsigned" in out
    assert "    It helped." in out
    with pytest.raises(TactfulError, match="no proposal 1"):
        tactful("norms", "accept", "1", "--reason", "Yes.")
    assert re.search(
        r"Version \d+ of the norms is in force", tactful("norms", "accept", "1", "--reason", "Yes.", *here)
    )
    assert "Answered" in tactful("norms", "decline", "2", "--reason", "Good.", *here)
    assert "Answer: Good." in tactful("norms", "proposals", "--all", *here)
    assert "tests_first: Tests first" in tactful("norms", "list", *here)
    assert "tests_first" not in tactful("norms", "list")


def test_a_retrospective_of_a_new_project(tmp_path: Path, store: Store, anna: int) -> None:
    tactful("project", "add", "octo/parser")
    with store.begin() as c:
        said = Said("<b>Greet</b>", why="Because.", title="Hello", name="Anna")
        proposals.add(c, store.vault, 1, Kind.NEW, None, said, anna, wiring.utc_now())
    out = tactful("retro", "octo/parser", "--since", "2020-01-01")
    assert out.startswith("# Retrospective: octo/parser\n\nFrom 1 January 2020 to ")
    assert "by the command line: The project was added." in out
    assert "Nothing was released for this time" in out
    assert "One proposal waits for an answer, since" in out
    assert r"\<b\>Greet\<\/b\>" in out
    assert "Anna" not in out
    page = tmp_path / "retro.html"
    tactful("retro", "octo/parser", "--html", "--out", str(page))
    html = page.read_text()
    assert "&lt;b&gt;Greet&lt;/b&gt;" in html
    assert html.count("<li>") >= 4
    assert "Anna" not in html
    for since, says in (("soon", "A date reads"), ("2999-01-01", "still to come")):
        with pytest.raises(TactfulError, match=says):
            tactful("retro", "octo/parser", "--since", since)
    with pytest.raises(TactfulError, match="There is no project"):
        tactful("retro", "nothing")


def test_given_texts_leave_as_lines_and_are_decided(tmp_path: Path, store: Store, anna: int) -> None:
    assert tactful("given", "export") == ""
    with store.begin() as c:
        for text in ("Fine – really.", "Good.\nThanks."):
            given.give(c, store.vault, Text(text, ("appreciation",)), anna, wiring.utc_now())
    rows = [json.loads(line) for line in tactful("given", "export").splitlines()]
    assert [(row["id"], row["text"]) for row in rows] == [
        ("given-0001", "Fine – really."),
        ("given-0002", "Good.\nThanks."),
    ]
    assert tactful("given", "accept", "1") == "1 text is accepted now.\n"
    assert "given-0001" in tactful("given", "export", "--state", "accepted")
    with pytest.raises(TactfulError, match="Only 1 of them"):
        tactful("given", "decline", "2", "3")
    assert tactful("given", "decline", "2") == "1 text is declined now.\n"
    file = tmp_path / "given.jsonl"
    tactful("given", "export", str(file))
    assert file.read_text() == ""
