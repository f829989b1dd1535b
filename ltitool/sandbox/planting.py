"""Write a seed into the database: people, courses and links come up to date, the gradebook is left alone."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.lineitems import INSERT_LINE_ITEM

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.seed import Seed

_PERSON: Final = """
    INSERT INTO people
        (person_key, sub, given_name, family_name, email, position, school, locale, administrator)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (person_key) DO UPDATE SET
        sub = excluded.sub, given_name = excluded.given_name, family_name = excluded.family_name,
        email = excluded.email, position = excluded.position, school = excluded.school,
        locale = excluded.locale, administrator = excluded.administrator
"""
_COURSE: Final = """
    INSERT INTO courses (course_id, label, title, term) VALUES (?, ?, ?, ?)
    ON CONFLICT (course_id) DO UPDATE SET
        label = excluded.label, title = excluded.title, term = excluded.term
"""
_ENROLMENT: Final = """
    INSERT INTO enrolments (course_id, person_key, role, position) VALUES (?, ?, ?, ?)
    ON CONFLICT (course_id, person_key) DO UPDATE SET role = excluded.role, position = excluded.position
"""
_ACTIVITY: Final = """
    INSERT INTO activities (activity_id, course_id, title, description, custom, position)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (activity_id) DO UPDATE SET
        title = excluded.title, description = excluded.description, custom = excluded.custom,
        position = excluded.position
"""
_GROUP: Final = """
    INSERT INTO groups (group_id, course_id, name, set_id, set_name) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (group_id) DO UPDATE SET name = excluded.name, set_name = excluded.set_name
"""
_GROUP_MEMBER: Final = "INSERT INTO group_members VALUES (?, ?) ON CONFLICT DO NOTHING"
# A line item that the tool has since changed keeps the tool's values.
_LINE_ITEM: Final = INSERT_LINE_ITEM + "ON CONFLICT (line_item_id) DO NOTHING"


def plant(connection: sqlite3.Connection, seed: Seed) -> None:
    """Bring the database up to the seed; doing it twice changes nothing."""
    connection.executemany(_PERSON, [astuple(person) for person in seed.people])
    connection.executemany(_COURSE, [astuple(course) for course in seed.courses])
    connection.executemany(
        _ENROLMENT,
        [(one.course_id, one.person_key, one.role.value, place) for place, one in enumerate(seed.enrolments)],
    )
    connection.executemany(
        _ACTIVITY,
        [
            (one.id, one.course_id, one.title, one.description, json.dumps(dict(one.custom)), place)
            for place, one in enumerate(seed.activities)
        ],
    )
    connection.executemany(_LINE_ITEM, [astuple(item) for item in seed.line_items])
    connection.executemany(_GROUP, [astuple(group)[:5] for group in seed.groups])
    connection.executemany(_GROUP_MEMBER, [(one.id, key) for one in seed.groups for key in one.members])
