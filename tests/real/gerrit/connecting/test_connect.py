"""Connecting a real Gerrit, mending it, looking at it, and taking everything back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.crypto import hash_token
from app.domain import Account, Key
from app.http import Client
from app.store import connections, people, servers, tokens
from tests.real.gerrit.connecting.desk import CONFIG, NAME, Desk, at_work
from tests.real.gerrit.people import Gone


def test_a_trial_changes_nothing_here_or_there(desk: Desk) -> None:
    said = desk.connect("--dry-run", "--yes")
    assert said.status == 0
    assert 'Add one access rule to All-Projects: [access "refs/meta/config"] push = group Administrators.' in said.text
    assert "comment-added" in said.text
    assert "batch-ref-updated" in said.text
    assert "Nothing was changed" in said.text
    assert not (desk.folder / "data").exists()
    assert desk.rule is None
    assert desk.plugin.calls == []


def test_connect_writes_what_is_needed_and_says_what_each_version_can_do(desk: Desk) -> None:
    with at_work(desk):
        said = desk.connected()
    assert list(desk.rule or {}) == [desk.gerrit.people.admin.ask("GET", "groups/Administrators")["id"]]
    [secret] = desk.secrets
    url = f"{desk.address}/webhooks/gerrit/{secret}"
    assert desk.remotes == {
        "All-Projects/tactful": {"url": url, "events": ["comment-added"]},
        "All-Users/tactful-drafts": {"url": url, "events": ["ref-updated", "batch-ref-updated"]},
    }
    assert desk.server is not None
    assert desk.server.paths == (hash_token(secret),)
    assert (desk.server.username, desk.server.token) == ("tactful", desk.gerrit.people.reader.token)
    assert not desk.server.drafts_allowed
    assert f"A test event sent to {desk.address} arrived." in said.text
    assert "Gerrit 3.13.5" in said.text
    assert "That begins with Gerrit 3.14." in said.text
    assert "enableDraftCommentEvents = true" in said.text
    assert "--to tactful.js" in said.text


def test_no_secret_is_printed_or_kept_in_the_open(desk: Desk) -> None:
    desk.plugin.refuse["/a/config/server/webhooks~projects/All-Users/remotes/tactful-drafts"] = 500
    with at_work(desk):
        printed = "".join(
            desk.tactful(*command).text
            for command in (
                ("connect", desk.plugin.url, "--name", NAME, "--reader", "tactful", "--yes"),
                ("connect", desk.plugin.url, "--name", NAME, "--yes"),
                ("doctor", NAME, "--user", "admin"),
                ("list",),
                ("rotate", NAME),
                ("connect", desk.plugin.url, "--name", NAME, "--undo", "--dry-run"),
            )
        )
    kept = b"".join(
        file.read_bytes() for file in (desk.folder / "data").iterdir() if file.name.startswith("tactful.db")
    )
    for secret in {*desk.secrets, desk.gerrit.people.admin.token, desk.gerrit.people.reader.token}:
        assert secret not in printed
        assert secret.encode() not in kept


def test_again_changes_nothing_and_mends_what_is_missing(desk: Desk) -> None:
    with at_work(desk):
        desk.connected()
        before, done = desk.remotes, len(desk.plugin.calls)
        assert desk.connect().status == 0
        assert len(desk.plugin.calls) == done
        del desk.plugin.remotes["All-Projects"]["tactful"]
        said = desk.connect()
        assert said.status == 0, said.text
    assert desk.remotes == before  # the same secret, found in the other one
    assert "Shall I?" not in said.text


def test_the_rule_is_asked_about_and_no_means_no(desk: Desk) -> None:
    said = desk.connect()
    assert said.status == 1
    assert "There is nobody to ask, so no." in said.text
    assert desk.rule is None
    assert desk.plugin.calls == []
    assert sum(line.startswith("left out") for line in said.text.splitlines()) == 3
    assert desk.server is not None


def test_what_fails_is_a_sentence_and_what_was_done_can_be_taken_back(desk: Desk) -> None:
    desk.plugin.refuse["/a/config/server/webhooks~projects/All-Users/remotes/tactful-drafts"] = 409
    said = desk.connect("--yes")
    assert said.status == 1
    assert "Something else changed it at the same moment; run this again." in said.text
    assert list(desk.remotes) == ["All-Projects/tactful"]
    assert desk.connect("--undo").status == 0
    assert desk.remotes == {}
    assert desk.rule is None
    assert desk.server is None


def test_undo_takes_back_all_and_ends_peoples_tokens_there(desk: Desk) -> None:
    rita = desk.gerrit.people.rita
    token = rita.new_token("tactful-drafts-test")
    with at_work(desk):
        desk.connected()
        desk.tactful("drafts", NAME, "on")
        with desk.store() as store:
            person = desk.opted_in(store, rita)
            key = Key("rita", "tactful-drafts-test", token, datetime.now(UTC) + timedelta(days=30))
            with store.begin() as c:
                binding = people.binding_of(c, Account("gerrit", NAME, rita.id))
                assert binding is not None
                tokens.keep(c, store.vault, binding, key, datetime.now(UTC), datetime.now(UTC))
        told = desk.connect("--undo", "--dry-run")
        assert "1 people's tokens" in told.text
        said = desk.connect("--undo")
    assert said.status == 0, said.text
    assert (desk.rule, desk.remotes, desk.server) == (None, {}, None)
    assert "tactful-drafts-test" not in {one["id"] for one in rita.ask("GET", "accounts/self/tokens")}
    with desk.store() as store, store.read() as c:
        assert tokens.of_person(c, store.vault, person) == []
        assert connections.entries(c, store.vault, "gerrit", NAME) == []
    assert desk.connect("--undo").status == 2  # nothing is left to be taken back


def test_undo_leaves_alone_what_was_there_before_and_what_somebody_changed_since(desk: Desk) -> None:
    admin = desk.gerrit.people.admin
    group = admin.ask("GET", "groups/Administrators")["id"]
    rule = {CONFIG: {"permissions": {"push": {"rules": {group: {"action": "ALLOW"}}}}}}
    admin.ask("POST", "projects/All-Projects/access", {"add": rule})
    theirs = {"url": "https://elsewhere.example.org/hook", "events": ["comment-added"]}
    desk.plugin.remotes["All-Projects"] = {"tactful": dict(theirs)}
    said = desk.connect()
    assert "It points somewhere else today." in said.text
    assert desk.remotes["All-Projects/tactful"] == theirs  # nobody said yes
    desk.connect("--yes")
    assert desk.remotes["All-Projects/tactful"] != theirs
    desk.plugin.remotes["All-Users"]["tactful-drafts"] = dict(theirs)
    said = desk.connect("--undo")
    assert "Somebody changed it since" in said.text
    assert desk.remotes == {"All-Projects/tactful": theirs, "All-Users/tactful-drafts": theirs}
    assert desk.rule == {group: {"action": "ALLOW", "force": False}}


def test_two_addresses_are_open_while_one_is_being_changed(desk: Desk) -> None:
    def knock(secret: str) -> int:
        with Client() as client:
            url = f"{desk.address}/webhooks/gerrit/{secret}"
            return client.post(url, json={"type": "anything"}).status_code

    with at_work(desk) as app:
        desk.connected()
        [first] = desk.secrets
        assert desk.tactful("rotate", NAME).status == 0
        [second] = desk.secrets
        assert first != second
        assert (knock(first), knock(second)) == (204, 204)
        assert "2 addresses open" in desk.tactful("list").text
        said = desk.tactful("rotate", NAME)
        assert "The earlier secret address is closed." in said.text
        app.state.tactful.gerrit_servers._until_s = 0.0  # what it knows is five seconds old at most
        assert (knock(first), knock(second)) == (404, 204)


@pytest.mark.parametrize(
    ("reader", "environment", "says"),
    [
        ("admin", {"TACTFUL_GERRIT_READER_TOKEN": "ADMIN"}, "is an administrator of that Gerrit"),
        ("tactful", {"TACTFUL_GERRIT_READER_TOKEN": "wrong"}, "does not accept tactful with that token"),
        ("tactful", {"TACTFUL_GERRIT_ADMIN_TOKEN": "wrong"}, "does not accept admin with that token"),
    ],
)
def test_accounts_that_are_not_what_they_must_be_are_refused(
    desk: Desk, reader: str, environment: dict[str, str], says: str
) -> None:
    given = {k: desk.gerrit.people.admin.token if v == "ADMIN" else v for k, v in environment.items()}
    said = desk.tactful("connect", desk.plugin.url, "--user", "admin", "--reader", reader, "--yes", **given)
    assert said.status == 2
    assert says in said.text
    assert desk.plugin.calls == []


def test_whoever_connects_must_be_an_administrator(desk: Desk) -> None:
    rita = desk.gerrit.people.rita
    said = desk.tactful(
        "connect", desk.plugin.url, "--user", "rita", "--reader", "tactful", TACTFUL_GERRIT_ADMIN_TOKEN=rita.token
    )
    assert said.status == 2
    assert "not an administrator" in said.text


def test_a_server_without_the_plugin_is_connected_and_says_what_is_missing(desk: Desk) -> None:
    for state, says in ((None, "The webhooks plugin is not there"), (False, "The webhooks plugin is switched off")):
        desk.plugin.state = state
        said = desk.connect("--yes")
        assert said.status == 1
        assert says in said.text
        assert desk.rule is None  # nothing to write there, so nothing to grant
        assert desk.server is not None
        assert desk.server.paths == ()


def test_older_and_nameless_versions(desk: Desk) -> None:
    desk.plugin.version = "3.8.2"
    assert "That begins with Gerrit 3.9." in desk.connect("--dry-run").text
    desk.plugin.version = "3.11.4"
    assert "people pair by a code from /me" in desk.connect("--dry-run").text
    desk.plugin.version = None
    assert "which is no version" in desk.connect("--dry-run").text


def test_it_warns_where_everybody_may_read_the_secret(desk: Desk) -> None:
    admin = desk.gerrit.people.admin
    everybody = {CONFIG: {"permissions": {"read": {"rules": {"global:Registered-Users": {"action": "ALLOW"}}}}}}
    admin.ask("POST", "projects/All-Projects/access", {"add": everybody})
    try:
        said = desk.connect("--dry-run")
    finally:
        admin.ask("POST", "projects/All-Projects/access", {"remove": everybody})
    assert f"{CONFIG} of All-Projects may be read by ordinary accounts" in said.text
    assert f"{CONFIG} of All-Projects may be read" not in desk.connect("--dry-run").text


def test_doctor_looks_again_and_finds_what_changed(desk: Desk) -> None:
    reader = desk.gerrit.people.reader
    with at_work(desk):
        token = reader.new_token("for-doctor")
        desk.connected(TACTFUL_GERRIT_READER_TOKEN=token)
        sound = desk.tactful("doctor")
        assert sound.status == 0, sound.text
        assert f"Tactful answers at {desk.address}." in sound.text
        whole = desk.tactful("doctor", NAME, "--user", "admin")
        assert whole.status == 0, whole.text
        assert "arrived" in whole.text
        desk.plugin.remotes["All-Users"]["tactful-drafts"]["events"] = ["ref-updated"]
        said = desk.tactful("doctor", NAME, "--user", "admin")
        assert said.status == 1
        assert "does not send all it should" in said.text
        reader.end_token("for-doctor")
        said = desk.tactful("doctor")
        assert said.status == 1
        assert "does not accept tactful with that token" in said.text
    said = desk.tactful("doctor", "other")
    assert said.status == 2
    assert f"Connected: {NAME}." in said.text


def test_only_the_named_networks_may_send(desk: Desk) -> None:
    allowed = desk.folder / "allowed"
    allowed.write_text("192.0.2.7  # Gerrit\n2001:db8::/32\n")
    with at_work(desk):
        said = desk.connect("--yes", "--allow", str(allowed))
        assert "not an address you allow: that door works as you asked" in said.text
        assert desk.server is not None
        assert desk.server.networks == ("192.0.2.7/32", "2001:db8::/32")
        desk.connect("--yes")  # stays as it was
        assert desk.server.networks == ("192.0.2.7/32", "2001:db8::/32")
        desk.connected("--allow", "any")
        assert desk.server.networks == ()


def test_what_is_connected_elsewhere_or_under_another_name_is_not_connected_twice(desk: Desk) -> None:
    desk.connect("--yes")
    said = desk.tactful("connect", desk.plugin.url, "--name", "other", "--reader", "tactful", "--yes")
    assert (said.status, f"Add --name {NAME}." in said.text) == (2, True)
    said = desk.tactful("connect", desk.gerrit.url, "--name", NAME, "--reader", "tactful", "--yes")
    assert (said.status, "Give this one a name of its own" in said.text) == (2, True)


def test_switching_drafts_off_ends_the_tokens(desk: Desk) -> None:
    rita = desk.gerrit.people.rita
    token = rita.new_token("tactful-drafts-off")
    desk.connect("--yes")
    said = desk.tactful("drafts", NAME, "on")
    assert "can do everything that person can do" in said.text
    with desk.store() as store:
        desk.opted_in(store, rita)
        with store.begin() as c:
            binding = people.binding_of(c, Account("gerrit", NAME, rita.id))
            assert binding is not None
            now = datetime.now(UTC)
            tokens.keep(
                c, store.vault, binding, Key("rita", "tactful-drafts-off", token, now + timedelta(days=9)), now, now
            )
        said = desk.tactful("drafts", NAME, "off")
        with store.read() as c:
            assert tokens.at_server(c, store.vault, "gerrit", NAME) == []
            found = servers.find(c, store.vault, "gerrit", NAME)
            assert found is not None
            assert not found.drafts_allowed
    with pytest.raises(Gone):
        type(rita)(rita.url, rita.id, "rita", token).ask("GET", "accounts/self/detail")
