"""Connecting GitHub from the dashboard: the manifest, what comes back, and everything one may do with it afterwards."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import httpx
import pytest

from app.domain import TactfulError
from app.github_app import GitHubApp
from app.platforms import Incoming
from app.platforms.github.deliveries import Note, Somebody, payload, signed
from app.store import people
from app.store.tables import meta
from app.store.tables import servers as servers_table
from app.web.github_setup import clean_address
from app.wiring import utc_now
from tests.github_server import FakeGitHub
from tests.web.conftest import sign_in
from tests.web.github import Browser
from tests.web_app import OCTOCAT, Service, service


@pytest.fixture
def admin(open_house: Service) -> int:
    with open_house.store.begin() as c:
        person = people.add(c, "admin@example.org", utc_now(), is_admin=True)
    sign_in(open_house, person)
    return person


@pytest.fixture
def browser(open_house: Service, github_server: FakeGitHub, admin: int) -> Browser:
    return Browser(open_house, github_server)


def to_github(browser: Browser, **form: object) -> tuple[str, str, dict[str, object]]:
    """(the policy of the page, where its form leads, the manifest)."""
    page = browser.post("/github/connect", **{"url": browser.github.url, **form})
    assert page.status_code == 200, page.text
    action = re.search(r'<form class="acts" method="post" action="([^"]+)"', page.text)
    manifest = re.search(r'name="manifest" value="([^"]+)"', page.text)
    assert action is not None
    assert manifest is not None
    return page.headers["content-security-policy"], html.unescape(action[1]), json.loads(html.unescape(manifest[1]))


def register(browser: Browser, **form: object) -> httpx.Response:
    browser.github.pages.visitor = browser.github.user("admin-there")
    _, action, manifest = to_github(browser, **form)
    there = httpx.post(action, data={"manifest": json.dumps(manifest)}, follow_redirects=False)
    assert there.status_code == 302, there.text
    return browser.come_back(there.headers["location"])


def app_of(browser: Browser) -> GitHubApp:
    [found] = browser.house.state.github_apps.every().values()
    return found


# --- registering ----------------------------------------------------------------------------------------------------------


def test_the_least_is_asked_for(browser: Browser):
    policy, action, manifest = to_github(browser)
    assert manifest["default_permissions"] == {"metadata": "read", "pull_requests": "read", "issues": "read"}
    assert manifest["hook_attributes"] == {"url": "http://127.0.0.1:8000/webhooks/github", "active": True}
    assert action.startswith(f"{browser.github.url}/settings/apps/new?state=")
    assert f"form-action 'self' {browser.github.url};" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("feature", "permissions", "event"),
    [
        ("commits", {"contents": "read"}, "commit_comment"),
        ("discussions", {"discussions": "read"}, "discussion_comment"),
        ("apply", {"pull_requests": "write"}, None),
    ],
)
def test_each_feature_asks_for_its_own(browser: Browser, feature: str, permissions: dict[str, str], event: str | None):
    _, _, plain = to_github(browser)
    _, _, manifest = to_github(browser, features=feature)
    assert manifest["default_permissions"] == {**plain["default_permissions"], **permissions}  # type: ignore[dict-item]
    more = [one for one in manifest["default_events"] if one not in plain["default_events"]]  # type: ignore[attr-defined,operator]
    assert more == ([event] if event else [])


def test_what_comes_back_is_kept_sealed_and_opens_the_door(browser: Browser):
    back = register(browser, features="apply", pending="true")
    assert (back.status_code, back.headers["location"]) == (303, "/github")
    app, there = app_of(browser), next(iter(browser.github.world.apps.values()))
    assert (app.id, app.private_key, app.webhook_secret) == (there.id, there.pem, there.webhook_secret)
    assert (app.can_apply, app.pending_allowed) == (True, True)
    with browser.house.store.read() as c:
        rows = [repr(row) for table in (servers_table, meta) for row in c.execute(table.select())]
    for secret in (app.client_secret, app.webhook_secret, app.private_key[40:80]):
        assert not any(secret in row for row in rows)
    page = browser.house.client.get("/github").text
    assert "Putting a wording into a pending comment: on" in page
    assert app.client_secret not in page


def test_an_organisation_may_own_it(browser: Browser):
    _, action, _ = to_github(browser, organisation="octo-org")
    assert action.startswith(f"{browser.github.url}/organizations/octo-org/settings/apps/new?state=")
    assert browser.post("/github/connect", organisation="a/../b").status_code == 422


def test_a_registration_that_was_not_begun_here_is_refused(browser: Browser):
    browser.github.pages.visitor = browser.github.user("somebody")
    _, action, manifest = to_github(browser)
    there = httpx.post(action, data={"manifest": json.dumps(manifest)}, follow_redirects=False)
    browser.house.client.cookies.delete("tactful_errand")
    assert browser.come_back(there.headers["location"]).status_code == 400
    assert browser.house.state.github_apps.every() == {}


def test_a_sign_in_cannot_be_brought_back_as_a_registration(browser: Browser):
    browser.register()
    url = browser.agree(browser.leave(), browser.github.user("anna"))
    assert browser.come_back(url.replace("/github/signed-in", "/github/registered")).status_code == 400


def test_a_code_that_github_does_not_know_is_a_sentence(browser: Browser):
    _, action, _ = to_github(browser)
    state = action.partition("state=")[2]
    back = browser.come_back(f"/github/registered?code=0123456789&state={state}")
    assert back.status_code == 400
    assert "Nothing was kept" in back.text


def test_a_github_that_is_away_keeps_nothing(browser: Browser):
    browser.github.trouble.fail(502, path="conversions")
    assert register(browser).status_code == 503
    assert browser.house.state.github_apps.every() == {}


@pytest.mark.parametrize("path", ["/github", "/github/registered"])
def test_it_is_not_there_for_anybody_else(browser: Browser, path: str):
    sign_in(browser.house, browser.house.person("carl@example.org", None))
    assert browser.house.client.get(path).status_code == 404
    for act in ("connect", "127.0.0.1/look", "127.0.0.1/pending", "127.0.0.1/disconnect"):
        assert browser.post(f"/github/{act}", allowed="true").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://git.example.org",
        "https://git.example.org/path",
        "https://a:b@git.example.org",
        "https://git.example.org?x",
        "https://git.example.org:x",
        "ftp://git.example.org",
        "https://",
        "https://git.example.org; script-src *",
        "javascript:alert(1)",
        "https://gìt.example.org",
    ],
)
def test_what_is_no_address_of_a_github_is_refused(url: str):
    with pytest.raises(TactfulError, match="does not look like the address"):
        clean_address(url)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://GitHub.com/", "https://github.com"),
        (" https://git.example.org:8443 ", "https://git.example.org:8443"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_an_address_is_scheme_and_host(url: str, clean: str):
    assert clean_address(url) == clean


# --- afterwards -----------------------------------------------------------------------------------------------------------


def test_a_look_says_how_it_stands_and_notes_what_it_may_do(browser: Browser):
    register(browser)
    app = app_of(browser)
    there = browser.github.registered(app)
    page = browser.post(f"/github/{app.server}/look")
    assert "those on pull requests and issues are read" in page.text
    assert "nowhere yet" in page.text
    there.permissions["pull_requests"] = "write"
    browser.github.install(app, "octo-org")
    browser.github.install(app, "other-org").suspended_at = utc_now()
    there.hook_url = "https://elsewhere.example.org"
    page = browser.post(f"/github/{app.server}/look")
    assert app_of(browser).can_apply
    assert "deliveries go elsewhere" in page.text
    assert "in 1 place that can be read" in page.text
    assert "suspended, or not to be read, at other-org" in page.text


def test_a_look_at_an_app_that_was_deleted_there_is_a_sentence(browser: Browser):
    register(browser)
    app = app_of(browser)
    del browser.github.world.apps[app.id]
    page = browser.post(f"/github/{app.server}/look")
    assert page.status_code == 400
    assert "does not take the key of this App" in page.text


def test_a_secret_that_was_changed_there_is_found(browser: Browser):
    register(browser)
    app = app_of(browser)
    browser.github.registered(app).client_secret = "another"
    page = browser.post(f"/github/{app.server}/look")
    assert "GitHub refuses it, so nobody can sign in" in page.text


def test_switched_off_and_disconnected_peoples_tokens_end(browser: Browser, admin: int):
    app = browser.register()
    browser.sign_in(browser.github.user("anna"), keep="true")
    assert len(browser.github.world.tokens) == 1
    assert browser.post(f"/github/{app.server}/pending", allowed="false").headers["location"] == "/github"
    assert browser.github.world.tokens == []
    assert not app_of(browser).pending_allowed
    browser.post(f"/github/{app.server}/pending", allowed="true")
    browser.sign_in(browser.github.user("anna"), keep="true")
    browser.post(f"/github/{app.server}/disconnect")
    assert browser.github.world.tokens == []
    assert browser.house.state.github_apps.every() == {}
    assert browser.post(f"/github/{app.server}/look").status_code == 404


# --- the door -------------------------------------------------------------------------------------------------------------


def comment(secret: str, delivery: str) -> Incoming:
    at = utc_now()
    note = Note("issue_comment", 77, Somebody(OCTOCAT.id, "octocat"), "Why not a set?", at, at)
    return signed(
        "issue_comment", payload(note, "created", Somebody(OCTOCAT.id, "octocat")), delivery=delivery, secret=secret
    )


def arrives(house: Service, request: Incoming) -> int:
    return house.client.post("/webhooks/github", content=request.body, headers=dict(request.headers)).status_code


def test_whose_secret_signed_is_the_server_it_comes_from(browser: Browser):
    """The same number on another server is somebody else."""
    register(browser)
    browser.house.person()
    app = app_of(browser)
    assert arrives(browser.house, comment(app.webhook_secret, "d-1")) == 204
    assert arrives(browser.house, comment("a secret of at least sixteen characters", "d-2")) == 202
    assert arrives(browser.house, comment("another", "d-3")) == 401


def test_without_a_secret_in_the_settings_the_apps_own_opens_the_door(tmp_path: Path, github_server: FakeGitHub):
    with service(tmp_path, github_webhook_secret=None) as house:
        assert arrives(house, comment("", "d-1")) == 404
        browser = Browser(house, github_server)
        app = browser.register()
        assert arrives(house, comment(app.webhook_secret, "d-2")) == 204
        assert arrives(house, comment("", "d-3")) == 401
