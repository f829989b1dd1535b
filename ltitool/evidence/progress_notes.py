"""The one way in which evidence tells progress how far somebody is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage, note_progress, undo_progress
from ltitool.cohorts.scope import ParticipantScope
from ltitool.programs import Activity


def note(
    session: Session,
    scope: ParticipantScope,
    activity: Activity,
    stage: Stage,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note how far a person is with an activity, inside the caller's use case."""
    note_progress(
        session,
        organisation_id=scope.organisation_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        activity_key=activity.key,
        state=stage,
        at=at,
        details=details,
    )


def undo(session: Session, scope: ParticipantScope, activity: Activity, at: datetime) -> None:
    """Open an activity again whose rule is no longer met."""
    undo_progress(
        session,
        organisation_id=scope.organisation_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        activity_key=activity.key,
        at=at,
    )
