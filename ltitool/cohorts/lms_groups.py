"""The groups that people have in a course of the LMS: a hint for placing them in cohorts, never a right."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.offerings import find_cohort
from ltitool.cohorts.scope import ACTIVE, PARTICIPANT
from ltitool.lti.models import CourseGroup


@dataclass(frozen=True, order=True)
class LmsGroup:
    """A group of one course, by the id that the LMS gives it."""

    lms_id: str
    context_id: uuid.UUID


@dataclass(frozen=True)
class WaitingGroups:
    """The groups of people who wait to be placed."""

    of_person: Mapping[uuid.UUID, tuple[LmsGroup, ...]]
    sizes: tuple[tuple[LmsGroup, int], ...]  # and how many wait in each, by name
    names: Mapping[LmsGroup, str]  # of those that the LMS has named, with the set that they belong to


def waiting_groups(session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID) -> WaitingGroups:
    """List the groups of those who wait to be placed in an offering."""
    found = session.execute(_waiting(organisation_id, offering_id)).all()
    of_person = {known.person_id: _groups_of(known) for _, known in found if known.lms_groups}
    sizes = Counter(group for groups in of_person.values() for group in groups)
    names = _names(session, organisation_id, {group.context_id for group in sizes})
    by_name = sorted(sizes.items(), key=lambda item: (names.get(item[0], item[0].lms_id), item[0]))
    return WaitingGroups(of_person, tuple(by_name), names)


def _groups_of(known: CoursePerson) -> tuple[LmsGroup, ...]:
    return tuple(LmsGroup(lms_id, known.context_id) for lms_id in known.lms_groups)


def _names(
    session: Session, organisation_id: uuid.UUID, contexts: Collection[uuid.UUID]
) -> dict[LmsGroup, str]:
    rows = session.scalars(
        select(CourseGroup).where(
            CourseGroup.organisation_id == organisation_id, CourseGroup.context_id.in_(contexts)
        )
    )
    shown = ((row, f"{row.name} ({row.set_name})" if row.set_name else row.name) for row in rows)
    return {LmsGroup(row.lms_id, row.context_id): name for row, name in shown if row.name}


def place_group(
    session: Session,
    group: LmsGroup,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    cohort_id: uuid.UUID,
) -> None:
    """Put everybody of a group who waits to be placed into one cohort; who has a place keeps it.

    Raises:
        OfferingUnknown: no such cohort in this offering, or nobody of such a group waits.
    """
    find_cohort(session, organisation_id, offering_id, cohort_id)
    rows = session.execute(_waiting(organisation_id, offering_id)).all()
    places = [
        place
        for place, known in rows
        if known.context_id == group.context_id and group.lms_id in known.lms_groups
    ]
    if not places:
        raise OfferingUnknown(f"nobody of group {group.lms_id[:80]!r} waits in {offering_id}")
    for place in places:
        place.cohort_id = cohort_id


def _waiting(organisation_id: uuid.UUID, offering_id: uuid.UUID) -> Select[Membership, CoursePerson]:
    return (
        select(Membership, CoursePerson)
        .join(
            CoursePerson,
            (CoursePerson.person_id == Membership.person_id)
            & (CoursePerson.context_id == Membership.context_id),
        )
        .where(
            Membership.organisation_id == organisation_id,
            Membership.offering_id == offering_id,
            Membership.role == PARTICIPANT,
            Membership.status == ACTIVE,
            Membership.cohort_id.is_(None),
        )
    )
