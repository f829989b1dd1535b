"""Fill an offering from what an LMS lists of a course: new people, changed names, who has gone.

Nobody's place is deleted, and nobody becomes less than a launch has shown them to be.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown, RosterEmpty
from ltitool.cohorts.memberships import ROSTER, Came, new_course_person, new_place, offering_of_course
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.scope import ACTIVE, COACH, INACTIVE, PARTICIPANT
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member
from ltitool.people.identities import LmsUser, recognise_all


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


class RosterFilling:
    """Takes over a course's roster, read a moment ago: one part after the other, then who has gone.

    Nothing is kept between parts but counts: each row that a part touches is marked with the time of this
    reading, and whoever lacks the mark at the end was not listed.
    """

    def __init__(
        self,
        session: Session,
        *,
        organisation_id: uuid.UUID,
        context_id: uuid.UUID,
        new_id: Callable[[], uuid.UUID],
        at: datetime,
    ) -> None:
        """Find the course.

        Raises:
            OfferingUnknown: it is not this organisation's.
        """
        self._course = _course(session, organisation_id, context_id)
        self._new_id = new_id
        self._at = at
        self.filled = Filled(listed=0, joined=0, left=0)

    def take(self, session: Session, members: Sequence[Member]) -> None:
        """Take over one part."""
        people = [member for member in members if not member.test_user]
        here = {member.subject: member for member in people if member.active}
        course = self._course
        ids = recognise_all(
            session,
            [self._user(member) for member in here.values()],
            organisation_id=course.organisation_id,
            new_id=self._new_id,
            at=self._at,
        )
        came = [
            Came(course.context_id, ids[subject], subject, member.role, ROSTER)
            for subject, member in here.items()
        ]
        learners = _note_people(session, course, came, self._at)
        joined = _enrol(session, course, learners, self._at)
        before = self.filled
        self.filled = replace(before, listed=before.listed + len(people), joined=before.joined + joined)

    def finish(self, session: Session) -> None:
        """Mark who was not listed.

        Raises:
            RosterEmpty: nobody was, which no course with a teacher can mean; nobody is marked.
        """
        if not self.filled.listed:
            raise RosterEmpty(f"context {self._course.context_id}")
        self.filled = replace(self.filled, left=_mark_gone(session, self._course, self._at))

    def _user(self, member: Member) -> LmsUser:
        course = self._course
        return LmsUser(course.issuer, course.client_id, member.subject, member.name, member.email)


def _note_people(session: Session, course: _Course, came: Sequence[Came], at: datetime) -> list[Came]:
    """Write down who is in the course, and give those who learn there, for all that we know."""
    own = (
        CoursePerson.organisation_id == course.organisation_id,
        CoursePerson.context_id == course.context_id,
        CoursePerson.person_id.in_([one.person_id for one in came]),
    )
    columns = (CoursePerson.id, CoursePerson.role, CoursePerson.proved_by, CoursePerson.lms_subject)
    rows = session.execute(select(CoursePerson.person_id, *columns).where(*own))
    known = {row.person_id: row for row in rows}
    new = [new_course_person(course.organisation_id, one, at) for one in came if one.person_id not in known]
    if new:
        session.execute(insert(CoursePerson), new)
    changes = [change for one in came if (change := _changed_person(known.get(one.person_id), one))]
    if changes:
        session.execute(update(CoursePerson), changes)
    mark = update(CoursePerson).where(*own).values(listed=True, listed_at=at, seen_at=at)
    session.execute(mark.execution_options(synchronize_session=False))
    return [one for one in came if _role(known.get(one.person_id), one) == LtiRole.LEARNER.value]


def _role(row: Any, came: Came) -> str:
    """Give the role that counts: a roster never lowers what a launch has shown."""
    return came.role.value if row is None or row.proved_by == ROSTER else str(row.role)


def _changed_person(row: Any, came: Came) -> dict[str, Any]:
    if row is None or (row.role, row.lms_subject) == (_role(row, came), came.subject):
        return {}
    return {"id": row.id, "role": _role(row, came), "lms_subject": came.subject}


def _enrol(session: Session, course: _Course, learners: Sequence[Came], at: datetime) -> int:
    """Give each learner a place, active again if it had lapsed; say how many joined."""
    if course.offering_id is None or not learners:
        return 0
    columns = (Membership.id, Membership.person_id, Membership.role, Membership.status)
    rows = session.execute(
        select(*columns, Membership.context_id).where(
            Membership.organisation_id == course.organisation_id,
            Membership.offering_id == course.offering_id,
            Membership.person_id.in_([one.person_id for one in learners]),
        )
    ).all()
    coaches = {row.person_id for row in rows if row.role == COACH and row.status == ACTIVE}
    places = {row.person_id: row for row in rows if row.role == PARTICIPANT}
    learning = [one for one in learners if one.person_id not in coaches]
    new = [
        new_place(course.organisation_id, course.offering_id, one, at)
        for one in learning
        if one.person_id not in places
    ]
    if new:
        session.execute(insert(Membership), new)
    changes = [change for one in learning if (change := _changed_place(places.get(one.person_id), one))]
    if changes:
        session.execute(update(Membership), changes)
    lapsed = {row.person_id for row in places.values() if row.status != ACTIVE}
    return len(new) + len(lapsed & {one.person_id for one in learning})


def _changed_place(place: Any, came: Came) -> dict[str, Any]:
    """Give what changes in a place: it is active again, and knows a course to report to."""
    if place is None or (place.status == ACTIVE and place.context_id is not None):
        return {}
    home = {} if place.context_id else {"context_id": came.context_id, "lms_subject": came.subject}
    return {"id": place.id, "status": ACTIVE, **home}


def _mark_gone(session: Session, course: _Course, at: datetime) -> int:
    """Mark whoever this reading has not listed; give how many participants left."""
    session.flush()
    own = (
        CoursePerson.organisation_id == course.organisation_id,
        CoursePerson.context_id == course.context_id,
    )
    here = select(CoursePerson.person_id).where(*own, CoursePerson.listed_at == at)
    session.execute(
        update(CoursePerson)
        .where(*own, CoursePerson.person_id.not_in(here))
        .values(listed=False)
        .execution_options(synchronize_session=False)
    )
    gone = session.execute(
        update(Membership)
        .where(
            Membership.organisation_id == course.organisation_id,
            Membership.offering_id == course.offering_id,
            Membership.context_id == course.context_id,
            Membership.role == PARTICIPANT,
            Membership.status == ACTIVE,
            Membership.person_id.not_in(here),
        )
        .values(status=INACTIVE)
        .returning(Membership.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


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
