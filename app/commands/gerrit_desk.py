"""What the commands of ``tactful gerrit`` share: the database, the questions they ask, and how they say what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import Server, TactfulError
from app.platforms.gerrit.client import Client
from app.platforms.gerrit.connect import Entry, Result
from app.platforms.gerrit.plan import Step
from app.platforms.gerrit.remarks import Remark
from app.store import Store, connections, servers

PLATFORM = "gerrit"
PATIENCE_S = 30.0
MARKS = {True: "ok", False: "wrong", None: "note"}


@dataclass(frozen=True, slots=True)
class Order:
    """What an administrator asked for. Tokens are used now; only the reader's is kept, encrypted."""

    name: str
    url: str
    admin: str
    admin_token: str = field(repr=False)
    reader: str = ""
    reader_token: str = field(default="", repr=False)
    networks: tuple[str, ...] | None = None  # None: as they were
    ssh: str | None = None


def client(url: str, username: str, token: str) -> Client:
    """For a person who waits: more patient than the service is."""
    return Client(url, username, token, timeout_s=PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Desk:
    """``say`` prints a line; ``agreed`` asks about one step; ``trusted`` about the fingerprint of an SSH server.

    Without ``store`` (a trial on a new machine) nothing is known and nothing can be kept. ``key_file`` is the private key
    that the settings name for streams, if they do.
    """

    store: Store | None
    address: str
    now: Callable[[], datetime]
    say: Callable[[str], None]
    agreed: Callable[[Step], bool]
    trusted: Callable[[str], bool]
    key_file: str | None = None

    def known(self, name: str) -> Server | None:
        if self.store is None:
            return None
        with self.store.read() as c:
            return servers.find(c, self.store.vault, PLATFORM, name)

    def ssh_key(self, name: str) -> str | None:
        if self.store is None:
            return None
        with self.store.read() as c:
            return connections.ssh_key(c, self.store.vault, PLATFORM, name)

    def ledger(self, name: str, private_key: str | None = None) -> Ledger:
        return Ledger(self.opened(), name, self.now, private_key)

    def opened(self) -> Store:
        if self.store is None:
            raise TactfulError("Nothing is connected yet.")
        return self.store

    def agree(self, step: Step) -> bool:
        self.say(f"          {step.what}")
        self.say(f"          {step.why}")
        return self.agreed(step)

    def result(self, result: Result) -> None:
        self.say(f"{result.ended.value:<9} {result.what}{' ' if result.says else ''}{result.says}")

    def remark(self, found: Iterable[Remark]) -> bool:
        fine = True
        for one in found:
            fine &= one.ok is not False
            self.say(f"{MARKS[one.ok]:<9} {one.says}")
        return fine


@dataclass(frozen=True, slots=True)
class Ledger:
    """``app.platforms.gerrit.connect.Notes`` in our database."""

    store: Store
    name: str
    now: Callable[[], datetime]
    private_key: str | None = None  # made for this server just now; kept with it

    def keep(self, server: Server) -> None:
        with self.store.begin() as c:
            servers.save(c, self.store.vault, server, self.now())
            if self.private_key is not None:
                connections.keep_ssh_key(c, self.store.vault, PLATFORM, self.name, self.private_key)

    def note(self, entry: Entry) -> None:
        with self.store.begin() as c:
            connections.note(c, self.store.vault, PLATFORM, self.name, entry)

    def strike(self, entry_id: str) -> None:
        with self.store.begin() as c:
            known = connections.entries(c, self.store.vault, PLATFORM, self.name)
            connections.keep(c, self.store.vault, PLATFORM, self.name, [e for e in known if e["id"] != entry_id])
