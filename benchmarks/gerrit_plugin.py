"""The plugin in Gerrit's page: ``python -m benchmarks.gerrit_plugin [--short]``.

Chromium, the real ``tactful serve`` with its weights on another origin, and our page with Gerrit's endpoint. How long from
the end of the 400 ms pause in typing until the hint is painted, over texts that are spoken about; how long one key press
keeps the page's main thread busy with the plugin; how large the file is that a Gerrit hands out.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from app.domain import Account, Server
from app.gerrit_plugin import filled_in
from app.settings import Settings
from app.store import access, people, servers
from app.wiring import open_store, utc_now
from benchmarks.programs import HOST, Program, conditions, running, tactful
from classifiers import corpus
from tests.gerrit_plugin.front import Front

RITA = Account("gerrit", "here", 1000001, "rita")
TEXTS, SHORT_TEXTS, KEYS = 200, 40, 500
PAUSE_MS = 400

#: Types a text as one key press would, and tells when its hint is painted: two frames after it is in the page.
PAINTED = """text => new Promise((done) => {
  const comment = document.querySelector("gr-comment"), hint = comment.shadowRoot.querySelector("tactful-hint");
  const late = setTimeout(() => { seen.disconnect(); done(null); }, 8000);
  const look = () => {
    if (hint.shown?.text !== text || !hint.shadowRoot.querySelector("[role=group]")) return;
    seen.disconnect();
    clearTimeout(late);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  };
  const seen = new MutationObserver(look);
  seen.observe(hint.shadowRoot, { childList: true, subtree: true });
  comment.messageText = text;
  const began = performance.now();
})"""

#: What the plugin costs at each of many key presses, the page's own work left out.
PRESSED = """({text, keys}) => {
  const hint = document.querySelector("gr-comment").shadowRoot.querySelector("tactful-hint");
  const took = [];
  for (let n = 0; n < keys; n++) {
    const began = performance.now();
    hint.message = text.slice(0, 20 + n);
    took.push(performance.now() - began);
  }
  return took;
}"""


@contextmanager
def stand_in() -> Iterator[str]:
    """Answers the three questions that are asked of Gerrit before anybody types."""
    known: dict[str, Any] = {
        "/accounts/self/detail": {"_account_id": RITA.id, "username": RITA.login},
        "/config/server/version": "3.13.5",
        "/changes/1/drafts": {},
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = known.get(self.path.partition("?")[0])
            body = b")]}'\n" + json.dumps(found).encode()
            self.send_response(200 if found is not None else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def spoken_about(address: str, count: int) -> list[str]:
    """Texts of the project's own for which the service has something to say, in an order that is always the same."""
    names = sorted(file.stem for file in corpus.DATA.glob("t*.jsonl"))
    texts = sorted({e.text.strip() for e in corpus.own(names, rewrites=False)}, key=corpus.key)
    found: list[str] = []
    with httpx.Client(base_url=address, timeout=60) as client:
        for start in range(0, len(texts), 32):
            chunk = texts[start : start + 32]
            results = client.post("/v1/check", json={"texts": chunk}).raise_for_status().json()["results"]
            found += [text for text, result in zip(chunk, results, strict=True) if result["norm"]]
            if len(found) >= count:
                break
    return found[:count]


def turned_on(folder: Path, url: str) -> str:
    """The Gerrit at ``url`` is connected and Rita paired; her client token."""
    store = open_store(Settings(data=folder / "data"))
    with store.begin() as c:
        servers.save(c, store.vault, Server("gerrit", RITA.server, url, "tactful", "none"), utc_now())
        person = people.newcomer(c, RITA, utc_now())
        people.opt_in(c, person, utc_now())
        token = access.new_client(c, person, "benchmark", ("check", "feedback"), utc_now())
    store.close()
    return token


def measure(page: Page, texts: list[str]) -> dict[str, object]:
    for text in texts[:3]:  # connections, caches
        page.evaluate(PAINTED, f"{text} (warming up)")
    latencies, silent = [], 0
    for text in texts:
        took = page.evaluate(PAINTED, text)
        silent += took is None
        if took is not None:
            latencies.append(took - PAUSE_MS)
    presses = page.evaluate(PRESSED, {"text": ("Please read the file once. " * 40)[: 20 + KEYS], "keys": KEYS})
    cuts = statistics.quantiles(latencies, n=100)
    return {
        "texts": len(latencies),
        "without_a_hint": silent,
        "pause_to_hint_p50_ms": round(cuts[49]),
        "pause_to_hint_p95_ms": round(cuts[94]),
        "key_press_mean_ms": round(statistics.mean(presses), 3),
        "key_press_p99_ms": round(statistics.quantiles(presses, n=100)[98], 3),
    }


def run(program: Program, folder: Path, chromium: str, count: int) -> dict[str, object]:
    address = f"http://{HOST}:{program.port}"
    with stand_in() as gerrit:
        front = Front(gerrit)
        front.plugin = filled_in(address, RITA.server)
        token = turned_on(folder, front.url)
        with running(program), sync_playwright() as playwright:
            texts = spoken_about(address, count)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            kept = json.dumps(json.dumps({"token": token, "key": "a key"}))
            page.add_init_script(f"localStorage['tactful:{RITA.id}'] = {kept}")
            page.goto(f"{front.url}/c/lib/+/1")
            page.wait_for_selector("gr-comment tactful-hint", state="attached")
            page.wait_for_load_state("networkidle")
            found = measure(page, texts)
            browser.close()
        front.close()
        return {**found, "bytes": len(front.plugin.encode())}


def main(*, short: bool = False) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("The plugin: left out, there is no Chromium here.")
        return
    print(f"The plugin in Gerrit's page. {conditions()}.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limits = {"CHECK_REQUESTS_PER_MINUTE": "10000", "CHECK_BYTES_PER_MINUTE": "100000000"}
        found = run(tactful(folder, **limits), folder, chromium, SHORT_TEXTS if short else TEXTS)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gerrit_plugin", description=__doc__)
    parser.add_argument("--short", action="store_true", help=f"{SHORT_TEXTS} texts instead of {TEXTS}")
    main(short=parser.parse_args().short)
