"""Somebody with a browser between Tactful and the fake GitHub."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import httpx
from httpx import Response

from app.github_app import GitHubApp, as_server
from app.store import servers
from tests.github_server import FakeGitHub
from tests.github_server.world import User
from tests.web_app import Service

CALLBACK = "http://127.0.0.1:8000/github/signed-in"


@dataclass
class Browser:
    house: Service
    github: FakeGitHub

    def register(self, app: GitHubApp | None = None) -> GitHubApp:
        """An App that is connected already."""
        made = app or self.github.app(callback_urls=[CALLBACK])
        with self.house.store.begin() as c:
            servers.save(c, self.house.store.vault, as_server(made), self.house.state.now())
        self.house.state.github_apps.look_again()
        return made

    def post(self, path: str, **form: object) -> Response:
        return self.house.client.post(path, data=form, follow_redirects=False)

    def leave(self, path: str = "/github/sign-in", **form: object) -> str:
        """Press a button here; the address at GitHub that it leads to."""
        page = self.post(path, **{"server": self.github.server, **form})
        assert page.status_code == 200, page.text
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        assert found is not None
        return html.unescape(found[1])

    def agree(self, url: str, who: User) -> str:
        """What GitHub's page leads back to."""
        self.github.pages.visitor = who
        answer = httpx.get(url, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def come_back(self, url: str) -> Response:
        return self.house.client.get(url, follow_redirects=False)

    def sign_in(self, who: User, path: str = "/github/sign-in", **form: object) -> Response:
        return self.come_back(self.agree(self.leave(path, **form), who))
