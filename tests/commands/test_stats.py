"""``tactful stats``: released numbers at the terminal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import norms, wiring
from app.cli import app
from app.project_settings import as_json, start
from app.settings import load
from app.stats import noise
from app.stats.documents import as_json as document
from app.stats.periods import period_of
from app.stats.pools import Pool
from app.stats.shares import ALL, PEOPLE
from app.store import projects, releases
from app.wiring import utc_now
from tests.web.test_pages_stats import released

RUN = CliRunner()


@pytest.fixture
def number(tmp_path: Path) -> int:
    store = wiring.open_store(load())
    with store.begin() as c:
        found = projects.add(
            c, "github", "github.com", "octo", as_json(start(norms.load())), projects.COMMAND_LINE, "A test.", utc_now()
        )
    store.close()
    return found


def test_nothing_is_released_yet(number: int) -> None:
    assert "Nothing is released yet." in RUN.invoke(app, ["stats", "show", "octo"]).output


def test_released_numbers_are_shown_with_their_price(number: int) -> None:
    period = period_of(date(2026, 3, 4), "monthly")
    pools = [Pool(number, PEOPLE, ALL, 140, 1), Pool(number, "nudged", "hostility", 120, 1)]
    store = wiring.open_store(load())
    with store.begin() as c:
        releases.keep(c, {number: document(released(number, period, pools, arms=4))}, number, utc_now())
    store.close()
    shown = RUN.invoke(app, ["stats", "show", "octo"]).output
    assert "In March 2026 about 140 people took part." in shown
    assert "ε = 3 for a whole year" in shown
    assert "counts are needed" in shown
    rows = json.loads(RUN.invoke(app, ["stats", "show", "octo", "--json"]).output)
    assert [(row["kind"], row["people"]) for row in rows] == [("people", 140), ("nudged", 120)]


def test_what_is_due_can_be_released_by_hand(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "available", lambda: False)
    refused = RUN.invoke(app, ["stats", "release"])
    assert refused.exit_code != 0
    assert "pip install 'tactful[stats]'" in str(refused.exception)
    monkeypatch.undo()
    if noise.available():
        assert RUN.invoke(app, ["stats", "release"]).output == "Released: 0.\n"
