"""Real Chromium with the extension in it, a site that answers as github.com, and a real Tactful on another origin.

What differs from the extension as it is shipped, in a copy made for the run: the two hosts are permitted from the start,
since nobody can press the browser's own question here, and the shadow root is open, so that what it shows can be read.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Locator, Page, Worker, expect, sync_playwright

from app.browser_extension import PLACES
from app.crypto import new_token
from app.store import access, people
from app.web.state import State
from app.wiring import utc_now
from tests.extension.boxes import BOXES
from tests.extension.site import Site
from tests.gerrit_plugin.conftest import MoodyJudge
from tests.web_app import served

EXTENSION = PLACES[0]
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
HOSTS = ["https://github.com/*", "http://127.0.0.1/*"]
SCOPES = ("check", "feedback")
expect.set_options(timeout=15_000)


def copied(to: Path, *, permitted: bool = True, opened: bool = True) -> Path:
    """The extension with its hosts ``permitted`` and its shadow root ``opened``, or not."""
    shutil.copytree(EXTENSION, to, ignore=shutil.ignore_patterns("*.d.ts", "*.md"))
    if permitted:
        manifest = json.loads((to / "manifest.json").read_text("utf-8"))
        (to / "manifest.json").write_text(json.dumps({**manifest, "host_permissions": HOSTS}))
    hint = (to / "hint.js").read_text("utf-8")
    assert hint.count('mode: "closed"') == 1
    if opened:
        (to / "hint.js").write_text(hint.replace('mode: "closed"', 'mode: "open"'))
    return to


@dataclass(frozen=True)
class Tactful:
    app: FastAPI
    address: str
    judge: MoodyJudge
    person: int

    @property
    def state(self) -> State:
        return self.app.state.tactful  # type: ignore[no-any-return]

    def token(self) -> str:
        with self.state.store.begin() as c:
            return access.new_client(c, self.person, "a browser", SCOPES, utc_now())

    def code(self) -> str:
        with self.state.store.begin() as c:
            return access.new_code(c, self.person, "pair", utc_now(), SCOPES)

    def clients(self) -> list[access.Client]:
        with self.state.store.read() as c:
            return access.clients(c, self.person)


@pytest.fixture(scope="package")
def tactful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tactful]:
    judge = MoodyJudge()
    limits = {"check_requests_per_minute": 10_000, "check_bytes_per_minute": 100_000_000}
    with served(tmp_path_factory.mktemp("tactful"), judge, **limits) as (app, address):
        with app.state.tactful.store.begin() as c:
            person = people.add(c, "anna@example.org", utc_now())
            people.opt_in(c, person, utc_now())
        yield Tactful(app, address, judge, person)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    one = Site(tmp_path_factory.mktemp("site"))
    yield one
    one.close()


@dataclass
class Browser:
    """Chromium with the extension, and what the extension asked for, by method, path and body."""

    context: BrowserContext
    worker: Worker
    asked: list[tuple[str, str, Any]]

    def page(self, name: str) -> str:
        """The address of a page of the extension's own."""
        return f"{self.worker.url.rsplit('/', 1)[0]}/{name}"

    def kept(self) -> dict[str, Any]:
        return self.worker.evaluate("chrome.storage.local.get(null)")  # type: ignore[no-any-return]

    def set(self, **kept: Any) -> None:
        """Keep exactly that, and wait until the scripts are where they belong."""
        self.worker.evaluate("kept => chrome.storage.local.clear().then(() => chrome.storage.local.set(kept))", kept)
        self.worker.evaluate("chrome.storage.session.clear()")
        self.wait_for_scripts(1 if kept.get("token") else 0)

    def wait_for_scripts(self, count: int) -> None:
        for _ in range(100):
            found = self.worker.evaluate("chrome.scripting.getRegisteredContentScripts()")
            if len(found) == count:
                return
            time.sleep(0.05)
        raise AssertionError(f"scripts: {found}")


def launched(playwright: Any, folder: Path, extension: Path, port: int) -> Browser:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not here: `apt install chromium` lets the extension be tested in a browser")
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=chromium,
        headless=False,
        ignore_https_errors=True,
        viewport={"width": 1000, "height": 900},
        reduced_motion="reduce",
        args=[
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--load-extension={extension}",
            f"--disable-extensions-except={extension}",
            f"--host-resolver-rules=MAP github.com:443 127.0.0.1:{port}",
        ],
    )
    context.set_default_timeout(20_000)
    worker = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
    browser = Browser(context, worker, [])

    def remember(request: Any) -> None:
        if "/v1/" in request.url:
            body = request.post_data_json if request.post_data else None
            browser.asked.append((request.method, request.url.partition("/v1/")[2], body))

    context.on("request", remember)
    return browser


# Not for the session: while Playwright is open, its event loop runs in this thread, and no other could.
@pytest.fixture(scope="module")
def chromium(tactful: Tactful, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("chromium")
    with sync_playwright() as playwright:
        browser = launched(playwright, folder / "profile", copied(folder / "extension"), site.port)
        yield browser
        browser.context.close()


@dataclass
class Desk:
    """Somebody's browser, paired."""

    browser: Browser
    tactful: Tactful

    def open(self, name: str, **query: str) -> Sheet:
        page = self.browser.context.new_page()
        asked = "&".join(f"{key}={value}" for key, value in {"box": name, **query}.items())
        page.goto(f"https://github.com{BOXES[name].path}?{asked}")
        page.wait_for_load_state("networkidle")
        return Sheet(page)

    @property
    def asked(self) -> list[tuple[str, str, Any]]:
        return self.browser.asked

    @property
    def texts(self) -> list[str]:
        return [text for _, path, body in self.asked if path == "check" for text in body["texts"]]

    def answers(self) -> list[tuple[str, str]]:
        return [(body["label"], body["answer"]) for _, path, body in self.asked if path == "feedback"]


class Sheet:
    """A page with a box."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def box(self) -> Locator:
        return self.page.locator("textarea")

    @property
    def hint(self) -> Locator:
        return self.page.locator("tactful-hint")

    @property
    def mark(self) -> Locator:
        return self.hint.locator("mark")

    def write(self, text: str) -> None:
        self.box.click()
        self.box.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def send(self) -> None:
        self.page.locator("form button, .submit").last.click()

    def heard(self) -> str:
        """The text as the page itself knows it."""
        return str(self.page.evaluate("window.heard"))

    def sent(self) -> list[str]:
        return list(self.page.evaluate("window.sent"))

    def quiet(self, after_ms: int = 900) -> None:
        self.page.wait_for_timeout(after_ms)
        expect(self.hint.locator("[role=group]")).to_have_count(0)


@pytest.fixture
def desk(chromium: Browser, tactful: Tactful) -> Iterator[Desk]:
    tactful.judge.delay_s = 0
    chromium.set(address=tactful.address, token=tactful.token(), key=new_token())
    chromium.asked.clear()
    before = list(chromium.context.pages)
    yield Desk(chromium, tactful)
    for page in chromium.context.pages:
        if page not in before:
            page.close()


def violations(page: Page) -> list[str]:
    """What axe finds on a page, contrast included."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `npm ci --prefix tests` installs it")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})", ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    )
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]
