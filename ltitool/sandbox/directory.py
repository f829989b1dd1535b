"""Read who there is and what they take part in: people, courses, enrolments, activities."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.errors import PageRefusal
from ltitool.sandbox.seed import Activity, Course, Person
from ltitool.sandbox.vocabulary import Role, role_uris

if TYPE_CHECKING:
    import sqlite3

SHOWN: Final = 100  # people on one page


@dataclass(frozen=True)
class Participation:
    """One person in one course; an LMS administrator may be there without an enrolment."""

    person: Person
    course: Course
    role: Role | None

    @property
    def teaches(self) -> bool:
        return self.person.administrator or self.role in {Role.TEACHER, Role.NON_EDITING_TEACHER}

    @property
    def role_uris(self) -> tuple[str, ...]:
        return role_uris(self.role, administrator=self.person.administrator)


def find_person(connection: sqlite3.Connection, key: str) -> Person | None:
    row = connection.execute("SELECT * FROM people WHERE person_key = ?", (key,)).fetchone()
    return person_from(row) if row else None


def all_people(connection: sqlite3.Connection) -> list[Person]:
    return [person_from(row) for row in connection.execute("SELECT * FROM people ORDER BY rowid")]


def administrators(connection: sqlite3.Connection) -> list[Person]:
    rows = connection.execute("SELECT * FROM people WHERE administrator = 1 ORDER BY rowid")
    return [person_from(row) for row in rows]


@dataclass(frozen=True)
class Circle:
    """A course with the people of it that a page can show, and how many more there are."""

    course: Course
    members: list[tuple[Person, Role]]
    more: int


def courses_with_members(connection: sqlite3.Connection) -> list[Circle]:
    """Give each course with its staff and its first participants."""
    rows = connection.execute("SELECT * FROM courses ORDER BY rowid").fetchall()
    return [_circle(connection, course_from(row)) for row in rows]


def _circle(connection: sqlite3.Connection, course: Course) -> Circle:
    members = members_of(connection, course.id, limit=SHOWN)
    return Circle(course, members, count_members(connection, course.id) - len(members))


def courses_of(connection: sqlite3.Connection, person: Person) -> list[Participation]:
    """List the courses that a person sees: those of their enrolments, or all for an administrator."""
    rows = connection.execute(
        "SELECT courses.*, enrolments.role FROM courses"
        " LEFT JOIN enrolments ON enrolments.course_id = courses.course_id AND enrolments.person_key = ?"
        " ORDER BY courses.rowid",
        (person.key,),
    )
    seen = [Participation(person, course_from(row), _role(row)) for row in rows]
    return [one for one in seen if one.role or person.administrator]


def participation(connection: sqlite3.Connection, person: Person, course_id: str) -> Participation:
    """Give a person's part in a course, or refuse: strangers do not learn whether the course exists."""
    for one in courses_of(connection, person):
        if one.course.id == course_id:
            return one
    raise PageRefusal(404, "no-such-course")


def activities_of(connection: sqlite3.Connection, course_id: str) -> list[Activity]:
    rows = connection.execute("SELECT * FROM activities WHERE course_id = ? ORDER BY position", (course_id,))
    return [_activity(row) for row in rows]


def find_activity(connection: sqlite3.Connection, course_id: str, activity_id: str) -> Activity:
    for activity in activities_of(connection, course_id):
        if activity.id == activity_id:
            return activity
    raise PageRefusal(404, "no-such-activity")


def origins_of(connection: sqlite3.Connection, course_id: str) -> tuple[str, ...]:
    """Give the courses that a course was copied from, the nearest first."""
    rows = connection.execute(
        "SELECT origin_id FROM course_origins WHERE course_id = ? ORDER BY position", (course_id,)
    )
    return tuple(row["origin_id"] for row in rows)


def members_of(
    connection: sqlite3.Connection, course_id: str, *, limit: int = -1, offset: int = 0
) -> list[tuple[Person, Role]]:
    """List who is enrolled: all, or so many from a place on."""
    rows = connection.execute(
        "SELECT people.*, enrolments.role FROM enrolments JOIN people USING (person_key)"
        " WHERE course_id = ? ORDER BY enrolments.position LIMIT ? OFFSET ?",
        (course_id, limit, offset),
    )
    return [(person_from(row), Role(row["role"])) for row in rows]


def count_members(connection: sqlite3.Connection, course_id: str) -> int:
    """Count who is enrolled."""
    row = connection.execute("SELECT count(*) FROM enrolments WHERE course_id = ?", (course_id,)).fetchone()
    return int(row[0])


def person_from(row: sqlite3.Row) -> Person:
    return Person(
        key=row["person_key"],
        sub=row["sub"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        email=row["email"],
        position=row["position"],
        school=row["school"],
        locale=row["locale"],
        administrator=bool(row["administrator"]),
    )


def course_from(row: sqlite3.Row) -> Course:
    return Course(row["course_id"], row["label"], row["title"], row["term"])


def _role(row: sqlite3.Row) -> Role | None:
    return Role(row["role"]) if row["role"] else None


def _activity(row: sqlite3.Row) -> Activity:
    custom = tuple(json.loads(row["custom"]).items())
    return Activity(row["activity_id"], row["course_id"], row["title"], row["description"], custom)
