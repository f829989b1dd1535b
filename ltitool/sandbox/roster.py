"""The roster of a course as a tool may read it (Names and Role Provisioning Services 2.0)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.directory import activities_of, course_from, person_from
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.groups import groups_by_person
from ltitool.sandbox.vocabulary import Role, role_uris

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.paging import Page
    from ltitool.sandbox.seed import Activity, Course, Person


_MEMBERS: Final = """
    SELECT people.*, enrolments.role, coalesce(absences.kind, '') AS absence
    FROM enrolments JOIN people USING (person_key) LEFT JOIN absences USING (course_id, person_key)
    WHERE course_id = ? AND enrolments.role IN (SELECT value FROM json_each(?))
        AND coalesce(absences.kind, '') <> 'removed'
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
    role: Role
    active: bool


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


@dataclass(frozen=True)
class MemberWriter:
    """Writes members as one request wants them, in this platform's manner."""

    activity: Activity | None  # whose launch each member would be sent with
    groups: Mapping[str, list[str]] | None  # of each person, where they were asked for
    manners: Manners

    def write(self, member: Member) -> dict[str, object]:
        """Write one member."""
        person = member.person
        written: dict[str, object] = {
            "status": "Active" if member.active else "Inactive",
            "user_id": person.sub,
            "lis_person_sourcedid": person.sourced_id,
            "roles": self._roles(member),
            **self._identity(person),
        }
        if self.groups is not None:
            written["group_enrollments"] = [{"group_id": one} for one in self.groups.get(person.key, [])]
        if self.activity:
            written["message"] = [_message(self.activity, person)]
        return written

    def _roles(self, member: Member) -> list[str]:
        role = member.role
        if self.manners.coaches_are_learners and role is Role.NON_EDITING_TEACHER:
            role = Role.LEARNER
        uris = role_uris(role, administrator=member.person.administrator)
        if self.manners.short_roles:
            return [uri.removeprefix(words.MEMBERSHIP) for uri in uris]
        return list(uris)

    def _identity(self, person: Person) -> dict[str, str]:
        given = person.given_name
        if self.manners.scripts_in_names:
            given = f"<script>alert(1)</script>\u202e{given}"
        shared = {"name": f"{given} {person.family_name}", "given_name": given}
        shared["family_name"] = person.family_name
        identity = shared if self.manners.shares_names else {}
        return identity | ({"email": person.email} if self.manners.shares_emails else {})


def member_writer(
    connection: sqlite3.Connection, course_id: str, fields: Mapping[str, str], manners: Manners
) -> MemberWriter:
    """Read what the members of one answer are written with: `rlid` and `groups` of the query."""
    activity = linked_activity(connection, course_id, fields.get("rlid"))
    wanted = manners.offers_groups and fields.get("groups") == "true"
    return MemberWriter(activity, groups_by_person(connection, course_id) if wanted else None, manners)


def _message(activity: Activity, person: Person) -> dict[str, object]:
    return {
        words.MESSAGE_TYPE: words.RESOURCE_LINK_REQUEST,
        words.CUSTOM: dict(activity.custom),
        "locale": person.locale,
    }


def _member(row: sqlite3.Row) -> Member:
    return Member(person_from(row), Role(row["role"]), active=not row["absence"])


def _roles_named(role: str | None) -> list[Role]:
    """Give the roles that a filter means; it may be the full URI or the short name of the core vocabulary."""
    if role is None:
        return list(Role)
    full = role if ":" in role else words.MEMBERSHIP + role
    return [one for one in Role if full in role_uris(one, administrator=False)]
