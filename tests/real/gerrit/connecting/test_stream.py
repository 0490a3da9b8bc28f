"""stream-events of a real Gerrit over SSH: heard, taken up again, caught up with, and who is let in."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from app.domain import Away, Server, TactfulError
from app.platforms.gerrit.stream import StreamRefused, events, host_key, new_key
from app.store import Store, connections, servers
from tests.real.gerrit.connecting.desk import NAME, Desk, at_work, inbox, wait_for

pytest.importorskip("asyncssh", reason="the extra gerrit-ssh is not installed")

STING = "{assumption:you never ran it}"


def cursor(store: Store) -> datetime | None:
    with store.read() as c:
        found = servers.find(c, store.vault, "gerrit", NAME)
    return found.caught_up_to if found else None


def listens(store: Store, since: datetime) -> None:
    """Once the stream is open, what was missed before is caught up with, and that is noted."""
    wait_for(lambda: (at := cursor(store)) is not None and at > since, patience_s=60)


def members(desk: Desk) -> set[str]:
    found = desk.gerrit.people.admin.ask("GET", f"groups/{quote('Service Users')}/members/")
    return {str(one.get("username")) for one in found}


def test_published_words_are_heard_by_the_stream_and_after_a_gap_too(desk: Desk) -> None:
    people = desk.gerrit.people
    desk.plugin.state = None  # no webhooks here
    ssh = f"127.0.0.1:{desk.gerrit.ssh_port}"
    first, second = people.owen.change(), people.owen.change()
    with at_work(desk) as app:
        began = datetime.now(UTC)
        said = desk.connected("--stream", ssh)
        assert "SHA256:" in said.text
        assert "A stream's user is not shown draft events" in said.text
        assert "tactful" in members(desk)
        assert len(people.reader.ask("GET", "accounts/self/sshkeys")) == 1
        store = app.state.tactful.store
        rita = desk.opted_in(store, people.rita)
        listens(store, began)
        people.rita.review(first, None, f"Please free it; {STING}.")
        people.owen.review(first, None, f"Owen did not ask: {STING}.")
        wait_for(lambda: inbox(store, rita), patience_s=60)
    people.rita.review(second, f"All of it: {STING}.")  # while nobody listens
    with at_work(desk) as app:
        store = app.state.tactful.store
        wait_for(lambda: len(inbox(store, rita)) == 2, patience_s=60)
        assert sorted(inbox(store, rita)) == [f"All of it: {STING}.", f"Please free it; {STING}."]
        again = desk.connect("--stream", ssh)
        assert again.status == 0, again.text
        assert len(people.reader.ask("GET", "accounts/self/sshkeys")) == 1
        sound = desk.tactful("doctor", NAME)
        assert "shows the key that was pinned" in sound.text
        with store.begin() as c:
            servers.change(c, "gerrit", NAME, ssh_host_key=new_key()[1])
        said = desk.tactful("doctor", NAME)
        assert said.status == 1
        assert "shows another key than was pinned" in said.text
        undone = desk.connect("--undo")
        assert undone.status == 0, undone.text
    assert "tactful" not in members(desk)
    assert people.reader.ask("GET", "accounts/self/sshkeys") == []
    with desk.store() as store, store.read() as c:
        assert connections.ssh_key(c, store.vault, "gerrit", NAME) is None


def test_an_unknown_fingerprint_is_asked_about_before_anything(desk: Desk) -> None:
    said = desk.connect("--stream", f"127.0.0.1:{desk.gerrit.ssh_port}")
    assert said.status == 2
    assert "Compare the fingerprint" in said.text
    assert desk.server is None
    said = desk.connect("--stream", "127.0.0.1:1", "--yes")
    assert said.status == 2
    assert "Nothing speaks SSH at 127.0.0.1:1." in said.text


async def opened(server: Server, key: str) -> bool:
    async with aclosing(events(server, key)) as stream:  # type: ignore[type-var]
        async for event in stream:
            return event is None
    return False


async def to_the_end(server: Server, key: str) -> None:
    async with aclosing(events(server, key)) as stream:  # type: ignore[type-var]
        async for _ in stream:
            pass


@pytest.mark.anyio
async def test_who_is_let_in_and_where(desk: Desk) -> None:
    ssh = f"127.0.0.1:{desk.gerrit.ssh_port}"
    pinned, fingerprint = await host_key(ssh)
    assert fingerprint.startswith("SHA256:")
    private, public = new_key()
    reader = desk.gerrit.people.reader
    answer = reader.client.post(
        f"{reader.url}/a/accounts/self/sshkeys",
        content=public,
        headers={"content-type": "text/plain"},
        auth=(reader.username, reader.token),
    )
    assert answer.status_code == 201
    server = Server("gerrit", NAME, desk.gerrit.url, "tactful", "", ssh=ssh, ssh_host_key=pinned)
    with pytest.raises(StreamRefused, match="may not use stream-events"):
        await to_the_end(server, private)
    desk.gerrit.people.admin.ask("PUT", f"groups/{quote('Service Users')}/members/tactful", {})
    assert await opened(server, private)
    with pytest.raises(StreamRefused, match="another key"):
        await opened(replace(server, ssh_host_key=new_key()[1]), private)
    with pytest.raises(StreamRefused, match="does not accept tactful's SSH key"):
        await opened(server, new_key()[0])
    with pytest.raises(Away):
        await opened(replace(server, ssh="127.0.0.1:1"), private)
    for nonsense in ("a:b", "user@host:22", "", "host:0", "host/x:22"):
        with pytest.raises(TactfulError):
            await host_key(nonsense)
