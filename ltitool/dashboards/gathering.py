"""Read what is recorded about people and lay it along their program."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from ltitool.cohorts.attendance import attended_by
from ltitool.cohorts.coaching import days_of_one_to_ones
from ltitool.cohorts.days import local_day
from ltitool.cohorts.journey import Journey, Recorded, journey
from ltitool.cohorts.progress import progress_of_all
from ltitool.cohorts.scope import ParticipantScope


def recorded_about(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, Recorded]:
    """Read three tables once for all of these people."""
    progress = progress_of_all(session, organisation_id, offering_id, people)
    attended = attended_by(session, organisation_id, offering_id, people)
    met = days_of_one_to_ones(session, organisation_id, offering_id, people)
    return {person: Recorded(progress[person], attended[person], tuple(met[person])) for person in people}


def journey_of(session: Session, scope: ParticipantScope, at: datetime) -> Journey:
    """Give one person's journey as of now, where they are."""
    recorded = recorded_about(session, scope.organisation_id, scope.offering_id, [scope.person_id])
    today = local_day(at, scope.timezone)
    return journey(scope.program, scope.starts_on, today, recorded[scope.person_id])
