"""A form that is pressed into a dead network: the page and the words stay, and the next press sends them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.chromium import CALM
from support.frames import PERSON, PHONE, serve_changed
from support.running_demo import RunningDemo

from ltitool.cli.demo_seed.place import DemoPlace

pytestmark = [pytest.mark.chromium, pytest.mark.server]

SAVED = "Saved. Your coach sees it when you send it."


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport=PHONE, **CALM)
    yield opened
    opened.context.close()


def open_keystone(page: Page, demo: RunningDemo) -> None:
    page.goto(demo.in_a_tab(PERSON, DemoPlace.KEYSTONE_PATH))
    page.wait_for_url("**/keystone*")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def press_save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("typed", [True, False], ids=["with new words", "with nothing new"])
def test_nothing_is_lost_and_the_next_press_sends_it(page: Page, demo: RunningDemo, *, typed: bool) -> None:
    open_keystone(page, demo)
    field = page.locator("#keystone-words").get_by_role("textbox").first
    words = field.input_value() + (" and the custodian" if typed else "")
    page.context.set_offline(True)
    left: list[str] = []
    page.on(
        "requestfailed", lambda request: left.append(request.url) if request.is_navigation_request() else 0
    )
    if typed:
        field.fill(words)
    press_save(page)
    state = "kept" if typed else "offline"
    expect(page.locator("#keystone-words [data-saved]")).to_have_attribute("data-state", state)
    expect(field).to_have_value(words)
    expect(page.locator("h1")).to_be_visible()
    assert left == []
    page.context.set_offline(False)
    press_save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.locator("#keystone-words").get_by_role("textbox").first).to_have_value(words)


def test_without_the_question_the_browser_takes_the_page_away(page: Page, demo: RunningDemo) -> None:
    answer = {"catch {\n    return false;": "catch {\n    return true;"}
    serve_changed(page.context, demo.tool, "autosave.js", answer)
    open_keystone(page, demo)
    page.context.route(f"{demo.tool}/**", lambda route: route.abort("internetdisconnected"))
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        press_save(page)


def test_a_short_form_keeps_its_words_too(page: Page, demo: RunningDemo) -> None:
    open_keystone(page, demo)
    page.goto(page.url.partition("/keystone")[0] + "/map")
    panel = page.locator("#add-node, details:has(#add-node)").first
    if not panel.evaluate("one => one.closest('details')?.open ?? true"):
        panel.locator("summary").click()
    field = page.get_by_label("Who or what?")
    field.fill("The night shift")
    page.context.set_offline(True)
    page.locator("form:has([name=voice]) button[type=submit]").first.click()
    expect(field).to_have_value("The night shift")
    page.context.set_offline(False)
    page.locator("form:has([name=voice]) button[type=submit]").first.click()
    expect(page.get_by_text("The night shift").first).to_be_attached()
