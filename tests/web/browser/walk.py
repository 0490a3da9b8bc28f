"""Many pages looked over in a real browser: wide and narrow, light and dark, and by the Tab key alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.web.browser.conftest import AXE

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
DESKTOP, PHONE = ViewportSize(width=1100, height=900), ViewportSize(width=360, height=780)
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast"]  # the one rule that a colour scheme can change
#: Everything that can be acted on and is to be seen; of radio buttons the Tab key visits one of each name.
REACHABLE = "a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary, [tabindex='0']"

Found = dict[str, list[str]]


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe-core, which must be in the page, says against it."""
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    return [f"{v['id']}: {node['html'][:120]}" for v in result["violations"] for node in v["nodes"]]


def looked_over(page: Page, name: str) -> Found:
    """The page that is open, in every way it can look; pictures of two of these are left in ``SCREENSHOTS``."""
    found: Found = {f"{name}, keyboard": out_of_reach(page)}
    page.add_script_tag(path=AXE)
    for size, scheme in itertools.product((DESKTOP, PHONE), ("light", "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        if (size, scheme) in ((DESKTOP, "light"), (PHONE, "dark")):
            page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{size['width']}.png", full_page=True)
        found[f"{name}, {scheme}, {size['width']}"] = violations(page, RULES if scheme == "light" else CONTRAST)
    found[f"{name}, width"] = page.evaluate("document.documentElement.scrollWidth > innerWidth ? ['wide'] : []")
    return found


def walked(
    browser: Browser, address: str, pages: Mapping[str, tuple[str, int | None]], sign_in: Callable[[Page, int], None]
) -> Found:
    """What is wrong with ``pages`` (name → path, and who looks: neighbours with the same person share a session)."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `npm ci --prefix tests` installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    found: Found = {}
    for who, group in itertools.groupby(pages.items(), lambda item: item[1][1]):
        # Only this context passes by the security policy: axe has to be put into the page.
        context = browser.new_context(viewport=DESKTOP, bypass_csp=True, reduced_motion="reduce")
        page = context.new_page()
        if who is not None:
            sign_in(page, who)
        for name, (path, _) in group:
            page.set_viewport_size(DESKTOP)
            page.goto(address + path)
            for folded in page.locator("summary").all():
                folded.click()
            found |= looked_over(page, name)
        context.close()
    return {name: problems for name, problems in found.items() if problems}


def out_of_reach(page: Page) -> list[str]:
    """What the Tab key does not come to on the page that is open, or marks in no way when it does."""
    count = page.evaluate(
        """selector => {
            document.activeElement?.blur();
            const seen = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility() && !one.disabled);
            seen.forEach((one) => { one.dataset.unreached = "yes"; });
            return seen.length;
        }""",
        REACHABLE,
    )
    unmarked: list[str] = []
    missed: list[str] = []
    for _ in range(2 * count + 20):  # a date has several parts
        page.keyboard.press("Tab")
        wrong, missed = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one), name = (it) => it.outerHTML.slice(0, 120);
                delete one.dataset.unreached;
                const parts = one.matches("[type=date], [type=time]"); // the browser marks these, one by one
                const marked = one === document.body || parts || style.outlineStyle !== "none";
                return [marked ? [] : [`unmarked: ${name(one)}`], [...document.querySelectorAll("[data-unreached]")].map(name)];
            }"""
        )
        unmarked += wrong
        if not missed:
            break
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    return [*unmarked, *(f"missed: {one}" for one in missed)]
