"""The steps of the walk through a real Moodle: each does one thing, and says what was seen."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import moodle_courses as courses
import moodle_site as sites
import moodle_tools as tools
import program_people as people
from moodle_courses import CourseLink, MoodleCourse
from moodle_site import MoodlePerson, MoodleSite, tool_frame
from own_tool import ORGANISATION, OwnTool
from playwright.sync_api import Playwright
from support.chromium import Cookies, preferences, profile
from walk_report import Report

TITLE = "Leading from the inside"
KEYSTONE = "Your keystone"
STEPS_OF_PROGRAM = 13
GRADE_WITHIN = 40.0  # seconds
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@dataclass(frozen=True)
class Cast:
    """The people of the course, and whoever runs the Moodle."""

    admin: MoodlePerson
    teacher: MoodlePerson
    coach: MoodlePerson  # Moodle's non-editing teacher
    student: MoodlePerson
    other: MoodlePerson  # a student who never opens the tool

    @property
    def enrolled(self) -> list[MoodlePerson]:
        return [self.teacher, self.coach, self.student, self.other]


@dataclass
class Walk:
    """What the steps share."""

    playwright: Playwright
    site: MoodleSite
    tool: OwnTool
    cast: Cast
    stamp: str  # makes the names of this run its own
    report: Report
    tool_type: int = 0
    course: MoodleCourse | None = None
    links: list[CourseLink] = field(default_factory=list)
    put_back: list[Callable[[], None]] = field(default_factory=list)

    @property
    def place(self) -> MoodleCourse:
        assert self.course is not None, "no course was made"
        return self.course

    @property
    def claims(self) -> dict[str, Any]:
        """Give the claims of the last launch."""
        return self.site.launches[-1]

    def link(self, title: str) -> CourseLink:
        return next(one for one in self.links if one.title == title)


def let_moodle_reach_us(walk: Walk) -> str:
    """An administrator lets Moodle's server fetch from this machine"""
    walk.put_back.append(sites.allow_loopback(walk.site, walk.tool.port))
    return "HTTP security: loopback taken from the blocked hosts, our port added; put back at the end"


def make_course_and_people(walk: Walk) -> str:
    """A course is made, four people are uploaded and enrolled"""
    short = f"LEAD-{walk.stamp}"
    number = sites.make_course(walk.site, f"{TITLE} {walk.stamp}", short)
    said = sites.upload_people(walk.site, walk.cast.enrolled, short)
    assert (said[:17], said[-9:]) == ("Users created: 4 ", "Errors: 0"), said
    walk.course = MoodleCourse(walk.site, number, 0, walk.tool.url)
    return f"{said}; roles editingteacher, teacher (non-editing), two students"


def register_by_invitation(walk: Walk) -> str:
    """The tool is registered by an invitation link"""
    link = walk.tool.operate(
        "platforms", "invite", "--organisation", ORGANISATION, "--name", "Practice Moodle"
    )
    page, frame = tools.open_registration(walk.site, link["link"], walk.tool.url)
    walk.report.photograph(page, "register")
    said = tools.register_in(page, frame, walk.tool.url)
    assert said == "Practice Moodle is registered", said
    tools.back_to_moodle(page, frame)
    return f"“{said}”; Moodle closed our frame when told so"


def activate_the_tool(walk: Walk) -> str:
    """The administrator activates the tool and shows it to teachers"""
    page = walk.site.as_admin(tools.MANAGE)
    page.get_by_text("Activate", exact=True).first.scroll_into_view_if_needed()
    walk.report.photograph(page, "activate")
    walk.tool_type = tools.activate(walk.site)
    walk.course = MoodleCourse(walk.site, walk.place.number, walk.tool_type, walk.tool.url)
    held = tools.read_settings(walk.site, walk.tool_type)
    assert held.deep_linking
    assert (held.names, held.emails) == ("Always", "Always")
    assert held.key_set == f"{walk.tool.url}/lti/jwks.json"
    page = tools.show_in_chooser(walk.site, walk.tool_type)
    page.locator("[name=lti_coursevisible]").scroll_into_view_if_needed()
    walk.report.photograph(page, "settings")
    tools.save_settings(page)
    assert held.icon.startswith(walk.tool.url), held.icon
    said = f"name, description, picture and services are filled in (“{held.grades}”)"
    return f"{said}; it came as “{held.usage}”"


def wait_for_approval(walk: Walk) -> str:
    """Before the operator lets the platform in, nothing opens"""
    page = courses.open_chooser(walk.place, walk.cast.teacher)
    walk.report.photograph(page, "chooser")
    frame = courses.choose_tool(page, walk.place, "/lti/")
    said = frame.locator("main").inner_text()
    assert "platform.pending" in said, said
    return f"“{people.heading(frame)}”, platform.pending"


def approve(walk: Walk) -> str:
    """The operator lets the platform in"""
    (platform,) = walk.tool.operate("platforms", "list", "--organisation", ORGANISATION)["platforms"]
    assert platform["status"] == "pending"
    walk.tool.operate("platforms", "approve", "--organisation", ORGANISATION, platform["name"])
    known = [one["deployment_id"] for one in platform["deployments"]]
    return f"issuer {platform['issuer']}; deployment {', '.join(known)}, known from the registration"


def link_thirteen_weeks(walk: Walk) -> str:
    """A teacher adds the thirteen weeks by deep linking"""
    page = courses.open_chooser(walk.place, walk.cast.teacher)
    frame = courses.choose_tool(page, walk.place)
    walk.report.photograph(page, "deep-link")
    announced = courses.add_all_steps(page, frame)
    walk.report.photograph(page, "announced")
    assert len(announced) == STEPS_OF_PROGRAM, announced
    courses.save_all_steps(page)
    walk.links = walk.place.links(walk.cast.teacher)
    assert [one.title for one in walk.links] == announced
    walk.report.photograph(page, "course")
    return f"{len(announced)} activities in the course, in their order"


def link_the_keystone(walk: Walk) -> str:
    """A teacher adds the keystone with its column"""
    page = courses.open_chooser(walk.place, walk.cast.teacher)
    filled = courses.add_one(page, courses.choose_tool(page, walk.place), KEYSTONE)
    assert filled["lineitemresourceid"] == "keystone", filled
    assert filled["grade[modgrade_point]"] == str(people.POINTS), filled
    walk.links = walk.place.links(walk.cast.teacher)
    return f"Moodle took title, custom parameters, {people.POINTS} points, resource id and review address"


def launch_in_every_role(walk: Walk) -> str:
    """Student, teacher, non-editing teacher and administrator open an activity"""
    seen = []
    for role in ("student", "teacher", "coach", "admin"):
        frame = walk.place.launch(getattr(walk.cast, role), walk.links[0])
        given = [one.rpartition("/")[2] for one in walk.claims[f"{LTI}roles"]]
        seen.append(f"{role} ({', '.join(given)}): “{people.heading(frame)}”")
    return "; ".join(seen)


def start_the_program(walk: Walk) -> str:
    """The teacher becomes director, starts the program and connects the course"""
    link = walk.tool.operate("invite", "director", "--organisation", ORGANISATION)
    frame = walk.place.launch(walk.cast.teacher, walk.links[0])
    people.use_invitation(frame, link["link"])
    people.start_offering(frame, datetime.now(UTC).date())
    people.connect_course(frame, TITLE)
    return "a run in its thirteenth week, one cohort, the course connected"


def read_the_roster(walk: Walk) -> str:
    """The course's list of people is read"""
    frame = _offering(walk)
    said = people.read_roster(frame)
    waiting = sorted(people.unplaced(frame))
    assert waiting == sorted([walk.cast.student.name, walk.cast.other.name]), waiting
    return f"“{said}”; {' and '.join(waiting)} wait for a cohort, the non-editing teacher does not"


def keep_the_coach(walk: Walk) -> str:
    """A non-editing teacher is made coach and stays it after a roster that calls them a learner"""
    frame = _offering(walk)
    people.make_coach(frame, walk.cast.coach.name)
    people.place(frame, walk.cast.student.name)
    people.read_roster(frame)
    assert frame.get_by_text(f"Coached by {walk.cast.coach.name}").is_visible()
    board = walk.place.launch(walk.cast.coach, walk.links[0])
    assert people.heading(board) == people.COHORT
    return f"the board of {people.COHORT} opens, before and after the list was read again"


def open_every_week(walk: Walk) -> str:
    """Each of the thirteen links opens its own week"""
    for number, link in enumerate(walk.links[:STEPS_OF_PROGRAM], 1):
        frame = walk.place.launch(walk.cast.student, link)
        assert frame.url.endswith(f"/weeks/{number}"), (link, frame.url)
        assert link.title in people.heading(frame), people.heading(frame)
    walk.report.photograph(walk.site.page(walk.cast.student), "activity")
    return "weeks 1 to 13, each under its own title"


def send_and_score(walk: Walk) -> str:
    """A student sends a keystone, the coach scores it"""
    frame = walk.place.launch(walk.cast.student, walk.link(KEYSTONE))
    people.send_log(frame)
    said = people.send_keystone(frame)
    board = walk.place.launch(walk.cast.coach, walk.links[0])
    people.score_keystone(board, walk.cast.student.name)
    walk.report.photograph(walk.site.page(walk.cast.coach), "scored")
    return f"“{said}”; {people.GIVEN} of {people.POINTS} points, locked"


def see_the_grade(walk: Walk) -> str:
    """The score stands in Moodle's gradebook"""
    deadline = time.monotonic() + GRADE_WITHIN
    while True:
        page = courses.open_gradebook(walk.place, walk.cast.coach)
        shown = courses.grade_of(page, walk.cast.student)
        if shown == f"{people.GIVEN}.00":
            break
        assert time.monotonic() < deadline, f"the grader report shows {shown!r}"
        page.wait_for_timeout(1000)
    walk.report.photograph(page, "gradebook")
    return f"{shown} in the column that the deep link made"


def review_from_the_gradebook(walk: Walk) -> str:
    """The coach opens the work from the grade"""
    page = courses.open_gradebook(walk.place, walk.cast.coach)
    frame = courses.open_analysis(page, walk.cast.student, walk.tool.url)
    assert walk.claims[f"{LTI}message_type"] == "LtiSubmissionReviewRequest"
    assert people.heading(frame) == walk.cast.student.name
    walk.report.photograph(page, "review")
    return f"“Grade analysis” sends LtiSubmissionReviewRequest; the page of {people.heading(frame)} opens"


def launch_with_cookies(walk: Walk, cookies: Cookies) -> str:
    """Open an activity and save a form, in a profile that treats cookies in frames in one way."""
    settings = preferences(cookies, walk.tool.url, walk.site.url)
    with (
        tempfile.TemporaryDirectory() as folder,
        profile(walk.playwright, Path(folder) / "profile", settings, viewport=sites.DESK) as context,
    ):
        page = walk.site.sign_in(context, walk.cast.other)
        frame = walk.place.launch_in(page, walk.links[0], "/l")
        if "/lti/login/check" not in frame.url:
            frame.goto(f"{people.visit_of(frame)}/activities/practice_1")
            frame.locator("main form textarea").first.fill(people.WORDS)
            people.press(frame, "Save for later")
            held = sorted({one["name"] for one in context.cookies(walk.tool.url)})
            return f"a form was saved in the frame; our cookies: {', '.join(held) or 'none'}"
        with context.expect_page() as coming:
            frame.locator("main a[target=_blank]").click()
        tab = tool_frame(coming.value, walk.tool.url)
        return f"no cookie came back: our page offered a tab of its own, which shows “{people.heading(tab)}”"


def allow_cookies(walk: Walk) -> str:
    """Third-party cookies allowed"""
    return launch_with_cookies(walk, "allowed")


def block_cookies(walk: Walk) -> str:
    """Third-party cookies blocked"""
    return launch_with_cookies(walk, "blocked")


def refuse_cookies(walk: Walk) -> str:
    """Every cookie of the tool refused inside Moodle"""
    return launch_with_cookies(walk, "refused")


def keep_names_back(walk: Walk) -> str:
    """The administrator stops sharing names and e-mail addresses"""
    tools.share_names(walk.site, walk.tool_type, share=False)
    frame = walk.place.launch(walk.cast.student, walk.links[0])
    missing = [name for name in ("name", "given_name", "family_name", "email") if name not in walk.claims]
    assert len(missing) == 4, walk.claims
    shown = people.heading(frame)
    tools.share_names(walk.site, walk.tool_type, share=True)
    return f"the launch carries none of {', '.join(missing)}; “{shown}” opens all the same"


def rotate_our_keys(walk: Walk) -> str:
    """Our signing key is rotated"""
    announced = walk.tool.operate("keys", "rotate")["kid"]
    people.read_roster(_offering(walk))
    used = walk.tool.rotate_keys_at_once()
    said = people.read_roster(_offering(walk))
    published = walk.site.page(walk.cast.admin).request.get(f"{walk.tool.url}/lti/jwks.json").json()["keys"]
    assert {announced, used} <= {one["kid"] for one in published}
    return f"{len(published)} keys published; the roster was read under the old and the new one: “{said}”"


def register_again(walk: Walk) -> str:
    """The tool is registered again, with “Update”"""
    before = tools.read_settings(walk.site, walk.tool_type)
    link = walk.tool.operate(
        "platforms", "invite", "--organisation", ORGANISATION, "--name", "Practice Moodle"
    )
    page, frame = tools.open_renewal(walk.site, link["link"], walk.tool.url)
    said = tools.register_in(page, frame, walk.tool.url)
    assert said == "Practice Moodle is registered already", said
    tools.back_to_moodle(page, frame)
    after = tools.read_settings(walk.site, walk.tool_type)
    assert after.client_id == before.client_id
    tools.save_settings(tools.show_in_chooser(walk.site, walk.tool_type))
    walk.place.launch(walk.cast.student, walk.links[0])
    return f"“{said}”; same client id; Moodle went from “{before.usage}” to “{after.usage}”; launches go on"


def copy_the_course(walk: Walk) -> str:
    """The course is backed up without its people and restored as a new one"""
    copy = courses.copy_course(walk.place)
    copied = copy.links(walk.cast.admin)
    assert [one.title for one in copied] == [one.title for one in walk.links]
    frame = copy.launch(walk.cast.admin, copied[0])
    walk.report.photograph(walk.site.page(walk.cast.admin), "copy")
    assert walk.cast.student.name not in frame.locator("body").inner_text()
    history = walk.claims[f"{LTI}custom"]["context_history"]
    assert history == str(walk.place.number), history
    shown = people.heading(frame)
    return f"{len(copied)} links copied; history {history!r} arrives; “{shown}”, no learner of the old course"


def _offering(walk: Walk) -> Any:
    frame = walk.place.launch(walk.cast.teacher, walk.links[0])
    people.open_offering(frame)
    return frame


NEEDED = 8  # the steps that all others rest upon
STEPS: tuple[Callable[[Walk], str], ...] = (
    let_moodle_reach_us,
    make_course_and_people,
    register_by_invitation,
    activate_the_tool,
    wait_for_approval,
    approve,
    link_thirteen_weeks,
    link_the_keystone,
    launch_in_every_role,
    start_the_program,
    read_the_roster,
    keep_the_coach,
    open_every_week,
    send_and_score,
    see_the_grade,
    review_from_the_gradebook,
    allow_cookies,
    block_cookies,
    refuse_cookies,
    keep_names_back,
    rotate_our_keys,
    register_again,
    copy_the_course,
)
