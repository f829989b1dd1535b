"""Grades as a wish: a row says what an LMS should show for a learner; sending makes it true.

The row outlives everything: a killed process leaves it `wanted`, and the sweeper finds it. Each attempt
takes a lease and a fencing token, so of two senders only the later one may say how it ended; and each
carries a later time than the one before, so of two scores that arrive, an LMS keeps the newer.
"""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from ltitool.errors import Invalid, msg
from ltitool.foundation.jobs import enqueue
from ltitool.lti.gradebook import Score
from ltitool.lti.models import GradeIntent

JOB = "grades.send"
LEASE = timedelta(minutes=2)  # longer than all requests of one attempt may take together
BETWEEN_STAMPS = timedelta(seconds=1)  # Moodle compares whole seconds
KEEP_TRYING = timedelta(days=14)
BATCH = 500


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


@dataclass(frozen=True)
class Attempt:
    """One leased try at making an intent true."""

    intent_id: uuid.UUID
    organisation_id: uuid.UUID
    context_id: uuid.UUID
    activity_key: str
    label: str
    version: int
    number: int  # of tries for this version, from 1
    fencing_token: int
    wanted_at: datetime
    score: Score
    first: bool  # nothing was ever sent for this learner, nor tried
    unclear: bool  # something was sent that may have arrived
    sent_comment: str | None  # the last one that arrived


def want_grade(session: Session, wanted: WantedGrade, *, at: datetime) -> uuid.UUID:
    """Say what an LMS should show, in the transaction of whatever decided it; gives the intent's id.

    Raises:
        Invalid: it is no score that a gradebook could hold (A59).
    """
    _check(wanted)
    intent_id = uuid.uuid5(wanted.context_id, f"grade:{wanted.activity_key}:{wanted.subject}")
    row = session.get(GradeIntent, intent_id, with_for_update=True, populate_existing=True)
    if row is None:
        row = _new_row(wanted, intent_id, at)
        session.add(row)
    else:
        row.version += 1
    row.score_given, row.score_maximum = wanted.score_given, wanted.score_maximum
    row.activity_progress, row.grading_progress = wanted.activity_progress, wanted.grading_progress
    row.comment, row.label = wanted.comment, wanted.label
    row.state, row.error, row.attempts = "wanted", None, 0
    row.wanted_at = row.next_attempt_at = at
    row.healed_at = row.shown_score = None
    session.flush()
    enqueue(session, JOB, str(intent_id), at)
    return intent_id


def sweep_grades(session: Session, now: datetime) -> Iterable[str]:
    """Find the intents that want sending now, whatever became of their jobs."""
    return [
        str(intent_id)
        for intent_id in session.scalars(
            select(GradeIntent.id)
            .where(GradeIntent.state == "wanted", GradeIntent.next_attempt_at <= now, _unleased(now))
            .order_by(GradeIntent.next_attempt_at)
            .limit(BATCH)
        )
    ]


def begin(session: Session, intent_id: uuid.UUID, *, at: datetime) -> Attempt | datetime | None:
    """Lease an intent for one attempt; else say when to look again, or None if nothing is wanted."""
    row = session.get(GradeIntent, intent_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "wanted":
        return None
    if row.lease_until is not None and row.lease_until > at:
        return row.lease_until
    earliest = row.last_stamp + BETWEEN_STAMPS if row.last_stamp else at
    if max(earliest, row.next_attempt_at) > at:
        return max(earliest, row.next_attempt_at)
    if row.lease_until is not None:  # whoever held it said nothing: it was killed, perhaps after sending
        row.unclear = True
    row.lease_until, row.last_stamp = at + LEASE, at
    row.fencing_token += 1
    row.attempts += 1
    return _attempt(row, at)


def mark_sent(session: Session, attempt: Attempt) -> bool:
    """Note a success. A newer wish that came meanwhile stays wanted; gives whether one did."""
    newer = GradeIntent.version > attempt.version
    _end(
        session,
        attempt,
        sent_version=attempt.version,
        state=case((newer, "wanted"), else_="sent"),
        error=None,
        unclear=False,
        sent_comment=attempt.score.comment or GradeIntent.sent_comment,
        shown_score=None,
    )
    return _wanted_still(session, attempt)


def mark_for_later(
    session: Session, attempt: Attempt, reason: str, next_at: datetime, *, unclear: bool = False
) -> None:
    """Note a failure that may pass; `unclear` if the score may have arrived all the same."""
    known = {"unclear": True} if unclear else {}
    _end(session, attempt, error=reason, next_attempt_at=next_at, **known)


def mark_over(session: Session, attempt: Attempt, state: str, reason: str | None) -> None:
    """Note that this version will not be sent.

    It is "dead", or "absent" with its learner, "superseded" by what the LMS shows instead, or "withheld"
    from a gradebook that would erase what it has.
    """
    newer = GradeIntent.version > attempt.version
    _end(session, attempt, error=reason, state=case((newer, "wanted"), else_=state))


def _end(session: Session, attempt: Attempt, **values: object) -> None:
    """Write an attempt's end, unless another sender has taken the intent since."""
    session.execute(
        update(GradeIntent)
        .where(GradeIntent.id == attempt.intent_id, GradeIntent.fencing_token == attempt.fencing_token)
        .values(lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )


def _wanted_still(session: Session, attempt: Attempt) -> bool:
    state = session.scalar(select(GradeIntent.state).where(GradeIntent.id == attempt.intent_id))
    return state == "wanted"


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(GradeIntent.lease_until.is_(None), GradeIntent.lease_until <= now)


def _new_row(wanted: WantedGrade, intent_id: uuid.UUID, at: datetime) -> GradeIntent:
    return GradeIntent(
        id=intent_id,
        organisation_id=wanted.organisation_id,
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


def _attempt(row: GradeIntent, stamp: datetime) -> Attempt:
    return Attempt(
        intent_id=row.id,
        organisation_id=row.organisation_id,
        context_id=row.context_id,
        activity_key=row.activity_key,
        label=row.label,
        version=row.version,
        number=row.attempts,
        fencing_token=row.fencing_token,
        wanted_at=row.wanted_at,
        first=row.sent_version == 0 and row.fencing_token == 1,
        unclear=row.unclear,
        sent_comment=row.sent_comment,
        score=Score(
            subject=row.subject,
            given=row.score_given,
            maximum=row.score_maximum,
            activity_progress=row.activity_progress,
            grading_progress=row.grading_progress,
            comment=row.comment,
            stamp=stamp,
        ),
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
