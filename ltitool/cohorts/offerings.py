"""Offerings: start a run of a program, connect courses to it, make cohorts, place people.

These are the director's use cases; the guard and the visit say who is a director.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import CourseTaken, OfferingUnknown
from ltitool.cohorts.memberships import (
    LAUNCH,
    ROSTER,
    Came,
    coaches_here,
    enrol,
    offering_of_course,
    participant_place,
)
from ltitool.cohorts.models import Cohort, CoursePerson, Offering, OfferingContext
from ltitool.errors import Invalid, msg
from ltitool.foundation.rows import add_once
from ltitool.lti.models import Context
from ltitool.lti.roles import LtiRole
from ltitool.programs.model import Program


@dataclass(frozen=True)
class NewOffering:
    """What a director decides about a run."""

    title: str
    starts_on: date
    timezone: str


def create_offering(
    session: Session,
    wanted: NewOffering,
    program: Program,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    at: datetime,
) -> None:
    """Start a run of a program; it keeps the program's text as it is now. A second start changes nothing."""
    add_once(
        session,
        Offering(
            id=offering_id,
            organisation_id=organisation_id,
            title=wanted.title,
            program_id=program.id,
            program_version=program.version,
            program_source=program.source,
            program_digest=program.digest,
            starts_on=wanted.starts_on,
            timezone=wanted.timezone,
            created_at=at,
            closed_at=None,
        ),
    )


def find_offering(session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID) -> Offering:
    """Give an offering of this organisation.

    Raises:
        OfferingUnknown: there is none of this id, or it is another organisation's.
    """
    offering = session.scalar(
        select(Offering).where(Offering.organisation_id == organisation_id, Offering.id == offering_id)
    )
    if offering is None:
        raise OfferingUnknown(f"offering {offering_id}")
    return offering


def find_cohort(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, cohort_id: uuid.UUID
) -> Cohort:
    """Give a cohort of this offering.

    Raises:
        OfferingUnknown: there is none of this id in this offering.
    """
    cohort = session.scalar(
        select(Cohort).where(
            Cohort.organisation_id == organisation_id,
            Cohort.offering_id == offering_id,
            Cohort.id == cohort_id,
        )
    )
    if cohort is None:
        raise OfferingUnknown(f"cohort {cohort_id} of {offering_id}")
    return cohort


def connect_course(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    context_id: uuid.UUID,
    at: datetime,
) -> None:
    """Let people reach an offering through a course; learners who already came are enrolled at once.

    Raises:
        OfferingUnknown: the offering or the course is not this organisation's.
        CourseTaken: the course belongs to another offering.
    """
    find_offering(session, organisation_id, offering_id)
    _find_course(session, organisation_id, context_id)
    link = OfferingContext(
        id=uuid.uuid5(context_id, "offering"),
        organisation_id=organisation_id,
        offering_id=offering_id,
        context_id=context_id,
    )
    if not add_once(session, link) and (
        offering_of_course(session, organisation_id, context_id) != offering_id
    ):
        raise CourseTaken(f"context {context_id}")
    _enrol_known(session, organisation_id, offering_id, context_id, at)


def disconnect_course(
    session: Session, *, organisation_id: uuid.UUID, offering_id: uuid.UUID, context_id: uuid.UUID
) -> None:
    """Take a course away from an offering; people and their work stay.

    Raises:
        OfferingUnknown: the course is not connected to this offering.
    """
    session.delete(check_connected(session, organisation_id, offering_id, context_id))


def check_connected(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, context_id: uuid.UUID
) -> OfferingContext:
    """Make sure that a course leads to an offering.

    Raises:
        OfferingUnknown: it does not, or either is another organisation's.
    """
    link = session.scalar(
        select(OfferingContext).where(
            OfferingContext.organisation_id == organisation_id,
            OfferingContext.offering_id == offering_id,
            OfferingContext.context_id == context_id,
        )
    )
    if link is None:
        raise OfferingUnknown(f"context {context_id} of {offering_id}")
    return link


def create_cohort(
    session: Session, *, organisation_id: uuid.UUID, offering_id: uuid.UUID, cohort_id: uuid.UUID, name: str
) -> None:
    """Make a cohort.

    Raises:
        OfferingUnknown: no such offering here.
        Invalid: the offering has a cohort of this name.
    """
    find_offering(session, organisation_id, offering_id)
    cohort = Cohort(id=cohort_id, organisation_id=organisation_id, offering_id=offering_id, name=name)
    if not add_once(session, cohort):
        raise Invalid({"name": msg("There is a cohort of this name already.")})


def place_person(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    person_id: uuid.UUID,
    cohort_id: uuid.UUID | None,
) -> None:
    """Put a participant into a cohort of their offering, or take them out of it (None).

    Raises:
        OfferingUnknown: no such participant or cohort in this offering.
    """
    place = participant_place(session, organisation_id, offering_id, person_id)
    if place is None:
        raise OfferingUnknown(f"participant {person_id} of {offering_id}")
    if cohort_id is not None:
        find_cohort(session, organisation_id, offering_id, cohort_id)
    place.cohort_id = cohort_id


def _find_course(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID) -> Context:
    course = session.scalar(
        select(Context).where(Context.organisation_id == organisation_id, Context.id == context_id)
    )
    if course is None:
        raise OfferingUnknown(f"context {context_id}")
    return course


def _enrol_known(
    session: Session,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    context_id: uuid.UUID,
    at: datetime,
) -> None:
    known = session.scalars(
        select(CoursePerson).where(
            CoursePerson.organisation_id == organisation_id,
            CoursePerson.context_id == context_id,
            CoursePerson.role == LtiRole.LEARNER.value,
            CoursePerson.listed.is_(True),
        )
    ).all()
    for person in known:
        if coaches_here(session, organisation_id, offering_id, person.person_id):
            continue
        source = LAUNCH if person.proved_by == LAUNCH else ROSTER
        came = Came(context_id, person.person_id, person.lms_subject, LtiRole.LEARNER, source)
        enrol(session, organisation_id=organisation_id, offering_id=offering_id, came=came, at=at)
