"""The plugin as a Gerrit's administrator fetches it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.gerrit_plugin import filled_in
from app.store import servers
from app.wiring import utc_now
from tests.gerrit_keys import GERRIT
from tests.web_app import Service


@pytest.fixture
def connected(open_house: Service) -> Service:
    with open_house.store.begin() as c:
        servers.save(c, open_house.store.vault, replace(GERRIT, paths=("a hash",)), utc_now())
    open_house.state.gerrit_servers.look_again()
    return open_house


def test_it_is_filled_in_for_that_server(connected: Service) -> None:
    answer = connected.client.get(f"/gerrit/{GERRIT.name}/tactful.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.text == filled_in(connected.state.settings.address, GERRIT.name)
    assert f'const SERVICE = "{connected.state.settings.address}";' in answer.text
    assert GERRIT.token not in answer.text


@pytest.mark.parametrize("name", ["other", "%22", "..%2f..", "review.example.org%00"])
def test_for_no_other(connected: Service, name: str) -> None:
    assert connected.client.get(f"/gerrit/{name}/tactful.js").status_code == 404
