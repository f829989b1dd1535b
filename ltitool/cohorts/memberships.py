"""Places in an offering: who takes part, who coaches which cohort. Nothing here deletes a person's place."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ltitool.cohorts.models import CoursePerson, Membership, Offering, OfferingContext
from ltitool.cohorts.scope import ACTIVE, COACH, INACTIVE, PARTICIPANT
from ltitool.foundation.ids import derived_id
from ltitool.foundation.rows import add_once
from ltitool.lti.roles import LtiRole
from ltitool.people.models import Person

Row = TypeVar("Row", Membership, CoursePerson)
LAUNCH, ROSTER, TOOL = "launch", "roster", "tool"
SEEN_EVERY = timedelta(hours=1)  # so that coming again is not always a write; known_arrivals says the same


@dataclass(frozen=True, slots=True)
class Came:
    """A person in a course of an LMS, as a launch or a roster shows them."""

    context_id: uuid.UUID
    person_id: uuid.UUID
    subject: str
    role: LtiRole
    source: str  # launch | roster
    groups: Sequence[str] | None = None  # of the course; None where nothing was said


@dataclass(frozen=True)
class Member:
    """Somebody's place, as lists show it."""

    person_id: uuid.UUID
    name: str
    cohort_id: uuid.UUID | None
    status: str


def offering_of_course(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None
) -> uuid.UUID | None:
    """Say which offering a course is connected to."""
    return session.scalar(
        select(OfferingContext.offering_id).where(
            OfferingContext.organisation_id == organisation_id, OfferingContext.context_id == context_id
        )
    )


def roles_in_courses(
    session: Session, organisation_id: uuid.UUID, context_ids: Iterable[uuid.UUID]
) -> Mapping[str, int]:
    """Count the people of courses by what the LMS calls them."""
    counted = (
        select(CoursePerson.role, func.count(CoursePerson.id))
        .where(
            CoursePerson.organisation_id == organisation_id, CoursePerson.context_id.in_(list(context_ids))
        )
        .group_by(CoursePerson.role)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def zone_of_course(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None) -> str | None:
    """Give the time zone of the offering that a course is connected to."""
    return session.scalar(
        select(Offering.timezone)
        .join(OfferingContext, OfferingContext.offering_id == Offering.id)
        .where(OfferingContext.organisation_id == organisation_id, OfferingContext.context_id == context_id)
    )


def enrol(
    session: Session, *, organisation_id: uuid.UUID, offering_id: uuid.UUID, came: Came, at: datetime
) -> None:
    """Make sure that a learner has a participant's place, active again if it had lapsed."""
    place = participant_place(session, organisation_id, offering_id, came.person_id)
    if place is None:
        place = Membership(**new_place(organisation_id, offering_id, came, at))
        if add_once(session, place):
            return
        place = _there(participant_place(session, organisation_id, offering_id, came.person_id))
    _refresh(place, came)


def new_place(organisation_id: uuid.UUID, offering_id: uuid.UUID, came: Came, at: datetime) -> dict[str, Any]:
    """Give the columns of a participant's place, not in a cohort yet."""
    return {
        "id": derived_id(offering_id, f"participant:{came.person_id}"),
        "organisation_id": organisation_id,
        "offering_id": offering_id,
        "cohort_id": None,
        "person_id": came.person_id,
        "role": PARTICIPANT,
        "status": ACTIVE,
        "source": came.source,
        "context_id": came.context_id,
        "lms_subject": came.subject,
        "created_at": at,
    }


def _there(row: Row | None) -> Row:
    """Take a row that somebody else has just put in; these rows are never deleted."""
    if row is None:
        raise AssertionError("a unique key was taken and its row is not there")
    return row


def _refresh(place: Membership, came: Came) -> None:
    place.status = ACTIVE
    if came.source == LAUNCH:
        place.source = LAUNCH
    if came.source == LAUNCH or place.context_id is None:
        place.context_id = came.context_id  # the course they last came through gets their grade
        place.lms_subject = came.subject


def lapse(place: Membership) -> None:
    """Mark a place inactive; what was done in it stays."""
    place.status = INACTIVE


def participant_place(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, person_id: uuid.UUID
) -> Membership | None:
    """Find a person's place as a participant of an offering, active or not."""
    return session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id,
            Membership.offering_id == offering_id,
            Membership.person_id == person_id,
            Membership.role == PARTICIPANT,
        )
    )


def coaches_here(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, person_id: uuid.UUID
) -> bool:
    """Say whether a person coaches a cohort of this offering."""
    found = session.scalar(
        select(Membership.id).where(
            Membership.organisation_id == organisation_id,
            Membership.offering_id == offering_id,
            Membership.person_id == person_id,
            Membership.role == COACH,
            Membership.status == ACTIVE,
        )
    )
    return found is not None


def note_course_person(session: Session, *, organisation_id: uuid.UUID, came: Came, at: datetime) -> LtiRole:
    """Write down what an LMS says of a person in a course, and give the role that counts.

    A launch says what is so; a roster only adds to it: some platforms list their coaches as learners.
    """
    row = _course_person(session, organisation_id, came)
    if row is None:
        row = CoursePerson(**new_course_person(organisation_id, came, at))
        if add_once(session, row):
            return came.role
        row = _there(_course_person(session, organisation_id, came))
    return _noted(row, came, at)


def new_course_person(organisation_id: uuid.UUID, came: Came, at: datetime) -> dict[str, Any]:
    """Give the columns of a person in a course."""
    return {
        "id": derived_id(came.context_id, f"person:{came.person_id}"),
        "organisation_id": organisation_id,
        "context_id": came.context_id,
        "person_id": came.person_id,
        "lms_subject": came.subject,
        "role": came.role.value,
        "proved_by": came.source,
        "listed": True,
        "listed_at": None,
        "seen_at": at,
        "lms_groups": list(came.groups or ()),
    }


def _noted(row: CoursePerson, came: Came, at: datetime) -> LtiRole:
    if came.source == LAUNCH or row.proved_by == ROSTER:
        row.role, row.proved_by = came.role.value, came.source
    row.lms_subject, row.listed = came.subject, True
    if came.groups is not None:
        row.lms_groups = list(came.groups)
    if at - row.seen_at > SEEN_EVERY:
        row.seen_at = at
    return LtiRole(row.role)


def _course_person(session: Session, organisation_id: uuid.UUID, came: Came) -> CoursePerson | None:
    """Find somebody in a course, and hold them: the end of a roster that misses them waits for us."""
    return session.scalar(
        select(CoursePerson)
        .where(
            CoursePerson.organisation_id == organisation_id,
            CoursePerson.context_id == came.context_id,
            CoursePerson.person_id == came.person_id,
        )
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    )


def members(
    session: Session,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    *,
    role: str = PARTICIPANT,
    cohort_id: uuid.UUID | None = None,
    status: str | None = ACTIVE,
) -> list[Member]:
    """List places by name: of a cohort if one is given, of one status if one is given."""
    query = (
        select(Person.id, Person.display_name, Membership.cohort_id, Membership.status)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.offering_id == offering_id,
            Membership.role == role,
        )
        .order_by(Person.display_name, Person.id)
    )
    if cohort_id is not None:
        query = query.where(Membership.cohort_id == cohort_id)
    if status is not None:
        query = query.where(Membership.status == status)
    return [Member(*row) for row in session.execute(query)]
