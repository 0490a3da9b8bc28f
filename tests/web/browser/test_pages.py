"""The pages in a real browser: accessible, within their security policy, and usable by keyboard and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from app.web.words import EXAMPLES
from tests.web.browser.conftest import AXE, PAGES, PRESSED, STRANGERS, House, console_of
from tests.web.browser.walk import DESKTOP, SCREENSHOTS, Found, looked_over

STING = "The helper reads the file twice, and you just slapped this together. Please read it once."
WORDS = "you just slapped this together"


def test_every_page_is_accessible(browser: Browser, house: House) -> None:
    """In light and dark, wide and narrow; and no page is wider than a phone."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `npm ci --prefix tests` installs it")
    SCREENSHOTS.mkdir(exist_ok=True)
    # Only this context passes by the security policy: axe has to be put into the page.
    context = browser.new_context(viewport=DESKTOP, bypass_csp=True, reduced_motion="reduce")
    found: Found = {}
    for name in sorted(PAGES, key=lambda name: (name not in STRANGERS, name.startswith(("empty", "un")), name)):
        if name not in STRANGERS and not context.cookies():
            house.sign_in(context)
        if name == "empty-inbox":
            house.sign_in(context, house.newcomer())
        if name == "unaddressed-me":
            house.sign_in(context, house.by_gerrit)
        page = context.new_page()
        page.goto(house.url(name))
        if name in PRESSED:
            page.get_by_role("button", name=PRESSED[name]).click()
        if name == "front":
            _type(page, STING)
        for folded in page.locator("summary").all():
            folded.click()
        found |= looked_over(page, name)
        page.close()
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


def _type(page: Page, text: str) -> None:
    page.get_by_label("Your comment").fill(text)
    expect(page.locator("#verdict mark")).to_be_visible()


def test_the_box_answers_while_one_types(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    heard = console_of(page)
    page.goto(house.url("front"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    box = page.get_by_label("Your comment")
    expect(box).to_be_focused()
    page.keyboard.type(STING)
    expect(page.locator("#verdict mark")).to_have_text(WORDS)
    expect(box).to_be_focused()
    expect(page.locator("#spoken")).to_contain_text(WORDS)
    box.fill("Fine.")
    expect(page.locator("#verdict")).to_contain_text("Nothing here that may land harder than you mean.")
    box.fill("")
    expect(page.locator("#verdict")).to_contain_text("Write a comment")
    box.fill(STING)
    page.get_by_role("button", name="Copy this wording").first.click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "The helper reads the file twice. Please read it once."
    page.get_by_role("button", name=EXAMPLES[1]).click()
    expect(box).to_have_value(EXAMPLES[1])
    assert heard == []
    context.close()


def test_a_wording_is_used_and_undone_edited_and_left(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    page.goto(house.url("front"))
    box = page.get_by_label("Your comment")
    _type(page, STING)
    page.get_by_role("button", name="Use this wording").first.click()
    expect(box).to_have_value("The helper reads the file twice. Please read it once.")
    expect(page.get_by_text("That wording is in the box.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(box).to_have_value(STING)
    page.get_by_role("button", name="Edit first").first.click()
    expect(box).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("It is in the box. Change it as you like")
    page.keyboard.type(" Thanks.")
    expect(page.locator("#verdict")).to_contain_text("Nothing here that may land harder than you mean.")
    box.fill("")
    _type(page, STING)
    page.get_by_role("button", name="Keep mine").first.click()
    expect(box).to_have_value(STING)
    expect(page.locator("#verdict")).to_have_text("Kept as you wrote it.")
    assert heard == []
    context.close()


def test_a_late_answer_is_dropped(browser: Browser, house: House) -> None:
    page = browser.new_page()
    page.goto(house.url("front"))
    held = []

    def hold_the_first(route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/", lambda route: hold_the_first(route) if route.request.method == "POST" else route.continue_())
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_label("Your comment").fill("A mess, early.")
    page.get_by_label("Your comment").fill("It is so simple, later.")
    expect(page.locator("#verdict mark")).to_have_text("so simple")
    held[0].fulfill(body="<p>A mess, early.</p>", content_type="text/html")
    page.wait_for_timeout(100)
    expect(page.locator("#verdict mark")).to_have_text("so simple")
    page.close()


def test_signing_in_by_keyboard_and_reading_every_page(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    heard = console_of(page)
    page.goto(house.url("inbox"))
    assert page.url.endswith("/sign-in?to=/inbox")
    page.get_by_label("Your e-mail address").focus()
    page.keyboard.type("nobody@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("If that address is known here")).to_be_visible()
    page.goto(house.link())
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    for name in PAGES.keys() - {"nothing"}:  # that one is a 404, which a console reports
        page.goto(house.url(name))
    assert heard == []
    context.close()


def test_all_of_it_works_without_scripts(browser: Browser, house: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house.url("front"))
    page.get_by_label("Your comment").fill(f"\n{STING}")
    page.get_by_role("button", name="Read it to me").click()
    expect(page.locator("mark")).to_have_text(WORDS)
    expect(page.get_by_label("Your comment")).to_have_value(f"\n{STING}")
    house.sign_in(context)
    page.goto(house.url("note"))
    page.get_by_role("button", name="This helped").click()
    expect(page.get_by_text("You said that this helped.")).to_be_visible()
    page.goto(house.url("me"))
    page.get_by_role("button", name="Pair a client").click()
    expect(page.locator(".code")).to_be_visible()
    context.close()
