"""The pages of the LMS: choose a person, courses, activities, gradebook, people, and the launch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ltitool.sandbox import directory
from ltitool.sandbox.absences import KINDS, absences_of
from ltitool.sandbox.errors import NotSignedInError, PageRefusal
from ltitool.sandbox.framing import tool_frame
from ltitool.sandbox.gradebook import read_grid
from ltitool.sandbox.launching import Start, login_fields
from ltitool.sandbox.lineitems import course_line_items
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.sessions import COOKIE_NAME, end_session, start_session
from ltitool.sandbox.visitor import LANGUAGE_COOKIE, current_person
from ltitool.sandbox.words import LOCALES

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ltitool.sandbox.hints import DocumentTarget
    from ltitool.sandbox.seed import Person

pages = Blueprint("pages", __name__)

_PAGE_DIGITS: Final = 7
_A_YEAR: Final = 31_536_000


@pages.get("/")
def choose_person() -> ResponseReturnValue:
    platform = current_platform()
    with platform.store.reading() as connection:
        groups = directory.courses_with_members(connection)
        administrators = directory.administrators(connection)
    to = _own_path(request.args.get("to", "/courses"))
    return render_template("choose_person.html", groups=groups, administrators=administrators, to=to)


@pages.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    return _signed_in_as(request.form.get("person", ""), _own_path(request.form.get("to", "/courses")))


@pages.get("/enter/<person_key>")
def enter(person_key: str) -> ResponseReturnValue:
    """Sign in by a link: how the demo hands out its three persons. There is nothing here to protect."""
    return _signed_in_as(person_key, _own_path(request.args.get("to", "/courses")))


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who is signed in."""
    with current_platform().store.writing() as connection:
        end_session(connection, request.cookies.get(COOKIE_NAME, ""))
    answer = redirect(url_for("pages.choose_person"), 303)
    answer.delete_cookie(COOKIE_NAME)
    return answer


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    language = request.form.get("language", "")
    if language not in LOCALES:
        raise PageRefusal(400, "no-such-language")
    answer = redirect(_own_path(request.form.get("to", "/")), 303)
    _set_cookie(answer, LANGUAGE_COOKIE, language, max_age=_A_YEAR)
    return answer


@pages.get("/courses")
def list_courses() -> ResponseReturnValue:
    person = _person()
    with current_platform().store.reading() as connection:
        seen = directory.courses_of(connection, person)
    return render_template("courses.html", participations=seen)


@pages.get("/courses/<course_id>")
def show_course(course_id: str) -> ResponseReturnValue:
    with current_platform().store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        activities = directory.activities_of(connection, course_id)
        columns = {item.activity_id: item for item in course_line_items(connection, course_id)}
    return render_template("course.html", part=part, activities=activities, columns=columns)


@pages.get("/courses/<course_id>/people")
def show_people(course_id: str) -> ResponseReturnValue:
    with current_platform().store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        page = _page()
        offset = page * directory.SHOWN
        members = directory.members_of(connection, course_id, limit=directory.SHOWN, offset=offset)
        more = directory.count_members(connection, course_id) > offset + directory.SHOWN
        absences = absences_of(connection, course_id)
    return render_template(
        "people.html", part=part, members=members, absences=absences, page=page, more=more, kinds=KINDS
    )


@pages.get("/courses/<course_id>/gradebook")
def show_gradebook(course_id: str) -> ResponseReturnValue:
    with current_platform().store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        page = _page()
        grid = read_grid(connection, part, current_platform().config.manners, page)
        more = directory.count_members(connection, course_id) > (page + 1) * directory.SHOWN
    return render_template("gradebook.html", part=part, grid=grid, page=page, more=more and part.teaches)


@pages.get("/courses/<course_id>/activities/<activity_id>")
def show_activity(course_id: str, activity_id: str) -> ResponseReturnValue:
    platform = current_platform()
    with platform.store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        activity = directory.find_activity(connection, course_id, activity_id)
    return render_template("activity.html", part=part, activity=activity, frame=tool_frame(platform))


@pages.get("/courses/<course_id>/activities/<activity_id>/launch")
def launch(course_id: str, activity_id: str) -> ResponseReturnValue:
    """Begin a launch: a page, in the frame or in a tab, that posts the login to the tool."""
    platform = current_platform()
    with platform.store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        activity = directory.find_activity(connection, course_id, activity_id)
    start = Start(part.person, course_id, activity.id, _shown_in(), platform.now())
    fields = login_fields(start, platform.config, platform.keys)
    action = platform.config.tool.login_url
    return render_template("forward.html", action=action, fields=fields, title=activity.title)


@pages.get("/courses/<course_id>/activities/<activity_id>/review/<person_key>")
def review(course_id: str, activity_id: str, person_key: str) -> ResponseReturnValue:
    """Begin a submission review: a teacher opens one learner's work, a learner their own."""
    platform = current_platform()
    with platform.store.reading() as connection:
        part = directory.participation(connection, _person(), course_id)
        activity = directory.find_activity(connection, course_id, activity_id)
        members = [one for one, _ in directory.members_of(connection, course_id) if one.key == person_key]
    if not members or not (part.teaches or part.person.key == person_key):
        raise PageRefusal(404, "no-such-person")
    start = Start(part.person, course_id, activity.id, "window", platform.now(), members[0].sub)
    fields = login_fields(start, platform.config, platform.keys)
    action = platform.config.tool.login_url
    return render_template("forward.html", action=action, fields=fields, title=activity.title)


def _page() -> int:
    page = request.args.get("page", "0")
    return int(page) if page.isascii() and page.isdigit() and len(page) < _PAGE_DIGITS else 0


def _shown_in() -> DocumentTarget:
    return "window" if request.args.get("in") == "window" else "iframe"


@pages.app_errorhandler(NotSignedInError)
def ask_who(_error: NotSignedInError) -> ResponseReturnValue:
    """Send a stranger to choose a person, and back to where they wanted to go."""
    return redirect(url_for("pages.choose_person", to=request.full_path.rstrip("?")))


def _person() -> Person:
    person = current_person()
    if person is None:
        raise NotSignedInError
    return person


def _signed_in_as(key: str, to: str) -> ResponseReturnValue:
    platform = current_platform()
    with platform.store.writing() as connection:
        person = directory.find_person(connection, key)
        if person is None:
            raise PageRefusal(404, "no-such-person")
        value = start_session(connection, person, platform.now())
    answer = redirect(to, 303)
    _set_cookie(answer, COOKIE_NAME, value)
    return answer


def _own_path(path: str) -> str:
    """Keep a redirect inside this LMS: browsers read // and backslashes as the start of another host."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        raise PageRefusal(400, "foreign-path")
    return path


def _set_cookie(answer: Response, name: str, value: str, max_age: int | None = None) -> None:
    secure = current_platform().endpoints.base.startswith("https:")
    answer.set_cookie(name, value, max_age=max_age, httponly=True, samesite="Lax", secure=secure)
