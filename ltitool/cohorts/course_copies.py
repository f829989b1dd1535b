"""Courses that were copied in an LMS: their structure may be used again, their people stay behind.

An LMS says what a course was copied from, in launches and in notices. Where it says nothing, a link of ours
that names a step, in a course that leads to no offering, was brought along by a copy too. Either way the
director is offered a new run of the same program as it ran there; nothing happens by itself, and neither
people nor cohorts nor work are read. What a teacher is offered, `taught_copies.py` says.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import Offering, OfferingContext
from ltitool.cohorts.offerings import NewOffering, connect_course, create_offering
from ltitool.cohorts.programs_in_use import program_of
from ltitool.lti.course_origins import note_origins, origins_in
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.programs.model import Program

MAX_SOURCES = 20


@dataclass(frozen=True)
class Source:
    """A run whose structure a copied course may take over."""

    offering_id: uuid.UUID
    title: str
    program_id: str
    starts_on: date
    timezone: str


@dataclass(frozen=True)
class CourseCopy:
    """A copied course that leads to no offering yet, and what it may be a copy of, the likeliest first."""

    context_id: uuid.UUID
    title: str
    platform: str
    sources: tuple[Source, ...]
    is_named: bool  # the LMS said what was copied; else it is only likely


def note_copy(session: Session, launched: Launched, *, names_step: bool) -> None:
    """Keep what a launch says about where its course comes from."""
    context = session.get(Context, launched.context_id)
    if context is None:
        return
    note_origins(context, origins_in(launched.custom, context.lms_id))
    if names_step and not context.brings_links:
        context.brings_links = True


def copies_waiting(session: Session, organisation_id: uuid.UUID) -> list[CourseCopy]:
    """List copied courses of an organisation that lead to no offering, where there is something to take."""
    return _copies(session, organisation_id, OfferingContext.id.is_(None))


def find_copy(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None
) -> CourseCopy | None:
    """Give one copied course, or None where a course is no copy or leads to an offering already."""
    found = _copies(session, organisation_id, OfferingContext.id.is_(None), Context.id == context_id)
    return found[0] if found else None


def accept_copy(
    session: Session,
    wanted: NewOffering,
    *,
    organisation_id: uuid.UUID,
    context_id: uuid.UUID,
    source_id: uuid.UUID,
    offering_id: uuid.UUID,
    at: datetime,
) -> None:
    """Start a run of the same program, as it ran in the source, and let the copied course lead to it.

    Raises:
        OfferingUnknown: the course is no copy of that run, or either is another organisation's.
        CourseTaken: the course leads to another offering meanwhile.
    """
    program = source_program(session, organisation_id, context_id, source_id)
    ids = {"organisation_id": organisation_id, "offering_id": offering_id}
    create_offering(session, wanted, program, at=at, **ids)
    session.flush()
    connect_course(session, context_id=context_id, at=at, **ids)


def source_program(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID, source_id: uuid.UUID
) -> Program:
    """Give the program of a run that a copied course may take over.

    Raises:
        OfferingUnknown: it may not.
    """
    sources = _copies(session, organisation_id, Context.id == context_id)
    if source_id not in {source.offering_id for copy in sources for source in copy.sources}:
        raise OfferingUnknown(f"context {context_id} is no copy of {source_id}")
    return program_of(session, organisation_id, source_id)


def _copies(
    session: Session, organisation_id: uuid.UUID, *conditions: ColumnElement[bool]
) -> list[CourseCopy]:
    rows = session.execute(
        select(Context, Platform.id, Platform.name)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(OfferingContext, OfferingContext.context_id == Context.id)
        .where(Context.organisation_id == organisation_id, *conditions)
        .order_by(Context.title, Context.id)
    ).all()
    copied = [row for row in rows if row[0].copied_from or row[0].brings_links]
    found = [
        CourseCopy(
            context.id,
            context.title,
            name,
            _sources(session, organisation_id, platform_id, context),
            is_named=bool(context.copied_from),
        )
        for context, platform_id, name in copied
    ]
    return [copy for copy in found if copy.sources]


def _sources(
    session: Session, organisation_id: uuid.UUID, platform_id: uuid.UUID, context: Context
) -> tuple[Source, ...]:
    """Find the runs of the courses that an LMS names; without a name, those of the same LMS."""
    origin = aliased(Context)
    query = (
        select(Offering, origin.lms_id)
        .join(OfferingContext, OfferingContext.offering_id == Offering.id)
        .join(origin, origin.id == OfferingContext.context_id)
        .join(Deployment, Deployment.id == origin.deployment_id)
        .where(Offering.organisation_id == organisation_id, Deployment.platform_id == platform_id)
        .where(origin.id != context.id)
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
    )
    if not context.copied_from:
        return _once(session.execute(query.limit(MAX_SOURCES)).scalars())
    named = session.execute(query.where(origin.lms_id.in_(context.copied_from))).all()
    nearest = sorted(named, key=lambda row: context.copied_from.index(row[1]))
    return _once(row[0] for row in nearest)


def _once(offerings: Iterable[Offering]) -> tuple[Source, ...]:
    return tuple(
        Source(one.id, one.title, one.program_id, one.starts_on, one.timezone)
        for one in dict.fromkeys(offerings)
    )
