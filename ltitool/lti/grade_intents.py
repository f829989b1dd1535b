"""Grades as a wish: a row says what an LMS should show for a learner; sending makes it true.

The row outlives everything: a killed process leaves it `wanted`, and the sweeper finds it. One job for each
platform looks at all of its rows (grade_posting.py), so the LMS is asked by one of us at a time.
"""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import Invalid, msg
from ltitool.foundation.jobs import enqueue, hold
from ltitool.lti.grade_claims import WANTED
from ltitool.lti.models import Context, Deployment, GradeIntent

JOB = "grades.send"
KEEP_TRYING = timedelta(days=14)


@dataclass(frozen=True)
class WantedGrade:
    """The score that an LMS should show for one learner in one activity."""

    organisation_id: uuid.UUID
    context_id: uuid.UUID
    activity_key: str
    person_id: uuid.UUID
    subject: str  # the learner's user id in that LMS
    label: str  # of the gradebook's column, should we have to make it
    score_given: float | None
    score_maximum: float
    comment: str | None = None
    activity_progress: str = "Completed"
    grading_progress: str = "FullyGraded"


def want_grade(session: Session, wanted: WantedGrade, *, at: datetime) -> uuid.UUID:
    """Say what an LMS should show, in the transaction of whatever decided it; gives the intent's id.

    Raises:
        Invalid: it is no score that a gradebook could hold (A59).
    """
    _check(wanted)
    platform_id = hint(session, wanted.context_id, at)
    intent_id = uuid.uuid5(wanted.context_id, f"grade:{wanted.activity_key}:{wanted.subject}")
    row = session.get(GradeIntent, intent_id, with_for_update=True, populate_existing=True)
    if row is None:
        row = _new_row(wanted, intent_id, platform_id, at)
        session.add(row)
    else:
        row.version += 1
    row.score_given, row.score_maximum = wanted.score_given, wanted.score_maximum
    row.activity_progress, row.grading_progress = wanted.activity_progress, wanted.grading_progress
    row.comment, row.label = wanted.comment, wanted.label
    row.state, row.error, row.attempts = WANTED, None, 0
    row.wanted_at = row.next_attempt_at = at
    row.healed_at = row.shown_score = None
    session.flush()
    return intent_id


def hint(session: Session, context_id: uuid.UUID, at: datetime) -> uuid.UUID:
    """Have a course's platform looked at, and give its id.

    To be done before any of its intents is touched: whoever wants grades of one platform meets at its job
    first, so two that want the same ones in another order wait for each other once and not crosswise.
    """
    platform_id = _platform_of(session, context_id)
    enqueue(session, JOB, str(platform_id), at)
    return platform_id


def line_up(session: Session, *, platform_id: uuid.UUID) -> None:
    """Meet those that want grades of a platform, as `hint` does, without having it looked at."""
    hold(session, JOB, str(platform_id))


def line_up_for_course(session: Session, context_id: uuid.UUID) -> None:
    """Meet those that want grades of a course's platform."""
    line_up(session, platform_id=_platform_of(session, context_id))


def sweep_grades(session: Session, now: datetime) -> Iterable[str]:
    """Find the platforms with grades that want sending now, whatever became of their jobs."""
    due = select(GradeIntent.platform_id).where(
        GradeIntent.state == WANTED, GradeIntent.next_attempt_at <= now
    )
    return [str(platform_id) for platform_id in session.scalars(due.distinct())]


def _platform_of(session: Session, context_id: uuid.UUID) -> uuid.UUID:
    return session.scalars(
        select(Deployment.platform_id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    ).one()


def _new_row(wanted: WantedGrade, intent_id: uuid.UUID, platform_id: uuid.UUID, at: datetime) -> GradeIntent:
    return GradeIntent(
        id=intent_id,
        organisation_id=wanted.organisation_id,
        platform_id=platform_id,
        context_id=wanted.context_id,
        activity_key=wanted.activity_key,
        person_id=wanted.person_id,
        subject=wanted.subject,
        version=1,
        sent_version=0,
        attempts=0,
        fencing_token=0,
        last_stamp=None,
        lease_until=None,
        wanted_at=at,
        unclear=False,
    )


def _check(wanted: WantedGrade) -> None:
    faults = {}
    if not (math.isfinite(wanted.score_maximum) and wanted.score_maximum > 0):
        faults["score_maximum"] = msg("The highest possible score must be more than zero")
    elif wanted.score_given is not None and not 0 <= wanted.score_given <= wanted.score_maximum:
        faults["score_given"] = msg("A score lies between zero and the highest possible score")
    if not wanted.subject:
        faults["subject"] = msg("A grade needs to name a learner")
    if faults:
        raise Invalid(faults)
