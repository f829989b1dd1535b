"""A Moodle as people see it in a browser: signing in, and what an administrator sets up before a course."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request
from support.chromium import CALM

DESK = {"width": 1280, "height": 900}
PATIENCE = 45_000  # milliseconds: a fresh Moodle fills its caches while it answers
TRIES = 4
LOOPBACK = ("127.0.0.0/8", "localhost", "0000::1")
READY = "window.M?.util?.complete_js && window.M.util.pending_js.length === 0"


@dataclass(frozen=True)
class MoodlePerson:
    """Somebody with an account."""

    username: str
    password: str
    given_name: str
    family_name: str
    role: str  # Moodle's short name of the role in the course; empty for the administrator

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass
class MoodleSite:
    """One Moodle and the browser windows that are open on it."""

    url: str
    browser: Browser
    admin: MoodlePerson
    pages: dict[str, Page] = field(default_factory=dict)
    launches: list[dict[str, Any]] = field(default_factory=list)  # the claims of every launch so far

    def page(self, person: MoodlePerson) -> Page:
        """Give somebody's window, signed in."""
        if person.username not in self.pages:
            context = self.browser.new_context(viewport=DESK, **CALM)  # type: ignore[arg-type] # Playwright's own value
            self.pages[person.username] = self.sign_in(context, person)
        return self.pages[person.username]

    def sign_in(self, context: BrowserContext, person: MoodlePerson) -> Page:
        """Open a window and sign in with name and password."""
        context.on("request", self._note_launch)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_locator_handler(  # guided tours; one may open behind the dialog that we work in
            page.locator("[data-role=end]").first, lambda end: end.dispatch_event("click")
        )
        for _try in range(TRIES):  # Moodle now and then forgets the token of its own sign-in form
            self.open(page, "/login/index.php")
            page.fill("#username", person.username)
            page.fill("#password", person.password)
            with page.expect_navigation():
                page.click("#loginbtn")
            if "/login/" not in page.url:
                return page
        raise AssertionError(f"{person.username} cannot sign in")

    def open(self, page: Page, path: str) -> None:
        """Go to a page of Moodle and wait until its scripts have done their work."""
        page.goto(f"{self.url}{path}")
        settle(page)

    def as_admin(self, path: str) -> Page:
        page = self.page(self.admin)
        self.open(page, path)
        return page

    def _note_launch(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/lti/launch"):
            token = parse_qs(request.post_data or "").get("id_token", [""])[0]
            if token:
                middle = token.split(".")[1]
                self.launches.append(json.loads(base64.urlsafe_b64decode(middle + "==")))


def settle(page: Page) -> None:
    """Wait until a page of Moodle says that none of its scripts is at work."""
    page.wait_for_load_state()
    page.wait_for_function(READY)


def release_of(site: MoodleSite) -> str:
    """Read which Moodle this is, as it tells its administrator."""
    said = site.page(site.admin).request.get(f"{site.url}/mod/lti/openid-configuration.php").json()
    configuration = said["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    return str(configuration["version"])


_SECURITY = ("s__curlsecurityblockedhosts", "s__curlsecurityallowedport")


def allow_loopback(site: MoodleSite, port: int) -> Callable[[], None]:
    """Let Moodle's server fetch from this machine, which it refuses by default; gives the way back."""
    page = site.as_admin("/admin/settings.php?section=httpsecurity")
    before = {name: page.locator(f"[name={name}]").input_value() for name in _SECURITY}
    hosts, ports = (before[name].split() for name in _SECURITY)
    _save_security(
        page, {_SECURITY[0]: [one for one in hosts if one not in LOOPBACK], _SECURITY[1]: [*ports, str(port)]}
    )

    def put_back() -> None:
        again = site.as_admin("/admin/settings.php?section=httpsecurity")
        _save_security(again, {name: value.split() for name, value in before.items()})

    return put_back


def _save_security(page: Page, lines: dict[str, list[str]]) -> None:
    for name, values in lines.items():
        page.fill(f"[name={name}]", "\n".join(values))
    page.get_by_role("button", name="Save changes").click()
    settle(page)


def make_course(site: MoodleSite, full_name: str, short_name: str) -> int:
    """Make an empty course and give its number."""
    page = site.as_admin("/course/edit.php?category=1")
    page.fill("#id_fullname", full_name)
    page.fill("#id_shortname", short_name)
    page.click("#id_saveanddisplay")
    page.wait_for_url("**/course/view.php?id=*")
    return number_in(page.url)


def upload_people(site: MoodleSite, people: list[MoodlePerson], course: str) -> str:
    """Upload a list of people who are enrolled at once; gives what Moodle says came of it."""
    lines = ["username,password,firstname,lastname,email,course1,role1"]
    lines += [
        f"{one.username},{one.password},{one.given_name},{one.family_name},{one.username}@example.org,"
        f"{course},{one.role}"
        for one in people
    ]
    page = site.as_admin("/admin/tool/uploaduser/index.php")
    give_file(page, {"name": "people.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()})
    for _page in ("upload", "preview"):
        page.click("#id_submitbutton")
        settle(page)
    return " ".join(page.get_by_text("Users created:").inner_text().split())


def give_file(page: Page, file: Any) -> None:
    """Put a file into the only file field of a form, through Moodle's file picker."""
    page.get_by_role("button", name="Choose a file...").click()
    picker = page.locator(".filepicker:visible").first
    picker.get_by_text("Upload a file", exact=True).click()
    picker.locator("input[name=repo_upload_file]").set_input_files(file)
    picker.get_by_role("button", name="Upload this file").click()
    page.locator(".filepicker-filename a").wait_for()


def number_in(url: str, name: str = "id") -> int:
    """Give a number that an address carries."""
    return int(parse_qs(urlsplit(url).query)[name][0])


def tool_frame(page: Page, tool: str, path: str = "/l/") -> Frame:
    """Give our tool's frame in a page of Moodle once it shows a page."""
    for _ in range(PATIENCE // 50):
        for frame in page.frames:
            if frame.url.startswith(tool + path):
                frame.locator("h1").first.wait_for()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError(f"the tool did not come up in {page.url}: {[frame.url for frame in page.frames]}")
