"""The roster of a course as a tool may read it (Names and Role Provisioning Services 2.0)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.directory import activities_of, course_from, person_from
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.vocabulary import Role, role_uris

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.paging import Page
    from ltitool.sandbox.seed import Activity, Course, Person


_MEMBERS: Final = """
    SELECT people.*, enrolments.role FROM enrolments JOIN people USING (person_key)
    WHERE course_id = ? AND enrolments.role IN (SELECT value FROM json_each(?))
    ORDER BY enrolments.position LIMIT ? OFFSET ?
"""
_LINKED_COURSE: Final = """
    SELECT * FROM courses
    WHERE course_id = ?1 AND EXISTS (SELECT 1 FROM activities WHERE course_id = ?1)
"""


@dataclass(frozen=True)
class Member:
    """A person of a course, with the roles that the tool is told."""

    person: Person
    roles: tuple[str, ...]


def list_members(
    connection: sqlite3.Connection, course_id: str, role: str | None, page: Page
) -> list[Member]:
    """Give one page of a course's members, and one more if another page follows."""
    wanted = json.dumps([one.value for one in _roles_named(role)])
    rows = connection.execute(_MEMBERS, (course_id, wanted, *page.sql))
    return [_member(row) for row in rows]


def require_linked_course(connection: sqlite3.Connection, course_id: str) -> Course:
    """Give the course, if the tool has a link in it: its services reach no further than that."""
    row = connection.execute(_LINKED_COURSE, (course_id,)).fetchone()
    if row is None:
        raise ServiceRefusal(
            404, "no_such_course", "there is no such course, or this tool is not linked in it"
        )
    return course_from(row)


def linked_activity(connection: sqlite3.Connection, course_id: str, link_id: str | None) -> Activity | None:
    """Find the activity that `rlid` names; it must be a link of this tool in this very course."""
    if link_id is None:
        return None
    for activity in activities_of(connection, course_id):
        if activity.id == link_id:
            return activity
    raise ServiceRefusal(404, "no_such_link", "rlid is no link of this tool in this course")


def member_json(member: Member, activity: Activity | None, manners: Manners) -> dict[str, object]:
    """Write one member; with an activity also the message that a launch from there would carry."""
    person = member.person
    written: dict[str, object] = {
        "status": "Active",
        "user_id": person.sub,
        "lis_person_sourcedid": person.sourced_id,
        "roles": list(member.roles),
    }
    if manners.shares_names:
        written |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
    if manners.shares_emails:
        written |= {"email": person.email}
    if activity:
        written["message"] = [_message(activity, person)]
    return written


def _message(activity: Activity, person: Person) -> dict[str, object]:
    return {
        words.MESSAGE_TYPE: words.RESOURCE_LINK_REQUEST,
        words.CUSTOM: dict(activity.custom),
        "locale": person.locale,
    }


def _member(row: sqlite3.Row) -> Member:
    person = person_from(row)
    return Member(person, role_uris(Role(row["role"]), administrator=person.administrator))


def _roles_named(role: str | None) -> list[Role]:
    """Give the roles that a filter means; it may be the full URI or the short name of the core vocabulary."""
    if role is None:
        return list(Role)
    full = role if ":" in role else words.MEMBERSHIP + role
    return [one for one in Role if full in role_uris(one, administrator=False)]
