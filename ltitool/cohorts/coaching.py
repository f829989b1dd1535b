"""1:1s between a coach and a participant. The private note is read by coaches of the cohort alone."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ltitool.cohorts.days import check_day, local_day
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import CoachingEntry
from ltitool.cohorts.scope import ParticipantScope
from ltitool.foundation.rows import add_once
from ltitool.people.models import Person


@dataclass(frozen=True)
class OneToOne:
    """What a coach writes down about a 1:1."""

    held_on: date
    minutes: int
    focus: str
    next_step: str
    shared_note: str
    private_note: str


@dataclass(frozen=True)
class SharedEntry:
    """A 1:1 as its participant, or a director, may see it: there is no private note here."""

    entry_id: uuid.UUID
    held_on: date
    minutes: int
    focus: str
    next_step: str
    shared_note: str
    coach: str


@dataclass(frozen=True)
class CoachEntry(SharedEntry):
    """A 1:1 as coaches of the cohort see it."""

    private_note: str


def record_one_to_one(
    session: Session,
    scope: ParticipantScope,
    said: OneToOne,
    *,
    entry_id: uuid.UUID,
    recorded_by: uuid.UUID,
    at: datetime,
) -> None:
    """Write a 1:1 down; the caller has the scope as this participant's coach. Twice is once.

    Raises:
        Invalid: the day lies outside the time from the program's start until now.
    """
    check_day(said.held_on, scope.starts_on, local_day(at, scope.timezone))
    add_once(
        session,
        CoachingEntry(
            id=entry_id,
            organisation_id=scope.organisation_id,
            offering_id=scope.offering_id,
            person_id=scope.person_id,
            held_on=said.held_on,
            minutes=said.minutes,
            focus=said.focus,
            next_step=said.next_step,
            shared_note=said.shared_note,
            private_note=said.private_note,
            recorded_by=recorded_by,
            recorded_at=at,
        ),
    )


def change_one_to_one(
    session: Session,
    scope: ParticipantScope,
    said: OneToOne,
    *,
    entry_id: uuid.UUID,
    recorded_by: uuid.UUID,
    at: datetime,
) -> None:
    """Correct a 1:1.

    Raises:
        OfferingUnknown: no such entry about this participant.
        Invalid: as for a new one.
    """
    check_day(said.held_on, scope.starts_on, local_day(at, scope.timezone))
    row = session.scalar(
        select(CoachingEntry).where(
            CoachingEntry.organisation_id == scope.organisation_id,
            CoachingEntry.offering_id == scope.offering_id,
            CoachingEntry.person_id == scope.person_id,
            CoachingEntry.id == entry_id,
        )
    )
    if row is None:
        raise OfferingUnknown(f"coaching entry {entry_id}")
    row.held_on, row.minutes = said.held_on, said.minutes
    row.focus, row.next_step = said.focus, said.next_step
    row.shared_note, row.private_note = said.shared_note, said.private_note
    row.recorded_by, row.recorded_at = recorded_by, at


def entries_for_coach(session: Session, scope: ParticipantScope) -> list[CoachEntry]:
    """List a participant's 1:1s, newest first, private notes included: for coaches of the cohort only."""
    rows = session.execute(_entries(scope))
    return [
        CoachEntry(
            row.id,
            row.held_on,
            row.minutes,
            row.focus,
            row.next_step,
            row.shared_note,
            coach,
            row.private_note,
        )
        for row, coach in rows
    ]


def find_entry(session: Session, scope: ParticipantScope, entry_id: uuid.UUID) -> CoachEntry:
    """Give one 1:1 about this participant to their coach.

    Raises:
        OfferingUnknown: no such entry about this participant.
    """
    for entry in entries_for_coach(session, scope):
        if entry.entry_id == entry_id:
            return entry
    raise OfferingUnknown(f"coaching entry {entry_id}")


def shared_entries(session: Session, scope: ParticipantScope) -> list[SharedEntry]:
    """List a participant's 1:1s, newest first, as anybody else who may read their work sees them."""
    rows = session.execute(_entries(scope))
    return [
        SharedEntry(row.id, row.held_on, row.minutes, row.focus, row.next_step, row.shared_note, coach)
        for row, coach in rows
    ]


def days_of_one_to_ones(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, list[date]]:
    """Give the days of each person's 1:1s, oldest first."""
    found: dict[uuid.UUID, list[date]] = {person: [] for person in people}
    rows = session.execute(
        select(CoachingEntry.person_id, CoachingEntry.held_on)
        .where(
            CoachingEntry.organisation_id == organisation_id,
            CoachingEntry.offering_id == offering_id,
            CoachingEntry.person_id.in_(people),
        )
        .order_by(CoachingEntry.held_on, CoachingEntry.recorded_at)
    )
    for person_id, held_on in rows:
        found[person_id].append(held_on)
    return found


def _entries(scope: ParticipantScope) -> Select[CoachingEntry, str]:
    return (
        select(CoachingEntry, Person.display_name)
        .join(Person, Person.id == CoachingEntry.recorded_by)
        .where(
            CoachingEntry.organisation_id == scope.organisation_id,
            CoachingEntry.offering_id == scope.offering_id,
            CoachingEntry.person_id == scope.person_id,
            Person.organisation_id == scope.organisation_id,
        )
        .order_by(CoachingEntry.held_on.desc(), CoachingEntry.recorded_at.desc())
    )
