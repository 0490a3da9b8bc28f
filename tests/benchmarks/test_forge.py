"""What the benchmarks send is what the service takes."""

from __future__ import annotations

from app.domain import Intent
from app.platforms import Incoming
from app.platforms.github import GitHub
from benchmarks.forge import STINGS, WRITER, deliveries
from benchmarks.programs import SECRET


def _incoming(raw: bytes) -> Incoming:
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return Incoming(headers, body)


def test_every_delivery_is_accepted_once_and_by_the_writer() -> None:
    forge = GitHub((SECRET,), "github.com")
    found = [forge.accept(_incoming(d.raw)) for d in deliveries(50, "/webhooks/github", seed=1, stings=0.5)]
    assert all(d is not None and d.intent is Intent.JUDGE for d in found)
    assert len({d.id for d in found if d}) == 50
    assert {d.subject.id for d in found if d and d.subject} == {WRITER.id}


def test_the_same_seed_says_the_same_and_every_text_is_new() -> None:
    def texts(seed: int) -> list[bytes]:
        return [d.raw.partition(b'"body":"')[2].partition(b'"')[0] for d in deliveries(40, "/", seed=seed, stings=1)]

    assert texts(1) == texts(1) != texts(2)
    assert len(set(texts(1))) == 40
    assert all(any(sting.encode() in text for sting in STINGS) for text in texts(1))
