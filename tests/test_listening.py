"""Who listens to connected servers, what becomes of what they say, and how a broken line is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connected import Connected
from app.domain import Account, Away, Comment, CommentRef, ConfigurationError, Intent, RefusedDelivery, Server
from app.listening import Listening, Rhythm
from app.metrics import Metrics
from app.platforms import Delivery, Held, Reading
from app.platforms.gerrit.events import Pointer
from app.store import Store, comments, people, servers
from app.store.lease import LISTENING, Lease

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SERVER = Server("gerrit", "review", "https://review.example.org", "tactful", "token", ssh="review.example.org:29418")
RITA = Account("gerrit", "review", 1000001, "rita")
QUICK = Rhythm(look_s=0.02, shortest_pause_s=0.01, longest_pause_s=0.05, jitter=lambda: 1.0)


def delivery(id: str, account: Account = RITA, at: datetime = AT, change: int = 7) -> Delivery:
    return Pointer(change, account, at, "lib").delivery(id, "comment-added", 0, at)


class Forge:
    """``hear`` knows the events a test names; ``events`` yields what the test puts into ``lines`` (errors are raised)."""

    name = "gerrit"

    def __init__(self) -> None:
        self.lines: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.missing: list[Delivery] = []
        self.asked_since: list[datetime | None] = []
        self.opened = 0
        self.expected: list[str] = []

    def hear(self, server: Server, body: bytes) -> Sequence[Delivery]:
        if body == b"uninteresting":
            raise RefusedDelivery(204, "event_not_handled", "Nothing to do.")
        account = replace(RITA, id=99, login="stranger") if body == b"stranger" else RITA
        return [delivery(body.decode(), account)]

    def expect(self, delivery: Delivery) -> None:
        self.expected.append(delivery.id)

    async def read(self, delivery: Delivery, held: Sequence[Held] = ()) -> Reading:
        raise NotImplementedError

    async def events(self, server: Server) -> AsyncIterator[bytes | None]:
        self.opened += 1
        yield None
        while True:
            line = await self.lines.get()
            if isinstance(line, Exception):
                raise line
            yield line

    async def missed(self, server: Server, now: datetime) -> AsyncIterator[Delivery]:
        self.asked_since.append(server.caught_up_to)
        for one in self.missing:
            yield one


@pytest.fixture
def rita(store: Store) -> int:
    with store.begin() as c:
        servers.save(c, store.vault, SERVER, AT)
        person = people.add(c, "rita@example.org", AT)
        people.propose(c, person, RITA, AT)
        people.confirm(c, person, people.bindings(c, person)[0].id, AT)
        people.opt_in(c, person, AT)
    return person


class Room:
    def __init__(self, store: Store, forge: Forge, lease: Lease | None = None) -> None:
        self.taken: list[str] = []
        self.metrics = Metrics()
        self.listening = Listening(
            store,
            Connected(store, "gerrit"),
            forge,
            forge,
            self._accept,
            self.metrics,
            lambda: AT,
            lease or Lease(store, LISTENING),
            QUICK,
        )

    def _accept(self, delivery: Delivery) -> bool:
        if delivery.id in self.taken:
            return False
        self.taken.append(delivery.id)
        return True

    def counted(self, outcome: str) -> float:
        return (
            self.metrics.registry.get_sample_value(
                "tactful_deliveries_total", {"platform": "gerrit", "outcome": outcome}
            )
            or 0.0
        )

    async def __aenter__(self) -> Room:
        self.task = asyncio.create_task(self.listening.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def until(condition: Callable[[], object], patience_s: float = 20) -> None:
    for _ in range(round(patience_s / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


@pytest.mark.anyio
async def test_what_the_stream_says_goes_the_way_of_every_webhook(store: Store, rita: int) -> None:
    forge = Forge()
    async with Room(store, forge) as room:
        for line in (b"one", b"uninteresting", b"stranger", b"one", b"two"):
            forge.lines.put_nowait(line)
        await until(lambda: "two" in room.taken)
    assert room.taken == ["one", "two"]
    assert forge.expected == ["one", "two"]
    assert [room.counted(o) for o in ("accepted", "seen_before", "not_opted_in", "event_not_handled")] == [2, 1, 1, 1]


@pytest.mark.anyio
async def test_a_broken_stream_is_taken_up_again_and_what_was_missed_is_caught_up(store: Store, rita: int) -> None:
    forge = Forge()
    async with Room(store, forge) as room:
        await until(lambda: forge.opened == 1 and len(forge.asked_since) >= 2)
        forge.missing = [delivery("while nobody listened")]
        forge.lines.put_nowait(Away("The stream broke."))
        await until(lambda: forge.opened == 2)
        forge.lines.put_nowait(b"after")
        await until(lambda: "after" in room.taken)
    assert room.taken == ["while nobody listened", "after"]
    assert forge.asked_since[0] is None
    assert forge.asked_since[-1] == AT  # from where it was left


@pytest.mark.anyio
async def test_the_cursor_stays_where_catching_up_failed(store: Store, rita: int) -> None:
    class Tired(Forge):
        async def missed(self, server: Server, now: datetime) -> AsyncIterator[Delivery]:
            yield delivery("first")
            raise Away("Gerrit is busy.")

    forge = Tired()
    async with Room(store, forge) as room:
        await until(lambda: forge.opened >= 2)
    assert room.taken == ["first"]  # again and again, and the engine knows it
    with store.read() as c:
        found = servers.find(c, store.vault, "gerrit", "review")
        assert found is not None
        assert found.caught_up_to is None


@pytest.mark.anyio
async def test_what_was_heard_of_already_is_not_read_again(store: Store, rita: int) -> None:
    ref = CommentRef("gerrit", "review", "message", "7~abc")
    comment = Comment(ref, RITA, "hello", "lib", "lib~7", "https://review.example.org/c/lib/+/7", AT)
    with store.begin() as c:
        comments.keep(c, store.vault, comment, rita, AT + timedelta(seconds=1), AT)
    forge = Forge()
    forge.missing = [
        delivery("heard of"),
        delivery("not heard of", change=8),
        delivery("later", at=AT + timedelta(minutes=2)),
    ]
    async with Room(store, forge) as room:
        await until(lambda: len(room.taken) == 2)
    assert room.taken == ["not heard of", "later"]


@pytest.mark.anyio
async def test_nothing_is_asked_of_a_server_that_is_gone_or_moved(store: Store, rita: int) -> None:
    forge = Forge()
    async with Room(store, forge) as room:
        room.listening._connected._until_s = 0.0
        await until(lambda: forge.opened == 1)
        with store.begin() as c:
            servers.change(c, "gerrit", "review", ssh="elsewhere.example.org:29418")
        room.listening._connected._until_s = 0.0
        await until(lambda: forge.opened == 2)  # at the new place
        with store.begin() as c:
            servers.remove(c, "gerrit", "review")
        room.listening._connected._until_s = 0.0
        await until(lambda: not room.listening._at_work)
    assert forge.opened == 2


def test_pauses_grow_and_where_only_a_person_helps_they_are_long_from_the_beginning() -> None:
    rhythm = Rhythm(jitter=lambda: 1.0)
    assert [rhythm.pause_s(n, helpless=False) for n in (0, 1, 2, 8, 9, 10**6)] == [1, 2, 4, 256, 300, 300]
    assert rhythm.pause_s(0, helpless=True) == 300
    assert Rhythm(jitter=lambda: 0.0).pause_s(3, helpless=False) == 4


@pytest.mark.anyio
async def test_a_person_is_needed_and_the_rest_goes_on(store: Store, rita: int) -> None:
    class Keyless(Forge):
        async def events(self, server: Server) -> AsyncIterator[bytes | None]:
            self.opened += 1
            raise ConfigurationError("There is no SSH key for review.")
            yield None

    forge = Keyless()
    forge.missing = [delivery("by asking")]
    async with Room(store, forge) as room:
        await until(lambda: room.taken == ["by asking"])


def test_only_one_process_listens(postgres_url: str, store: Store) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)
    one, other = (Store.open(url, store.vault) for _ in range(2))
    first, second = Lease(one, LISTENING), Lease(other, LISTENING)
    try:
        assert (first.hold(), second.hold(), first.hold(), second.hold()) == (True, False, True, False)
        first.release()
        assert (second.hold(), first.hold()) == (True, False)
        second._drop()  # as when the line to the database breaks
        assert first.hold()
    finally:
        first.release()
        one.close()
        other.close()


def test_on_sqlite_there_is_one_process_anyway(store: Store) -> None:
    lease = Lease(store, LISTENING)
    assert lease.hold()
    lease.release()
    assert delivery("x").intent is Intent.THREAD
