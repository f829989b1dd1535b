"""A browser that keeps no cookie of ours: the LMS's storage proves it, and the session rides in the path."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from support.chromium import violations, width_of
from support.frames import PERSON, open_activity, school_browser, serve_changed, tool_frame
from support.other_lms import OtherLms, other_lms
from support.photos import jpeg
from support.running_demo import RunningDemo, free_port
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.sandbox.manners import TIGHT, StorageTrick

pytestmark = [pytest.mark.chromium, pytest.mark.server]

STORAGE = {"storage_target": "post_message_forwarding"}
IN_PATH = re.compile(r"/l/[a-z0-9]{8}~[\w-]{43}/")
PHOTOGRAPHER = "dana-begay"


@pytest.fixture(scope="module")
def stage(demo: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherLms]:
    """One LMS for all of these tests, whose sign-on and storage have a host of their own."""
    with other_lms(demo, tmp_path_factory.mktemp("stage"), door_host="sso.localhost") as lms:
        yield lms


@pytest.fixture
def refusing(playwright: Playwright, demo: RunningDemo, tmp_path: Path) -> Iterator[BrowserContext]:
    with school_browser(playwright, tmp_path / "profile", demo.tool, "refused") as context:
        yield context


def stored(demo: RunningDemo) -> tuple[int, int]:
    """Count what launches leave behind: sessions, and nonces that were burnt."""
    with closing(sqlite3.connect(demo.pair.folder / "tool.db", timeout=10)) as database:
        one = database.execute("SELECT count(*) FROM web_session").fetchone()[0]
        two = database.execute("SELECT count(*) FROM burnt_nonce").fetchone()[0]
        return one, two


def test_the_visit_lives_in_the_frame_without_any_cookie(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    with stage.behaving(**STORAGE) as lms:
        _, frame = open_activity(refusing, lms, path=DemoPlace.KEYSTONE_PATH)
        assert IN_PATH.search(frame.url)
        assert refusing.cookies(demo.tool) == []
        for language, name in (("es", "Español"), ("en", "English")):
            frame.get_by_role("link", name=name, exact=True).click()
            expect(frame.locator("html")).to_have_attribute("lang", language)
        frame.get_by_role("button", name="Save", exact=True).click()
        expect(frame.get_by_text("Saved. Your coach sees it when you send it.")).to_be_visible()
        assert IN_PATH.search(frame.url)
        links = frame.locator("a[href], form[action]").evaluate_all(
            "all => all.map(one => one.href || one.action)"
        )
        carried = [one for one in links if "/l/" in one]
        assert carried
        assert all(IN_PATH.search(one) for one in carried)


def test_photos_drafts_and_pictures_work_in_the_path(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    with stage.behaving(**STORAGE) as lms:
        page, frame = open_activity(refusing, lms, person=PHOTOGRAPHER)
        frame.goto(frame.url.split("~")[0] + "~" + frame.url.split("~")[1].split("/")[0] + "/photos")
        before = frame.locator("main img").count()
        frame.locator("input[type=file]").set_input_files(
            {"name": "circle.jpg", "mimeType": "image/jpeg", "buffer": jpeg((640, 480))}
        )
        frame.get_by_role("link", name="Describe this photo").click()
        frame.wait_for_url(re.compile(r"/photos/[0-9a-f-]{36}"))
        picture = frame.locator("main img").first
        expect(picture).to_be_visible()
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
        frame.get_by_label("Caption").fill("A circle of chairs")
        expect(frame.locator("[data-saved]")).to_have_attribute("data-state", "saved")
        frame.goto(frame.url.rsplit("/", 1)[0])
        assert frame.locator("main img").count() == before + 1
        assert page.url.startswith(lms.url)


def framed_by_a_stranger(tab: Page, url: str) -> str:
    """Put an address into a frame of a site that is no LMS, and say what the frame shows."""
    page = Response(f'<iframe src="{url}"></iframe>', content_type="text/html")
    server = make_server("127.0.0.1", free_port(), page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    tab.goto(f"http://evil.localhost:{server.server_port}/")
    for _ in range(100):
        if tab.frames[-1].url:
            break
        tab.wait_for_timeout(50)
    server.shutdown()
    thread.join()
    server.server_close()
    return tab.frames[-1].url


def test_a_copied_address_opens_nothing_elsewhere(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    with stage.behaving(**STORAGE) as lms:
        page, frame = open_activity(refusing, lms)
        tab = refusing.new_page()
        tab.goto(frame.url)
        expect(tab.locator("h1")).to_have_text("This address works only inside your course")
        frame.get_by_role("link", name="Español", exact=True).click()  # the control: here it still works
        expect(frame.locator("html")).to_have_attribute("lang", "es")
        frame.get_by_role("link", name="English", exact=True).click()
        expect(frame.locator("html")).to_have_attribute("lang", "en")
        assert framed_by_a_stranger(tab, frame.url) == frame.url
        told = tab.frame_locator("iframe").locator("h1")  # an error page may stand anywhere
        expect(told).to_have_text("This address works only inside your course")
        page.close()


def test_the_frame_opens_a_tab_that_has_a_cookie(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    with stage.behaving(**STORAGE) as lms:
        _, frame = open_activity(refusing, lms)
        heading = frame.locator("h1").inner_text()
        for _ in range(2):  # a ticket opens one tab; the page has fetched the next
            with refusing.expect_page() as coming:
                frame.locator("form[data-new-tab] button").click()
            tab = coming.value
            expect(tab.locator("h1")).to_have_text(heading)
            assert "~" not in tab.url
            tab.close()
            ticket = frame.locator("form[data-new-tab] input[name=ticket]")
            expect(ticket).not_to_have_value("")


def test_staff_is_sent_to_a_tab_of_its_own(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    with stage.behaving(**STORAGE) as lms:
        _, frame = open_activity(refusing, lms, "/lti/launch", person=DemoPlace.DIRECTOR)
        expect(frame.locator("h1:visible")).to_have_text("Running the program needs a tab of its own")
        assert violations(frame)[0] == []
        assert width_of(frame) <= frame.evaluate("window.innerWidth")
        with refusing.expect_page() as coming:
            frame.locator("main form[data-new-tab] button").click()
        tab = coming.value
        tab.wait_for_url(f"{demo.tool}/l/**")
        expect(tab.locator(".masthead__person")).to_have_text("Imani Whitfield")


AT_LOGIN = (
    (StorageTrick.SILENT, 1),
    (StorageTrick.LATE, 1),
    (StorageTrick.OTHER_MESSAGE, 1),
    (StorageTrick.OTHER_ORIGIN, 1),
    (StorageTrick.ERROR, 1),
    (StorageTrick.OTHER_VALUE, 2),
)


@pytest.mark.parametrize(("trick", "since"), AT_LOGIN, ids=[name for name, _ in AT_LOGIN])
def test_what_the_storage_should_not_say_is_ignored_and_a_tab_goes_on(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path, trick: str, since: int
) -> None:
    """A30, P14: nothing was spent in the frame, so the same login goes on in a tab."""
    habits = {**STORAGE, "storage_trick": trick, "storage_trick_from": since}
    with stage.behaving(**habits) as lms:
        page, frame = open_activity(refusing, lms, "silent=yes")
        assert page.url.startswith(lms.url)
        with refusing.expect_page() as coming:
            frame.locator("main a[target=_blank]").click()
        tab = coming.value
        tab.wait_for_url(f"{demo.tool}/l/**")
        expect(tab.locator("h1")).to_contain_text("13")


AT_LAUNCH = (StorageTrick.SILENT, StorageTrick.LATE, StorageTrick.OTHER_MESSAGE, StorageTrick.OTHER_ORIGIN)


@pytest.mark.parametrize("trick", AT_LAUNCH)
def test_a_storage_that_fails_at_the_launch_uses_nothing_up(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path, trick: str
) -> None:
    before = stored(demo)
    habits = {**STORAGE, "storage_trick": trick, "storage_trick_from": 3}
    with stage.behaving(**habits) as lms:
        _, frame = open_activity(refusing, lms, "/lti/launch")
        expect(frame.locator("h1:visible")).to_have_text("Your course did not answer us")
        assert violations(frame)[0] == []
        frame.get_by_role("button", name="Try again").click()
        expect(frame.locator("h1:visible")).to_have_text("One moment")
        expect(frame.locator("h1:visible")).to_have_text("Your course did not answer us")
    assert stored(demo) == before


def test_the_server_compares_what_the_storage_says(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    before = stored(demo)
    habits = {**STORAGE, "storage_trick": StorageTrick.OTHER_VALUE, "storage_trick_from": 3}
    with stage.behaving(**habits) as lms:
        page = refusing.new_page()
        page.goto(lms.enter(PERSON, DemoPlace.HOME_PATH))
        refused = page.frame_locator("#tool-frame").get_by_text("launch.other-browser")
        expect(refused).to_be_visible(timeout=20_000)
    assert stored(demo) == before


MUTANTS = {
    StorageTrick.OTHER_ORIGIN: {"event.source !== target || event.origin !== origin || ": ""},
    StorageTrick.OTHER_MESSAGE: {" || answer?.message_id !== message_id": ""},
    StorageTrick.LATE: {"const PATIENCE = 3000": "const PATIENCE = 9000"},
    StorageTrick.ERROR: {"answer.error ? null : answer": "answer"},
}


@pytest.mark.parametrize("trick", MUTANTS)
def test_each_check_of_an_answer_is_needed(
    refusing: BrowserContext, demo: RunningDemo, stage: OtherLms, tmp_path: Path, trick: StorageTrick
) -> None:
    """Without its check, what was ignored above lets the browser in."""
    serve_changed(refusing, demo.tool, "storage.js", MUTANTS[trick])
    with stage.behaving(**STORAGE, storage_trick=trick) as lms:
        _, frame = open_activity(refusing, lms)
        assert IN_PATH.search(frame.url)


def masthead(page: Page, tool: str) -> tuple[str, str]:
    frame = tool_frame(page, tool)
    return (
        frame.locator(".masthead__person").inner_text(),
        frame.locator(".masthead__course").inner_text(),
    )


COURSE_4 = "/courses/collaborative-leadership-4/activities/rl-this-week-4"


@pytest.mark.parametrize("cookies", ["allowed", "blocked", "refused"])
def test_people_and_courses_in_one_browser_never_mix(
    playwright: Playwright, demo: RunningDemo, stage: OtherLms, tmp_path: Path, cookies: str
) -> None:
    """P13, A31, D08: two people, two courses, one browser; each tab goes on with its own."""
    with (
        school_browser(playwright, tmp_path / "profile", demo.tool, cookies) as context,  # type: ignore[arg-type] # one of Cookies
        stage.behaving(**STORAGE) as lms,
    ):
        first, _ = open_activity(context, lms)
        second, _ = open_activity(context, lms, person=PHOTOGRAPHER)
        third, _ = open_activity(context, lms, person="henrik-sorensen", path=COURSE_4)
        expected = [masthead(page, demo.tool) for page in (first, second, third)]
        assert len({person for person, _ in expected}) == 3
        assert len({course for _, course in expected}) == 2
        for page in (first, third, second):
            frame = tool_frame(page, demo.tool)
            frame.get_by_role("link", name="Español", exact=True).click()
            expect(frame.locator("html")).to_have_attribute("lang", "es")
            frame.get_by_role("link", name="English", exact=True).click()
            expect(frame.locator("html")).to_have_attribute("lang", "en")
        assert [masthead(page, demo.tool) for page in (first, second, third)] == expected
        one, two = context.new_page(), context.new_page()
        one.goto(lms.enter("henrik-sorensen", COURSE_4), wait_until="commit")
        two.goto(lms.enter("henrik-sorensen", COURSE_4), wait_until="commit")  # both under way at once
        assert masthead(one, demo.tool) == masthead(two, demo.tool) == expected[2]
        assert tool_frame(one, demo.tool).url != tool_frame(two, demo.tool).url


@pytest.mark.parametrize("cookies", ["blocked", "refused"])
def test_photos_tabs_and_print_work_in_a_sandboxed_frame(
    playwright: Playwright, demo: RunningDemo, stage: OtherLms, tmp_path: Path, cookies: str
) -> None:
    with (
        school_browser(playwright, tmp_path / "profile", demo.tool, cookies) as context,  # type: ignore[arg-type] # one of Cookies
        stage.behaving(**STORAGE, frame_sandbox=TIGHT) as lms,
    ):
        context.add_init_script("addEventListener('beforeprint', () => (window.printed = true))")
        page, frame = open_activity(context, lms, person=PHOTOGRAPHER)
        home = re.sub(r"(/l/[^/]+/).*", r"\1", frame.url)
        frame.goto(f"{home}photos")
        with page.expect_file_chooser() as choosing:
            frame.locator("input[type=file]").click()
        choosing.value.set_files({"name": "door.jpg", "mimeType": "image/jpeg", "buffer": jpeg((640, 480))})
        expect(frame.get_by_role("link", name="Describe this photo")).to_be_visible()
        with context.expect_page() as coming:
            frame.locator("form[data-new-tab] button").click()
        expect(coming.value.locator("h1")).to_be_visible()
        coming.value.close()
        frame.evaluate("window.print()")
        assert frame.evaluate("window.printed") is True


LISTEN = """if (window === top) {
  window.told = [];
  addEventListener("message", event => told.push(event.data.subject));
}"""


def frame_height(page: Page) -> float:
    return float(page.locator("#tool-frame").evaluate("frame => frame.getBoundingClientRect().height"))


@pytest.mark.parametrize("cookies", ["blocked", "refused"])
def test_the_frame_grows_scrolls_up_and_asks_before_words_are_lost(
    playwright: Playwright, demo: RunningDemo, stage: OtherLms, tmp_path: Path, cookies: str
) -> None:
    with (
        school_browser(playwright, tmp_path / "profile", demo.tool, cookies) as context,  # type: ignore[arg-type] # one of Cookies
        stage.behaving(**STORAGE) as lms,
    ):
        page, frame = open_activity(context, lms, path=DemoPlace.KEYSTONE_PATH)
        page.wait_for_function(
            "() => document.getElementById('tool-frame').getBoundingClientRect().height > 1000"
        )
        inner = frame.evaluate("document.body.getBoundingClientRect().height")
        assert abs(frame_height(page) - inner) < 12
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("scrollY") > 200
        frame.get_by_role("link", name="Español", exact=True).evaluate("link => link.click()")
        expect(frame.locator("html")).to_have_attribute("lang", "es")
        page.wait_for_function("() => scrollY <= document.getElementById('tool-frame').offsetTop + 1")
        frame.get_by_role("link", name="English", exact=True).evaluate("link => link.click()")
        expect(frame.locator("html")).to_have_attribute("lang", "en")
        context.set_offline(True)
        field = frame.locator("textarea:visible, input[type=text]:visible").first
        field.click()
        field.press_sequentially(" more")
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.wait_for_timeout(300)  # the message travels between two pages; nothing tells when it has come
        page.close(run_before_unload=True)
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        context.set_offline(False)
        expect(frame.locator("[data-saved]").first).to_have_attribute("data-state", "saved")
        page.close()


def test_an_lms_that_answers_nothing_is_told_nothing(
    playwright: Playwright, demo: RunningDemo, stage: OtherLms, tmp_path: Path
) -> None:
    """Moodle: no capabilities, so no resize, and no error either."""
    with (
        school_browser(playwright, tmp_path / "profile", demo.tool, "blocked") as context,
        stage.behaving(messages=()) as lms,
    ):
        context.add_init_script(LISTEN)
        page, frame = open_activity(context, lms, path=DemoPlace.KEYSTONE_PATH)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        height = frame_height(page)
        frame.get_by_role("link", name="Español", exact=True).click()
        expect(frame.locator("html")).to_have_attribute("lang", "es")
        frame.get_by_role("link", name="English", exact=True).click()
        expect(frame.locator("html")).to_have_attribute("lang", "en")
        assert set(page.evaluate("window.told")) == {"lti.capabilities"}
        assert frame_height(page) == height
        assert faults == []
