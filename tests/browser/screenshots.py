"""Photograph the main pages for the documentation: `python tests/browser/screenshots.py docs/screenshots`.

Each page on a phone and on a desk, in light, from a demo of its own. The thread is played as far as the
badge, so that nothing in a picture is made up.
"""

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PIL import Image  # noqa: E402 - found by the line above
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from support.chromium import ARGUMENTS, CALM, CHROMIUM  # noqa: E402
from support.running_demo import RunningDemo, running_demo  # noqa: E402

from ltitool.cli.demo_seed.place import DemoPlace  # noqa: E402

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
TALLEST = 1800  # pixels of a picture: what comes below is more of the same
COLORS = 128
WHY = "The photo of the circle, the sign-in sheets and the minutes show it, in the words of others."


@dataclass
class Album:
    """Takes the pictures."""

    browser: Browser
    demo: RunningDemo
    folder: Path

    def page(self, size: str = "desk") -> Page:
        page = self.browser.new_context(viewport=SIZES[size], accept_downloads=True, **CALM).new_page()  # type: ignore[arg-type] # Playwright's own value
        page.set_default_timeout(30_000)
        return page

    def enter(self, page: Page, person: str, path: str = DemoPlace.HOME_PATH) -> str:
        """Launch the tool in a tab, and give the address of the visit."""
        page.goto(self.demo.in_a_tab(person, path))
        page.wait_for_url(f"{self.demo.tool}/l/**")
        return "/".join(page.url.split("/")[:5])

    def take(self, page: Page, name: str) -> None:
        """Photograph the page that is open, in both sizes."""
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type] # as above
            page.evaluate("document.fonts.ready")
            page.evaluate("document.activeElement.blur()")
            page.evaluate("scrollTo(0, 0)")
            shot = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
            cut = shot.crop((0, 0, shot.width, min(shot.height, TALLEST)))
            cut.quantize(COLORS).save(self.folder / f"{name}-{size}.png", optimize=True)
        page.set_viewport_size(SIZES["desk"])  # type: ignore[arg-type] # as above


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_demo(Path(data) / "demo") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        album = Album(browser, demo, folder)
        participant_at_work(album)
        coach_at_work(album)
        badge_and_verdict(album)
        operator_at_work(album)
        browser.close()


def participant_at_work(album: Album) -> None:
    page = album.page()
    visit = album.enter(page, DemoPlace.PARTICIPANT)
    for path, name in (
        ("/", "this-week"),
        ("/photos", "photovoice"),
        ("/map", "map"),
        ("/activities/team_analysis", "team-analysis"),
        ("/keystone", "keystone"),
    ):
        page.goto(visit + path)
        album.take(page, name)
    page.get_by_role("button", name="Send to your coach").click()
    page.get_by_text("Sent to your coach", exact=True).wait_for()


def coach_at_work(album: Album) -> None:
    page = album.page()
    album.enter(page, DemoPlace.COACH)
    album.take(page, "cohort-board")
    page.get_by_role("link", name="Amara Okafor").first.click()
    page.locator("main a[href*='/scoring/']").first.click()
    page.wait_for_url("**/scoring/**")
    panels = page.locator("details[name=criterion]")
    for number in range(panels.count()):
        panel = panels.nth(number)
        if number:
            panel.locator("summary").click()
        panel.locator(f"input[data-key='{'34'[number % 2]}']").check()
        panel.locator("textarea").fill(WHY)
        if number == 1:
            album.take(page, "scoring")
    page.get_by_role("button", name="Lock my scores").click()
    page.get_by_text("Your scores are locked.").wait_for()


def badge_and_verdict(album: Album) -> None:
    page = album.page()
    visit = album.enter(page, DemoPlace.PARTICIPANT)
    page.goto(f"{visit}/badge/")
    page.get_by_label("License number").fill("NM-2207-4415")
    page.get_by_role("button", name="Make my badge").click()
    page.get_by_role("link", name="Picture (PNG)").wait_for()
    album.take(page, "badge")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Picture (PNG)").click()
    badge = coming.value.path()
    page.goto(f"{album.demo.tool}/verify")
    page.locator("[data-drop] input[type=file]").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": badge.read_bytes()}
    )
    page.locator("input[name=person]").fill("NM-2207-4415")
    page.get_by_role("button", name="Check this badge").click()
    page.locator(".verdict").wait_for()
    album.take(page, "verify")


def operator_at_work(album: Album) -> None:
    """Register the practice LMS once more by a link, and test the one that the demo began with."""
    page = album.page()
    page.goto(album.demo.operate("invite", "operator")["link"])
    page.get_by_label("Your name").fill("Pat Lindqvist")
    page.locator("main form button").click()
    page.get_by_role("link", name="Register an LMS by hand").click()
    page.locator("summary").first.click()
    album.take(page, "platform-by-hand")
    page.get_by_role("link", name="All LMSs").click()
    page.get_by_role("link", name="Make a registration link").click()
    page.get_by_label("Name of the LMS").fill("Valle Verde Moodle")
    page.get_by_role("button", name="Make the link").click()
    page.locator("summary").first.click()
    album.take(page, "platform-link")
    register(album, page.locator("[data-copy-text]").inner_text())
    page.get_by_role("link", name="All LMSs").click()
    album.take(page, "platforms")
    page.get_by_role("link", name="Valle Verde Moodle").click()
    album.take(page, "platform-waiting")
    page.get_by_role("link", name="All LMSs").click()
    page.locator("main .board a").last.click()
    page.get_by_role("button", name="Test now").click()
    page.get_by_role("button", name="Test again").wait_for()
    album.take(page, "platform")


def register(album: Album, link: str) -> None:
    """Bring a registration link to the practice LMS, as whoever runs it does."""
    lms = album.page()
    lms.goto(f"{album.demo.enter('pat-lindqvist', '/admin/tools')}")
    lms.locator("input[name=link]").fill(link)
    lms.locator("form:has(input[name=link]) button").click()
    frame = lms.frame_locator("iframe")
    frame.get_by_role("button", name="Register").wait_for()
    album.take(lms, "platform-register")
    frame.get_by_role("button", name="Register").click()
    frame.get_by_text("Two steps are left").wait_for()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
