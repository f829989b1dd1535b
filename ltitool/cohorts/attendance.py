"""Whole-group sessions: when one was held, how long, and for how many minutes each person was there."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.days import check_day, local_day
from ltitool.cohorts.memberships import members
from ltitool.cohorts.models import Attendance, GroupSession
from ltitool.cohorts.scope import CoachedCohort
from ltitool.errors import Invalid, msg

LONGER_THAN_SESSION = msg("Nobody can be there longer than the session lasted.")
WHY_CHANGED = msg("This was recorded before. Say in a few words why it changes.")


@dataclass(frozen=True)
class Present:
    """One person's line: minutes (0: absent) and a note."""

    minutes: int
    note: str = ""


@dataclass(frozen=True)
class Held:
    """A session as it took place."""

    activity_key: str
    held_on: date
    minutes: int


@dataclass(frozen=True)
class SessionRecord:
    """What is recorded of one session, for one cohort; `held` is None before anybody records it."""

    held: Held | None
    people: Mapping[uuid.UUID, Present]


def record_attendance(
    session: Session,
    held: Held,
    present: Mapping[uuid.UUID, Present],
    *,
    organisation_id: uuid.UUID,
    cohort: CoachedCohort,
    recorded_by: uuid.UUID,
    at: datetime,
) -> None:
    """Write a session down for the people of a cohort; people of other cohorts are left aside.

    Raises:
        Invalid: more minutes than the session had, or a changed line without a reason, by person id;
            or a day before the program began or still to come.
    """
    check_day(held.held_on, cohort.starts_on, local_day(at, cohort.timezone))
    ours = {
        m.person_id for m in members(session, organisation_id, cohort.offering_id, cohort_id=cohort.cohort_id)
    }
    wanted = {person: line for person, line in present.items() if person in ours}
    row = _group_session(session, organisation_id, cohort.offering_id, held)
    known = _rows(session, organisation_id, row.id)
    faults = _faults(held, wanted, known)
    if faults:
        raise Invalid(faults)
    row.held_on, row.minutes = held.held_on, held.minutes
    for person_id, line in wanted.items():
        found = known.get(person_id)
        if found is None:
            session.add(_new_row(row, person_id, line, recorded_by, at))
        else:
            _correct(found, line, recorded_by, at)


def session_record(
    session: Session, organisation_id: uuid.UUID, cohort: CoachedCohort, activity_key: str
) -> SessionRecord:
    """Give what is recorded of a session for a cohort's people."""
    row = session.scalar(
        select(GroupSession).where(
            GroupSession.organisation_id == organisation_id,
            GroupSession.offering_id == cohort.offering_id,
            GroupSession.activity_key == activity_key,
        )
    )
    if row is None:
        return SessionRecord(None, {})
    ours = {
        m.person_id
        for m in members(
            session, organisation_id, cohort.offering_id, cohort_id=cohort.cohort_id, status=None
        )
    }
    people = {
        person: Present(found.minutes, found.note)
        for person, found in _rows(session, organisation_id, row.id).items()
        if person in ours
    }
    return SessionRecord(Held(row.activity_key, row.held_on, row.minutes), people)


def attended_by(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """Give each person's recorded minutes by the session's activity key; 0 means absent."""
    found: dict[uuid.UUID, dict[str, int]] = {person: {} for person in people}
    rows = session.execute(
        select(Attendance.person_id, GroupSession.activity_key, Attendance.minutes)
        .join(GroupSession, GroupSession.id == Attendance.group_session_id)
        .where(
            Attendance.organisation_id == organisation_id,
            GroupSession.organisation_id == organisation_id,
            GroupSession.offering_id == offering_id,
            Attendance.person_id.in_(people),
        )
    )
    for person_id, activity_key, minutes in rows:
        found[person_id][activity_key] = minutes
    return found


def _group_session(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, held: Held
) -> GroupSession:
    row = session.scalar(
        select(GroupSession)
        .where(
            GroupSession.organisation_id == organisation_id,
            GroupSession.offering_id == offering_id,
            GroupSession.activity_key == held.activity_key,
        )
        .with_for_update()
    )
    if row is None:
        row = GroupSession(
            id=uuid.uuid5(offering_id, f"group-session:{held.activity_key}"),
            organisation_id=organisation_id,
            offering_id=offering_id,
            activity_key=held.activity_key,
            held_on=held.held_on,
            minutes=held.minutes,
        )
        session.add(row)
        session.flush()
    return row


def _rows(
    session: Session, organisation_id: uuid.UUID, group_session_id: uuid.UUID
) -> dict[uuid.UUID, Attendance]:
    rows = session.scalars(
        select(Attendance).where(
            Attendance.organisation_id == organisation_id, Attendance.group_session_id == group_session_id
        )
    )
    return {row.person_id: row for row in rows}


def _faults(
    held: Held, wanted: Mapping[uuid.UUID, Present], known: Mapping[uuid.UUID, Attendance]
) -> dict[str, str]:
    faults = {
        str(person): LONGER_THAN_SESSION for person, line in wanted.items() if line.minutes > held.minutes
    }
    for person, line in wanted.items():
        before = known.get(person)
        if before is not None and before.minutes != line.minutes and line.note in {"", before.note}:
            faults.setdefault(str(person), WHY_CHANGED)
    return faults


def _new_row(
    held: GroupSession, person_id: uuid.UUID, line: Present, recorded_by: uuid.UUID, at: datetime
) -> Attendance:
    return Attendance(
        id=uuid.uuid5(held.id, f"attendance:{person_id}"),
        organisation_id=held.organisation_id,
        group_session_id=held.id,
        person_id=person_id,
        minutes=line.minutes,
        note=line.note,
        corrections=[],
        recorded_by=recorded_by,
        recorded_at=at,
    )


def _correct(row: Attendance, line: Present, recorded_by: uuid.UUID, at: datetime) -> None:
    if (row.minutes, row.note) == (line.minutes, line.note):
        return
    if row.minutes != line.minutes:
        before = {
            "minutes": row.minutes,
            "note": row.note,
            "by": str(row.recorded_by),
            "at": row.recorded_at.isoformat(),
        }
        row.corrections = [*row.corrections, before]
    row.minutes, row.note = line.minutes, line.note
    row.recorded_by, row.recorded_at = recorded_by, at
