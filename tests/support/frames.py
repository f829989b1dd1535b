"""The tool's frame inside an LMS, as tests of real browsers find and treat it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page, Playwright, Route
from support.chromium import ROOT, Cookies, preferences, profile
from support.other_lms import OtherLms

from ltitool.cli.demo_seed.place import DemoPlace

PERSON = "jose-luis-hernandez"
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds
BLOCK, ALLOW = 2, 1  # Chromium's own numbers for a content setting


@contextmanager
def school_browser(
    playwright: Playwright, folder: Path, tool: str, cookies: Cookies, **options: Any
) -> Iterator[BrowserContext]:
    """Open a browser as a school has it; "refused": it keeps no cookie of the tool in anybody's frame."""
    settings = preferences(cookies, tool, "*")
    if cookies == "refused":
        exceptions = {f"{tool},*": {"setting": BLOCK}, f"{tool},{tool}": {"setting": ALLOW}}
        settings["profile"]["content_settings"] = {"exceptions": {"cookies": exceptions}}
    options |= {"viewport": PHONE, "accept_downloads": True, "strict": cookies == "strict"}
    with profile(playwright, folder, settings, **options) as context:
        context.set_default_timeout(PATIENCE)
        yield context


def tool_frame(page: Page, tool: str, wanted: str = "/l/") -> Frame:
    """Give the tool's frame once it shows an address with these letters."""
    for _ in range(PATIENCE // 50):
        for frame in page.frames:
            if frame.url.startswith(tool) and wanted in frame.url:
                frame.locator("h1:visible").first.wait_for()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError(f"{wanted} did not come: {[frame.url for frame in page.frames]}")


def open_activity(
    context: BrowserContext,
    lms: OtherLms,
    wanted: str = "/l/",
    person: str = PERSON,
    path: str = DemoPlace.HOME_PATH,
) -> tuple[Page, Frame]:
    """Enter the LMS and wait for the tool in its frame."""
    page = context.new_page()
    page.goto(lms.enter(person, path))
    return page, tool_frame(page, lms.tool, wanted)


def serve_changed(context: BrowserContext, tool: str, name: str, changes: Mapping[str, str]) -> None:
    """Serve the scripts from their sources, with words of one of them changed: a mutant in the browser."""

    def answer(route: Route) -> None:
        file = re.sub(r"^app-.*", "app.js", route.request.url.rsplit("/", 1)[1])
        text = (ROOT / "frontend" / "js" / file).read_text(encoding="utf-8")
        for old, new in changes.items() if file == name else ():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        route.fulfill(body=text, content_type="text/javascript")

    context.route(re.compile(re.escape(tool) + r"/static/dist/[a-zA-Z0-9-]+\.js$"), answer)
