"""Answer sheets: practice log, analyses, the team's dialogue, reflections, surveys. Saved, sent, changed.

Nobody scores a sheet, so sending it completes its activity. What was sent may be changed until the
keystone that can cite it lies with the coach; what is first sent after that stays open.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.answers import Answers, missing_on_sheet
from ltitool.evidence.errors import EntryClosed
from ltitool.evidence.keystone_standing import waiting_since
from ltitool.evidence.models import GuidedEntry
from ltitool.evidence.progress_notes import note
from ltitool.evidence.questions import OWN_PAGES, Sheet


@dataclass(frozen=True)
class EntryState:
    """A sheet's answers and how far it is."""

    answers: Mapping[str, object] = field(default_factory=dict)
    updated_at: datetime | None = None
    submitted_at: datetime | None = None
    closed: bool = False


def read_entry(session: Session, scope: ParticipantScope, activity_key: str) -> EntryState:
    """Give a person's sheet for an activity; an empty one if they have not begun."""
    row = find_entry(session, scope, activity_key)
    if row is None:
        return EntryState()
    closed = _is_closed(row, waiting_since(session, scope))
    return EntryState(dict(row.answers), row.updated_at, row.submitted_at, closed)


def all_entries(session: Session, scope: ParticipantScope) -> dict[str, GuidedEntry]:
    """Give all sheets that a person has begun, by activity key."""
    rows = session.scalars(
        select(GuidedEntry).where(
            GuidedEntry.organisation_id == scope.organisation_id,
            GuidedEntry.offering_id == scope.offering_id,
            GuidedEntry.person_id == scope.person_id,
        )
    )
    return {row.activity_key: row for row in rows}


def save_entry(
    session: Session,
    scope: ParticipantScope,
    sheet: Sheet,
    answers: Answers,
    *,
    shown: frozenset[str],
    at: datetime,
) -> None:
    """Save the answers to the fields that were shown; the others stay as they are.

    Raises:
        EntryClosed: the sheet was sent, and the keystone lies with the coach.
    """
    row = _open_row(session, scope, sheet, at)
    kept = {name: value for name, value in row.answers.items() if name not in shown}
    row.answers = {**kept, **answers}
    row.updated_at = at
    note(session, scope, sheet.activity, Stage.STARTED, at)


def send_entry(session: Session, scope: ParticipantScope, sheet: Sheet, *, at: datetime) -> dict[str, str]:
    """Send a sheet whose answers are saved; says what is missing, and then it is not sent.

    Raises:
        EntryClosed: the sheet was sent, and the keystone lies with the coach.
    """
    row = _open_row(session, scope, sheet, at)
    missing = missing_on_sheet(sheet, row.answers)
    if not missing:
        row.submitted_at = at
        if sheet.activity.kind not in OWN_PAGES:
            note(session, scope, sheet.activity, Stage.DONE, at)
    return missing


def find_entry(session: Session, scope: ParticipantScope, activity_key: str) -> GuidedEntry | None:
    """Find the row of a sheet."""
    return session.scalar(
        select(GuidedEntry).where(
            GuidedEntry.organisation_id == scope.organisation_id,
            GuidedEntry.offering_id == scope.offering_id,
            GuidedEntry.person_id == scope.person_id,
            GuidedEntry.activity_key == activity_key,
        )
    )


def _open_row(session: Session, scope: ParticipantScope, sheet: Sheet, at: datetime) -> GuidedEntry:
    row = find_entry(session, scope, sheet.activity.key)
    if row is None:
        row = GuidedEntry(
            id=uuid.uuid5(scope.offering_id, f"entry:{scope.person_id}:{sheet.activity.key}"),
            organisation_id=scope.organisation_id,
            offering_id=scope.offering_id,
            person_id=scope.person_id,
            activity_key=sheet.activity.key,
            answers={},
            updated_at=at,
            submitted_at=None,
        )
        session.add(row)
    elif _is_closed(row, waiting_since(session, scope)):
        raise EntryClosed(sheet.activity.key)
    return row


def _is_closed(row: GuidedEntry, keystone_sent_at: datetime | None) -> bool:
    return (
        keystone_sent_at is not None and row.submitted_at is not None and row.submitted_at <= keystone_sent_at
    )
