"""The one REST resource of Gerrit's webhooks plugin, in front of a real Gerrit that lacks it; all else is passed on.

After the plugin's documentation (rest-api-config.md) and its rules: reading needs Read, changing needs Push on
``refs/meta/config`` of the project, which the real server is asked about every time, as whoever asks. Inherited remotes
are shown, as the plugin does. A real one would keep them in ``webhooks.config``; here they are in memory.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from app.http import Client
from benchmarks.programs import HOST

RESOURCE = re.compile(r"/a/config/server/webhooks~projects/([^/]+)/remotes/([^/?]*)$")
FIELDS = {"url", "events", "connectionTimeout", "socketTimeout", "maxTries", "retryInterval", "sslVerify"}
ALL_PROJECTS = "All-Projects"


class WebhooksPlugin:
    """``url`` is the server with the plugin. ``remotes[project][name]``; ``calls`` are the methods and paths that changed any.

    ``state``: True, or False for switched off, or None for not installed. ``version`` replaces the server's own.
    ``refuse`` answers a changing request to a path with a status, once.
    """

    def __init__(self, gerrit_url: str) -> None:
        self.remotes: dict[str, dict[str, dict[str, Any]]] = {}
        self.calls: list[tuple[str, str]] = []
        self.state: bool | None = True
        self.version: str | None = "3.13.5"
        self.refuse: dict[str, int] = {}
        self._gerrit = gerrit_url
        self._client = Client(timeout=30)
        plugin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, kind, answer = plugin._answer(self.command, self.path, dict(self.headers.items()), body)
                self.send_response(status)
                if kind:
                    self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_DELETE = _any  # noqa: N815 - as the library calls them

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        bare = path.partition("?")[0]
        if method != "GET" and unquote(bare) in self.refuse:
            return self.refuse.pop(unquote(bare)), "text/plain", b"refused by the test"
        found = RESOURCE.fullmatch(bare)
        if found and self.state:
            return self._resource(method, unquote(found[1]), unquote(found[2]), headers, body)
        status, kind, answer = self._passed_on(method, path, headers, body)
        if method == "GET" and bare == "/a/plugins/" and status == 200 and self.state is not None:
            there = _parsed(answer)
            there["webhooks"] = {"id": "webhooks", "version": "stand-in", **({} if self.state else {"disabled": True})}
            return status, kind, _json(there)
        if method == "GET" and bare == "/a/config/server/version" and status == 200 and self.version:
            return status, kind, _json(self.version)
        return status, kind, answer

    def _resource(
        self, method: str, project: str, name: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        if not self._may(project, "read" if method == "GET" else "push", headers):
            return 403, "text/plain", b"not allowed to update webhooks\n"
        own = self.remotes.setdefault(project, {})
        seen = {**self.remotes.get(ALL_PROJECTS, {}), **own}
        if method == "GET":
            if not name:
                return 200, "application/json", _json(seen)
            return (200, "application/json", _json(seen[name])) if name in seen else (404, "text/plain", b"Not found\n")
        self.calls.append((method, f"{project}/{name}"))
        if method == "PUT":
            given = json.loads(body)
            assert set(given) <= FIELDS, set(given) - FIELDS
            created = name not in seen
            own[name] = {key: value for key, value in given.items() if value not in (False, [], None)}
            return 201 if created else 200, "application/json", _json(own[name])
        if name not in seen:
            return 404, "text/plain", b"Not found\n"
        own.pop(name, None)
        return 204, "", b""

    def _may(self, project: str, permission: str, headers: dict[str, str]) -> bool:
        path = f"/a/projects/{quote(project, safe='')}/check.access?account=self&ref=refs/meta/config&perm={permission}"
        status, _, answer = self._passed_on("GET", path, headers, b"")
        return status == 200 and _parsed(answer)["status"] == 200

    def _passed_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        kept = {k: v for k, v in headers.items() if k.lower() in ("authorization", "content-type", "accept")}
        answer = self._client.request(method, f"{self._gerrit}{path}", headers=kept, content=body or None)
        return answer.status_code, answer.headers.get("content-type", ""), answer.content


def _json(value: Any) -> bytes:
    return b")]}'\n" + json.dumps(value).encode()


def _parsed(answer: bytes) -> Any:
    return json.loads(answer.removeprefix(b")]}'"))
