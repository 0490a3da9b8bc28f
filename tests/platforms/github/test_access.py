from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.domain import Account, Intent, RefusedDelivery
from app.platforms.github.events import UNDATED
from tests.platforms.github.asking import accepted, refused
from tests.platforms.github.forge import OCTOCAT, Forge


def test_a_ping_is_answered_kindly(forge: Forge):
    with pytest.raises(RefusedDelivery, match="the door is open") as caught:
        accepted(forge.ping())
    assert (caught.value.status, caught.value.reason) == (200, "ping")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("created", "active"),
        ("deleted", "deleted"),
        ("suspend", "suspended"),
        ("unsuspend", "active"),
        ("new_permissions_accepted", "active"),
    ],
)
def test_installations_are_noted(forge: Forge, action: str, status: str):
    delivery = accepted(forge.installation(action))
    assert (delivery.intent, delivery.subject, delivery.ref) == (Intent.INSTALLATION, None, None)
    assert delivery.at == datetime(2026, 3, 4, 9, 0, 1, tzinfo=UTC)
    assert delivery.payload == {
        "server": "github.com",
        "id": 7,
        "target": "octocat",
        "target_id": OCTOCAT.id,
        "status": status,
    }


@pytest.mark.parametrize("action", ["added", "removed"])
def test_an_installations_repositories_say_that_it_stands(forge: Forge, action: str):
    contents = json.loads(forge.installation("created").body) | {"action": action}
    assert accepted(forge.send("installation_repositories", contents)).payload["status"] == "active"


def test_a_renamed_target_brings_its_new_name(forge: Forge):
    contents = {
        "action": "renamed",
        "account": {"id": 9, "login": "new-name"},
        "changes": {"login": {"from": "old-name"}},
        "installation": {"id": 7, "node_id": "MDI="},
        "target_type": "Organization",
    }
    delivery = accepted(forge.send("installation_target", contents))
    assert delivery.at == UNDATED
    assert delivery.payload == {
        "server": "github.com",
        "id": 7,
        "target": "new-name",
        "target_id": 9,
        "status": "active",
    }


def test_an_installation_of_nobody_is_malformed(forge: Forge):
    assert refused(forge.send("installation", {"action": "created", "installation": {"id": 7}})) == (400, "malformed")


def test_who_takes_access_back_is_the_sender(forge: Forge):
    delivery = accepted(forge.revoke(4711))
    assert (delivery.intent, delivery.ref) == (Intent.FORGET_TOKEN, None)
    assert delivery.subject == Account("github", "github.com", 4711)
