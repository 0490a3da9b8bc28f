"""A registered App as a value: where it is asked, how it is kept, what it lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.github_app import GitHubApp, as_server, of_server
from app.github_manifest import LONGEST_NAME, Feature, manifest, missing, permissions

APP = GitHubApp(
    server="github.com",
    url="https://github.com",
    id=7,
    slug="tactful",
    client_id="Iv1",
    client_secret="planted-client",
    private_key="planted-key",
    webhook_secret="planted-hook",
    permissions={"pull_requests": "write"},
)


@pytest.mark.parametrize(
    ("url", "api", "graphql"),
    [
        ("https://github.com", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://octo.ghe.com", "https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql"),
        ("https://git.example.org", "https://git.example.org/api/v3", "https://git.example.org/api/graphql"),
        (
            "https://git.example.org:8443",
            "https://git.example.org:8443/api/v3",
            "https://git.example.org:8443/api/graphql",
        ),
    ],
)
def test_each_kind_of_github_is_asked_where_it_answers(url: str, api: str, graphql: str):
    app = replace(APP, url=url)
    assert (app.api_url, app.graphql_url) == (api, graphql)


@pytest.mark.parametrize("pending_allowed", [True, False])
def test_it_is_kept_as_a_server_and_comes_back_whole(pending_allowed: bool):
    app = replace(APP, pending_allowed=pending_allowed)
    assert of_server(as_server(app)) == app


def test_a_representation_shows_no_secret():
    assert "planted" not in repr(APP)
    assert "planted" not in repr(as_server(APP))


@pytest.mark.parametrize(("level", "can"), [("write", True), ("admin", False), ("read", False), (None, False)])
def test_applying_takes_writing(level: str | None, can: bool):
    assert replace(APP, permissions={"pull_requests": level} if level else {}).can_apply is can


def test_what_is_granted_beyond_the_need_is_no_lack():
    everything = permissions(tuple(Feature))
    assert missing(everything) == missing(everything, tuple(Feature)) == []
    assert missing({"metadata": "read", "pull_requests": "read", "issues": "write"}) == []
    assert missing({"metadata": "read", "pull_requests": "read", "issues": "read"}, (Feature.APPLY,)) == [
        "pull requests: write"
    ]


@pytest.mark.parametrize(
    "host", ["t.example.org", "a-very-long-name-of-a-host.department.example.org", "127.0.0.1:8000"]
)
def test_the_name_is_short_enough_for_github(host: str):
    name = manifest(f"https://{host}", ())["name"]
    assert 0 < len(name) <= LONGEST_NAME
    assert name == name.strip(" .-")
