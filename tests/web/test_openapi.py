"""The published OpenAPI description, held against the service by schemathesis (https://schemathesis.readthedocs.io)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web_app import served


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    limits = {"check_requests_per_minute": 10**6, "check_bytes_per_minute": 10**9}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), **limits) as (_, url):
        yield url


CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "negative_data_rejection,unsupported_method"
)


def test_the_service_keeps_what_it_publishes(address: str) -> None:
    st = shutil.which("st", path=str(Path(sys.executable).parent))
    assert st is not None, "schemathesis belongs to the development requirements"
    arguments = ["--include-path-regex", "^/v1/", "--checks", CHECKS, "--max-examples", "60", "--seed", "1"]
    quiet = ["--generation-deterministic", "--suppress-health-check", "all", "--no-color"]
    done = subprocess.run(
        [st, "run", f"{address}/openapi.json", *arguments, *quiet],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert "Tested: 3" in done.stdout


def test_every_endpoint_has_a_summary_an_example_and_named_refusals(address: str) -> None:
    published = httpx.get(f"{address}/openapi.json").json()
    v1 = {path: item["post"] for path, item in published["paths"].items() if path.startswith("/v1/")}
    assert set(v1) == {"/v1/check", "/v1/feedback", "/v1/pair"}
    for operation in v1.values():
        assert operation["summary"]
        assert {"401", "403", "429"} <= set(operation["responses"])
    for name in ("CheckRequest", "FeedbackRequest", "PairRequest"):
        properties = published["components"]["schemas"][name]["properties"]
        assert any("examples" in p or p.get("items", {}).get("examples") for p in properties.values()), name
