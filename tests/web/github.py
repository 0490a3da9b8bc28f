"""Somebody with a browser between Tactful and the fake GitHub."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import httpx
from httpx import Response

from app.domain import Account
from app.github_app import GitHubApp, as_server
from app.store import people, servers, tokens
from app.store.people import Profile
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


def owner(browser: Browser, user: User) -> int | None:
    with browser.house.store.read() as c:
        found = people.owner(c, account(browser, user))
    return found.id if found else None


def account(browser: Browser, user: User) -> Account:
    return Account("github", browser.github.server, user.id, user.login)


def profile(browser: Browser, person: int) -> Profile:
    with browser.house.store.read() as c:
        found = people.profile(c, person)
    assert found is not None
    return found


def held(browser: Browser, person: int | None) -> list[tokens.Held]:
    with browser.house.store.read() as c:
        return tokens.of_person(c, browser.house.store.vault, person or 0)


def signed_in_as(browser: Browser) -> str:
    page = browser.house.client.get("/me", follow_redirects=False)
    return page.text if page.status_code == 200 else ""
