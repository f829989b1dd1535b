"""What a director sees: offerings, their cohorts with people and coaches, and the courses of the LMS."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ltitool.cohorts.memberships import Member, members
from ltitool.cohorts.models import Cohort, Membership, Offering, OfferingContext
from ltitool.cohorts.scope import ACTIVE, COACH, INACTIVE, PARTICIPANT
from ltitool.lti.models import Context, Deployment, Platform


@dataclass(frozen=True)
class Course:
    """A course of an LMS, and how its roster stands."""

    context_id: uuid.UUID
    title: str
    platform: str
    shares_roster: bool
    roster_read_at: datetime | None
    roster_error: str | None
    groups_error: str | None


@dataclass(frozen=True)
class CohortList:
    """A cohort with those in it."""

    cohort_id: uuid.UUID
    name: str
    coaches: tuple[Member, ...]
    people: tuple[Member, ...]


@dataclass(frozen=True)
class OfferingLists:
    """Everything on an offering's page."""

    cohorts: tuple[CohortList, ...]
    unplaced: tuple[Member, ...]
    inactive: tuple[Member, ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True)
class OfferingSummary:
    """One line of the overview."""

    offering_id: uuid.UUID
    title: str
    starts_on: date
    timezone: str
    cohorts: int
    coaches: int
    people: int
    unplaced: int
    courses: int
    roster_errors: int


def offering_lists(session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID) -> OfferingLists:
    """Read the lists of one offering."""
    people = members(session, organisation_id, offering_id)
    coaches = members(session, organisation_id, offering_id, role=COACH)
    cohorts = session.execute(
        select(Cohort.id, Cohort.name)
        .where(Cohort.organisation_id == organisation_id, Cohort.offering_id == offering_id)
        .order_by(Cohort.name)
    )
    return OfferingLists(
        cohorts=tuple(
            CohortList(cohort_id, name, _of_cohort(coaches, cohort_id), _of_cohort(people, cohort_id))
            for cohort_id, name in cohorts
        ),
        unplaced=_of_cohort(people, None),
        inactive=tuple(members(session, organisation_id, offering_id, status=INACTIVE)),
        courses=tuple(_courses(session, organisation_id, OfferingContext.offering_id == offering_id)),
    )


def free_courses(session: Session, organisation_id: uuid.UUID) -> list[Course]:
    """List courses that have opened the tool and run no program yet."""
    return _courses(session, organisation_id, OfferingContext.offering_id.is_(None))


def offering_summaries(session: Session, organisation_id: uuid.UUID) -> list[OfferingSummary]:
    """List an organisation's offerings, the newest first, with what the overview counts."""
    offerings = session.scalars(
        select(Offering)
        .where(Offering.organisation_id == organisation_id)
        .order_by(Offering.starts_on.desc(), Offering.title)
    ).all()
    cohorts = _counts(session, Cohort.offering_id, Cohort.organisation_id == organisation_id)
    active = and_(Membership.organisation_id == organisation_id, Membership.status == ACTIVE)
    own = Membership.role == PARTICIPANT
    people = _counts(session, Membership.offering_id, active, own)
    unplaced = _counts(session, Membership.offering_id, active, own, Membership.cohort_id.is_(None))
    coaches = _coach_counts(session, organisation_id)
    return [
        _summary(
            offering,
            _courses(session, organisation_id, OfferingContext.offering_id == offering.id),
            {
                "cohorts": cohorts.get(offering.id, 0),
                "coaches": coaches.get(offering.id, 0),
                "people": people.get(offering.id, 0),
                "unplaced": unplaced.get(offering.id, 0),
            },
        )
        for offering in offerings
    ]


def _summary(offering: Offering, courses: list[Course], counts: Mapping[str, int]) -> OfferingSummary:
    return OfferingSummary(
        offering_id=offering.id,
        title=offering.title,
        starts_on=offering.starts_on,
        timezone=offering.timezone,
        courses=len(courses),
        roster_errors=sum(course.roster_error is not None for course in courses),
        **counts,
    )


def _of_cohort(people: list[Member], cohort_id: uuid.UUID | None) -> tuple[Member, ...]:
    return tuple(member for member in people if member.cohort_id == cohort_id)


def _courses(session: Session, organisation_id: uuid.UUID, condition: ColumnElement[bool]) -> list[Course]:
    rows = session.execute(
        select(
            Context.id,
            Context.title,
            Platform.name,
            Context.memberships_url,
            Context.roster_read_at,
            Context.roster_error,
            Context.groups_error,
        )
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(OfferingContext, OfferingContext.context_id == Context.id)
        .where(Context.organisation_id == organisation_id, condition)
        .order_by(Context.title, Context.id)
    )
    return [
        Course(one, title, lms, url is not None, read_at, fault, groups_fault)
        for one, title, lms, url, read_at, fault, groups_fault in rows
    ]


def _counts(
    session: Session, offering: InstrumentedAttribute[uuid.UUID], *conditions: ColumnElement[bool]
) -> dict[uuid.UUID, int]:
    rows = session.execute(select(offering, func.count()).where(*conditions).group_by(offering))
    return {offering_id: count for offering_id, count in rows}  # noqa: C416 - dict() loses the types


def _coach_counts(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Membership.offering_id, func.count(Membership.person_id.distinct()))
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == COACH,
            Membership.status == ACTIVE,
        )
        .group_by(Membership.offering_id)
    )
    return {offering_id: count for offering_id, count in rows}  # noqa: C416 - dict() loses the types
