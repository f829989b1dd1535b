"""Pages that add a tool's links to a course: the tool's own choice in a frame, and what came of it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ltitool.sandbox import directory
from ltitool.sandbox.errors import NotSignedInError
from ltitool.sandbox.launching import Start, login_fields
from ltitool.sandbox.linking import check_teaches, take_answer
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.visitor import current_person

link_pages = Blueprint("link_pages", __name__, url_prefix="/courses/<course_id>/links")


@link_pages.get("/new")
def choose_links(course_id: str) -> ResponseReturnValue:
    return render_template("choose_links.html", part=_teacher(course_id))


@link_pages.get("/start")
def start(course_id: str) -> ResponseReturnValue:
    """Begin a deep linking launch in the frame."""
    platform, part = current_platform(), _teacher(course_id)
    wanted = Start(part.person, course_id, "", "iframe", platform.now())
    fields = login_fields(wanted, platform.config, platform.keys)
    return render_template(
        "forward.html", action=platform.config.tool.login_url, fields=fields, title=part.course.title
    )


@link_pages.post("/return")
def take_links(course_id: str) -> ResponseReturnValue:
    """Take the tool's answer; it comes from another site, without our cookie, and proves itself."""
    added = take_answer(current_platform(), course_id, request.form.get("JWT", ""))
    return render_template("links_added.html", added=added, course_id=course_id)


def _teacher(course_id: str) -> directory.Participation:
    person = current_person()
    if person is None:
        raise NotSignedInError
    with current_platform().store.reading() as connection:
        part = directory.participation(connection, person, course_id)
    check_teaches(part)
    return part
