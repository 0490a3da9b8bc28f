"""What a page can see and reach: the untouched extension, from the page's own side, and from a content script's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.extension.conftest import Browser, Desk, Tactful, copied, launched
from tests.extension.site import Site

STING = "The helper reads the file twice, and you just slapped this together."


@pytest.fixture(scope="module")
def chromium(tactful: Tactful, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With its shadow root closed, as it is shipped."""
    folder = tmp_path_factory.mktemp("closed")
    with sync_playwright() as playwright:
        extension = copied(folder / "extension", opened=False)
        browser = launched(playwright, folder / "profile", extension, site.port)
        yield browser
        browser.context.close()


def test_a_page_cannot_look_into_the_hint_nor_speak_to_the_extension(desk: Desk) -> None:
    sheet = desk.open("conversation")
    sheet.write(STING)
    expect(sheet.hint).to_have_class("said")
    assert sheet.hint.bounding_box()["height"] > 40
    assert sheet.page.evaluate("document.querySelector('tactful-hint').shadowRoot") is None
    assert "slapped" not in sheet.page.evaluate(
        "document.documentElement.innerHTML.replaceAll(/<textarea.*?<.textarea>/g, '')"
    )
    assert sheet.page.evaluate("typeof globalThis.chrome?.runtime?.sendMessage") == "undefined"
    files = ("content.js", "hint.js", "options.html", "icon-128.png")
    for file in files:
        fetched = "address => fetch(address).then(() => 'readable', () => 'refused')"
        assert sheet.page.evaluate(fetched, desk.browser.page(file)) == "refused", file


def test_the_token_stays_out_of_the_world_beside_the_page(desk: Desk) -> None:
    sheet = desk.open("conversation")
    world = isolated(sheet.page)
    asked = "chrome.storage.local.get(null).then((kept) => Object.keys(kept).join(), (error) => 'refused')"
    assert world(asked) == "refused"
    assert (
        world("chrome.runtime.sendMessage({ what: 'state', place: null }).then((said) => JSON.stringify(said))")
        == '{"on":true}'
    )
    assert world("chrome.runtime.sendMessage({ what: 'token' }).then((said) => JSON.stringify(said))") == "null"


def test_a_site_that_is_not_turned_on_gets_no_answer(desk: Desk) -> None:
    sheet = desk.open("conversation")
    world = isolated(sheet.page)
    desk.browser.worker.evaluate("chrome.storage.local.set({ sites: {} })")
    message = "{ what: 'check', text: 'It is so simple.', place: null }"
    assert world(f"chrome.runtime.sendMessage({message}).then((said) => JSON.stringify(said))") == "null"
    assert desk.asked == []


def isolated(page: Any) -> Any:
    """Runs an expression where the extension's content script runs."""
    session = page.context.new_cdp_session(page)
    worlds: list[int] = []

    def remember(event: dict[str, Any]) -> None:
        context = event["context"]
        if context["origin"].startswith("chrome-extension://"):
            worlds.append(context["id"])

    session.on("Runtime.executionContextCreated", remember)
    session.send("Runtime.enable")
    page.wait_for_timeout(200)

    def run(expression: str) -> Any:
        asked = {"expression": expression, "contextId": worlds[-1], "awaitPromise": True, "returnByValue": True}
        return session.send("Runtime.evaluate", asked)["result"].get("value")

    return run
