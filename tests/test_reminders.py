"""The review of the norms: who is reminded, once, and what the e-mail says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime

from app.channels.messages import review_message
from app.domain import Receipt, ReceiptStatus
from app.reminders import Reminders
from app.store import Store, norm_versions, people, projects


@dataclass
class Postbox:
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    status: ReceiptStatus = ReceiptStatus.SENT

    async def review(self, to: str, about: str, url: str) -> Receipt:
        self.sent.append((to, about, url))
        return Receipt(self.status)


def reminders(store: Store, post: Postbox | None, now: datetime) -> Reminders:
    return Reminders(store, post, lambda: now, "https://tactful.example.org", asyncio.run)


def test_maintainers_are_reminded_once_and_of_their_own(store: Store, now: datetime) -> None:
    with store.begin() as c:
        admin = people.add(c, "admin@example.org", now, is_admin=True)
        assert admin
        numbers = [
            projects.add(c, "github", "github.com", name, {"mode": "on"}, "administrator", "Because.", now)
            for name in ("octo", "octo/parser", "else")
        ]
        for email, number in (("above@example.org", numbers[0]), ("own@example.org", numbers[1])):
            projects.name_maintainer(c, number, people.add(c, email, now), "administrator", now)
        for place, day in ((None, now.date()), (numbers[1], now.date()), (numbers[2], date(2099, 1, 1))):
            norm_versions.add(c, place, toml="", role="x", note="x", review_on=day, now=now, after=None)
    assert reminders(store, None, now).run() == 0, "without a mail server nothing is ticked off"
    post = Postbox()
    assert reminders(store, post, now).run() == 3
    project = f"https://tactful.example.org/projects/{numbers[1]}/norms"
    assert sorted(post.sent) == [
        ("above@example.org", "octo/parser", project),
        ("admin@example.org", "everybody here", "https://tactful.example.org/norms"),
        ("own@example.org", "octo/parser", project),
    ]
    assert reminders(store, post, now).run() == 0


def test_a_project_without_maintainers_reminds_the_administrators(store: Store, now: datetime) -> None:
    with store.begin() as c:
        people.add(c, "admin@example.org", now, is_admin=True)
        number = projects.add(c, "github", "github.com", "octo", {"mode": "on"}, "administrator", "Because.", now)
        norm_versions.add(c, number, toml="", role="x", note="x", review_on=now.date(), now=now, after=None)
    post = Postbox(status=ReceiptStatus.FAILED)
    assert reminders(store, post, now).run() == 0
    assert [to for to, *_ in post.sent] == ["admin@example.org"]


def test_the_e_mail_names_the_place_and_nobody() -> None:
    message = review_message("own@example.org", "octo/<parser>", "https://t.example.org/norms")
    assert message["Subject"] == "The norms are due for a review"
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "norms of octo/<parser>." in text
    assert "https://t.example.org/norms" in text
    assert "octo/&lt;parser&gt;" in html
