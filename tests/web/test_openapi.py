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

from tests.gerrit_keys import connect
from tests.web_app import served


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    limits = {"check_requests_per_minute": 10**6, "check_bytes_per_minute": 10**9}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), **limits) as (app, url):
        connect(app)
        yield url


OPERATIONS = {
    "POST /v1/check",
    "POST /v1/feedback",
    "GET /v1/notes",
    "POST /v1/pair",
    "POST /v1/gerrit/{server}/nonce",
    "POST /v1/gerrit/{server}/pair",
    "POST /v1/gerrit/{server}/drafts",
    "DELETE /v1/gerrit/{server}/drafts",
    "DELETE /v1/client",
}
UNTOKENED = {"POST /v1/gerrit/{server}/nonce", "POST /v1/gerrit/{server}/pair"}
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
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert f"Tested: {len(OPERATIONS)}" in done.stdout


def test_every_endpoint_has_a_summary_an_example_and_named_refusals(address: str) -> None:
    published = httpx.get(f"{address}/openapi.json").json()
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in published["paths"].items()
        if path.startswith("/v1/")
        for method, operation in item.items()
    }
    assert set(operations) == OPERATIONS
    for name, operation in operations.items():
        assert operation["summary"]
        needed = {"403", "429"} if name in UNTOKENED else {"401", "403", "429"}
        assert needed <= set(operation["responses"]), name
    for name in ("CheckRequest", "FeedbackRequest", "PairRequest", "GerritPairRequest", "KeyIn"):
        properties = published["components"]["schemas"][name]["properties"]
        assert any("examples" in p or p.get("items", {}).get("examples") for p in properties.values()), name
