"""Fill an offering from what an LMS lists of a course: new people, changed names, who has gone.

Nobody's place is deleted, and nobody becomes less than a launch has shown them to be.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown, RosterEmpty
from ltitool.cohorts.memberships import (
    ROSTER,
    Came,
    coaches_here,
    enrol,
    lapse,
    note_course_person,
    offering_of_course,
)
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.scope import ACTIVE, PARTICIPANT
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member
from ltitool.people.identities import LmsUser, recognise


@dataclass(frozen=True)
class Filled:
    """What a roster changed."""

    listed: int
    joined: int  # participants that were not there, or not active
    left: int  # participants that are inactive now


@dataclass(frozen=True)
class _Course:
    organisation_id: uuid.UUID
    context_id: uuid.UUID
    offering_id: uuid.UUID | None
    issuer: str
    client_id: str


def fill_from_roster(
    session: Session,
    listed: Sequence[Member],
    *,
    organisation_id: uuid.UUID,
    context_id: uuid.UUID,
    new_id: Callable[[], uuid.UUID],
    at: datetime,
) -> Filled:
    """Take over a whole roster of a course, read a moment ago.

    Raises:
        OfferingUnknown: the course is not this organisation's.
        RosterEmpty: nobody is listed, which no course with a teacher can mean; nothing is changed.
    """
    course = _course(session, organisation_id, context_id)
    people = [member for member in listed if not member.test_user]
    if not people:
        raise RosterEmpty(f"context {context_id}")
    before = _active(session, course)
    here = {_take_over(session, course, member, new_id(), at).person_id for member in people if member.active}
    _mark_gone(session, course, here)
    after = _active(session, course)
    return Filled(listed=len(people), joined=len(after - before), left=len(before - after))


def _take_over(session: Session, course: _Course, member: Member, person_id: uuid.UUID, at: datetime) -> Came:
    user = LmsUser(course.issuer, course.client_id, member.subject, member.name, member.email)
    person = recognise(session, user, organisation_id=course.organisation_id, person_id=person_id, at=at)
    session.flush()
    came = Came(course.context_id, person.id, member.subject, member.role, ROSTER)
    role = note_course_person(session, organisation_id=course.organisation_id, came=came, at=at)
    if course.offering_id is None or role is not LtiRole.LEARNER:
        return came
    if not coaches_here(session, course.organisation_id, course.offering_id, person.id):
        enrol(
            session,
            organisation_id=course.organisation_id,
            offering_id=course.offering_id,
            came=came,
            at=at,
        )
    return came


def _mark_gone(session: Session, course: _Course, here: set[uuid.UUID]) -> None:
    own = (
        CoursePerson.organisation_id == course.organisation_id,
        CoursePerson.context_id == course.context_id,
    )
    for person in session.scalars(select(CoursePerson).where(*own, CoursePerson.person_id.not_in(here))):
        person.listed = False
    for place in session.scalars(_places(course).where(Membership.person_id.not_in(here))):
        lapse(place)


def _places(course: _Course) -> Select[Membership]:
    return select(Membership).where(
        Membership.organisation_id == course.organisation_id,
        Membership.offering_id == course.offering_id,
        Membership.context_id == course.context_id,
        Membership.role == PARTICIPANT,
        Membership.status == ACTIVE,
    )


def _active(session: Session, course: _Course) -> set[uuid.UUID]:
    session.flush()
    return {place.person_id for place in session.scalars(_places(course))}


def _course(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID) -> _Course:
    row = session.execute(
        select(Platform.issuer, Platform.client_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.organisation_id == organisation_id, Context.id == context_id)
    ).one_or_none()
    if row is None:
        raise OfferingUnknown(f"context {context_id}")
    offering_id = offering_of_course(session, organisation_id, context_id)
    return _Course(organisation_id, context_id, offering_id, *row)
