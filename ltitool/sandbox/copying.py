"""Copying a course: its links and their columns under new ids, its teacher, and nobody else.

Custom fields are copied as they stand, as real platforms do: a link that says week 3 still says so.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

from ltitool.sandbox.directory import activities_of, origins_of
from ltitool.sandbox.lineitems import INSERT_LINE_ITEM, course_line_items
from ltitool.sandbox.vocabulary import Role

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.directory import Participation
    from ltitool.sandbox.seed import Course


def copy_course(connection: sqlite3.Connection, part: Participation, title: str) -> Course:
    """Copy a course for the person who teaches it, and give the copy."""
    mark = secrets.token_hex(4)
    copy = replace(part.course, id=f"{part.course.id}-copy-{mark}", title=title)
    connection.execute(
        "INSERT INTO courses (course_id, label, title, term) VALUES (?, ?, ?, ?)", astuple(copy)
    )
    origins = (part.course.id, *origins_of(connection, part.course.id))
    connection.executemany(
        "INSERT INTO course_origins VALUES (?, ?, ?)",
        [(copy.id, origin, place) for place, origin in enumerate(origins)],
    )
    connection.execute(
        "INSERT INTO enrolments (course_id, person_key, role, position) VALUES (?, ?, ?, 0)",
        (copy.id, part.person.key, Role.TEACHER.value),
    )
    _copy_links(connection, part.course.id, copy.id, mark)
    return copy


def _copy_links(connection: sqlite3.Connection, from_id: str, to_id: str, mark: str) -> None:
    for place, one in enumerate(activities_of(connection, from_id)):
        connection.execute(
            "INSERT INTO activities (activity_id, course_id, title, description, custom, position)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (f"{one.id}-{mark}", to_id, one.title, one.description, json.dumps(dict(one.custom)), place),
        )
    for item in course_line_items(connection, from_id):
        activity_id = f"{item.activity_id}-{mark}" if item.activity_id else None
        copied = replace(item, id=f"{item.id}-{mark}", course_id=to_id, activity_id=activity_id)
        connection.execute(INSERT_LINE_ITEM, astuple(copied))
