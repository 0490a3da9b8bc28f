"""How it looks, in light, dark and narrow, and what axe says to that. The pictures land in tests/screenshots/."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.extension.boxes import SUPPORTED
from tests.extension.conftest import SCREENSHOTS, Desk, violations
from tests.extension.test_popup import popup

STING = "The helper reads the file twice, and you just slapped this together. Please read it once."
LOOKS = {"light": ("light", 1000), "dark": ("dark", 1000), "narrow": ("dark", 360)}


CLOSELY = ("conversation", "review, React")


def looked_at(page: Page, name: str, *, closely: bool = True) -> list[str]:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"extension-{name}.png")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return (violations(page) if closely else []) + (["wider than the screen"] if wide else [])


@pytest.mark.parametrize("look", list(LOOKS))
def test_hint(desk: Desk, look: str) -> None:
    mode, width = LOOKS[look]
    found = {}
    for name in SUPPORTED if look == "light" else CLOSELY:
        sheet = desk.open(name, mode=mode)
        sheet.page.set_viewport_size({"width": width, "height": 700})
        sheet.write(STING)
        expect(sheet.mark).to_be_visible()
        found[name] = looked_at(sheet.page, f"{name.replace(', ', '-')}-{look}", closely=name in CLOSELY)
    sheet.press("Not now")
    expect(sheet.page.get_by_role("button", name="Quiet for an hour")).to_be_visible()
    found["not now"] = looked_at(sheet.page, f"not-now-{look}")
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("look", list(LOOKS))
def test_settings_and_popup(desk: Desk, look: str) -> None:
    mode, width = LOOKS[look]
    desk.browser.set(
        address=desk.tactful.address,
        token=desk.tactful.token(),
        key="a key",
        repositories={"github.com/octo/parser": True},
        norms={"belittling": "Leave people their size"},
    )
    found = {}
    page = desk.browser.context.new_page()
    page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(desk.browser.page("options.html"))
    expect(page.get_by_text("Paired with")).to_be_visible()
    found["settings"] = looked_at(page, f"settings-{look}")
    desk.browser.set()
    page.reload()
    expect(page.get_by_role("button", name="Pair")).to_be_visible()
    found["pairing"] = looked_at(page, f"pairing-{look}")
    desk.browser.set(address=desk.tactful.address, token=desk.tactful.token(), key="a key")
    small = popup(desk, desk.open("conversation").page)
    small.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
    small.set_viewport_size({"width": 336, "height": 420})
    expect(small.get_by_role("button", name="Quiet for an hour")).to_be_visible()
    found["popup"] = looked_at(small, f"popup-{look}")
    assert {name: problems for name, problems in found.items() if problems} == {}
