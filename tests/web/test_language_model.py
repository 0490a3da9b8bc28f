"""A language model sees somebody's words only after they read where these go and agreed to that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from app.store import people
from tests.web.conftest import read
from tests.web_app import Service

STUCK = "A {hostility:mess} of `run()`."


class Model:
    host = "llm.example.org:8080"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, messages: Sequence[Mapping[str, str]]) -> str | None:
        self.asked.append(messages[-1]["content"])
        return json.dumps({"wording": "A knot of [[1]]."})


@pytest.fixture
def model(open_house: Service) -> Model:
    made = Model()
    open_house.app.state.tactful = replace(open_house.state, language_model=made)
    return made


def test_it_says_where_words_go_and_asks_nobody_before(open_house: Service, anna: int, model: Model) -> None:
    page = open_house.client.get("/me").text
    assert "Where words go: to <strong>llm.example.org:8080</strong>" in page
    assert "It is never asked for you." in page
    read(open_house, STUCK)
    assert model.asked == []


def test_agreed_to_it_is_asked_where_nothing_was_found_here_until_taken_back(
    open_house: Service, anna: int, model: Model
) -> None:
    client = open_house.client
    client.post("/me/language-model", data={"host": model.host, "on": "true"})
    assert "It may be asked for you." in client.get("/me").text
    read(open_house, STUCK)
    [asked] = model.asked
    assert "run()" not in asked, "code stays here"
    client.post("/me/language-model", data={"host": model.host, "on": "false"})
    read(open_house, STUCK)
    assert len(model.asked) == 1


def test_whoever_agreed_to_one_place_did_not_agree_to_another(open_house: Service, anna: int, model: Model) -> None:
    client = open_house.client
    refused = client.post("/me/language-model", data={"host": "elsewhere.example.org", "on": "true"})
    assert "is at another place by now" in refused.text
    client.post("/me/language-model", data={"host": model.host, "on": "true"})
    model.host = "new.example.org"
    read(open_house, STUCK)
    assert model.asked == []
    assert "It is never asked for you." in client.get("/me").text


def test_through_the_api_nothing_leaves_without_the_projects_word(open_house: Service, anna: int, model: Model) -> None:
    open_house.client.post("/me/language-model", data={"host": model.host, "on": "true"})
    open_house.client.post("/v1/check", json={"texts": [STUCK], "rewrite": True})
    place = {"platform": "github", "server": "github.com", "project": "octo/parser"}
    open_house.client.post("/v1/check", json={"texts": [STUCK], "rewrite": True, "place": place})
    assert model.asked == []


def test_without_one_nothing_is_asked_of_anybody(open_house: Service, anna: int) -> None:
    assert "A language model" not in open_house.client.get("/me").text
    with open_house.store.read() as c:
        profile = people.profile(c, anna)
    assert profile is not None
    assert profile.person.language_model_host == ""
