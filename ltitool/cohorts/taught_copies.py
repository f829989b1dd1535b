"""A copied course as whoever teaches it is offered it: the structure for all, more where it is proven.

A teacher is one whom a launch from the copy proved to be one. Which course was copied, a launch says in a
custom field, and in some LMSs whoever edits a link writes those. So the run that it leads to is described to
a teacher only where a notice, which the LMS signs by itself, named its course too, or where they taught in it
themselves. To everybody else it is the course that theirs was copied from, without a name or a day. Taking
it gives nobody a role: cohorts and coaches of the new run are the director's.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.course_copies import CourseCopy, Source, accept_copy, find_copy
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.memberships import LAUNCH, offering_of_course
from ltitool.cohorts.models import CoursePerson, OfferingContext
from ltitool.cohorts.offerings import NewOffering
from ltitool.foundation.audit import record
from ltitool.lti.models import Context, Deployment
from ltitool.lti.roles import LtiRole


class ToldBy(StrEnum):
    """How we know that a teacher's course comes from a run."""

    NOTICE = "notice"
    TAUGHT = "taught"  # a launch names it, and they taught there themselves
    LAUNCH = "launch"  # a launch alone: of the run itself they see nothing


@dataclass(frozen=True)
class Taught:
    """The course that somebody comes from, and who they are."""

    organisation_id: uuid.UUID
    context_id: uuid.UUID | None
    person_id: uuid.UUID


@dataclass(frozen=True)
class TaughtSource:
    """A run that a teacher may take the structure of; described where they may know of it."""

    offering_id: uuid.UUID
    told_by: ToldBy
    run: Source | None


@dataclass(frozen=True)
class TaughtCopy:
    """A copied course that leads to no offering yet, as its teacher sees it."""

    context_id: uuid.UUID
    title: str
    sources: tuple[TaughtSource, ...]  # the nearest first; of those that they may not see, one


def find_taught_copy(session: Session, taught: Taught) -> TaughtCopy | None:
    """Give a copied course to somebody who teaches it; None where they do not, or the LMS named no course."""
    copy = find_copy(session, taught.organisation_id, taught.context_id)
    if copy is None or not copy.is_named:
        return None
    courses = _courses_taught(session, taught)
    if copy.context_id not in courses:
        return None
    known = _runs_of(session, taught.organisation_id, courses)
    return TaughtCopy(copy.context_id, copy.title, tuple(_nearest(_described(session, copy, known))))


def accept_taught_copy(
    session: Session,
    wanted: NewOffering,
    taught: Taught,
    *,
    source_id: uuid.UUID,
    offering_id: uuid.UUID,
    at: datetime,
) -> None:
    """Start the run for who teaches the copy, once; the audit chain says who it was, and what they came by.

    Raises:
        OfferingUnknown: it is not theirs to start, or the course is no copy of that run.
        CourseTaken: the course leads to another offering meanwhile.
    """
    if offering_of_course(session, taught.organisation_id, taught.context_id) == offering_id:
        return
    copy = find_taught_copy(session, taught)
    offered = {source.offering_id: source for source in copy.sources} if copy else {}
    if copy is None or source_id not in offered:
        raise OfferingUnknown(f"{taught.person_id} teaches no copy of {source_id} in {taught.context_id}")
    ids = {"organisation_id": taught.organisation_id, "offering_id": offering_id}
    accept_copy(session, wanted, context_id=copy.context_id, source_id=source_id, at=at, **ids)
    told_by = offered[source_id].told_by.value
    record(
        session,
        organisation_id=taught.organisation_id,
        actor_id=taught.person_id,
        action="offering.started-by-teacher",
        subject=f"offering:{offering_id}",
        at=at,
        details={"course": str(copy.context_id), "source": str(source_id), "told_by": told_by},
    )


def _described(session: Session, copy: CourseCopy, known: set[uuid.UUID]) -> Iterable[TaughtSource]:
    noticed = _runs_noticed(session, copy)
    for run in copy.sources:
        if run.offering_id in noticed:
            yield TaughtSource(run.offering_id, ToldBy.NOTICE, run)
        elif run.offering_id in known:
            yield TaughtSource(run.offering_id, ToldBy.TAUGHT, run)
        else:
            yield TaughtSource(run.offering_id, ToldBy.LAUNCH, None)


def _nearest(sources: Iterable[TaughtSource]) -> Iterable[TaughtSource]:
    """Leave out all but one of the runs that cannot be told from each other."""
    nameless = 0
    for source in sources:
        nameless += source.run is None
        if source.run is not None or nameless == 1:
            yield source


def _courses_taught(session: Session, taught: Taught) -> set[uuid.UUID]:
    """Give the courses where a launch has proved somebody a teacher, also those that they have left."""
    query = select(CoursePerson.context_id).where(
        CoursePerson.organisation_id == taught.organisation_id,
        CoursePerson.person_id == taught.person_id,
        CoursePerson.role != LtiRole.LEARNER.value,
        CoursePerson.proved_by == LAUNCH,
    )
    return set(session.scalars(query))


def _runs_noticed(session: Session, copy: CourseCopy) -> set[uuid.UUID]:
    """Give the runs of the courses that the LMS itself named in a notice about this one."""
    context = session.get_one(Context, copy.context_id)
    here = select(Deployment.platform_id).where(Deployment.id == context.deployment_id)
    origins = (
        select(Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Context.lms_id.in_(context.noticed_origins), Deployment.platform_id == here.scalar_subquery())
    )
    return _runs_of(session, context.organisation_id, session.scalars(origins))


def _runs_of(session: Session, organisation_id: uuid.UUID, courses: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    query = select(OfferingContext.offering_id).where(
        OfferingContext.organisation_id == organisation_id, OfferingContext.context_id.in_(list(courses))
    )
    return set(session.scalars(query))
