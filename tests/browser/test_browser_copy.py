"""Values to paste elsewhere: copied with leave, without it, and where all copying is forbidden."""

import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "web"))

from web_gallery import write_pages  # noqa: E402 - found by the line above

pytestmark = pytest.mark.chromium
NO_CLIPBOARD = "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no leave')); }"
NO_COPYING = "() => { document.execCommand = () => false; }"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    write_pages(folder)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/en.html"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, gallery: str) -> Iterator[Page]:
    opened = browser.new_page()
    opened.goto(gallery)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("forbidden", "says", "selected"),
    [([], "Copied", False), ([NO_CLIPBOARD], "Copied", True), ([NO_CLIPBOARD, NO_COPYING], "Selected", True)],
    ids=["with leave", "without the clipboard", "without any copying"],
)
def test_a_value_is_copied_or_left_selected(
    page: Page, forbidden: list[str], says: str, selected: bool
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for one in forbidden:
        page.evaluate(one)
    line = page.locator("[data-copy]").first
    text = line.locator("[data-copy-text]").inner_text()
    button = line.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(line.get_by_role("status")).to_contain_text(says)
    expect(button).to_be_focused()
    assert page.evaluate("getSelection().toString()") == (text if selected else "")
    if says == "Copied":
        assert page.evaluate("navigator.clipboard.readText()") == text


def test_without_scripts_no_button_promises_anything(browser: Browser, gallery: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery)
    expect(page.locator("[data-copy] button").first).to_be_hidden()
    expect(page.locator("[data-copy-text]").first).to_be_visible()
    context.close()
