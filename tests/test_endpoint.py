"""A language model's endpoint, played by a real server on loopback; the real model is in ``tests/real``."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.domain import Person
from app.endpoint import FAILURES, REST, Endpoint, Terms
from app.in_force import Rules
from app.norms import load
from app.project_settings import ProjectSettings
from app.suggestions import PLAIN
from app.wanted import allowed, wanted

MESSAGES = [{"role": "user", "content": "a text"}]


class Model:
    """Answers with ``status`` and ``says``; ``knows_schema`` false refuses the first way to ask for structure."""

    def __init__(self) -> None:
        self.status, self.says, self.knows_schema, self.slow_s = 200, '{"wording": "x"}', True, 0.0
        self.unknown = 422
        self.asked: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append(body)
                model.keys.append(self.headers.get("Authorization"))
                threading.Event().wait(model.slow_s)
                known = model.knows_schema or body["response_format"]["type"] == "json_object"
                answer = json.dumps({"choices": [{"message": {"content": model.says}}]}).encode()
                self.send_response(model.status if known else model.unknown)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.terms = Terms(
            f"http://127.0.0.1:{self.server.server_port}/v1/", "small", "key", timeout_s=2, calls_a_day=6
        )


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_an_answer_is_asked_for_with_its_structure_and_a_key(model: Model) -> None:
    counted: list[str] = []
    assert Endpoint(model.terms, Clock(), counted.append).ask(MESSAGES) == '{"wording": "x"}'
    [asked] = model.asked
    assert (asked["model"], asked["messages"], asked["temperature"]) == ("small", MESSAGES, 0)
    assert asked["response_format"]["json_schema"]["schema"]["required"] == ["wording"]
    assert model.keys == ["Bearer key"]
    assert counted == ["answered"]


@pytest.mark.parametrize("status", [400, 422, 500])  # the last is llama.cpp's Python server
def test_a_server_that_asks_for_structure_in_another_way_is_understood_once(model: Model, status: int) -> None:
    model.knows_schema, model.unknown = False, status
    endpoint = Endpoint(model.terms, Clock())
    assert endpoint.ask(MESSAGES) == '{"wording": "x"}'
    assert endpoint.ask(MESSAGES) == '{"wording": "x"}'
    assert [asked["response_format"]["type"] for asked in model.asked] == ["json_schema", "json_object", "json_object"]


def test_after_failures_nobody_is_asked_for_a_while(model: Model) -> None:
    clock, counted = Clock(), []
    endpoint = Endpoint(model.terms, clock, counted.append)
    model.status = 503
    for _ in range(FAILURES + 1):
        assert endpoint.ask(MESSAGES) is None
    assert counted == ["failed"] * FAILURES + ["resting"]
    assert len(model.asked) == FAILURES
    model.status = 200
    clock.now += REST
    assert endpoint.ask(MESSAGES)
    clock.now += timedelta(seconds=1)
    assert endpoint.ask(MESSAGES), "one answer and it is trusted again"


def test_the_budget_of_a_day_is_kept(model: Model) -> None:
    clock, counted = Clock(), []
    endpoint = Endpoint(replace(model.terms, calls_a_day=1), clock, counted.append)
    assert endpoint.ask(MESSAGES)
    assert endpoint.ask(MESSAGES) is None
    assert counted[-1] == "budget_spent"
    clock.now += timedelta(days=1)
    assert endpoint.ask(MESSAGES)


@pytest.mark.parametrize("trouble", ["slow", "not json", "moved", "away"])
def test_trouble_is_no_answer_and_no_error(model: Model, trouble: str) -> None:
    terms = model.terms
    if trouble == "slow":
        model.slow_s, terms = 0.5, replace(terms, timeout_s=0.1)
    elif trouble == "moved":
        model.status = 302
    elif trouble == "away":
        terms = replace(terms, url="http://127.0.0.1:9/v1")
    else:
        model.says = None  # type: ignore[assignment]
    assert Endpoint(terms, Clock()).ask(MESSAGES) is None


def test_it_is_asked_only_where_administrator_project_and_writer_want_it(model: Model) -> None:
    endpoint = Endpoint(model.terms, Clock())
    agreed = Person(1, opted_in=True, language_model_host=endpoint.host)
    assert wanted(PLAIN, endpoint, agreed, allowed=True).last is not None
    assert wanted(PLAIN, endpoint, agreed, allowed=False) is PLAIN
    assert wanted(PLAIN, None, agreed, allowed=True) is PLAIN
    assert wanted(PLAIN, endpoint, replace(agreed, language_model_host="elsewhere:1"), allowed=True) is PLAIN
    assert wanted(PLAIN, endpoint, Person(1, opted_in=True), allowed=True) is PLAIN
    assert not allowed(Rules(ProjectSettings(language_model=True), load())), "outside every project nobody said so"
