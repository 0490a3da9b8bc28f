"""Sign in with GitHub: who gets in, what is bound, what is kept, and what cannot be brought back from elsewhere."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.store import people
from tests.github_server import FakeGitHub
from tests.github_server.world import User
from tests.web.conftest import sign_in
from tests.web.github import CALLBACK, Browser, account, held, owner, profile, signed_in_as
from tests.web_app import Service, service


@pytest.fixture
def browser(open_house: Service, github_server: FakeGitHub) -> Browser:
    made = Browser(open_house, github_server)
    app = made.register()
    github_server.install(app, "octo-org", github_server.user("anna"), github_server.user("bert"))
    return made


@pytest.fixture
def anna_there(github_server: FakeGitHub) -> User:
    return github_server.user("anna")


# --- coming in ----------------------------------------------------------------------------------------------------------


def test_the_way_there_carries_state_and_pkce_and_nothing_else(browser: Browser):
    asked = parse_qs(urlsplit(browser.leave()).query)
    assert set(asked) == {"client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"}
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [CALLBACK]


def test_a_newcomer_who_works_where_it_is_installed_gets_in_and_is_not_read(browser: Browser, anna_there: User):
    back = browser.sign_in(anna_there)
    assert (back.status_code, back.headers["location"]) == (303, "/inbox")
    person = owner(browser, anna_there)
    assert person is not None
    found = profile(browser, person)
    assert (found.person.opted_in, found.email) == (False, None)
    assert "anna on 127.0.0.1" in signed_in_as(browser)


def test_whoever_came_before_is_the_same_person_under_whatever_name(browser: Browser, anna_there: User):
    browser.sign_in(anna_there)
    first = owner(browser, anna_there)
    browser.post("/sign-out")
    assert signed_in_as(browser) == ""
    anna_there.login = "anna-renamed"
    browser.sign_in(anna_there)
    assert owner(browser, anna_there) == first
    assert "anna-renamed on 127.0.0.1" in signed_in_as(browser)


def test_a_stranger_stays_outside_and_nothing_of_them_is_kept(browser: Browser, github_server: FakeGitHub):
    stranger = github_server.user("stranger")
    back = browser.sign_in(stranger)
    assert back.status_code == 400
    assert "Nobody with this account is known here" in back.text
    assert owner(browser, stranger) is None
    assert github_server.world.tokens == []


@pytest.mark.parametrize(("newcomers", "comes"), [("anybody", True), ("nobody", False)])
def test_who_may_come_is_a_setting(tmp_path: Path, github_server: FakeGitHub, newcomers: str, comes: bool):
    with service(tmp_path, github_newcomers=newcomers) as house:
        browser = Browser(house, github_server)
        browser.register()
        stranger = github_server.user("stranger")
        browser.sign_in(stranger)
        assert (owner(browser, stranger) is not None) is comes


def test_organisations_and_bots_are_nobody(browser: Browser, github_server: FakeGitHub):
    back = browser.sign_in(github_server.user("helper[bot]", "Bot"))
    assert back.status_code == 400
    assert "no person" in back.text


def test_who_does_not_agree_changes_nothing(browser: Browser, anna_there: User):
    browser.github.pages.agrees = False
    back = browser.sign_in(anna_there)
    assert back.status_code == 400
    assert "nothing was changed" in back.text
    assert owner(browser, anna_there) is None


def test_the_link_leads_back_to_our_own_pages_only(browser: Browser, anna_there: User):
    assert browser.sign_in(anna_there, to="https://evil.example.org/").headers["location"] == "/inbox"


# --- binding ------------------------------------------------------------------------------------------------------------


def test_somebody_who_is_signed_in_gets_the_account(browser: Browser, anna_there: User):
    person = browser.house.person("carl@example.org", None)
    sign_in(browser.house, person)
    assert browser.sign_in(anna_there, to="/me").headers["location"] == "/me"
    assert owner(browser, anna_there) == person


def test_a_proposal_of_an_administrator_is_confirmed_by_it(browser: Browser, anna_there: User):
    person = browser.house.person("carl@example.org", None)
    with browser.house.store.begin() as c:
        people.propose(c, person, account(browser, anna_there), browser.house.state.now())
    sign_in(browser.house, person)
    browser.sign_in(anna_there)
    assert owner(browser, anna_there) == person


def test_a_proposal_lets_nobody_in_as_somebody_else(browser: Browser, anna_there: User):
    person = browser.house.person("carl@example.org", None)
    with browser.house.store.begin() as c:
        people.propose(c, person, account(browser, anna_there), browser.house.state.now())
    browser.sign_in(anna_there)
    assert owner(browser, anna_there) not in (None, person)


def test_two_persons_become_one_only_by_a_button(browser: Browser, anna_there: User):
    browser.sign_in(anna_there)
    there = owner(browser, anna_there)
    person = browser.house.person("carl@example.org", None)
    sign_in(browser.house, person)
    back = browser.sign_in(anna_there, to="/me", keep="true")
    assert back.headers["location"].startswith("/enter/")
    assert owner(browser, anna_there) == there
    assert held(browser, there) == held(browser, person) == []
    link = back.headers["location"].partition("?")[0]
    assert "anna on 127.0.0.1" in browser.house.client.get(link).text
    browser.post(f"{link}/join")
    assert owner(browser, anna_there) == person


# --- keeping ------------------------------------------------------------------------------------------------------------


def test_without_the_tick_the_token_ends_at_once(browser: Browser, anna_there: User):
    browser.sign_in(anna_there)
    assert held(browser, owner(browser, anna_there)) == []
    assert browser.github.world.tokens == []


def test_with_the_tick_it_is_kept_and_me_says_so(browser: Browser, anna_there: User):
    browser.sign_in(anna_there, keep="true")
    [one] = held(browser, owner(browser, anna_there))
    assert one.key.token == browser.github.world.tokens[0].token
    page = signed_in_as(browser)
    assert "Pending reviews are read" in page
    assert one.key.token not in page


def test_ticked_later_at_me(browser: Browser, anna_there: User):
    browser.sign_in(anna_there)
    assert browser.post("/me/pending", server=browser.github.server).status_code == 400
    back = browser.sign_in(anna_there, "/me/pending", consent="true")
    assert back.headers["location"] == "/me?changed=pending#pending"
    assert len(held(browser, owner(browser, anna_there))) == 1


def test_ticked_again_the_earlier_token_ends(browser: Browser, anna_there: User):
    browser.sign_in(anna_there, keep="true")
    [first] = held(browser, owner(browser, anna_there))
    browser.sign_in(anna_there, "/me/pending", consent="true")
    [second] = held(browser, owner(browser, anna_there))
    assert second.since == first.since
    assert [one.token for one in browser.github.world.tokens] == [second.key.token] != [first.key.token]


def test_stopping_removing_the_account_and_leaving_end_it_on_both_sides(browser: Browser, anna_there: User):
    for leave in ("/me/drafts/{}/end", "/me/accounts/{}", "/me/forget"):
        browser.sign_in(anna_there, keep="true")
        person = owner(browser, anna_there)
        [one] = held(browser, person)
        answer = browser.post(leave.format(one.binding_id), mine="false")
        assert answer.status_code == 303
        assert "left" not in answer.headers["location"]
        assert held(browser, person) == []
        assert browser.github.world.tokens == []


def test_a_github_that_is_away_when_it_ends_is_said(browser: Browser, anna_there: User):
    browser.sign_in(anna_there, keep="true")
    [one] = held(browser, owner(browser, anna_there))
    browser.github.trouble.fail(503)
    answer = browser.post(f"/me/drafts/{one.binding_id}/end")
    page = browser.house.client.get(answer.headers["location"])
    assert "ends by itself within eight hours" in page.text


def test_a_revocation_on_github_forgets_it(browser: Browser, anna_there: User, github_server: FakeGitHub):
    browser.sign_in(anna_there, keep="true")
    app = browser.house.state.github_apps.every()[github_server.server]
    person = owner(browser, anna_there)

    def post(url: str, request: object) -> int:
        return browser.house.client.post(
            "/webhooks/github",
            content=request.body,
            headers=dict(request.headers),  # type: ignore[attr-defined]
        ).status_code

    github_server.hooks.post = post
    github_server.registered(app).hook_url = "http://127.0.0.1:8000/webhooks/github"
    assert github_server.revoke(app, anna_there).status_code == 202
    deadline = browser.house.state.now() + timedelta(seconds=20)
    while held(browser, person):
        assert browser.house.state.now() < deadline
        time.sleep(0.05)
    assert "The token ended on" in signed_in_as(browser)


def test_tokens_that_do_not_end_are_not_kept(browser: Browser, anna_there: User, github_server: FakeGitHub):
    app = browser.house.state.github_apps.every()[github_server.server]
    github_server.registered(app).expiring = False
    back = browser.sign_in(anna_there, keep="true")
    assert back.status_code == 400
    assert "do not end by themselves" in back.text
    assert github_server.world.tokens == []
