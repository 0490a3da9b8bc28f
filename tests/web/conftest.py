"""A service for the tests of its pages, and somebody signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import access
from app.web.templating import FRAGMENT
from app.wiring import utc_now
from tests.web_app import Service, service


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as s:
        yield s


@pytest.fixture
def anna(open_house: Service) -> int:
    """Somebody who opted in and is signed in."""
    person = open_house.person()
    sign_in(open_house, person)
    return person


def sign_in(house: Service, person: int) -> None:
    with house.store.begin() as c:
        token = access.new_link(c, person, utc_now())
    answer = house.client.post(f"/enter/{token}", follow_redirects=False)
    assert answer.headers["location"] == "/inbox"


STING = "The lock is never freed, and {assumption:you never ran it}. Please free it."


def read(house: Service, text: str) -> str:
    answer = house.client.post("/", data={"text": text}, headers={"Accept": FRAGMENT})
    assert answer.status_code == 200
    return answer.text
