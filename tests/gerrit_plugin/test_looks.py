"""How it looks, in light, dark and narrow; and what axe says to that. The pictures land in tests/screenshots/."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.domain import Server
from tests.gerrit_plugin.conftest import SCREENSHOTS, Desk, violations

STING = "The helper reads the file twice, and you just slapped this together. Please read it once."
LOOKS = {"light": ("light", 1100), "dark": ("dark", 1100), "narrow": ("dark", 360)}


@pytest.mark.parametrize("look", list(LOOKS))
def test_hint_dialog_and_settings(desk: Desk, server: Server, look: str) -> None:
    theme, width = LOOKS[look]
    SCREENSHOTS.mkdir(exist_ok=True)
    desk.tactful.connect(replace(server, drafts_allowed=True))
    sheet = desk.open("/x/tactful/settings", theme=theme)
    sheet.page.set_viewport_size({"width": width, "height": 900})
    found = {}

    def look_at(name: str) -> None:
        wide = sheet.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[name] = violations(sheet.page) + (["wider than the screen"] if wide else [])
        sheet.page.screenshot(path=SCREENSHOTS / f"gerrit-{name}-{look}.png")

    look_at("off")
    sheet.press("Turn on")
    expect(sheet.page.get_by_role("status")).to_contain_text("Tactful is on")
    look_at("on")
    sheet.page.goto(f"{desk.front.url}/c/lib/+/{desk.change}?theme={theme}&version=3.14.0")
    sheet.page.evaluate(f"localStorage['tactful:{desk.who.id}'] = localStorage['tactful:{desk.who.id}']"
                        ".replace('{', '{\"gate\":true,')")  # fmt: skip
    sheet.page.reload()
    sheet.page.wait_for_load_state("networkidle")
    expect(sheet.write(STING).locator("mark")).to_be_visible()
    look_at("hint")
    sheet.press("Use this wording")
    expect(sheet.page.get_by_role("button", name="Undo")).to_be_visible()
    look_at("used")
    sheet.page.get_by_role("button", name="Reply").click()
    sheet.page.locator("gr-reply-dialog textarea").click()
    sheet.page.keyboard.insert_text("It is so simple, and what a mess.")
    expect(sheet.page.locator("gr-reply-dialog mark").first).to_be_visible()
    look_at("reply")
    sheet.page.locator("gr-reply-dialog #send").click()
    expect(sheet.page.get_by_role("dialog", name="Before it is sent")).to_be_visible()
    look_at("pause")
    assert {name: problems for name, problems in found.items() if problems} == {}
