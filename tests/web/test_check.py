"""The v1 API: its contract, who may call it, and what it refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.domain import Verdict
from app.store import access, feedback, people
from app.store.tables import metadata
from app.wiring import utc_now
from classifiers.labels import CONCERNS, STRENGTHS
from tests.fakes import ScriptedJudge
from tests.web_app import Service, service

STING = "{belittling:so simple}, really. Please rename `tmp` to `buffer`."
CONTEXT = hashlib.sha256(b"x").hexdigest()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as s:
        yield s


def test_the_contract(house: Service) -> None:
    answer = house.client.post("/v1/check", json={"texts": [STING, "Fine."], "rewrite": True})
    assert answer.status_code == 200
    body = answer.json()
    assert body["model"] == "scripted-1"
    first, second = body["results"]
    assert set(first) == {"flagged", "concerns", "strengths", "spans", "norm", "suggestion", "silence", "band"}
    assert first["flagged"] == ["belittling"]
    assert tuple(first["concerns"]) == CONCERNS
    assert tuple(first["strengths"]) == STRENGTHS
    assert first["spans"] == [{"start": 12, "end": 21, "label": "belittling", "p": 0.97}]
    assert set(first["norm"]) == {"label", "title", "says", "source"}
    assert set(first["suggestion"]) == {"advice", "wording", "edits", "alternative"}
    assert first["silence"] is None
    assert first["band"] == "mid"
    assert (second["flagged"], second["norm"], second["suggestion"]) == ([], None, None)
    assert second["silence"] == "below_tolerance"
    assert second["band"] is None


def test_without_rewrite_there_is_a_norm_and_no_suggestion(house: Service) -> None:
    [result] = house.client.post("/v1/check", json={"texts": [STING]}).json()["results"]
    assert result["norm"]["label"] == "belittling"
    assert result["suggestion"] is None


def test_an_unknown_language_is_said_and_nothing_is_guessed(house: Service) -> None:
    [result] = house.client.post("/v1/check", json={"texts": ["{foreign}"]}).json()["results"]
    assert (result["silence"], result["concerns"], result["flagged"]) == ("unknown_language", {}, [])


def test_it_stores_nothing(house: Service) -> None:
    def rows() -> dict[str, int]:
        with house.store.read() as c:
            return {n: c.scalar(sa.select(sa.func.count()).select_from(t)) for n, t in metadata.tables.items()}

    before = rows()
    house.client.post("/v1/check", json={"texts": [STING], "rewrite": True})
    assert rows() == before


def test_the_persons_own_settings_apply(house: Service) -> None:
    person = house.person()
    headers = house.token(person)
    with house.store.begin() as c:
        people.change(c, person, norms_off=["belittling"])
    [result] = house.client.post("/v1/check", json={"texts": [STING]}, headers=headers).json()["results"]
    assert (result["flagged"], result["silence"], result["norm"]) == (["belittling"], "norm_off", None)
    with house.store.begin() as c:
        people.opt_out(c, person)
    [result] = house.client.post("/v1/check", json={"texts": [STING]}, headers=headers).json()["results"]
    assert result["silence"] == "not_opted_in"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"texts": []},
        {"texts": ["x"] * 65},
        {"texts": ["x" * 60_001]},
        {"texts": [1]},
        {"texts": "x"},
        {"texts": ["secretword"], "rewritten": True},
        {"texts": ["secretword"], "rewrite": "secretword"},
        ["secretword"],
    ],
)
def test_bad_input_is_a_sentence_that_does_not_repeat_it(house: Service, body: object) -> None:
    answer = house.client.post("/v1/check", json=body)
    assert answer.status_code == 422
    assert "secretword" not in answer.text
    assert answer.json()["message"].startswith("This could not be read.")


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b'{"texts": ["\\ud800"]}', b"[" * 100_000, b'{"texts": [' + b"1" * 5000 + b"]}"]
)
def test_what_is_not_json_is_refused_not_crashed_on(house: Service, raw: bytes) -> None:
    answer = house.client.post("/v1/check", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 422)  # a lone surrogate is odd, yet a text
    assert "message" in answer.json() or "results" in answer.json()


def test_a_body_over_the_limit_is_cut_off(house: Service) -> None:
    answer = house.client.post("/v1/check", content=b"x" * (17 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "17 MB" in answer.json()["message"]


def test_strangers_are_answered_on_this_machine_only(tmp_path: Path) -> None:
    with service(tmp_path / "a", client_host="203.0.113.9") as s:
        assert s.client.post("/v1/check", json={"texts": ["x"]}).status_code == 401
    with service(tmp_path / "b") as s:
        assert s.client.post("/v1/check", json={"texts": ["x"]}).status_code == 200
        # Through a proxy that nobody declared, loopback says nothing about who asks.
        passed_on = s.client.post("/v1/check", json={"texts": ["x"]}, headers={"X-Forwarded-For": "203.0.113.9"})
        assert passed_on.status_code == 401
    with service(tmp_path / "c", client_host="203.0.113.9", anonymous_check="on") as s:
        assert s.client.post("/v1/check", json={"texts": ["x"]}).status_code == 200
    with service(tmp_path / "d", anonymous_check="off") as s:
        assert s.client.post("/v1/check", json={"texts": ["x"]}).status_code == 401


def test_tokens_are_scoped_and_revocable(house: Service) -> None:
    person = house.person()
    only_feedback = house.token(person, "feedback")
    assert house.client.post("/v1/check", json={"texts": ["x"]}, headers=only_feedback).status_code == 403
    headers = house.token(person)
    assert house.client.post("/v1/check", json={"texts": ["x"]}, headers=headers).status_code == 200
    with house.store.begin() as c:
        for client in access.clients(c, person):
            access.revoke(c, person, client.id)
    answer = house.client.post("/v1/check", json={"texts": ["x"]}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "nonsense"])
def test_a_bad_token_is_never_an_anonymous_caller(house: Service, header: str) -> None:
    assert house.client.post("/v1/check", json={"texts": ["x"]}, headers={"Authorization": header}).status_code == 401


def test_too_much_says_when_to_try_again(tmp_path: Path) -> None:
    with service(tmp_path, check_requests_per_minute=2) as s:
        for _ in range(2):
            assert s.client.post("/v1/check", json={"texts": ["x"]}).status_code == 200
        answer = s.client.post("/v1/check", json={"texts": ["x"]})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        # Another client has a measure of its own.
        assert s.client.post("/v1/check", json={"texts": ["x"]}, headers=s.token(s.person())).status_code == 200


def test_unfit_weights_judge_nothing_and_say_so(tmp_path: Path) -> None:
    with service(tmp_path, judge=ScriptedJudge(fit=False)) as s:
        ready = s.client.get("/readyz")
        assert ready.status_code == 503
        assert "exported" in ready.json()["model"]


def test_feedback_is_counted_once(house: Service) -> None:
    answer = {"label": "hostility", "band": "high", "answer": "wrong", "context": CONTEXT}
    assert house.client.post("/v1/feedback", json=answer).json() == {
        "counted": True,
        "says": "Noted. That is worth knowing.",
    }
    assert house.client.post("/v1/feedback", json=answer).json()["counted"] is False
    with house.store.read() as c:
        assert feedback.totals(c) == {("hostility", "wrong"): 1}


@pytest.mark.parametrize(
    "change", [{"label": "apology"}, {"band": "huge"}, {"answer": "meh"}, {"context": "short"}, {"text": "x"}]
)
def test_feedback_takes_nothing_else(house: Service, change: dict[str, str]) -> None:
    answer = {"label": "hostility", "band": "high", "answer": "wrong", "context": CONTEXT, **change}
    assert house.client.post("/v1/feedback", json=answer).status_code == 422


def test_a_code_becomes_a_token_once(house: Service) -> None:
    person = house.person()
    with house.store.begin() as c:
        code = access.new_code(c, person, "pair", utc_now(), ("check", "feedback"))
    paired = house.client.post("/v1/pair", json={"code": code, "client": "Gerrit"})
    assert paired.status_code == 200
    headers = {"Authorization": f"Bearer {paired.json()['token']}"}
    assert house.client.post("/v1/check", json={"texts": ["x"]}, headers=headers).status_code == 200
    assert house.client.post("/v1/pair", json={"code": code, "client": "Gerrit"}).status_code == 401


def test_only_configured_origins_may_call_from_a_page(tmp_path: Path) -> None:
    with service(tmp_path, cors_origins="https://review.example.org") as s:

        def allowed(origin: str) -> str | None:
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            return s.client.options("/v1/check", headers=headers).headers.get("access-control-allow-origin")

        assert allowed("https://review.example.org") == "https://review.example.org"
        assert allowed("https://evil.example.org") is None


def test_an_unexpected_error_is_a_calm_sentence_with_safe_headers(tmp_path: Path) -> None:
    class Broken(ScriptedJudge):
        async def judge(self, texts: Sequence[str]) -> list[Verdict]:
            raise RuntimeError(f"cannot judge {texts[0]}")

    with service(tmp_path, judge=Broken()) as s:
        client = TestClient(
            s.app, raise_server_exceptions=False, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1)
        )
        answer = client.post("/v1/check", json={"texts": ["zebrafish"]})
    assert answer.status_code == 500
    assert "not your doing" in answer.json()["message"]
    assert "zebrafish" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_metrics_are_for_the_private_network(tmp_path: Path) -> None:
    with service(tmp_path / "a") as s:
        s.client.post("/v1/check", json={"texts": [STING]})
        shown = s.client.get("/metrics")
        assert 'tactful_checks_total{outcome="spoken"} 1.0' in shown.text
        assert s.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    with service(tmp_path / "b", client_host="203.0.113.9") as s:
        assert s.client.get("/metrics").status_code == 404
        assert s.client.get("/healthz").json() == {"status": "alive"}
        assert s.client.get("/readyz").status_code == 200
