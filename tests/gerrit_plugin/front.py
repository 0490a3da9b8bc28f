"""One origin in front of a real Gerrit, as its own web page would have: our host page, the plugin, and Gerrit's REST."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
PAGES = ("/c/", "/settings", "/x/")
DROPPED = ("transfer-encoding", "content-encoding", "content-length", "connection", "date", "server")


class Front:
    """``plugin`` is the text of the plugin that is handed out; requests for anything but pages go to ``gerrit``."""

    def __init__(self, gerrit: str) -> None:
        self.plugin = ""
        self.seen: list[str] = []  # method and path of what was passed on
        self._client = httpx.Client(timeout=30, base_url=gerrit)
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                own = front._own(self.path.partition("?")[0])
                if own is None:
                    self._pass_on()
                else:
                    self._answer(200, {"content-type": own[0]}, own[1].encode())

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                kept = {
                    k: v
                    for k, v in self.headers.items()
                    if k.lower() not in ("host", "connection", "origin", "referer")
                }
                front.seen.append(f"{self.command} {self.path}")
                answer = front._client.request(self.command, self.path, content=body, headers=kept)
                headers = {k: v for k, v in answer.headers.items() if k.lower() not in DROPPED}
                self._answer(answer.status_code, headers, answer.content)

            def do_PUT(self) -> None:
                self._pass_on()

            do_POST = do_DELETE = do_PUT  # noqa: N815 - the names that http.server looks for

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("content-length", str(len(body)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _own(self, path: str) -> tuple[str, str] | None:
        if path == "/test/host.js":
            return "text/javascript", (HERE / "host.js").read_text("utf-8")
        if path == "/plugins/tactful/static/tactful.js":
            return "text/javascript; charset=utf-8", self.plugin
        if path.startswith(PAGES):
            return "text/html; charset=utf-8", (HERE / "host.html").read_text("utf-8")
        return None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()
