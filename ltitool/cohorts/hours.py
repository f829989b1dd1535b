"""The hours ledger: rows of attendance and of 1:1s, and nothing else. No row, no hours."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import Select, String, cast, null, select, union_all
from sqlalchemy.orm import Session

from ltitool.cohorts.models import Attendance, CoachingEntry, GroupSession
from ltitool.cohorts.scope import ParticipantScope
from ltitool.programs.activities import ActivityKind

CENT = Decimal("0.01")


@dataclass(frozen=True, order=True)
class HoursLine:
    """Recorded time on one day: its kind, exact minutes, and the row that it comes from."""

    held_on: date
    kind: ActivityKind
    minutes: int
    activity_key: str | None  # of the session; a 1:1 has none
    row_id: uuid.UUID


@dataclass(frozen=True)
class HoursLedger:
    """All recorded time that counts for a program; there is at least one line."""

    lines: tuple[HoursLine, ...]

    @property
    def minutes(self) -> int:
        """All minutes together."""
        return sum(line.minutes for line in self.lines)

    @property
    def hours(self) -> Decimal:
        """All minutes as hours, rounded down to hundredths."""
        return as_hours(self.minutes)

    @property
    def hours_by_kind(self) -> Mapping[ActivityKind, Decimal]:
        """Hours of each kind that add up to `hours`: what rounding left goes to the largest rests."""
        kinds = self.minutes_by_kind
        parts = {kind: as_hours(minutes) for kind, minutes in kinds.items()}
        left = int((self.hours - sum(parts.values())) / CENT)
        by_rest = sorted(kinds, key=lambda kind: Decimal(kinds[kind]) / 60 - parts[kind], reverse=True)
        return {kind: part + CENT * (kind in by_rest[:left]) for kind, part in parts.items()}

    @property
    def minutes_by_kind(self) -> Mapping[ActivityKind, int]:
        """Minutes of each kind that has any, in the order in which they first happened."""
        totals: dict[ActivityKind, int] = {}
        for line in self.lines:
            totals[line.kind] = totals.get(line.kind, 0) + line.minutes
        return totals


def hours_ledger(session: Session, scope: ParticipantScope) -> HoursLedger | None:
    """Give a participant's ledger, limited to the kinds that the program counts; None without rows."""
    return hours_ledgers(session, scope, [scope.person_id])[scope.person_id]


def hours_ledgers(
    session: Session, scope: ParticipantScope, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, HoursLedger | None]:
    """Give the ledgers of several people of the scope's offering, in one query."""
    lines: dict[uuid.UUID, list[HoursLine]] = {person: [] for person in people}
    for person_id, line in _rows(session, scope, people):
        if line.kind in scope.program.clock_hours and line.minutes > 0:
            lines[person_id].append(line)
    return {
        person: HoursLedger(tuple(sorted(own, key=_by_day))) if own else None for person, own in lines.items()
    }


def as_hours(minutes: int) -> Decimal:
    """Turn minutes into hours, rounded down to hundredths: nobody is credited time that was not there."""
    return (Decimal(minutes) / 60).quantize(CENT, rounding=ROUND_DOWN)


def _by_day(line: HoursLine) -> tuple[date, str, str]:
    return line.held_on, line.kind.value, str(line.row_id)


def _rows(
    session: Session, scope: ParticipantScope, people: list[uuid.UUID]
) -> Iterable[tuple[uuid.UUID, HoursLine]]:
    for person_id, held_on, minutes, key, row_id in session.execute(
        union_all(_sessions(scope, people), _one_to_ones(scope, people))
    ):
        kind = ActivityKind.COACHING_SESSION if key is None else ActivityKind.GROUP_SESSION
        yield person_id, HoursLine(held_on, kind, minutes, key, row_id)


def _sessions(
    scope: ParticipantScope, people: list[uuid.UUID]
) -> Select[uuid.UUID, date, int, str, uuid.UUID]:
    return (
        select(
            Attendance.person_id,
            GroupSession.held_on,
            Attendance.minutes,
            GroupSession.activity_key,
            Attendance.id,
        )
        .join(GroupSession, GroupSession.id == Attendance.group_session_id)
        .where(
            Attendance.organisation_id == scope.organisation_id,
            GroupSession.organisation_id == scope.organisation_id,
            GroupSession.offering_id == scope.offering_id,
            Attendance.person_id.in_(people),
        )
    )


def _one_to_ones(
    scope: ParticipantScope, people: list[uuid.UUID]
) -> Select[uuid.UUID, date, int, str, uuid.UUID]:
    return select(
        CoachingEntry.person_id,
        CoachingEntry.held_on,
        CoachingEntry.minutes,
        cast(null(), String),
        CoachingEntry.id,
    ).where(
        CoachingEntry.organisation_id == scope.organisation_id,
        CoachingEntry.offering_id == scope.offering_id,
        CoachingEntry.person_id.in_(people),
    )
