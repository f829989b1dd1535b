"""Read a course's roster and fill its offering: when somebody asks, and daily as the job rosters.read."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import RosterEmpty
from ltitool.cohorts.models import OfferingContext
from ltitool.cohorts.rosters import Filled, RosterFilling
from ltitool.foundation.db import end_read, read_session
from ltitool.foundation.jobs import GiveUp, Work
from ltitool.foundation.services import services
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.openings import OPEN
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.rosters import hold_nothing, refresh_roster
from ltitool.lti.service_errors import RosterNotLinked, ServiceBusy
from ltitool.lti.wiring import lti_memory

JOB = "rosters.read"
EVERY = timedelta(days=1)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 30, 60))


def read_roster(
    context_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID,
    client_for: Callable[[Platform], PlatformClient],
    new_id: Callable[[], uuid.UUID],
    at: datetime,
    renew: Callable[[], None] = hold_nothing,
) -> Filled:
    """Read a course's roster now and take it over; `renew` is called before each part of it.

    Raises:
        RosterNotLinked: the course shares none, or is not this organisation's.
        RosterEmpty: nobody is listed.
        ToolError: the LMS refused or does not answer; nobody is marked as gone.
    """
    filling = RosterFilling(
        read_session(), organisation_id=organisation_id, context_id=context_id, new_id=new_id, at=at
    )
    end_read()
    refresh_roster(
        context_id,
        organisation_id=organisation_id,
        client_for=client_for,
        taking=filling,
        new_id=new_id,
        at=at,
        renew=renew,
    )
    return filling.filled


def read_roster_here(
    organisation_id: uuid.UUID, context_id: uuid.UUID, renew: Callable[[], None] = hold_nothing
) -> Filled:
    """Read a roster with what the running application holds."""
    found = services()
    return read_roster(
        context_id,
        organisation_id=organisation_id,
        client_for=lti_memory().client_for,
        new_id=found.new_id,
        at=found.clock(),
        renew=renew,
    )


def read_roster_job(work: Work) -> datetime | None:
    """Handle a "rosters.read" job: its subject is a context's id."""
    context_id = uuid.UUID(work.subject)
    organisation_id = read_session().scalar(select(Context.organisation_id).where(Context.id == context_id))
    if organisation_id is None:
        raise GiveUp("the course is gone")
    try:
        read_roster_here(organisation_id, context_id, work.renew)
    except (RosterNotLinked, RosterEmpty) as error:
        raise GiveUp(error.code) from error
    except ServiceBusy as error:
        # Later, when the LMS asks for it or after a while that grows; the roster we have stays good (P20).
        found = services()
        spread = 1 + context_id.int % 1000 / 4000  # so that courses of one LMS do not all come back at once
        usual = found.clock() + WAITS[min(work.attempt, len(WAITS)) - 1] * spread
        return max(usual, error.retry_at or usual)
    return None


def rosters_due(session: Session, at: datetime) -> Iterable[str]:
    """Sweep for "rosters.read": connected courses whose roster was not read for a day."""
    courses = session.scalars(
        select(Context.id)
        .join(OfferingContext, OfferingContext.context_id == Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(
            *OPEN,
            Context.memberships_url.is_not(None),
            or_(Context.roster_read_at.is_(None), Context.roster_read_at <= at - EVERY),
        )
    )
    return [str(context_id) for context_id in courses]
