"""Real Chromium, a real Gerrit behind one origin with our host page, and a real Tactful on another origin."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from app.crypto import new_token
from app.domain import Account, Server, Verdict
from app.gerrit_plugin import filled_in
from app.store import access, people, servers
from app.web.state import State
from app.wiring import utc_now
from tests.gerrit_plugin.front import Front
from tests.real.gerrit.people import People, Somebody
from tests.real.gerrit.server import RealGerrit
from tests.web.phrases import PhraseJudge
from tests.web_app import served

NAME = "here"
CORS = {"access-control-allow-origin": "*"}
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
_tabs = itertools.count(1)
expect.set_options(timeout=15_000)  # a busy machine with a Gerrit on it


class MoodyJudge(PhraseJudge):
    """Hears phrases, after ``delay_s`` if it is told so."""

    delay_s = 0.0

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        await asyncio.sleep(self.delay_s)
        return await super().judge(texts)


@dataclass(frozen=True)
class Tactful:
    app: FastAPI
    address: str
    judge: MoodyJudge

    @property
    def state(self) -> State:
        return self.app.state.tactful  # type: ignore[no-any-return]

    def connect(self, server: Server) -> None:
        with self.state.store.begin() as c:
            servers.save(c, self.state.store.vault, server, utc_now())
        self.state.gerrit_servers.look_again()

    def person(self, somebody: Somebody) -> int:
        account = Account("gerrit", NAME, somebody.id, somebody.username)
        with self.state.store.begin() as c:
            known = people.owner(c, account)
            if known is None:
                person = people.newcomer(c, account, utc_now())
                people.opt_in(c, person, utc_now())
                return person
            return known.id

    def token(self, somebody: Somebody) -> str:
        person = self.person(somebody)
        with self.state.store.begin() as c:
            return access.new_client(c, person, "a browser", ("check", "feedback", "drafts"), utc_now())

    def clients(self, somebody: Somebody) -> int:
        with self.state.store.read() as c:
            owner = people.owner(c, Account("gerrit", NAME, somebody.id, somebody.username))
            return 0 if owner is None else len(access.clients(c, owner.id))


@pytest.fixture(scope="session")
def front(gerrit: RealGerrit) -> Iterator[Front]:
    one = Front(gerrit.url)
    yield one
    one.close()


@pytest.fixture(scope="session")
def server(front: Front) -> Server:
    return Server("gerrit", NAME, front.url, "tactful", new_token())


@pytest.fixture(scope="session")
def tactful(tmp_path_factory: pytest.TempPathFactory, server: Server, front: Front) -> Iterator[Tactful]:
    judge = MoodyJudge()
    limits = {"check_requests_per_minute": 10_000, "check_bytes_per_minute": 100_000_000}
    with served(tmp_path_factory.mktemp("tactful"), judge, **limits) as (app, address):
        house = Tactful(app, address, judge)
        house.connect(server)
        front.plugin = filled_in(address, NAME)
        yield house


# Not for the session: while Playwright is open, its event loop runs in this thread, and no other could.
@pytest.fixture(scope="module")
def browser(tactful: Tactful) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not here: `apt install chromium` lets the plugin be tested in a browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@dataclass
class Desk:
    """Somebody's browser, signed in to Gerrit."""

    context: BrowserContext
    front: Front
    tactful: Tactful
    who: Somebody
    change: int
    people: People

    def turned_on(self, **kept: Any) -> Desk:
        """As after pairing, without the pairing."""
        state = {"token": kept.pop("token", None) or self.tactful.token(self.who), "key": "a key", **kept}
        self.context.add_init_script(
            f"localStorage.tactful_set || (localStorage['tactful:{self.who.id}'] = {json.dumps(json.dumps(state))},"
            " localStorage.tactful_set = 1)"
        )
        return self

    def open(self, path: str = "", **query: object) -> Sheet:
        page = self.context.new_page()
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page.goto(f"{self.front.url}{path or f'/c/lib/+/{self.change}'}?{asked}")
        sheet = Sheet(page, self.tactful.address)
        page.on("request", sheet.remember)
        page.on("pageerror", lambda error: sheet.errors.append(str(error)))
        page.wait_for_selector("gr-comment, tactful-settings")
        page.wait_for_load_state("networkidle")
        return sheet

    def kept(self, page: Page) -> dict[str, Any]:
        return json.loads(page.evaluate(f"localStorage['tactful:{self.who.id}'] ?? '{{}}'"))  # type: ignore[no-any-return]


class Sheet:
    """A page of the host with what it asked of Tactful."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.asked: list[tuple[str, str, Any]] = []
        self.errors: list[str] = []
        self._address = address

    def remember(self, request: Any) -> None:
        if request.url.startswith(self._address):
            path = request.url.removeprefix(self._address)
            self.asked.append((request.method, path, request.post_data_json if request.post_data else None))

    @property
    def texts(self) -> list[str]:
        return [text for _, path, body in self.asked if path == "/v1/check" for text in body["texts"]]

    def box(self, n: int = 0) -> Locator:
        return self.page.locator("gr-comment").nth(n).locator("textarea")

    def hint(self, n: int = 0) -> Locator:
        return self.page.locator("gr-comment").nth(n).locator("tactful-hint")

    def write(self, text: str, n: int = 0) -> Locator:
        self.box(n).click()
        self.box(n).press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)
        return self.hint(n)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def desk(browser: Browser, front: Front, tactful: Tactful, gerrit: RealGerrit, server: Server) -> Iterator[Desk]:
    tactful.judge.delay_s = 0
    tactful.connect(replace(server, drafts_allowed=False))
    who = gerrit.people.new(f"writer{next(_tabs)}", "A Writer")
    context = signed_in(browser, front, who)
    yield Desk(context, front, tactful, who, who.change(), gerrit.people)
    context.close()


def signed_in(browser: Browser, front: Front, who: Somebody, **options: Any) -> BrowserContext:
    """Cookies as the development server gives them to anybody who asks."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, reduced_motion="reduce", **options)
    context.set_default_timeout(20_000)
    with httpx.Client(base_url=who.url, follow_redirects=False) as client:
        client.get("/login/", params={"account_id": who.id})
        client.get("/")
        cookies = [{"name": name, "value": value, "url": front.url} for name, value in client.cookies.items()]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


def violations(page: Page) -> list[str]:
    """What axe finds on a page, contrast included."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `npm ci --prefix tests` installs it")
    page.add_script_tag(path=AXE)
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, rules: {'page-has-heading-one': {enabled: false}}})", rules
    )
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]
