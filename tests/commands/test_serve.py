"""The service as a process: what it prints, and how it stops."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.commands.test_commands import COMMAND, tactful


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(*, terminal: bool = False, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str, int]]:
    """``tactful serve`` until it is ready; its process, its first line and its port."""
    port = free_port()
    reader, writer = pty.openpty() if terminal else os.pipe()
    env = {**os.environ, "TACTFUL_PORT": str(port), **environment}
    process = subprocess.Popen([*COMMAND, "serve"], stdout=writer, stderr=subprocess.DEVNULL, env=env)
    os.close(writer)
    try:
        line = _first_line(reader)
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < deadline, "the service was not ready in time"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        yield process, line, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(reader)


def _first_line(reader: int) -> str:
    collected = b""
    deadline = time.monotonic() + 30
    while b"\n" not in collected:
        assert time.monotonic() < deadline, "nothing was printed"
        if select.select([reader], [], [], 0.5)[0]:
            collected += os.read(reader, 4096)
    return collected.split(b"\n")[0].decode().strip()


def test_one_line_with_the_address_and_a_link_that_signs_in_once() -> None:
    with serving(terminal=True) as (_, line, port):
        assert f"Tactful is at http://127.0.0.1:{port}" in line
        assert "GitHub's door is closed" in line
        link = re.search(r"http://\S+/enter/\S+", line)
        assert link is not None
        with httpx.Client(follow_redirects=True) as browser:
            assert "Sign in" in browser.get(link[0]).text  # a link scanner stops here, and spends nothing
            assert browser.post(link[0]).url.path == "/inbox"
            assert browser.get(f"http://127.0.0.1:{port}/me").status_code == 200
        with httpx.Client(follow_redirects=True) as another:
            assert another.post(link[0]).url.path != "/inbox"


def test_no_link_is_printed_to_a_file() -> None:
    with serving(TACTFUL_GITHUB_WEBHOOK_SECRET="s" * 20) as (_, line, _port):
        assert "/enter/" not in line
        assert "closed" not in line


def test_it_stops_when_asked_and_says_when_the_port_is_taken() -> None:
    with serving() as (process, _, port):
        taken = tactful("serve", "--port", str(port), TACTFUL_DATA=os.environ["TACTFUL_DATA"] + "-2")
        assert taken.returncode == 2
        assert "Choose another" in taken.stderr
        twice = tactful("serve", "--port", str(free_port()))
        assert twice.returncode != 0
        assert "Another Tactful is running" in twice.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) in (0, -signal.SIGTERM)  # uvicorn ends by the signal once all is put away


def test_the_demonstration_walks_through_the_real_door() -> None:
    done = tactful("demo", "--no-keep")
    assert done.returncode == 0, done.stderr
    assert "answers 202: stored" in done.stdout
    assert "answers 204: nobody who asked to be read" in done.stdout
    assert "Spoken, to the writer alone" in done.stdout
    assert "Silent: below your setting" in done.stdout
    assert "are gone" in done.stdout
    assert re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", done.stdout)
