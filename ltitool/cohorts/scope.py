"""Whose work is this, and who may read it: every use case starts from one of these scopes.

What is not there and what is somebody else's get the same answer.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from ltitool.cohorts.errors import NotEnrolled, OfferingUnknown
from ltitool.cohorts.models import Cohort, Membership, Offering, OfferingContext
from ltitool.cohorts.programs_in_use import program_by_digest
from ltitool.programs.model import Program

PARTICIPANT = "participant"
COACH = "coach"
DIRECTOR = "director"
ACTIVE = "active"
INACTIVE = "inactive"


@dataclass(frozen=True)
class ParticipantScope:
    """One person's place in one offering, and the program they walk through."""

    organisation_id: uuid.UUID
    offering_id: uuid.UUID
    person_id: uuid.UUID
    cohort_id: uuid.UUID | None  # None: enrolled, not yet placed
    program: Program
    starts_on: date
    timezone: str  # IANA name
    context_id: uuid.UUID | None  # the course they came through: where their grade goes
    lms_subject: str | None  # their user id there


@dataclass(frozen=True)
class CoachedCohort:
    """A cohort that a coach was granted."""

    offering_id: uuid.UUID
    offering_title: str
    cohort_id: uuid.UUID
    name: str
    starts_on: date
    timezone: str


def participant_scope(
    session: Session, *, organisation_id: uuid.UUID, person_id: uuid.UUID, context_id: uuid.UUID | None
) -> ParticipantScope:
    """Give a participant's own scope, from the course that their visit came through.

    Raises:
        NotEnrolled: the course runs no program, or this person takes no part in it (any more).
    """
    row = session.execute(
        _places(organisation_id, person_id)
        .join(OfferingContext, OfferingContext.offering_id == Offering.id)
        .where(
            OfferingContext.organisation_id == organisation_id,
            OfferingContext.context_id == context_id,
            Membership.status == ACTIVE,
        )
    ).one_or_none()
    if row is None:
        raise NotEnrolled(f"person {person_id}, context {context_id}")
    return _scope(session, row)


def reader_scope(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    reader_id: uuid.UUID,
    roles: Collection[str],
    participant_id: uuid.UUID,
    offering_id: uuid.UUID,
) -> ParticipantScope:
    """Give the scope of a participant to somebody who may read their work.

    That is the participant, a coach of their cohort, or a director of the organisation.

    Raises:
        OfferingUnknown: no such participant, or not this reader's to see.
    """
    row = session.execute(
        _places(organisation_id, participant_id).where(Offering.id == offering_id)
    ).one_or_none()
    if row is None:
        raise OfferingUnknown(f"participant {participant_id} in {offering_id}")
    scope = _scope(session, row)
    if not (
        reader_id == participant_id
        or DIRECTOR in roles
        or (COACH in roles and _coaches(session, scope, reader_id))
    ):
        raise OfferingUnknown(f"participant {participant_id} is not open to {reader_id}")
    return scope


def coach_scope(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    coach_id: uuid.UUID,
    participant_id: uuid.UUID,
    offering_id: uuid.UUID,
) -> ParticipantScope:
    """Give the scope of a participant to a coach of their cohort, and to nobody else.

    Raises:
        OfferingUnknown: no such participant, or not in this coach's cohort.
    """
    row = session.execute(
        _places(organisation_id, participant_id).where(Offering.id == offering_id)
    ).one_or_none()
    if row is None:
        raise OfferingUnknown(f"participant {participant_id} in {offering_id}")
    scope = _scope(session, row)
    if not _coaches(session, scope, coach_id):
        raise OfferingUnknown(f"{coach_id} does not coach {participant_id}")
    return scope


def coached_cohorts(
    session: Session, *, organisation_id: uuid.UUID, coach_id: uuid.UUID
) -> list[CoachedCohort]:
    """List the cohorts that a person coaches, the newest offering first."""
    rows = session.execute(
        select(Offering.id, Offering.title, Cohort.id, Cohort.name, Offering.starts_on, Offering.timezone)
        .join(Cohort, Cohort.offering_id == Offering.id)
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(
            Offering.organisation_id == organisation_id,
            Cohort.organisation_id == organisation_id,
            Membership.organisation_id == organisation_id,
            Membership.person_id == coach_id,
            Membership.role == COACH,
            Membership.status == ACTIVE,
        )
        .order_by(Offering.starts_on.desc(), Offering.title, Cohort.name)
    )
    return [CoachedCohort(*row) for row in rows]


def coached_cohort(
    session: Session, *, organisation_id: uuid.UUID, coach_id: uuid.UUID, cohort_id: uuid.UUID
) -> CoachedCohort:
    """Give one cohort to its coach.

    Raises:
        OfferingUnknown: no such cohort, or not this coach's.
    """
    for cohort in coached_cohorts(session, organisation_id=organisation_id, coach_id=coach_id):
        if cohort.cohort_id == cohort_id:
            return cohort
    raise OfferingUnknown(f"cohort {cohort_id} for {coach_id}")


def _places(organisation_id: uuid.UUID, person_id: uuid.UUID) -> Select[Membership, str, date, str]:
    return (
        select(Membership, Offering.program_digest, Offering.starts_on, Offering.timezone)
        .join(Offering, Offering.id == Membership.offering_id)
        .where(
            Offering.organisation_id == organisation_id,
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.role == PARTICIPANT,
        )
    )


def _scope(session: Session, row: Row[Membership, str, date, str]) -> ParticipantScope:
    place, digest, starts_on, timezone = row
    return ParticipantScope(
        organisation_id=place.organisation_id,
        offering_id=place.offering_id,
        person_id=place.person_id,
        cohort_id=place.cohort_id,
        program=program_by_digest(session, place.organisation_id, place.offering_id, digest),
        starts_on=starts_on,
        timezone=timezone,
        context_id=place.context_id,
        lms_subject=place.lms_subject,
    )


def _coaches(session: Session, scope: ParticipantScope, coach_id: uuid.UUID) -> bool:
    grant = aliased(Membership)
    return scope.cohort_id is not None and (
        session.scalar(
            select(grant.id).where(
                grant.organisation_id == scope.organisation_id,
                grant.offering_id == scope.offering_id,
                grant.cohort_id == scope.cohort_id,
                grant.person_id == coach_id,
                grant.role == COACH,
                grant.status == ACTIVE,
            )
        )
        is not None
    )
