"""A real SMTP server on loopback that counts what arrives, by Message-ID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.programs import HOST, free_port


class Postbox:
    """Takes every message. ``arrived`` counts by Message-ID."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes), "decode_data is off"
        self.arrived[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 OK"


@contextmanager
def postbox() -> Iterator[tuple[Postbox, str]]:
    """The box and the URL of its server."""
    box = Postbox()
    controller = Controller(box, hostname=HOST, port=free_port())
    controller.start()
    try:
        yield box, f"smtp://{HOST}:{controller.port}"
    finally:
        controller.stop()
