"""A desk to connect the real Gerrit from; what connecting changed there is put right after each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.programs import free_port
from tests.real.gerrit.connecting.desk import CONFIG, Desk
from tests.real.gerrit.server import RealGerrit
from tests.real.gerrit.webhooks_plugin import WebhooksPlugin


@pytest.fixture
def desk(gerrit: RealGerrit, tmp_path: Path) -> Iterator[Desk]:
    """No service yet; whatever a test left in the real server is put right afterwards."""
    plugin = WebhooksPlugin(gerrit.url)
    yield Desk(tmp_path, gerrit, plugin, f"http://127.0.0.1:{free_port()}")
    plugin.close()
    admin, reader = gerrit.people.admin, gerrit.people.reader
    group = admin.ask("GET", "groups/Administrators")["id"]
    rule = {CONFIG: {"permissions": {"push": {"rules": {group: {"action": "ALLOW"}}}}}}
    admin.ask("POST", "projects/All-Projects/access", {"remove": rule})
    for key in reader.ask("GET", "accounts/self/sshkeys"):
        reader.ask("DELETE", f"accounts/self/sshkeys/{key['seq']}")
    if any(one.get("username") == "tactful" for one in admin.ask("GET", f"groups/{quote('Service Users')}/members/")):
        admin.ask("DELETE", f"groups/{quote('Service Users')}/members/tactful")
