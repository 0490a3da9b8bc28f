"""Two persons in one browser: joined only by whoever is signed in, looked at what it means, and pressed the button."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from app.store import access, people
from app.wiring import utc_now
from tests.gerrit_keys import RITA, FakeKeys, connect
from tests.web.conftest import sign_in
from tests.web.test_gerrit_pairing import bearer, pair
from tests.web_app import OCTOCAT, Service


@pytest.fixture
def gerrit(open_house: Service) -> FakeKeys:
    return connect(open_house)


def paired(house: Service, gerrit: FakeKeys) -> tuple[str, dict[str, str]]:
    """(the path of the link, the plugin's token)."""
    answer = pair(house, gerrit)
    return urlsplit(answer.json()["open"]).path, bearer(answer)


def owner(house: Service) -> int:
    with house.store.read() as c:
        found = people.owner(c, RITA)
    assert found is not None
    return found.id


def test_the_page_names_both_and_what_joining_means(open_house: Service, anna: int, gerrit: FakeKeys) -> None:
    link, _ = paired(open_house, gerrit)
    page = open_house.client.get(link).text
    assert "Join rita on review.example.org to anna@example.org" in page
    assert "Continue as rita on review.example.org" in page
    assert "can sign in here as you" in page
    assert owner(open_house) != anna, "looking changes nothing"


def test_joining_moves_everything_and_stays_signed_in(open_house: Service, anna: int, gerrit: FakeKeys) -> None:
    link, plugin = paired(open_house, gerrit)
    page = open_house.client.post(f"{link}/join")
    assert page.url.path == "/me"
    assert "anna@example.org" in page.text
    assert "rita" in page.text
    assert owner(open_house) == anna
    with open_house.store.read() as c:
        assert people.owner(c, OCTOCAT) == people.owner(c, RITA)
        assert [client.name for client in access.clients(c, anna)] == ["Gerrit in a browser"]
    assert open_house.client.post("/v1/check", json={"texts": ["x"]}, headers=plugin).status_code == 200
    assert open_house.client.post(f"{link}/join").status_code == 410, "a link works once"


def test_continuing_keeps_them_apart(open_house: Service, anna: int, gerrit: FakeKeys) -> None:
    link, _ = paired(open_house, gerrit)
    page = open_house.client.post(link, data={"to": "/me"})
    assert '<p class="lead">rita on review.example.org</p>' in page.text
    assert owner(open_house) != anna


def test_without_anybody_signed_in_there_is_nothing_to_join(open_house: Service, gerrit: FakeKeys) -> None:
    link, _ = paired(open_house, gerrit)
    assert "Join" not in open_house.client.get(link).text
    assert open_house.client.post(f"{link}/join", follow_redirects=False).status_code == 303
    assert "Tactful" in open_house.client.post(link).text, "asking to join did not spend the link"


def test_the_same_person_is_not_asked(open_house: Service, gerrit: FakeKeys) -> None:
    link, _ = paired(open_house, gerrit)
    open_house.client.post(link)
    again, _ = paired(open_house, gerrit)
    assert "Join" not in open_house.client.get(again).text
    assert open_house.client.post(f"{again}/join").url.path == "/me"
    owner(open_house)


def test_links_from_an_e_mail_never_offer_it(open_house: Service, anna: int, gerrit: FakeKeys) -> None:
    ben = open_house.person("ben@example.org", None)
    with open_house.store.begin() as c:
        link = access.new_link(c, ben, utc_now())
    assert "Join" not in open_house.client.get(f"/enter/{link}").text
    assert open_house.client.post(f"/enter/{link}/join").status_code == 410
    with open_house.store.read() as c:
        assert people.profile(c, ben) is not None


def test_an_administrator_is_not_emptied(open_house: Service, gerrit: FakeKeys) -> None:
    paired(open_house, gerrit)
    rita = owner(open_house)
    with open_house.store.begin() as c:
        people.change(c, rita, is_admin=True)
    sign_in(open_house, open_house.person())
    link, _ = paired(open_house, gerrit)
    assert "Join" not in open_house.client.get(link).text
    refused = open_house.client.post(f"{link}/join")
    assert refused.status_code == 400
    assert "belongs to an administrator" in refused.text
    assert owner(open_house) == rita
