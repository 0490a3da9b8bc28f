"""A forge of our own: signed deliveries of review comments, as raw HTTP requests that can be sent again unchanged."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain import Account
from app.platforms.github.deliveries import Note, Somebody, payload, signed
from app.store import Store, people
from benchmarks.programs import HOST, SECRET

WRITER = Somebody(583231, "octocat")
EVENT = "pull_request_review_comment"

PLAIN = (
    "This leaks the file handle when `read()` fails. Please use a `with` block.",
    "Could we keep the old name as an alias for one release? Two plugins still import it.",
    "nit: trailing whitespace",
    "I would move this check into the constructor, so that no half-built object can escape.",
    "The test passes without the fix, too. Did you mean to assert on `result.items`?",
    "LGTM once the changelog is there.",
    "`timeout` is in seconds here and in milliseconds one line below.",
    "Thanks for splitting this up. The second commit could go in on its own.",
)
STINGS = (
    "You clearly didn't bother to run the tests before pushing this.",
    "How can you not know what a context manager is?",
    "I can't believe you have never heard of a context manager.",
    "Wow, you really didn't know that lists are mutable?",
    "Did you even run this?",
)


@dataclass(frozen=True, slots=True)
class Sendable:
    """One delivery: the comment's number and the bytes of its request."""

    id: int
    raw: bytes


def deliveries(count: int, path: str, *, seed: int, stings: float, first: int = 1) -> Iterator[Sendable]:
    """``count`` comments by the same writer, each on a pull request of its own; a share of them may sting."""
    random_ = random.Random(seed)
    at = datetime.now(UTC)
    for number in range(first, first + count):
        words = random_.choice(STINGS if random_.random() < stings else PLAIN)
        note = Note("review_comment", number, WRITER, f"Line {number}: {words}", at, at, number=number)
        guid = str(uuid.UUID(int=random_.getrandbits(128), version=4))
        request = signed(EVENT, payload(note, "created", WRITER), delivery=guid, secret=SECRET)
        lines = [f"POST {path} HTTP/1.1", f"host: {HOST}", f"content-length: {len(request.body)}"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        yield Sendable(number, "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body)


def opted_in(store: Store, *, email: bool = False) -> None:
    """The writer, who confirmed the account and turned Tactful on; no budget stands in the way."""
    now = datetime.now(UTC)
    with store.begin() as c:
        person = people.add(c, "octocat@example.org", now)
        people.propose(c, person, Account("github", "github.com", WRITER.id, WRITER.login), now)
        people.confirm(c, person, people.bindings(c, person)[0].id, now)
        people.opt_in(c, person, now)
        people.change(c, person, email_on=email, daily_budget=1_000_000, weekly_budget=1_000_000)
