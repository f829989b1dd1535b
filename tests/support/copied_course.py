"""A course of the world's LMS that was copied from another one, and who comes from it."""

import uuid
from collections.abc import Callable

from sqlalchemy import func, select
from support.clock import MovableClock
from support.newcomers import launched, new_course
from support.world import World

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.models import Cohort, Membership, Offering, OfferingContext
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.roles import LtiRole

COPY = uuid.uuid5(uuid.NAMESPACE_URL, "https://valle-verde.example/a-copy")
RUN = {"title": "Autumn", "starts_on": "2026-09-07", "timezone": "America/Denver"}
Arrive = Callable[..., None]


def arriving(world: World, clock: MovableClock, teacher: uuid.UUID) -> Arrive:
    """Let somebody launch from the copy, or from another course, with a role and custom fields."""

    def arrived(role: LtiRole = LtiRole.INSTRUCTOR, course: uuid.UUID = COPY, **custom: str) -> None:
        came = launched(
            world, teacher, subject="tess", context_id=course, resource_link_id=None, role=role, custom=custom
        )
        with transaction() as session:
            landing(clock, {})(session, came)

    return arrived


def source_lms_id(world: World) -> str:
    """Give the LMS's id of the course that the world's offering runs in."""
    return read_session().scalars(select(Context.lms_id).where(Context.id == world.context_id)).one()


def other_lms(world: World, clock: MovableClock) -> uuid.UUID:
    """Add a second LMS to the world's organisation; gives its deployment."""
    platform_id, deployment_id = uuid.uuid4(), uuid.uuid4()
    with transaction() as session:
        known = session.get_one(Platform, world.platform_id)
        kept = ("auth_login_url", "auth_token_url", "jwks_url", "deployment_policy")
        common = {"organisation_id": world.organisation_id, "created_at": clock(), "status": "active"}
        own = {"id": platform_id, "name": "Another", "issuer": "https://b.example", "client_id": "b"}
        session.add(Platform(**own, **common, **{name: getattr(known, name) for name in kept}))
        session.flush()
        session.add(
            Deployment(id=deployment_id, platform_id=platform_id, lms_id="1", embed_origins=[], **common)
        )
    return deployment_id


def older_run(world: World, clock: MovableClock, lms_id: str) -> uuid.UUID:
    """Add a course that leads to a run of the same program, a year before the world's."""
    course_id, run = new_course(world, lms_id, ""), uuid.uuid4()
    kept = (
        "organisation_id",
        "program_id",
        "program_version",
        "program_source",
        "program_digest",
        "timezone",
    )
    with transaction() as session:
        known = session.scalars(select(Offering).where(Offering.id == world.offering_id)).one()
        session.add(
            Offering(
                id=run,
                title="Older run",
                starts_on=known.starts_on.replace(year=2025),
                created_at=clock(),
                **{name: getattr(known, name) for name in kept},
            )
        )
        session.flush()
        session.add(
            OfferingContext(
                id=uuid.uuid4(), organisation_id=world.organisation_id, offering_id=run, context_id=course_id
            )
        )
    return run


def places_and_cohorts() -> tuple[int, int]:
    """Count everybody's places and all cohorts: a copy brings none."""
    session = read_session()
    found = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Membership, Cohort)]
    session.commit()
    return found[0], found[1]
