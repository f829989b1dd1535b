"""Where a person stands with each activity: features write it here, dashboards and completion read it.

    started ─► submitted ─► done
                  ▲  │       │
                  │  ▼       │
                returned ◄───┘

A later save never undoes a submission: whatever would lead backwards is left aside, except that work
is returned by a coach (`RETURNED`), or taken back by its writer: sent work that nobody has read
(`reopen_progress`), or what made a step done by itself (`undo_progress`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ltitool.cohorts.models import Progress
from ltitool.foundation.rows import add_once


class Stage(StrEnum):
    """How far an activity is; compares equal to its word."""

    STARTED = "started"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DONE = "done"


ONWARD: Mapping[Stage, frozenset[Stage]] = {
    Stage.STARTED: frozenset(Stage),
    Stage.SUBMITTED: frozenset({Stage.SUBMITTED, Stage.RETURNED, Stage.DONE}),
    Stage.RETURNED: frozenset({Stage.SUBMITTED, Stage.RETURNED, Stage.DONE}),
    Stage.DONE: frozenset({Stage.RETURNED, Stage.DONE}),
}


@dataclass(frozen=True)
class ProgressState:
    """One activity of one person: how far it is, since when, and what its feature wrote beside it."""

    state: Stage
    changed_at: datetime
    details: Mapping[str, Any]


def note_progress(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    person_id: uuid.UUID,
    activity_key: str,
    state: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down how far a person is with an activity, inside the caller's use case.

    A state that would lead backwards changes neither state nor time; `details`, if given, are merged
    in every case.
    """
    wanted = Stage(state)
    row = _find(session, organisation_id, offering_id, person_id, activity_key)
    if row is None:
        row = Progress(
            id=uuid.uuid5(offering_id, f"progress:{person_id}:{activity_key}"),
            organisation_id=organisation_id,
            offering_id=offering_id,
            person_id=person_id,
            activity_key=activity_key,
            state=wanted.value,
            details=dict(details or {}),
            changed_at=at,
        )
        if add_once(session, row):
            return
        row = session.scalars(_query(organisation_id, offering_id, person_id, activity_key)).one()
    _advance(row, wanted, at, details or {})


def reopen_progress(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    person_id: uuid.UUID,
    activity_key: str,
    at: datetime,
) -> None:
    """Put a submission back into its writer's hands; work that is done or not sent stays as it is."""
    _start_again(_find(session, organisation_id, offering_id, person_id, activity_key), Stage.SUBMITTED, at)


def undo_progress(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    person_id: uuid.UUID,
    activity_key: str,
    at: datetime,
) -> None:
    """Open a step again that was done and no longer meets its rule; work that was sent stays as it is."""
    _start_again(_find(session, organisation_id, offering_id, person_id, activity_key), Stage.DONE, at)


def _start_again(row: Progress | None, was: Stage, at: datetime) -> None:
    if row is not None and row.state == was:
        row.state = Stage.STARTED.value
        row.changed_at = at


def progress_of(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, person_id: uuid.UUID
) -> Mapping[str, ProgressState]:
    """Give all that one person has begun, by activity key."""
    return progress_of_all(session, organisation_id, offering_id, [person_id])[person_id]


def progress_of_all(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[str, ProgressState]]:
    """Give what each of these people has begun, in one query."""
    found: dict[uuid.UUID, dict[str, ProgressState]] = {person: {} for person in people}
    rows = session.scalars(
        select(Progress).where(
            Progress.organisation_id == organisation_id,
            Progress.offering_id == offering_id,
            Progress.person_id.in_(people),
        )
    )
    for row in rows:
        state = ProgressState(Stage(row.state), row.changed_at, dict(row.details))
        found[row.person_id][row.activity_key] = state
    return found


def _advance(row: Progress, wanted: Stage, at: datetime, details: Mapping[str, Any]) -> None:
    if wanted in ONWARD[Stage(row.state)]:
        row.state = wanted.value
        row.changed_at = at
    if details:
        row.details = {**row.details, **details}


def _find(
    session: Session,
    organisation_id: uuid.UUID,
    offering_id: uuid.UUID,
    person_id: uuid.UUID,
    activity_key: str,
) -> Progress | None:
    return session.scalar(_query(organisation_id, offering_id, person_id, activity_key))


def _query(
    organisation_id: uuid.UUID, offering_id: uuid.UUID, person_id: uuid.UUID, activity_key: str
) -> Select[Progress]:
    return (
        select(Progress)
        .where(
            Progress.organisation_id == organisation_id,
            Progress.offering_id == offering_id,
            Progress.person_id == person_id,
            Progress.activity_key == activity_key,
        )
        .with_for_update()
    )
