"""Proposing an account on a connected Gerrit: it is named as it was connected, and stays inert until it is confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from app import wiring
from app.commands.people import app
from app.domain import TactfulError
from app.settings import load
from app.store import people, servers
from tests.gerrit_keys import GERRIT

BIND = ["bind", "anna@example.org", "--platform", "gerrit", "--id", "1000001", "--login", "rita"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, TactfulError):
        raise result.exception
    return result.output


@pytest.fixture
def anna() -> int:
    store = wiring.open_store(load())
    with store.begin() as c:
        person = people.add(c, "anna@example.org", wiring.utc_now())
    store.close()
    return person


def connect(*names: str) -> None:
    store = wiring.open_store(load())
    with store.begin() as c:
        for name in names:
            servers.save(c, store.vault, replace(GERRIT, name=name), wiring.utc_now())
    store.close()


def bound(person: int) -> list[tuple[str, int, bool]]:
    store = wiring.open_store(load())
    with store.read() as c:
        found = [(b.account.server, b.account.id, b.confirmed) for b in people.bindings(c, person)]
    store.close()
    return found


def test_the_only_one_need_not_be_named(anna: int) -> None:
    with pytest.raises(TactfulError, match="tactful gerrit connect"):
        run(*BIND)
    connect("review.example.org")
    assert "until then nothing is read" in run(*BIND)
    assert bound(anna) == [("review.example.org", 1000001, False)]


def test_of_several_one_is_named(anna: int) -> None:
    connect("one.example.org", "two.example.org")
    for wrong in ([], ["--server", "three.example.org"]):
        with pytest.raises(TactfulError, match=r"Connected: one\.example\.org, two\.example\.org\."):
            run(*BIND, *wrong)
    run(*BIND, "--server", "two.example.org")
    assert bound(anna) == [("two.example.org", 1000001, False)]
