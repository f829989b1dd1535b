"""The thread of the product as three people in Chromium: a participant, a coach, a verifier; and a director.

One long test, because each person goes on from where the one before has stopped.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Frame, Page, Playwright, expect
from support.chromium import CALM, Cookies, violations, width_of
from support.frames import open_activity, school_browser
from support.other_lms import other_lms
from support.running_demo import RunningDemo

from badges.baking import unbake
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.sandbox.manners import TIGHT
from ltitool.sandbox.seed import COHORT_3

pytestmark = [pytest.mark.chromium, pytest.mark.server]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CRITERIA = 6
LICENCE = "NM-2207-4415"
PATIENCE = 20_000  # milliseconds for what the job runner does behind the page


@dataclass
class People:
    """Opens a browser for each person."""

    browser: Browser
    demo: RunningDemo
    pages: list[Page]

    def page(self, viewport: dict[str, int]) -> Page:
        page = self.browser.new_context(viewport=viewport, accept_downloads=True, **CALM).new_page()
        page.set_default_timeout(PATIENCE)
        self.pages.append(page)
        return page

    def in_frame(self, person: str, path: str, viewport: dict[str, int]) -> tuple[Page, Frame]:
        """Enter the LMS by a link of the demo; the tool is in its cross-site frame."""
        page = self.page(viewport)
        page.goto(self.demo.enter(person, path))
        return page, self.frame_of(page)

    def frame_of(self, page: Page) -> Frame:
        """Give the tool's page in the LMS, once the launch has passed through its doors."""
        within = f"{self.demo.tool}/l/"
        for _ in range(PATIENCE // 50):
            for frame in page.frames:
                if frame.url.startswith(within):
                    frame.locator("h1").wait_for()
                    return frame
            page.wait_for_timeout(50)
        raise AssertionError(f"no launch arrived: {[frame.url for frame in page.frames]}")


@pytest.fixture
def people(browser: Browser, demo: RunningDemo) -> Iterator[People]:
    opened = People(browser, demo, [])
    yield opened
    for page in opened.pages:
        page.context.close()


def fits_and_reads(page: Page | Frame) -> None:
    found, passed = violations(page)
    assert found == []
    assert passed > 10
    assert width_of(page) <= page.evaluate("window.innerWidth")


def fits_everywhere(page: Page) -> None:
    """Look at a page in both languages and both widths, and come back to it."""
    address, size = page.url, page.viewport_size
    for language in ("es", "en"):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert page.evaluate("document.documentElement.lang") == language
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            fits_and_reads(page)
    page.set_viewport_size(size or DESK)  # type: ignore[arg-type] # Playwright's own value
    page.goto(address)


def test_from_a_sent_keystone_to_a_revoked_badge(
    people: People, playwright: Playwright, tmp_path: Path
) -> None:
    participant_sends(people)
    coach_scores_by_keyboard(people)
    gradebook_shows_the_grade(people)
    files = participant_takes_the_badge(people, tmp_path)
    participant_downloads_in_a_sandboxed_frame(people.demo, playwright, tmp_path)
    verifier_checks(people, files["png"])
    director_revokes(people)
    verifier_reads_that_it_was_revoked(people, files["png"])


def participant_sends(people: People) -> None:
    page, frame = people.in_frame(DemoPlace.PARTICIPANT, DemoPlace.KEYSTONE_PATH, PHONE)
    expect(frame.locator("h1")).to_have_text("A table with two open sides")
    fits_and_reads(frame)
    frame.get_by_role("button", name="Send to your coach").click()
    expect(frame.get_by_text("Sent to your coach", exact=True)).to_be_visible()
    fits_and_reads(frame)
    assert page.url.startswith(people.demo.lms)  # all of it in the frame


def coach_scores_by_keyboard(people: People) -> None:
    page = people.page(DESK)
    page.goto(people.demo.in_a_tab(DemoPlace.COACH))
    expect(page.locator("h1")).to_have_text("Cohort 3")
    fits_everywhere(page)
    first = page.locator("main a", has_text=re.compile("Amara Okafor|Score")).first
    walk_to(page, lambda: first.evaluate("element => element === document.activeElement"))
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    if "/scoring/" not in page.url:
        fits_everywhere(page)
        score = page.locator("main a[href*='/scoring/']").first
        walk_to(page, lambda: score.evaluate("element => element === document.activeElement"))
        page.keyboard.press("Enter")
    page.wait_for_url("**/scoring/**")
    fits_everywhere(page)
    for number in range(CRITERIA):
        fill_in_criterion(page, number)
    walk_to(page, lambda: focused(page, "button") and "Lock my scores" in text_in_focus(page))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your scores are locked.")).to_be_visible()
    fits_everywhere(page)


def fill_in_criterion(page: Page, number: int) -> None:
    """Open a criterion, choose a level by its number, and write why; all by keys."""
    panel = page.locator("details[name=criterion]").nth(number)
    if not panel.evaluate("details => details.open"):
        summary = panel.locator("summary")
        walk_to(page, lambda: summary.evaluate("element => element === document.activeElement"))
        page.keyboard.press("Enter")
    walk_to(page, lambda: focused(page, "input[type=radio]"))
    key = "34"[number % 2]
    page.keyboard.press(key)
    expect(panel.locator(f"input[data-key='{key}']")).to_be_checked()
    walk_to(page, lambda: focused(page, "textarea"))
    page.keyboard.type("The photo of the circle and the sign-in sheets show it.")


def gradebook_shows_the_grade(people: People) -> None:
    page = people.page(DESK)
    page.goto(people.demo.enter(DemoPlace.COACH, f"/courses/{COHORT_3}/gradebook"))
    score = page.locator(f"tr[data-person={DemoPlace.PARTICIPANT}] [data-score]")
    for _ in range(PATIENCE // 500):
        if score.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(score).to_have_attribute("data-score", re.compile(r"^87\.5"))  # 21 of 24 points, on 100


def participant_takes_the_badge(people: People, folder: Path) -> dict[str, Path]:
    page = people.page(PHONE)
    page.goto(people.demo.in_a_tab(DemoPlace.PARTICIPANT))
    fits_everywhere(page)
    page.locator("main a[href$='/badge/']").first.click()
    expect(page.locator("h1")).to_have_text("Everything is done. Under which name?")
    fits_everywhere(page)
    expect(page.get_by_label("Your full name")).to_have_value("Amara Okafor")
    page.get_by_label("License number").fill(LICENCE)
    page.get_by_role("button", name="Make my badge").click()
    expect(page.locator("h1")).to_have_text("Collaborative Leadership")
    fits_everywhere(page)
    files = {}
    for kind, name in (("png", "Picture (PNG)"), ("json", "Data (JSON)")):
        with page.expect_download() as coming:
            page.get_by_role("link", name=name).click()
        files[kind] = saved(coming.value, folder / f"badge.{kind}")
    assert json.loads(unbake(files["png"].read_bytes()).text) == json.loads(files["json"].read_bytes())
    return files


def participant_downloads_in_a_sandboxed_frame(
    demo: RunningDemo, playwright: Playwright, folder: Path
) -> None:
    """The frame may open files and print; the visit in it has a cookie, or is carried in the path.

    The LMS keeps its notes in the page around the tool, as the standard's plainest form has it.
    """
    ways: tuple[Cookies, ...] = ("blocked", "refused")
    with (
        other_lms(demo, folder) as other,
        other.behaving(frame_sandbox=TIGHT, storage_target="_parent") as lms,
    ):
        for cookies in ways:
            with school_browser(playwright, folder / cookies, demo.tool, cookies) as context:
                page, frame = open_activity(context, lms, person=DemoPlace.PARTICIPANT)
                assert ("~" in frame.url) == (cookies == "refused")
                download_and_print(page, frame)


def download_and_print(page: Page, frame: Frame) -> None:
    frame.locator("main a[href$='/badge/']").first.click()
    with page.expect_download() as coming:
        frame.get_by_role("link", name="Data (JSON)").click()
    assert json.loads(coming.value.path().read_bytes())["name"]
    frame.evaluate("addEventListener('beforeprint', () => (window.printed = true))")
    frame.evaluate("window.print()")
    assert frame.evaluate("window.printed") is True


def verifier_checks(people: People, badge: Path) -> None:
    page = people.page(PHONE)
    check(people, page, badge, LICENCE)
    expect(page.locator(".verdict")).to_contain_text("Genuine")
    expect(page.get_by_text("Matches", exact=False).first).to_be_visible()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        fits_and_reads(page)
    check(people, page, badge, "NM-0000-0000")
    expect(page.locator(".verdict")).to_contain_text("Genuine")
    expect(page.get_by_text("Does not match", exact=False).first).to_be_visible()
    check(people, page, badge, "Amara Okafor", language="es")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        fits_and_reads(page)


def director_revokes(people: People) -> None:
    page = people.page(DESK)
    page.goto(people.demo.in_a_tab(DemoPlace.DIRECTOR))
    fits_everywhere(page)
    page.get_by_role("link", name="Badges", exact=True).click()
    fits_everywhere(page)
    page.get_by_role("link", name=re.compile("Revoke")).click()
    fits_everywhere(page)
    page.get_by_label("Why it is revoked").fill("Issued for a demonstration.")
    page.get_by_role("button", name="Revoke this badge").click()
    expect(page.get_by_text("Issued for a demonstration.")).to_be_visible()
    fits_everywhere(page)


def verifier_reads_that_it_was_revoked(people: People, badge: Path) -> None:
    page = people.page(DESK)
    check(people, page, badge, "")
    expect(page.locator(".verdict")).to_contain_text(re.compile("revoked", re.IGNORECASE))
    expect(page.locator(".verdict")).not_to_contain_text("Genuine")
    fits_and_reads(page)


def check(people: People, page: Page, badge: Path, person: str, language: str = "en") -> None:
    """Drop a file on the public page, say whose it should be, and ask."""
    page.goto(f"{people.demo.tool}/verify?lang={language}")
    fits_and_reads(page)
    text = base64.b64encode(badge.read_bytes()).decode()
    held = page.evaluate_handle(
        """text => { const bytes = Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
        const held = new DataTransfer(); held.items.add(new File([bytes], "badge.png", {type: "image/png"}));
        return held; }""",
        text,
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": held})
    page.locator("input[name=person]").fill(person)
    page.locator("main form button[type=submit]").first.click()
    page.locator(".verdict").wait_for()


def saved(download: Download, path: Path) -> Path:
    download.save_as(path)
    return path


def walk_to(page: Page, arrived: Callable[[], object], most: int = 120) -> None:
    """Press Tab until the focus is where it should be."""
    for _ in range(most):
        if arrived():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not lead there; the focus is on {text_in_focus(page)!r}")


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def text_in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.outerHTML"))
