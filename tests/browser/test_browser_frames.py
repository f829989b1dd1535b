"""The tool in the LMS's cross-site frame, under each way in which browsers treat cookies there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Playwright, expect
from support.chromium import Cookies, preferences, profile, violations, width_of
from support.running_demo import RunningDemo

from ltitool.cli.demo_seed.place import DemoPlace

pytestmark = [pytest.mark.chromium, pytest.mark.server]

SIBLING = "jose-luis-hernandez"  # somebody whose work no other test changes


@pytest.fixture
def in_school(
    playwright: Playwright, demo: RunningDemo, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    cookies: Cookies = request.param
    settings = preferences(cookies, demo.tool, demo.lms)
    with profile(
        playwright,
        tmp_path / "profile",
        settings,
        strict=cookies == "strict",
        viewport={"width": 390, "height": 844},
    ) as context:
        yield context


def short_of(frame: Frame) -> str:
    """Give the name of the visit in an address."""
    return frame.url.split("/l/")[1].split("/")[0]


def open_activity(
    context: BrowserContext, demo: RunningDemo, path: str = DemoPlace.HOME_PATH
) -> tuple[Page, Frame]:
    page = context.new_page()
    page.goto(demo.enter(SIBLING, path))
    frame_url = re.compile(re.escape(demo.tool) + "/(l/|lti/login/check)")
    for _ in range(400):
        found = page.frame(url=frame_url)
        if found is not None:
            found.locator("h1").wait_for()
            return page, found
        page.wait_for_timeout(50)
    raise AssertionError(f"the tool did not come up: {[frame.url for frame in page.frames]}")


@pytest.mark.parametrize("in_school", ["allowed", "blocked", "strict"], indirect=True)
def test_the_visit_lives_in_the_frame(in_school: BrowserContext, demo: RunningDemo) -> None:
    page, frame = open_activity(in_school, demo, DemoPlace.KEYSTONE_PATH)
    assert frame.url == f"{demo.tool}/l/{short_of(frame)}/keystone"
    for language, name in (("es", "Español"), ("en", "English")):
        frame.get_by_role("link", name=name, exact=True).click()
        expect(frame.locator("html")).to_have_attribute("lang", language)
    frame.get_by_role("button", name="Save", exact=True).click()  # a form that comes back
    expect(frame.get_by_text("Saved. Your coach sees it when you send it.")).to_be_visible()
    assert page.url.startswith(demo.lms)
    assert violations(frame)[0] == []


@pytest.mark.parametrize("in_school", ["allowed", "blocked"], indirect=True)
def test_the_frame_offers_a_tab_of_its_own(in_school: BrowserContext, demo: RunningDemo) -> None:
    page, frame = open_activity(in_school, demo)
    heading = frame.locator("h1").inner_text()
    with page.context.expect_page() as coming:
        frame.locator("form[data-new-tab] button").click()
    tab = coming.value
    expect(tab.locator("h1")).to_have_text(heading)
    assert tab.url.startswith(f"{demo.tool}/l/")


@pytest.mark.parametrize("in_school", ["refused"], indirect=True)
def test_where_no_cookie_comes_back_a_new_tab_goes_on(in_school: BrowserContext, demo: RunningDemo) -> None:
    page, frame = open_activity(in_school, demo)
    assert "/lti/login/check" in frame.url
    assert violations(frame)[0] == []
    assert width_of(frame) <= frame.evaluate("window.innerWidth")
    with page.context.expect_page() as coming:
        frame.locator("main a[target=_blank]").click()
    tab = coming.value
    tab.wait_for_url(f"{demo.tool}/l/**")
    expect(tab.locator("h1")).to_contain_text("13")
    assert violations(tab)[0] == []


def may_store(frame: Frame) -> bool:
    """Say whether the frame may keep anything of its own."""
    return bool(frame.evaluate("() => { try { return localStorage.length >= 0; } catch { return false; } }"))


def test_the_strict_mode_keeps_sites_apart_instead_of_refusing_storage(
    playwright: Playwright, demo: RunningDemo, tmp_path: Path
) -> None:
    """The control of the modes above: the strict one is another browser than the one that only blocks."""
    kinds: tuple[Cookies, ...] = ("blocked", "strict")
    found = {}
    for kind in kinds:
        settings = preferences(kind, demo.tool, demo.lms)
        with profile(playwright, tmp_path / kind, settings, strict=kind == "strict") as context:
            found[kind] = may_store(open_activity(context, demo)[1])
    assert found == {"blocked": False, "strict": True}
