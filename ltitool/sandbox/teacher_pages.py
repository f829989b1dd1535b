"""What only a teacher may do: see every posted score, grade by hand, delete a column, let people go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from ltitool.sandbox import directory, lineitems
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.absences import set_absence
from ltitool.sandbox.errors import NotSignedInError, PageRefusal, ServiceRefusal
from ltitool.sandbox.events import BY_TEACHER, course_events, note_event
from ltitool.sandbox.gradebook import read_grid
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.scores import Score, write_score
from ltitool.sandbox.visitor import current_person

if TYPE_CHECKING:
    import sqlite3

    from flask.typing import ResponseReturnValue

    from ltitool.sandbox.directory import Participation
    from ltitool.sandbox.seed import LineItem

teacher_pages = Blueprint("teacher_pages", __name__, url_prefix="/courses/<course_id>")


@teacher_pages.get("/gradebook/events")
def show_events(course_id: str) -> ResponseReturnValue:
    with current_platform().store.reading() as connection:
        part = _teaching(connection, course_id)
        events = course_events(connection, course_id)
        grid = read_grid(connection, part)
    return render_template("events.html", part=part, events=events, grid=grid)


@teacher_pages.post("/gradebook/grades")
def grade_by_hand(course_id: str) -> ResponseReturnValue:
    """Store a teacher's own grade: newer than whatever a tool has sent, and not the tool's to undo."""
    platform = current_platform()
    with platform.store.writing() as connection:
        _teaching(connection, course_id)
        item = _column(connection, course_id, request.form.get("line_item", ""))
        person = directory.find_person(connection, request.form.get("person", ""))
        if person is None:
            raise PageRefusal(404, "no-such-person")
        now = platform.now()
        points = _points(request.form.get("points", ""))
        score = Score(person.sub, points, item.score_maximum, None, "Completed", words.FULLY_GRADED, now)
        write_score(connection, item, person.key, score, now)
        note_event(connection, item, score, now, BY_TEACHER, attempt=False)
    return redirect(url_for("teacher_pages.show_events", course_id=course_id), 303)


@teacher_pages.post("/gradebook/columns/<line_item_id>/delete")
def delete_column(course_id: str, line_item_id: str) -> ResponseReturnValue:
    """Delete a column with its grades, whoever made it."""
    with current_platform().store.writing() as connection:
        _teaching(connection, course_id)
        lineitems.remove_line_item(connection, _column(connection, course_id, line_item_id).id)
    return redirect(url_for("teacher_pages.show_events", course_id=course_id), 303)


@teacher_pages.post("/people/<person_key>/absence")
def set_presence(course_id: str, person_key: str) -> ResponseReturnValue:
    """Make a person inactive, remove them, or have them back."""
    with current_platform().store.writing() as connection:
        _teaching(connection, course_id)
        set_absence(connection, course_id, person_key, request.form.get("kind", ""))
    return redirect(url_for("pages.show_people", course_id=course_id), 303)


def _teaching(connection: sqlite3.Connection, course_id: str) -> Participation:
    person = current_person()
    if person is None:
        raise NotSignedInError
    part = directory.participation(connection, person, course_id)
    if not part.teaches:
        raise PageRefusal(403, "teachers-only")
    return part


def _column(connection: sqlite3.Connection, course_id: str, line_item_id: str) -> LineItem:
    try:
        return lineitems.find_line_item(connection, course_id, line_item_id)
    except ServiceRefusal as refusal:
        raise PageRefusal(404, "no-such-column") from refusal


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise PageRefusal(400, "no-number")
    return points
