"""What cannot be brought back from GitHub: what was begun elsewhere, by somebody else, or is over."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.github_server import FakeGitHub
from tests.github_server.world import User
from tests.web.conftest import sign_in
from tests.web.github import CALLBACK, Browser, owner
from tests.web_app import Service


@pytest.fixture
def browser(open_house: Service, github_server: FakeGitHub) -> Browser:
    made = Browser(open_house, github_server)
    app = made.register()
    github_server.install(app, "octo-org", github_server.user("anna"), github_server.user("bert"))
    return made


@pytest.fixture
def anna_there(github_server: FakeGitHub) -> User:
    return github_server.user("anna")


def test_without_the_cookie_nothing_comes_back(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    browser.house.client.cookies.clear()
    back = browser.come_back(url)
    assert back.status_code == 400
    assert "begun in another browser" in back.text
    assert owner(browser, anna_there) is None


def test_each_is_taken_once(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    cookie = browser.house.client.cookies.get("tactful_errand")
    assert browser.come_back(url).status_code == 303
    browser.post("/sign-out")
    browser.house.client.cookies.set("tactful_errand", cookie or "", path="/github")
    assert browser.come_back(url).status_code == 400


def test_another_state_is_refused(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    assert browser.come_back(url.replace("state=", "state=x")).status_code == 400


def test_a_code_that_somebody_else_obtained_is_of_no_use_here(browser: Browser, anna_there: User):
    """Their code is bound to their verifier, which is in their browser."""
    theirs = parse_qs(urlsplit(browser.agree(browser.leave(), browser.github.user("bert"))).query)["code"][0]
    mine = parse_qs(urlsplit(browser.leave()).query)["state"][0]
    back = browser.come_back(f"{CALLBACK}?code={theirs}&state={mine}")
    assert back.status_code == 400
    assert owner(browser, browser.github.user("bert")) is None


def test_who_signed_in_meanwhile_does_not_get_the_account(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    sign_in(browser.house, browser.house.person("carl@example.org", None))
    back = browser.come_back(url)
    assert back.status_code == 400
    assert owner(browser, anna_there) is None


def test_a_form_from_elsewhere_begins_nothing(browser: Browser):
    answer = browser.house.client.post(
        "/github/sign-in",
        data={"server": browser.github.server, "keep": "true"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_a_github_that_is_away_is_said(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    browser.github.trouble.fail(502)
    assert browser.come_back(url).status_code == 503


def test_an_unknown_server_is_said(browser: Browser):
    assert browser.post("/github/sign-in", server="git.example.org").status_code == 400


def test_codes_work_once_on_the_fake_itself(browser: Browser, anna_there: User):
    url = browser.agree(browser.leave(), anna_there)
    code = parse_qs(urlsplit(url).query)["code"][0]
    app = browser.house.state.github_apps.every()[browser.github.server]
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": code, "code_verifier": "wrong"}
    answer = httpx.post(f"{app.url}/login/oauth/access_token", data=form)
    assert answer.json() == {"error": "bad_verification_code"}
