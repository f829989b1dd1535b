"""A browser that keeps no cookie of ours: the LMS's storage proves it, and the session rides in the path."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Playwright, expect
from support.chromium import preferences, profile, violations
from support.other_lms import OtherLms, other_lms
from support.running_demo import RunningDemo

from ltitool.cli.demo_seed.place import DemoPlace

pytestmark = [pytest.mark.chromium, pytest.mark.server]

PERSON = "jose-luis-hernandez"
STORAGE = {"storage_target": "post_message_forwarding", "door_host": "sso.localhost"}


@pytest.fixture
def refusing(playwright: Playwright, demo: RunningDemo, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that keeps no cookie of the tool in anybody's frame."""
    settings = preferences("refused", demo.tool, "[*.]127.0.0.1")
    settings["profile"]["content_settings"]["exceptions"]["cookies"] = {
        f"{demo.tool},*": {"setting": 2},
        f"{demo.tool},{demo.tool}": {"setting": 1},
    }
    size = {"width": 390, "height": 844}
    with profile(playwright, tmp_path / "profile", settings, viewport=size, accept_downloads=True) as context:
        yield context


def tool_frame(page: Page, lms: OtherLms, wanted: str = "/l/") -> Frame:
    """Give the tool's frame once it shows an address with these letters."""
    for _ in range(400):
        for frame in page.frames:
            if frame.url.startswith(lms.tool) and wanted in frame.url:
                frame.locator("h1:visible").first.wait_for()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError(f"{wanted} did not come: {[frame.url for frame in page.frames]}")


def open_activity(
    context: BrowserContext, lms: OtherLms, wanted: str = "/l/", person: str = PERSON, path: str = ""
) -> tuple[Page, Frame]:
    page = context.new_page()
    page.goto(lms.enter(person, path or DemoPlace.HOME_PATH))
    return page, tool_frame(page, lms, wanted)


def test_the_visit_lives_in_the_frame_without_any_cookie(
    refusing: BrowserContext, demo: RunningDemo, tmp_path: Path
) -> None:
    with other_lms(demo, tmp_path, **STORAGE) as lms:
        _, frame = open_activity(refusing, lms, path=DemoPlace.KEYSTONE_PATH)
        assert re.search(r"/l/[a-z0-9]{8}~[\w-]{43}/keystone$", frame.url)
        assert refusing.cookies(demo.tool) == []
        for language, name in (("es", "Español"), ("en", "English")):
            frame.get_by_role("link", name=name, exact=True).click()
            expect(frame.locator("html")).to_have_attribute("lang", language)
        frame.get_by_role("button", name="Save", exact=True).click()
        expect(frame.get_by_text("Saved. Your coach sees it when you send it.")).to_be_visible()
        assert violations(frame)[0] == []
