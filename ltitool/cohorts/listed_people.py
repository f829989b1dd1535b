"""What one part of a roster changes for its people: who they are in the course, and a learner's place.

Who is new needs no look: neither a course nor an offering can know them. Of everybody else the database says
only what differs, so a roster in which nothing has changed leaves nothing to do but to mark it as read.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, String, Uuid, bindparam, case, cast, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from ltitool.cohorts.memberships import ROSTER, Came, new_course_person, new_place
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.scope import ACTIVE, COACH, PARTICIPANT
from ltitool.foundation.bulk import beside, given_rows, insert_all, table_of
from ltitool.lti.roles import LtiRole

GIVEN: Mapping[str, TypeEngine[Any]] = {
    "person_id": Uuid(),
    "subject": String(),
    "role": String(),
    "groups": String(),
}
_PERSON = table_of(CoursePerson)
# A launch may have shown who somebody is since their row was read: the row itself says by what it holds now.
TAKE_OVER = (
    update(_PERSON)
    .where(_PERSON.c.id == bindparam("found"))
    .values(
        role=case((_PERSON.c.proved_by == ROSTER, bindparam("said")), else_=_PERSON.c.role),
        lms_subject=bindparam("named"),
        lms_groups=bindparam("together"),
    )
)


@dataclass(frozen=True)
class FilledCourse:
    """The course whose roster is read, and the offering that it fills, if it fills one."""

    organisation_id: uuid.UUID
    context_id: uuid.UUID
    offering_id: uuid.UUID | None
    issuer: str
    client_id: str


def welcome(session: Session, course: FilledCourse, came: Sequence[Came], at: datetime) -> int:
    """Take in people who were never here; say how many joined as participants."""
    _add_people(session, course, came, at)
    return _add_places(session, course, [one for one in came if one.role is LtiRole.LEARNER], at)


def follow(session: Session, course: FilledCourse, came: Sequence[Came], at: datetime) -> int:
    """Take over what is new of people who are known; say how many joined as participants."""
    if not came:
        return 0
    by_id = {one.person_id: one for one in came}
    given = given_rows(session, [_given(one) for one in came], GIVEN)
    absent = _note(session, course, given, at)
    _add_people(session, course, [by_id[person_id] for person_id in absent], at)
    return _give_places(session, course, given, by_id, at)


def _given(came: Came) -> dict[str, Any]:
    """Give somebody as the database is asked about them; their groups as it holds them."""
    groups = None if came.groups is None else json.dumps(came.groups)
    return {
        "person_id": came.person_id,
        "subject": came.subject,
        "role": came.role.value,
        "groups": groups,
    }


def _add_people(session: Session, course: FilledCourse, came: Sequence[Came], at: datetime) -> None:
    rows = (new_course_person(course.organisation_id, one, at) | {"listed_at": at} for one in came)
    insert_all(session, CoursePerson, rows)


def _add_places(session: Session, course: FilledCourse, learners: Sequence[Came], at: datetime) -> int:
    if course.offering_id is None:
        return 0
    offering_id = course.offering_id
    places = (new_place(course.organisation_id, offering_id, one, at) for one in learners)
    insert_all(session, Membership, places)
    return len(learners)


def _note(session: Session, course: FilledCourse, given: FromClause, at: datetime) -> list[uuid.UUID]:
    """Mark as listed who is in the course, with what is new of them; give those who are not in it yet.

    The role that counts is what a launch has shown; a roster never lowers it, nor a roster's own.
    """
    person = table_of(CoursePerson)
    own = (person.c.organisation_id == course.organisation_id, person.c.context_id == course.context_id)
    noted = (person.c.id, person.c.lms_subject, person.c.role, person.c.proved_by, person.c.lms_groups)
    found, known = beside(session, given, noted, *own, person.c.person_id == given.c.person_id)
    differs = or_(
        known.lms_subject != given.c.subject,
        (known.proved_by == ROSTER) & (known.role != given.c.role),
        cast(known.lms_groups, String) != given.c.groups,  # unknown, so no difference, where nothing is said
    )
    rows = session.execute(
        select(*given.c, known.lms_groups, known.id)
        .select_from(found)
        .where(or_(known.id.is_(None), differs))
    ).all()
    changes = [_changed(row) for row in rows if row.id is not None]
    if changes:
        session.connection().execute(TAKE_OVER, changes)
    listed = select(known.id).select_from(found)
    grown = {
        each.key: case((each > at, each), else_=at) for each in (CoursePerson.listed_at, CoursePerson.seen_at)
    }
    mark = update(CoursePerson).where(CoursePerson.id.in_(listed)).values(listed=True, **grown)
    session.execute(mark.execution_options(synchronize_session=False))
    return [row.person_id for row in rows if row.id is None]


def _changed(row: Any) -> dict[str, Any]:
    groups = row.lms_groups if row.groups is None else json.loads(row.groups)
    return {"found": row.id, "said": row.role, "named": row.subject, "together": groups}


def _give_places(
    session: Session, course: FilledCourse, given: FromClause, came: dict[uuid.UUID, Came], at: datetime
) -> int:
    """Give each learner a place, active again if it had lapsed; whoever coaches here needs none."""
    if course.offering_id is None:
        return 0
    person, place = table_of(CoursePerson), table_of(Membership)
    coach = place.alias()
    in_course = (person.c.context_id == course.context_id, person.c.person_id == given.c.person_id)
    taking = (
        place.c.offering_id == course.offering_id,
        place.c.person_id == given.c.person_id,
        place.c.role == PARTICIPANT,
    )
    coaching = (
        coach.c.offering_id == course.offering_id,
        coach.c.person_id == given.c.person_id,
        coach.c.role == COACH,
        coach.c.status == ACTIVE,
    )
    held = (place.c.id, place.c.status, place.c.context_id)
    found, known = beside(session, given, (person.c.role,), *in_course)
    found, had = beside(session, found, held, *taking)
    found, coached = beside(session, found, (coach.c.id,), *coaching)
    rows = session.execute(
        select(given.c.person_id, had.id, had.status, had.context_id)
        .select_from(found)
        .where(
            known.role == LtiRole.LEARNER.value,
            coached.id.is_(None),
            or_(had.id.is_(None), had.status != ACTIVE, had.context_id.is_(None)),
        )
    ).all()
    changes = [_opened(row, came[row.person_id]) for row in rows if row.id is not None]
    if changes:
        session.execute(update(Membership), changes)
    new = [came[row.person_id] for row in rows if row.id is None]
    return _add_places(session, course, new, at) + sum(row.status not in {None, ACTIVE} for row in rows)


def _opened(place: Any, came: Came) -> dict[str, Any]:
    """Give what changes in a place: it is active again, and knows a course to report to."""
    home = {} if place.context_id else {"context_id": came.context_id, "lms_subject": came.subject}
    return {"id": place.id, "status": ACTIVE, **home}
