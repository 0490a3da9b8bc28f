"""How often Gerrit is asked, and what is made of its refusals: with a client that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import app.platforms.gerrit as adapter
import app.platforms.gerrit.drafts as own_drafts
from app.domain import Account, CommentRef, Key, NotNow
from app.platforms import Delivery, Held
from app.platforms.gerrit import Gerrit
from app.platforms.gerrit.client import GerritRefused
from tests.platforms.gerrit.recorded import SERVER, bodies, one

RITA = Account("gerrit", SERVER.name, 1000001, "rita")
AT = datetime.fromtimestamp(1795421866, UTC)
KEY = Key("rita", "kept", "hers")


@dataclass
class Asked:
    """Answers by path, for whoever asks; a number is a refusal."""

    answers: dict[str, Any]
    paths: list[str] = field(default_factory=list)

    def client(self, url: str, username: str, token: str) -> Asked:
        assert url == SERVER.url
        return self

    async def get(self, path: str) -> Any:
        self.paths.append(path)
        answer = self.answers.get(path, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            raise GerritRefused(answer, path)
        return answer

    async def close(self) -> None:
        return None

    async def __aenter__(self) -> Asked:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


@dataclass
class Keys:
    key: Key | None = KEY
    refused_ones: list[Key] = field(default_factory=list)

    async def find(self, account: Account) -> Key | None:
        return self.key

    async def refused(self, account: Account, key: Key) -> None:
        self.refused_ones.append(key)


@dataclass
class Forge:
    gerrit: Gerrit
    asked: Asked
    keys: Keys
    clock: list[datetime]

    def heard(self, body: bytes) -> Delivery:
        [delivery] = self.gerrit.hear(SERVER, body)
        return replace(delivery, subject=RITA)


def said(number: int = 1) -> bytes:
    return json.dumps({**one("comment-added"), "nonce": number}).encode()


def saved(emptied: bool = False) -> bytes:
    return [b for b in bodies() if b"draft-comments/21/21/1000001" in b][-1 if emptied else 0]


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Forge:
    stamp = f"{AT:%Y-%m-%d %H:%M:%S}.000000000"
    message = {"id": "m1", "author": {"_account_id": 1000001}, "date": stamp, "message": "Patch Set 2:\n\nNo."}
    draft = {"id": "d1", "updated": stamp, "message": "A draft.", "patch_set": 2}
    asked = Asked(
        {
            "changes/lib~21/messages": [message],
            "changes/lib~21/comments": {},
            "changes/21/drafts": {"a.py": [draft]},
            "changes/21": {"project": "lib"},
            "changes/21/comments": {},
        }
    )
    monkeypatch.setattr(adapter, "Client", asked.client)
    monkeypatch.setattr(own_drafts, "PersonalClient", asked.client)
    clock = [AT + timedelta(seconds=1)]
    keys = Keys()
    gerrit = Gerrit(lambda name: SERVER if name == SERVER.name else None, keys, str.upper, lambda: clock[0])
    return Forge(gerrit, asked, keys, clock)


@pytest.mark.anyio
async def test_two_requests_for_what_was_published(forge: Forge) -> None:
    reading = await forge.gerrit.read(forge.heard(said()))
    assert [c.text for c in reading.comments] == ["No."]
    assert forge.asked.paths == ["changes/lib~21/messages", "changes/lib~21/comments"]


@pytest.mark.anyio
async def test_comments_are_asked_for_where_there_are_some(forge: Forge) -> None:
    """A server that announces comments with a message is asked for them then; of any other it is not known."""
    messages, comments = "changes/lib~21/messages", "changes/lib~21/comments"
    [plain] = forge.asked.answers[messages]
    await forge.gerrit.read(forge.heard(said(1)))
    assert forge.asked.paths == [messages, comments]
    forge.asked.answers[messages] = [plain | {"message": "Patch Set 2:\n\n(1 comment)"}]
    await forge.gerrit.read(forge.heard(said(2)))
    assert forge.asked.paths == [messages, comments] * 2
    forge.asked.answers[messages] = [plain]
    await forge.gerrit.read(forge.heard(said(3)))
    assert forge.asked.paths == [messages, comments, messages, comments, messages]
    inline = CommentRef("gerrit", SERVER.name, "comment", "21~c1")
    await forge.gerrit.read(forge.heard(said(4)), [Held(inline, True, AT)])
    assert forge.asked.paths[5:] == [messages, comments], "what is held may be gone"
    forge.clock[0] += timedelta(hours=1)
    await forge.gerrit.read(forge.heard(said(5)))
    assert forge.asked.paths[7:] == [messages, comments]


@pytest.mark.anyio
async def test_events_that_a_later_look_saw_cost_nothing(forge: Forge) -> None:
    first, second = forge.heard(said(1)), forge.heard(said(2))
    forge.clock[0] += timedelta(seconds=1)
    assert (await forge.gerrit.read(second)).comments
    assert not (await forge.gerrit.read(first)).comments
    assert (await forge.gerrit.read(second)).comments, "tried again, it looks again"
    assert len(forge.asked.paths) == 4


@pytest.mark.anyio
async def test_a_flood_about_one_change_waits(forge: Forge) -> None:
    for n in range(12):
        await forge.gerrit.read(forge.heard(said(n)))
    with pytest.raises(NotNow) as wait:
        await forge.gerrit.read(forge.heard(said(99)))
    assert wait.value.retry_after_s == 60
    assert len(forge.asked.paths) == 24
    forge.clock[0] += timedelta(seconds=60)
    assert (await forge.gerrit.read(forge.heard(said(99)))).comments


@pytest.mark.anyio
async def test_what_may_not_be_seen_is_nothing_and_a_refused_reader_is_trouble(forge: Forge) -> None:
    for refusal in (403, 404):
        forge.asked.answers["changes/lib~21/messages"] = refusal
        assert (await forge.gerrit.read(forge.heard(said(refusal)))).comments == ()
    forge.asked.answers["changes/lib~21/messages"] = 401
    with pytest.raises(NotNow):
        await forge.gerrit.read(forge.heard(said(401)))


@pytest.mark.anyio
async def test_nonsense_is_nothing(forge: Forge) -> None:
    forge.asked.answers |= {"changes/lib~21/messages": 7, "changes/lib~21/comments": [1], "changes/21/drafts": None}
    assert (await forge.gerrit.read(forge.heard(said()))).comments == ()
    assert (await forge.gerrit.read(forge.heard(saved()))).comments == ()


@pytest.mark.anyio
async def test_the_project_of_a_draft_is_asked_for_once(forge: Forge) -> None:
    for _ in range(2):
        forge.clock[0] += timedelta(seconds=10)
        [draft] = (await forge.gerrit.read(forge.heard(saved()))).comments
        assert (draft.text, draft.thread, draft.published) == ("A draft.", "lib~21", False)
    assert forge.asked.paths == ["changes/21/drafts", "changes/21", "changes/21/drafts"]


@pytest.mark.anyio
async def test_of_many_saves_few_are_read(forge: Forge) -> None:
    events = [b for b in bodies() if b"draft-comments/21/21/1000001" in b][:4]
    deliveries = []
    for body in events:  # all within one second of Gerrit's
        forge.clock[0] += timedelta(milliseconds=10)
        deliveries.append(forge.heard(body))
        forge.gerrit.expect(deliveries[-1])
    forge.clock[0] += timedelta(seconds=60)
    found = [len((await forge.gerrit.read(delivery)).comments) for delivery in deliveries]
    assert found == [1, 0, 0, 0]
    assert len(forge.asked.paths) == 2


def held(id: str, as_of: datetime = AT) -> Held:
    return Held(CommentRef("gerrit", SERVER.name, "comment", f"21~{id}"), False, as_of)


@pytest.mark.anyio
async def test_no_drafts_left_and_none_held_costs_nothing(forge: Forge) -> None:
    assert (await forge.gerrit.read(forge.heard(saved(emptied=True)))).gone == ()
    assert forge.asked.paths == []


@pytest.mark.anyio
async def test_no_drafts_left_and_some_held_is_one_look_at_what_is_out(forge: Forge) -> None:
    forge.asked.answers["changes/21/comments"] = {
        "a.py": [{"id": "out", "updated": f"{AT:%Y-%m-%d %H:%M:%S}.000000000", "message": "x"}]
    }
    forge.asked.answers["changes/21/drafts"] = {}
    newer = held("newer", AT + timedelta(minutes=1))
    reading = await forge.gerrit.read(forge.heard(saved(emptied=True)), [held("out"), held("deleted"), newer])
    assert (reading.published, reading.gone) == ((held("out").ref,), (held("deleted").ref,))
    assert forge.asked.paths == ["changes/21/drafts", "changes/21/comments"]


@pytest.mark.anyio
async def test_a_forged_word_that_no_draft_is_left_takes_none_away(forge: Forge) -> None:
    reading = await forge.gerrit.read(forge.heard(saved(emptied=True)), [held("d1")])
    assert (reading.gone, reading.published) == ((), ())
    forge.keys.key = None
    assert (await forge.gerrit.read(forge.heard(saved(emptied=True)), [held("d1")])).gone == ()


@pytest.mark.anyio
@pytest.mark.parametrize("emptied", [False, True])
async def test_an_event_from_the_future_puts_nothing_in_the_shade(forge: Forge, emptied: bool) -> None:
    event = json.loads(saved(emptied=emptied))
    event["eventCreatedOn"] = int(datetime(2400, 1, 1, tzinfo=UTC).timestamp())
    await forge.gerrit.read(forge.heard(json.dumps(event).encode()), [])
    forge.clock[0] += timedelta(minutes=2)
    again = json.loads(saved()) | {"eventCreatedOn": int(forge.clock[0].timestamp())}
    forge.asked.paths.clear()
    await forge.gerrit.read(forge.heard(json.dumps(again).encode()), [])
    assert "changes/21/drafts" in forge.asked.paths


@pytest.mark.anyio
async def test_a_page_that_a_proxy_shows_instead_is_no_answer(forge: Forge) -> None:
    for path in ("changes/21/drafts", "changes/lib~21/messages"):
        forge.asked.answers[path] = "<title>Down for maintenance</title>"
    with pytest.raises(NotNow):
        await forge.gerrit.read(forge.heard(saved()), [held("d1")])
    with pytest.raises(NotNow):
        await forge.gerrit.read(forge.heard(said()))


@pytest.mark.anyio
async def test_a_token_that_gerrit_does_not_know_is_given_back(forge: Forge) -> None:
    forge.asked.answers["changes/21/drafts"] = 401
    assert (await forge.gerrit.read(forge.heard(saved()), [held("d1")])).gone == ()
    assert forge.keys.refused_ones == [KEY]
    forge.keys.key = None
    forge.clock[0] += timedelta(seconds=10)
    assert (await forge.gerrit.read(forge.heard(saved()), [held("d1")])).gone == ()


@pytest.mark.anyio
async def test_gerrit_away_is_said_so(forge: Forge) -> None:
    forge.asked.answers |= {"changes/lib~21/comments": NotNow("away"), "changes/21/drafts": NotNow("away")}
    for body in (said(), saved()):
        with pytest.raises(NotNow):
            await forge.gerrit.read(forge.heard(body))


@pytest.mark.anyio
async def test_a_server_that_was_disconnected_meanwhile(forge: Forge) -> None:
    elsewhere = replace(forge.heard(said()), subject=replace(RITA, server="gone.test"))
    assert (await forge.gerrit.read(elsewhere)).comments == ()
    assert forge.asked.paths == []


def test_looking_again(forge: Forge) -> None:
    there = forge.gerrit.again(RITA, "tools/a~b~21", "again:1", drafts=False)
    assert there is not None
    assert (there.ref, there.payload["project"], there.wait_s) == (
        CommentRef("gerrit", SERVER.name, "change", "21"),
        "tools/a~b",
        0,
    )
    drafts = forge.gerrit.again(RITA, "~21", "again:2", drafts=True)
    assert drafts is not None
    assert drafts.wait_s == 60
    assert forge.gerrit.again(RITA, "~21", "again:1", drafts=False) is None
