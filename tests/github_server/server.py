"""The fake GitHub as tests hold it in their hands: a world, and a real HTTP server on loopback in front of it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.domain import Key
from app.github_app import GitHubApp
from app.platforms.github import deliveries
from app.platforms.github.deliveries import Payload, Somebody
from tests.github_server import contract
from tests.github_server.graph import Graph
from tests.github_server.hooks import Attempt, Hooks
from tests.github_server.pages import Pages
from tests.github_server.rest import Rest, _bearer
from tests.github_server.trouble import Trouble
from tests.github_server.world import Comment, Installation, Pull, Registered, Review, User, World

API, GRAPHQL = "/api/v3", "/api/graphql"
BASE = {"metadata": "read", "pull_requests": "write", "issues": "read"}


@dataclass(frozen=True)
class Asked:
    """A request that came. ``login`` is whose token it carried, ``body`` what it sent."""

    method: str
    path: str
    login: str
    status: int
    body: Any = field(repr=False)


class FakeGitHub:
    """Behaves as a GitHub Enterprise Server at ``url``."""

    def __init__(self) -> None:
        self.world = World()
        self.hooks = Hooks(self.world)
        self.trouble = Trouble(self.world.clock)
        self.pages = Pages(self.world)
        self.rest = Rest(self.world, self.hooks, lambda: self.url)
        self.url = ""
        self.server = "127.0.0.1"
        self.requests: list[Asked] = []
        self.violations: list[str] = []
        routes = [*self.rest.routes(), *self.pages.routes(), Route(GRAPHQL, self._graphql, methods=["POST"])]
        self._app = Starlette(routes=routes)

    # --- what happens on it -------------------------------------------------------------------------------------------

    def advance(self, by: timedelta) -> None:
        self.world.clock.ahead += by

    def user(self, login: str, kind: str = "User") -> User:
        return self.world.user(login, kind)

    def app(
        self,
        *,
        permissions: dict[str, str] | None = None,
        hook_url: str = "",
        callback_urls: list[str] | None = None,
        pending_allowed: bool = True,
    ) -> GitHubApp:
        """An App as an administrator would have registered it."""
        owner = self.user("octo-org", "Organization")
        made = self.world.register(owner, f"Tactful {len(self.world.apps)}", permissions or BASE, [], hook_url)
        made.callback_urls = callback_urls or []
        return self.as_app(made, pending_allowed=pending_allowed)

    def as_app(self, made: Registered, *, pending_allowed: bool = True) -> GitHubApp:
        return GitHubApp(
            server=self.server,
            url=self.url,
            id=made.id,
            slug=made.slug,
            client_id=made.client_id,
            client_secret=made.client_secret,
            private_key=made.pem,
            webhook_secret=made.webhook_secret,
            permissions=dict(made.permissions),
            pending_allowed=pending_allowed,
        )

    def registered(self, app: GitHubApp) -> Registered:
        return self.world.apps[app.id]

    def install(self, app: GitHubApp, account: str = "octo-org", *members: User) -> Installation:
        made = self.world.install(self.registered(app), self.user(account, "Organization"))
        made.members |= {one.id for one in members}
        return made

    def authorise(self, app: GitHubApp, user: User) -> Key:
        """What somebody's agreement gives, as the sign-in would keep it."""
        made = self.world.grant(self.registered(app), user)
        return Key("", "", made.token, made.ends_at, made.refresh, made.refresh_ends_at)

    def revoke(self, app: GitHubApp, user: User) -> Attempt:
        """The person takes it back: their tokens die, and the App is told."""
        registered = self.registered(app)
        self.world.revoke(registered, user)
        return self.deliver(app, "github_app_authorization", deliveries.revocation(_somebody(user)))

    def pull_request(self, project: str, author: User, number: int | None = None, title: str = "A change") -> Pull:
        return self.world.pull(project, author, number, title)

    def pending_review(self, pull: Pull, author: User, body: str = "") -> Review:
        return self.world.review(pull, author, body)

    def pending_comment(self, review: Review, body: str, path: str = "a.py", line: int | None = 3) -> Comment:
        return self.world.comment(review, body, path, line)

    def edit(self, words: Comment | Review, body: str) -> None:
        words.body, words.updated_at = body, self.world.clock.now()

    def delete(self, words: Comment | Review) -> None:
        if isinstance(words, Comment):
            words.review.comments.remove(words)
            del self.world.comments[words.id]
            return
        for comment in list(words.comments):
            self.delete(comment)
        words.pull.reviews.remove(words)
        del self.world.reviews[words.id]

    def submit(self, review: Review, state: str = "COMMENTED") -> None:
        """From now on everybody sees it. What is sent about it is sent by ``deliver``."""
        review.state, review.submitted_at = state, self.world.clock.now()
        review.pull.updated_at = review.submitted_at

    def comment(self, id: str) -> Comment:
        return self.world.comments[id]

    def review(self, id: str) -> Review:
        return self.world.reviews[id]

    def deliver(self, app: GitHubApp, event: str, payload: Payload) -> Attempt:
        """Send a webhook of the App, and log what became of it."""
        return self.hooks.deliver(self.registered(app), event, payload)

    # --- what comes in ------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        answer = await self._answer(request, body)
        path = request.url.path
        token = self.world.token(_bearer(request))
        asked = Asked(request.method, path, token.user.login if token else "", answer.status_code, _read(body))
        self.requests.append(asked)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, body: bytes) -> Response:
        wrong = self._problems(request, body)
        if wrong:
            self.violations += wrong
            return JSONResponse({"message": "; ".join(wrong)}, 500)
        trouble = await self.trouble.before(request)
        if trouble is not None:
            return trouble
        headers: dict[str, str] = {}
        if (token := _bearer(request)) and request.url.path.startswith("/api/"):
            resource = "graphql" if request.url.path == GRAPHQL else "core"
            headers, refused = self.trouble.spend(token, resource)
            if refused is not None:
                refused.headers.update(headers)
                return refused
        answer = await self._routed(request, body)
        answer.headers.update(headers)
        return self._unchanged(request, answer)

    def _problems(self, request: Request, body: bytes) -> list[str]:
        path = request.url.path
        wrong = [] if request.headers.get("user-agent") or not path.startswith("/api/") else ["no User-Agent"]
        if path.startswith(API):
            wrong += contract.problems(request.method, path.removeprefix(API), dict(request.query_params), body)
        return wrong

    async def _routed(self, request: Request, body: bytes) -> Response:
        """Through the routes, with the whole answer in hand."""
        status, headers, parts = 500, [], bytearray()

        async def given() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def taken(message: Any) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            else:
                parts.extend(message.get("body", b""))

        await self._app(request.scope, given, taken)
        content, path = bytes(parts), request.url.path
        if path.startswith(API):
            self.violations += contract.answer_problems(request.method, path.removeprefix(API), status, content)
        answer = Response(content, status)
        answer.raw_headers[:] = headers
        return answer

    def _unchanged(self, request: Request, answer: Response) -> Response:
        if request.method != "GET" or answer.status_code != 200 or not request.url.path.startswith(API):
            return answer
        etag = f'W/"{sha256(bytes(answer.body)).hexdigest()}"'
        if request.headers.get("if-none-match") == etag:
            unchanged = Response(status_code=304, headers={"etag": etag})
            token = _bearer(request)
            if token:  # it costs nothing
                unchanged.headers.update(self.trouble.spend(token, "core", points=-1)[0])
            return unchanged
        answer.headers["etag"] = etag
        return answer

    async def _graphql(self, request: Request) -> Response:
        who = self.world.token(_bearer(request))
        if who is None:
            return JSONResponse({"message": "Bad credentials"}, 401)
        sent = await request.json()
        graph = Graph(self.world, self.url, who, self.trouble)
        found = graph.answer(sent["query"], sent.get("variables") or {})
        if "data" not in found:
            self.violations += [error["message"] for error in found["errors"]]
        return JSONResponse(found)


def _somebody(user: User) -> Somebody:
    return Somebody(user.id, user.login, user.type)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


@contextmanager
def running() -> Iterator[FakeGitHub]:
    """A new one, until the end of the block."""
    contract.description(), contract.schema()  # read now: it takes seconds, longer than whoever asks first waits
    github = FakeGitHub()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    github.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(github, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the fake GitHub did not start"
        assert time.monotonic() < deadline, "the fake GitHub did not start in time"
        time.sleep(0.005)
    try:
        yield github
    finally:
        server.should_exit = True
        thread.join(timeout=20)
