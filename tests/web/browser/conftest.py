"""A real browser on a real socket; skipped with a reason where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.domain import Account, CommentRef, Key, Receipt, ReceiptStatus, Silence
from app.store import access, people, servers, suggestions, tokens
from app.web.signin import JOINABLE
from app.web.state import State
from app.wiring import utc_now
from tests.gerrit_keys import GERRIT, RITA
from tests.web.notes import AUTHOR, note, silence
from tests.web.phrases import PhraseJudge, Phrases
from tests.web_app import served

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

#: Every page; ``{note}`` and ``{draft}`` are notes' numbers, ``{signed}`` a link out of an e-mail, ``{pairing}`` one out of
#: Gerrit's page.
PAGES = {
    "front": "/",
    "norms": "/norms",
    "sign-in": "/sign-in",
    "enter": "/enter/a-token",
    "spent": "/enter/a-token",
    "unsubscribe": "/unsubscribe/{signed}",
    "forgotten": "/forgotten",
    "nothing": "/nothing",
    "inbox": "/inbox",
    "note": "/inbox/{note}",
    "history": "/history",
    "apply": "/inbox/{draft}/apply",
    "join": "/enter/{pairing}",
    "me": "/me",
    "forget": "/me/forget",
    "pair": "/me",
    "empty-inbox": "/inbox",
    "empty-history": "/history",
    "unaddressed-me": "/me",
}
STRANGERS = {"front", "norms", "sign-in", "enter", "spent", "unsubscribe", "forgotten", "nothing"}
#: Pages that are the answer to a button on the page at their address.
PRESSED = {"spent": "Sign in", "pair": "Pair a client"}


@dataclass(frozen=True)
class House:
    """The service on a socket, with somebody in it who has notes, silences, accounts and a client."""

    address: str
    state: State
    person: int
    note: int
    draft: int
    by_gerrit: int  # another person, who came without an address

    def url(self, page: str) -> str:
        signed = self.state.store.vault.sign("unsubscribe", str(self.person))
        with self.state.store.begin() as c:
            pairing = access.new_link(c, self.by_gerrit, utc_now(), JOINABLE)
        return self.address + PAGES[page].format(note=self.note, draft=self.draft, signed=signed, pairing=pairing)

    def link(self, person: int | None = None) -> str:
        with self.state.store.begin() as c:
            return f"{self.address}/enter/{access.new_link(c, person or self.person, utc_now())}"

    def newcomer(self) -> int:
        """Somebody about whom nothing is known yet."""
        with self.state.store.begin() as c:
            return people.find(c, "new@example.org") or people.add(c, "new@example.org", utc_now())

    def sign_in(self, context: BrowserContext, person: int | None = None) -> None:
        page = context.new_page()
        page.goto(self.link(person))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox")
        page.close()


# Not for the session: while Playwright is open, its event loop runs in this thread, and no other could.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not here: `apt install chromium` lets the pages be tested in a browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(
        tmp_path_factory.mktemp("house"), PhraseJudge(), smtp_url="smtp://127.0.0.1:9", mail_sender="t@example.org"
    ) as (app, address):
        yield furnished(app, address)


def furnished(app: FastAPI, address: str) -> House:
    state: State = app.state.tactful
    now = utc_now()
    with state.store.begin() as c:
        person = people.add(c, "anna@example.org", now)
        for account in (AUTHOR, Account("github", "github.com", 9919, "anna-at-work")):
            people.propose(c, person, account, now)
        people.confirm(c, person, people.bindings(c, person)[0].id, now)
        people.opt_in(c, person, now)
        access.new_client(c, person, "Firefox at home", ("check", "feedback"), now)
    reasons = (Silence.BELOW_TOLERANCE, Silence.QUIET_HOURS, Silence.DAILY_BUDGET, Silence.ALREADY_TOLD)
    for number, reason in enumerate(reasons, 10):
        silence(state, person, reason, now - timedelta(hours=9 * number), number=number)
    old = note(
        state, person, "This is a mess and you know it.", now - timedelta(days=3), number=2, classifier=Phrases()
    )
    text = "The loop reads the file twice, and you just slapped this together. Please read it once."
    newest = note(state, person, text, now - timedelta(hours=2), number=3, classifier=Phrases())
    with state.store.begin() as c:
        suggestions.received(c, newest, "email", Receipt(ReceiptStatus.UNKNOWN), now)
        suggestions.answer(c, person, old, "wrong")
    ref = CommentRef("gerrit", GERRIT.name, "comment", "1~abc")
    draft = note(state, person, text, now - timedelta(hours=1), published=False, ref=ref, classifier=Phrases())
    return House(address, state, person, newest, draft, by_gerrit(state, person))


def by_gerrit(state: State, person: int) -> int:
    """A connected Gerrit where drafts may be read, with an account of the person's; and somebody who came from there."""
    now = utc_now()
    with state.store.begin() as c:
        servers.save(c, state.store.vault, replace(GERRIT, drafts_allowed=True), now)
        people.propose(c, person, replace(RITA, id=9, login="anna"), now)
        binding = people.bindings(c, person)[-1].id
        people.confirm(c, person, binding, now)
        tokens.keep(c, state.store.vault, binding, Key("anna", "t", "secret", now + timedelta(days=30)), now, now)
        return people.newcomer(c, RITA, now)


def console_of(page: Page) -> list[str]:
    """What the browser complains about from now on, the refusals of its security policy among it."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
