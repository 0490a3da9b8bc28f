"""Stands between Gerrit's forwarder, whose address is fixed, and whichever service a test starts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.http import Client, HTTPError
from benchmarks.programs import HOST


class Relay:
    """``to`` is where events go; without it they are taken and only remembered in ``seen`` (raw bodies, in order)."""

    def __init__(self, port: int = 0) -> None:
        self.to: str | None = None
        self.seen: list[bytes] = []
        self.answered: list[int] = []  # what ``to`` said to each, 0 where it was away
        self._client = Client(timeout=10)
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                status = relay._pass_on(body, dict(self.headers.items()))
                self.send_response(status or 503)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer((HOST, port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}/events"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _pass_on(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            return self._answer(body, headers)
        finally:
            self.seen.append(body)  # once it was taken

    def _answer(self, body: bytes, headers: dict[str, str]) -> int:
        if self.to is None:
            return 204
        kept = {k: v for k, v in headers.items() if k.lower() in ("content-type", "x-origin-url")}
        try:
            status = self._client.post(self.to, content=body, headers=kept).status_code
        except HTTPError:
            status = 0
        self.answered.append(status)
        return status

    def to_nothing(self) -> None:
        """Begin anew: what came before is forgotten."""
        self.to = None
        self.seen, self.answered = [], []

    def wait_for(self, condition: Callable[[bytes], bool], patience_s: float = 20) -> bytes:
        """The first event seen that fulfils ``condition``."""
        deadline = time.monotonic() + patience_s
        while True:
            for body in list(self.seen):
                if condition(body):
                    return body
            assert time.monotonic() < deadline, "no such event came"
            time.sleep(0.02)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()
