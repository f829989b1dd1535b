"""The coach's brief before a 1:1: facts only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ltitool.cohorts.coaching import CoachEntry, entries_for_coach
from ltitool.cohorts.hours import HoursLedger, hours_ledger
from ltitool.cohorts.journey import Journey, Standing
from ltitool.cohorts.progress import progress_of
from ltitool.cohorts.scope import ParticipantScope
from ltitool.dashboards.board import keystones_waiting
from ltitool.dashboards.gathering import journey_of
from ltitool.evidence.models import Photo
from ltitool.people.models import Person
from ltitool.programs.activities import Activity
from ltitool.scoring.outcomes import Waiting

LATEST = 5


@dataclass(frozen=True)
class Sent:
    """A piece of work that was sent, and when."""

    activity: Activity
    at: datetime


@dataclass(frozen=True)
class Brief:
    """What a coach knows before a 1:1."""

    name: str
    journey: Journey
    latest: tuple[Sent, ...]
    last_entry: CoachEntry | None
    photos: int
    hours: HoursLedger | None
    waiting: Waiting | None


def brief(session: Session, scope: ParticipantScope, at: datetime) -> Brief:
    """Gather the brief; the caller has the scope as this participant's coach."""
    way = journey_of(session, scope, at)
    entries = entries_for_coach(session, scope)
    waiting = keystones_waiting(session, scope.organisation_id, scope.offering_id, [scope.person_id])
    return Brief(
        name=session.scalars(select(Person.display_name).where(Person.id == scope.person_id)).one(),
        journey=way,
        latest=_latest(session, scope, way),
        last_entry=entries[0] if entries else None,
        photos=_photos(session, scope),
        hours=hours_ledger(session, scope),
        waiting=waiting.get(scope.person_id),
    )


def _latest(session: Session, scope: ParticipantScope, way: Journey) -> tuple[Sent, ...]:
    progress = progress_of(session, scope.organisation_id, scope.offering_id, scope.person_id)
    sent = [
        Sent(item.activity, progress[item.activity.key].changed_at)
        for item in way.activities
        if item.standing in {Standing.SENT, Standing.DONE} and item.activity.key in progress
    ]
    return tuple(sorted(sent, key=lambda one: one.at, reverse=True)[:LATEST])


def _photos(session: Session, scope: ParticipantScope) -> int:
    count = session.scalar(
        select(func.count())
        .select_from(Photo)
        .where(
            Photo.organisation_id == scope.organisation_id,
            Photo.offering_id == scope.offering_id,
            Photo.person_id == scope.person_id,
            Photo.withdrawn_at.is_(None),
        )
    )
    return count or 0
