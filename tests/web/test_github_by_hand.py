"""An App that was registered by hand and is named by the settings."""

from __future__ import annotations

from pathlib import Path

from app.github_app import GitHubApp
from app.store import people, servers
from app.wiring import utc_now
from tests.github_server import FakeGitHub
from tests.web.conftest import sign_in
from tests.web.github import Browser
from tests.web_app import service


def by_hand(app: GitHubApp, folder: Path) -> dict[str, object]:
    key = folder / "app.pem"
    key.write_text(app.private_key)
    return {
        "github_server": app.server,
        "github_url": app.url,
        "github_app_id": app.id,
        "github_app_key": key,
        "github_client_id": app.client_id,
        "github_client_secret": app.client_secret,
    }


def test_an_app_of_the_settings_is_as_good(tmp_path: Path, github_server: FakeGitHub):
    app = github_server.app()
    with service(tmp_path, **by_hand(app, tmp_path)) as house:
        found = house.state.github_apps.every()[github_server.server]
        assert (found.id, found.private_key, found.can_apply) == (app.id, app.private_key, False)
        with house.store.begin() as c:
            person = people.add(c, "admin@example.org", utc_now(), is_admin=True)
        sign_in(house, person)
        Browser(house, github_server).post(f"/github/{app.server}/look")
        assert house.state.github_apps.every()[github_server.server].can_apply
        with house.store.begin() as c:
            servers.change(c, "github", app.server, caught_up_to=utc_now())
    with service(tmp_path, **by_hand(app, tmp_path)) as house:
        assert house.state.github_apps.every()[github_server.server].can_apply, "what was found out stays"
        with house.store.read() as c:
            there = servers.find(c, house.store.vault, "github", app.server)
        assert there is not None
        assert there.caught_up_to is not None
