"""Make one grade intent true: one attempt, and what follows from how the LMS answered.

Nothing of the database is held while we wait for the LMS. What an attempt learns is written under its
fencing token, so a sender that was paused cannot overwrite the one that took over. Where nobody knows
whether a score arrived, the gradebook is read before it is sent again (P28).
"""

import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select

from ltitool.errors import ToolError
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.grade_columns import find_column, known_column, lose_column
from ltitool.lti.grade_intents import (
    BETWEEN_STAMPS,
    KEEP_TRYING,
    Attempt,
    begin,
    mark_for_later,
    mark_over,
    mark_sent,
)
from ltitool.lti.gradebook import GradebookService
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.quirks.choosing import manners_of
from ltitool.lti.service_errors import (
    AttemptsUsed,
    ColumnLost,
    GradebookNotLinked,
    LearnerAbsent,
    ServiceAddressForeign,
    ServiceBusy,
    ServiceConflict,
    ServiceRefused,
    ServiceSilent,
    ServiceTargetGone,
)

DELAYS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300))
PATIENCE = timedelta(hours=1)  # where somebody has to change something in the LMS first
CONFLICTS = 4  # tries against a gradebook that says it has something newer
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What sending needs from the application around it."""

    client_for: Callable[[Platform], PlatformClient]
    clock: Callable[[], datetime]
    column_lock: Lock  # so that the threads of one process wait for each other instead of asking again
    jitter: Callable[[], float] = random.random


def send_grade(intent_id: uuid.UUID, desk: Desk) -> datetime | None:
    """Try to make an intent true; gives when to try again, or None when there is nothing left to do."""
    with transaction() as session:
        attempt = begin(session, intent_id, at=desk.clock())
    if not isinstance(attempt, Attempt):
        return attempt
    try:
        service = course_gradebook(attempt.organisation_id, attempt.context_id, desk)
        if service.manners.withholds(attempt.score.grading_progress):
            return _over(attempt, "withheld", None)
        _send(attempt, service, desk)
    except ServiceConflict as conflict:
        return _after_conflict(attempt, conflict, desk)
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    return _done(attempt, desk)


def course_gradebook(organisation_id: uuid.UUID, context_id: uuid.UUID, desk: Desk) -> GradebookService:
    """Give a course's gradebook.

    Raises:
        GradebookNotLinked: its platform or deployment is switched off.
    """
    row = (
        read_session()
        .execute(
            select(Platform, Context.scopes, Context.lineitems_url, Deployment.status)
            .join(Deployment, Deployment.platform_id == Platform.id)
            .join(Context, Context.deployment_id == Deployment.id)
            .where(Context.id == context_id, Context.organisation_id == organisation_id)
        )
        .one()
    )
    end_read()
    if row.Platform.status != "active" or row.status != "active":
        raise GradebookNotLinked("the platform or the deployment is switched off")
    client = desk.client_for(row.Platform)
    return GradebookService(client, tuple(row.scopes), row.lineitems_url, manners_of(row.Platform))


def next_attempt(attempt: Attempt, error: ToolError, now: datetime, jitter: float) -> datetime:
    """Say when to try again: soon, then every five minutes, or when the LMS asked us to."""
    if isinstance(error, AttemptsUsed):
        return now + BETWEEN_STAMPS  # the next one says that it is no new attempt
    if isinstance(error, ServiceBusy):
        usual = now + DELAYS[min(attempt.number, len(DELAYS)) - 1] * (1 + jitter / 4)
        return max(usual, error.retry_at or usual)
    return now + PATIENCE * (1 + jitter / 4)


def _send(attempt: Attempt, service: GradebookService, desk: Desk) -> None:
    url = _column_url(attempt, service, desk)
    if attempt.unclear and _is_shown(attempt, service, url):
        return
    service.send(url, attempt.score, first=attempt.first, last_comment=attempt.sent_comment)


def _column_url(attempt: Attempt, service: GradebookService, desk: Desk) -> str:
    known = known_column(attempt)
    if known is not None:
        return known
    with desk.column_lock:
        return known_column(attempt) or find_column(attempt, service, desk.clock())


def _is_shown(attempt: Attempt, service: GradebookService, url: str) -> bool:
    if not service.shows_results:
        return False
    shown = service.result(url, attempt.score.subject)
    if shown is None:
        return attempt.score.given is None
    return shown.shows(attempt.score)


def _done(attempt: Attempt, desk: Desk) -> datetime | None:
    with transaction() as session:
        newer = mark_sent(session, attempt)
    return desk.clock() if newer else None


def _over(attempt: Attempt, state: str, reason: str | None) -> datetime | None:
    """Note how it ended; there is nothing to come back for."""
    with transaction() as session:
        mark_over(session, attempt, state, reason)
    return None


def _after_conflict(attempt: Attempt, conflict: ServiceConflict, desk: Desk) -> datetime | None:
    """Read before deciding: our score may have arrived after all, or somebody else may have graded."""
    try:
        service = course_gradebook(attempt.organisation_id, attempt.context_id, desk)
        arrived = _is_shown(attempt, service, _column_url(attempt, service, desk))
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    if arrived:
        return _done(attempt, desk)
    if attempt.number < CONFLICTS:
        return _later(attempt, conflict, desk.clock() + DELAYS[min(attempt.number, len(DELAYS)) - 1])
    return _over(attempt, "superseded", conflict.code)


def _after_failure(attempt: Attempt, error: ToolError, desk: Desk) -> datetime | None:
    log.info("grade %s, attempt %s: %s %s", attempt.intent_id, attempt.number, error.code, error.detail)
    now = desk.clock()
    if isinstance(error, ServiceTargetGone):
        lose_column(attempt, now)
        return _over(attempt, "dead", ColumnLost.code)
    if isinstance(error, LearnerAbsent):
        return _over(attempt, "absent", error.code)
    final = isinstance(error, ServiceRefused | ServiceAddressForeign)
    if final or now - attempt.wanted_at >= KEEP_TRYING:
        return _over(attempt, "dead", error.code)
    return _later(attempt, error, next_attempt(attempt, error, now, desk.jitter()))


def _later(attempt: Attempt, error: ToolError, at: datetime) -> datetime:
    with transaction() as session:
        unclear = isinstance(error, ServiceSilent)
        mark_for_later(session, attempt, error.code, at, unclear=unclear)
    return at
