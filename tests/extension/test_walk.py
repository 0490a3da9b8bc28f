"""Once through with a real ``tactful serve`` and its weights: in Chromium, beginning at ``/me``, and in real Firefox."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Connection

from app.settings import Settings
from app.store import access, people
from app.web.words import EXAMPLES
from app.wiring import open_store, utc_now
from benchmarks.programs import HOST, running
from benchmarks.programs import tactful as program
from tests.extension.boxes import BOXES
from tests.extension.conftest import SCOPES, SCREENSHOTS, Browser, Sheet, copied
from tests.extension.site import Site

HERE = Path(__file__).parent
STING = EXAMPLES[0]
WORDING = "Context managers may be worth a look here. The file stays open when `read()` fails, so close it in a `finally` block."
WALKED = ("conversation", "reply, React")


@dataclass(frozen=True)
class Served:
    folder: Path
    address: str

    def anna(self, way_in: Callable[[Connection, int], str]) -> str:
        """A new person, and a way in for her."""
        store = open_store(Settings(data=self.folder / "data"))
        with store.begin() as c:
            person = people.add(c, "anna@example.org", utc_now())
            people.opt_in(c, person, utc_now())
            found = way_in(c, person)
        store.close()
        return found


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Served]:
    one = program(tmp_path / "real")
    with running(one):
        yield Served(tmp_path / "real", f"http://{HOST}:{one.port}")


def test_a_walk_through_chromium(chromium: Browser, real: Served) -> None:
    chromium.set()
    link = real.anna(lambda c, person: access.new_link(c, person, utc_now()))
    page = chromium.context.new_page()
    page.goto(f"{real.address}/enter/{link}")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{real.address}/me")
    page.get_by_label("It may also see notes").check()
    page.get_by_role("button", name="Pair a client").click()
    code = page.locator(".code").inner_text()
    page.goto(chromium.page("options.html"))
    page.get_by_label("Address").fill(real.address)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Pair").click()
    expect(page.get_by_role("status")).to_contain_text("Paired.")
    assert chromium.kept()["notes"]
    chromium.wait_for_scripts(1)
    sheet = Sheet(chromium.context.new_page())
    sheet.page.goto(f"https://github.com{BOXES['conversation'].path}?box=conversation")
    sheet.box.click()
    sheet.page.keyboard.type(STING)
    expect(sheet.hint).to_contain_text("may make somebody wish they had not asked")
    sheet.press("Use this wording")
    expect(sheet.box).to_have_value(WORDING)
    sheet.send()
    assert sheet.sent() == [WORDING]
    page.goto(f"{real.address}/me")
    page.get_by_role("button", name="Disconnect Browser extension in Chromium").click()
    sheet.write("Another change from you, another null check.")
    sheet.quiet()
    assert "no longer knows this browser" in chromium.kept()["problem"]


def driven(**asked: Any) -> dict[str, Any]:
    ran = subprocess.run(
        ["node", HERE / "firefox.mjs", json.dumps(asked)], cwd=HERE, capture_output=True, text=True, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def test_a_walk_through_firefox(real: Served, tmp_path: Path) -> None:
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if firefox is None or shutil.which("node") is None:
        pytest.skip(
            "Firefox or Node.js is not here: `apt install firefox-esr nodejs` lets the extension be tested in it"
        )
    if not (HERE.parent / "node_modules" / "puppeteer-core").exists():
        pytest.skip("puppeteer-core is not here: `npm ci --prefix tests` installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    site = Site()
    try:
        saw = driven(
            firefox=firefox,
            extension=str(copied(tmp_path / "extension", permitted=False)),
            profile=str(tmp_path / "profile"),
            site=site.url,
            tactful=real.address,
            code=real.anna(lambda c, person: access.new_code(c, person, "pair", utc_now(), SCOPES)),
            sting=STING,
            boxes={name: BOXES[name].path for name in WALKED},
            screenshots=str(SCREENSHOTS),
        )
    finally:
        site.close()
    assert "Paired." in saw["paired"]
    assert f"On for 127.0.0.1:{site.port}." in saw["added"]
    for name in WALKED:
        here = saw[name]
        assert here["marked"]
        assert here["marked"] in STING
        assert here["height"] > 60
        assert here["padding"] == "14px", "its own style is in force"
        assert here["used"] == [WORDING, WORDING]
        assert here["focused"] == "textarea"
        assert here["undone"] == [STING, STING]
        assert here["sent"] == [STING]
    assert saw["errors"] == []
    assert saw["popup"] == "Not paired yet. Nothing is read."
    assert "Forgotten here and there." in saw["forgotten"]
