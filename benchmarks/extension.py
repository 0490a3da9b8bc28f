"""The browser extension: ``python -m benchmarks.extension [--short]``.

Chromium with the extension as it is shipped (its hosts permitted beforehand), the real ``tactful serve`` with its weights on
another origin, and our pages with GitHub's boxes. How long from the end of the 400 ms pause in typing until the hint is
painted, over texts that are spoken about; and how long from the press on the page's own button until the page sends, while
a request is on its way and while a hint is shown, beside the same page without the extension.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.settings import Settings
from app.store import access, people
from app.wiring import open_store, utc_now
from benchmarks.gerrit_plugin import PAUSE_MS, SHORT_TEXTS, TEXTS, spoken_about
from benchmarks.programs import HOST, Program, conditions, running, tactful
from tests.extension.boxes import BOXES
from tests.extension.conftest import Browser, copied, launched
from tests.extension.site import Site

KINDS = ("conversation", "reply, React")
SENDS, SHORT_SENDS = 40, 10

#: Writes a text as one key press would, and tells when the hint is painted: the second frame in which it has room.
PAINTED = """text => new Promise((done) => {
  const box = document.querySelector("textarea"), began = performance.now();
  const hint = () => document.querySelector("tactful-hint")?.getBoundingClientRect().height ?? 0;
  const write = (text) => {
    box.focus();
    box.select();
    document.execCommand("insertText", false, text);
  };
  const frame = (now) => {
    if (now - began > 8000) return done(null);
    if (hint() < 40) return requestAnimationFrame(frame);
    requestAnimationFrame(() => {
      const took = performance.now() - began;
      box.select();
      document.execCommand("delete");
      done(took);
    });
  };
  write(text);
  requestAnimationFrame(frame);
})"""


def paired(folder: Path) -> str:
    """Anna's client token."""
    store = open_store(Settings(data=folder / "data"))
    with store.begin() as c:
        person = people.add(c, "anna@example.org", utc_now())
        people.opt_in(c, person, utc_now())
        token = access.new_client(c, person, "benchmark", ("check", "feedback"), utc_now())
    store.close()
    return token


def opened(browser: Browser, name: str) -> Page:
    page = browser.context.new_page()
    page.goto(f"https://github.com{BOXES[name].path}?box={name}")
    page.wait_for_load_state("networkidle")
    return page


def hints(browser: Browser, texts: list[str]) -> dict[str, object]:
    latencies, silent = [], 0
    for n, name in enumerate(KINDS):
        page = opened(browser, name)
        page.evaluate(PAINTED, f"{texts[0]} (warming up)")
        for text in texts[n :: len(KINDS)]:
            took = page.evaluate(PAINTED, text)
            silent += took is None
            if took is not None:
                latencies.append(took - PAUSE_MS)
        page.close()
    cuts = statistics.quantiles(latencies, n=100)
    return {
        "texts": len(latencies),
        "without_a_hint": silent,
        "pause_to_hint_p50_ms": round(cuts[49]),
        "pause_to_hint_p95_ms": round(cuts[94]),
    }


def sends(browser: Browser, texts: list[str], *, wait_ms: int) -> list[float]:
    """From the press on the page's own button until the page sends, ``wait_ms`` after the last key press."""
    found: list[float] = []
    for n, name in enumerate(KINDS):
        page = opened(browser, name)
        for text in texts[n :: len(KINDS)]:
            page.locator("textarea").click()
            page.keyboard.insert_text(text)
            page.wait_for_timeout(wait_ms)
            page.locator("form button, .submit").last.click()
        found += page.evaluate("window.took")
        page.close()
    return found


def submitting(browser: Browser, texts: list[str], kept: dict[str, str]) -> dict[str, object]:
    browser.set()
    without = sends(browser, texts, wait_ms=PAUSE_MS + 20)
    browser.set(**kept)
    asking = sends(browser, texts, wait_ms=PAUSE_MS + 20)
    shown = sends(browser, texts, wait_ms=PAUSE_MS + 600)
    measured = {"without": without, "while_asking": asking, "while_shown": shown}
    plain = statistics.median(without)
    return {
        "sends": len(without),
        **{f"press_to_send_{name}_p50_ms": round(statistics.median(took), 1) for name, took in measured.items()},
        **{f"press_to_send_{name}_max_ms": round(max(took), 1) for name, took in measured.items()},
        "added_p50_ms": round(statistics.median(asking + shown) - plain, 1),
        "added_max_ms": round(max(asking + shown) - plain, 1),
    }


def run(program: Program, folder: Path, *, short: bool) -> dict[str, object]:
    token = paired(folder)
    site = Site(folder)
    try:
        with running(program), sync_playwright() as playwright:
            address = f"http://{HOST}:{program.port}"
            texts = spoken_about(address, SHORT_TEXTS if short else TEXTS)
            extension = copied(folder / "extension", opened=False)
            browser = launched(playwright, folder / "profile", extension, site.port)
            kept = {"address": address, "token": token, "key": "a key"}
            browser.set(**kept)
            found = hints(browser, texts)
            found |= submitting(browser, texts[: SHORT_SENDS if short else SENDS], kept)
            browser.context.close()
    finally:
        site.close()
    return found


def main(*, short: bool = False) -> None:
    if shutil.which("chromium") is None:
        print("The extension: left out, there is no Chromium here.")
        return
    print(f"The browser extension. {conditions()}.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = {"CHECK_REQUESTS_PER_MINUTE": "10000", "CHECK_BYTES_PER_MINUTE": "100000000"}
        found = run(tactful(folder, **limits), folder, short=short)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extension", description=__doc__)
    parser.add_argument("--short", action="store_true", help=f"{SHORT_TEXTS} texts instead of {TEXTS}")
    main(short=parser.parse_args().short)
