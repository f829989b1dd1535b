"""Take grades that want sending, many in one statement, and write down in another how their attempts ended.

Each attempt takes a lease and a fencing token, so of two senders only the later one may say how it ended; and
each carries a later time than the one before, so of two scores that arrive, an LMS keeps the newer.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    String,
    Uuid,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    update,
    values,
)
from sqlalchemy.orm import Session

from ltitool.foundation.db import UtcDateTime
from ltitool.lti.gradebook import Score
from ltitool.lti.models import GradeIntent
from ltitool.lti.service_errors import AttemptsUsed

LEASE = timedelta(minutes=2)  # longer than all requests of one attempt may take together
BETWEEN_STAMPS = timedelta(seconds=1)  # Moodle compares whole seconds
WANTED, SENT = "wanted", "sent"


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
    first: bool  # the LMS has nothing of ours for this learner, as far as we know
    unclear: bool  # something was sent that may have arrived
    sent_comment: str | None  # the last one that arrived
    error: str | None  # how the try before this one failed


@dataclass(frozen=True)
class Ending:
    """How one attempt ended, and what its intent is from now on."""

    attempt: Attempt
    state: str
    reason: str | None = None
    next_at: datetime | None = None  # where it is tried again
    unclear: bool = False
    tries: int = 0
    pause: datetime | None = None  # the LMS wants to be left alone until then, with all scores


def sent(attempt: Attempt) -> Ending:
    """Say that the LMS has it. A newer wish that came meanwhile stays wanted."""
    return Ending(attempt, SENT, tries=attempt.number)


def for_later(
    attempt: Attempt, reason: str, at: datetime, *, unclear: bool = False, pause: datetime | None = None
) -> Ending:
    """Say that it failed in a way that may pass; `unclear` if it may have arrived all the same."""
    return Ending(attempt, WANTED, reason, at, attempt.unclear or unclear, attempt.number, pause)


def over(attempt: Attempt, state: str, reason: str | None) -> Ending:
    """Say that this version will not be sent.

    It is "dead", or "absent" with its learner, "superseded" by what the LMS shows instead, or "withheld"
    from a gradebook that would erase what it has.
    """
    return Ending(attempt, state, reason, unclear=attempt.unclear, tries=attempt.number)


def given_back(attempt: Attempt) -> Ending:
    """Say that nothing was tried."""
    return Ending(attempt, WANTED, attempt.error, unclear=attempt.unclear, tries=attempt.number - 1)


def claim(session: Session, platform_id: uuid.UUID, *, at: datetime, most: int) -> list[Attempt]:
    """Lease what is due for a platform and nobody else has, those that have waited longest first."""
    due = (
        select(GradeIntent.id)
        .where(_is_wanted(platform_id), GradeIntent.next_attempt_at <= at, _is_free(at), _is_apart(at))
        .order_by(GradeIntent.next_attempt_at, GradeIntent.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = session.execute(
        update(GradeIntent)
        .where(GradeIntent.id.in_(select(due.c.id)))
        .values(
            # Whoever held the lease said nothing: it was killed, perhaps after sending.
            unclear=or_(GradeIntent.unclear, GradeIntent.lease_until.is_not(None)),
            lease_until=at + LEASE,
            last_stamp=at,
            fencing_token=GradeIntent.fencing_token + 1,
            attempts=GradeIntent.attempts + 1,
        )
        .returning(*GradeIntent.__table__.columns)
        .execution_options(synchronize_session=False)
    )
    return [_attempt(row) for row in sorted(rows, key=lambda row: (row.next_attempt_at, row.id))]


def record(session: Session, endings: Sequence[Ending]) -> None:
    """Write down how attempts ended, but for those whose intent another sender has taken since."""
    if not endings:
        return
    ended = _VALUES.data([_row(one) for one in endings]).cte("ended")
    newer, is_sent = GradeIntent.version > ended.c.version, ended.c.state == SENT
    session.execute(
        update(GradeIntent)
        .where(GradeIntent.id == ended.c.id, GradeIntent.fencing_token == ended.c.fencing_token)
        .values(
            lease_until=None,
            state=case((newer, WANTED), else_=ended.c.state),
            error=ended.c.reason,
            unclear=ended.c.unclear,
            attempts=case((newer, GradeIntent.attempts), else_=ended.c.tries),
            next_attempt_at=func.coalesce(ended.c.next_at, GradeIntent.next_attempt_at),
            sent_version=case((is_sent, ended.c.version), else_=GradeIntent.sent_version),
            sent_comment=case(
                (is_sent, func.coalesce(ended.c.comment, GradeIntent.sent_comment)),
                else_=GradeIntent.sent_comment,
            ),
            shown_score=case((is_sent, None), else_=GradeIntent.shown_score),
        )
        .execution_options(synchronize_session=False)
    )


def next_due(session: Session, platform_id: uuid.UUID, at: datetime) -> datetime | None:
    """Say when a platform's next grade may be claimed; None where it has none that is wanted."""
    when = case(
        (GradeIntent.next_attempt_at > at, GradeIntent.next_attempt_at),
        (GradeIntent.lease_until > at, GradeIntent.lease_until),
        (~_is_apart(at), literal(at + BETWEEN_STAMPS, UtcDateTime())),
        else_=literal(at, UtcDateTime()),
    )
    earliest: datetime | None = session.scalar(select(func.min(when)).where(_is_wanted(platform_id)))
    return earliest


def _is_wanted(platform_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(GradeIntent.platform_id == platform_id, GradeIntent.state == WANTED)


def _is_free(at: datetime) -> ColumnElement[bool]:
    return or_(GradeIntent.lease_until.is_(None), GradeIntent.lease_until <= at)


def _is_apart(at: datetime) -> ColumnElement[bool]:
    """Say whether a score of this moment would have a later time than the one before."""
    return or_(GradeIntent.last_stamp.is_(None), GradeIntent.last_stamp <= at - BETWEEN_STAMPS)


_VALUES = values(
    column("id", Uuid()),
    column("fencing_token", Integer()),
    column("version", Integer()),
    column("state", String()),
    column("reason", String()),
    column("next_at", UtcDateTime()),
    column("unclear", Boolean()),
    column("tries", Integer()),
    column("comment", String()),
    name="ended",
)


def _row(one: Ending) -> tuple[Any, ...]:
    attempt = one.attempt
    return (
        attempt.intent_id,
        attempt.fencing_token,
        attempt.version,
        one.state,
        literal(one.reason, String()),  # a bare NULL would have no type
        literal(one.next_at, UtcDateTime()),
        one.unclear,
        one.tries,
        literal(attempt.score.comment or None, String()),
    )


def _attempt(row: Row[Any]) -> Attempt:
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
        first=row.sent_version == 0 and not row.unclear and row.error != AttemptsUsed.code,
        unclear=row.unclear,
        sent_comment=row.sent_comment,
        error=row.error,
        score=Score(
            subject=row.subject,
            given=None if row.score_given is None else float(row.score_given),  # SQLite hands 80.0 back as 80
            maximum=float(row.score_maximum),
            activity_progress=row.activity_progress,
            grading_progress=row.grading_progress,
            comment=row.comment,
            stamp=row.last_stamp,
        ),
    )
