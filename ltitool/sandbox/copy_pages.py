"""The button that copies a course, and the notice that goes out after it."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from ltitool.sandbox.copying import copy_course
from ltitool.sandbox.directory import participation
from ltitool.sandbox.errors import NotSignedInError
from ltitool.sandbox.linking import check_teaches
from ltitool.sandbox.notices import tell_of_copy
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.visitor import current_locale, current_person
from ltitool.sandbox.words import say

copy_pages = Blueprint("copy_pages", __name__, url_prefix="/courses/<course_id>")


@copy_pages.post("/copy")
def copy(course_id: str) -> ResponseReturnValue:
    """Copy a course, tell the tool, and go there."""
    platform, person = current_platform(), current_person()
    if person is None:
        raise NotSignedInError
    with platform.store.writing() as connection:
        part = participation(connection, person, course_id)
        check_teaches(part)
        made = copy_course(connection, part, say(current_locale(), "copy-title", title=part.course.title))
    tell_of_copy(platform, made, course_id)
    return redirect(url_for("pages.show_course", course_id=made.id), 303)
