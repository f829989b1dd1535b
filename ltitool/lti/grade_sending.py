"""Make one grade intent true: one attempt, and what follows from how the LMS answered.

Nothing of the database is held while we wait for the LMS. What an attempt learns is written under its
fencing token, so a sender that was paused cannot overwrite the one that took over.
"""

import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, delete, select

from ltitool.errors import ToolError
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.grade_intents import (
    KEEP_TRYING,
    Attempt,
    begin,
    mark_for_later,
    mark_over,
    mark_sent,
)
from ltitool.lti.gradebook import Column, GradebookService, WantedColumn
from ltitool.lti.models import Context, Deployment, LineItem, Platform
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.service_errors import (
    GradebookNotLinked,
    ServiceAddressForeign,
    ServiceBusy,
    ServiceConflict,
    ServiceRefused,
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
    column_lock: Lock  # so that two grades of one activity do not both make its column
    jitter: Callable[[], float] = random.random


def send_grade(intent_id: uuid.UUID, desk: Desk) -> datetime | None:
    """Try to make an intent true; gives when to try again, or None when there is nothing left to do."""
    with transaction() as session:
        attempt = begin(session, intent_id, at=desk.clock())
    if not isinstance(attempt, Attempt):
        return attempt
    try:
        _send(attempt, desk)
    except ServiceConflict as conflict:
        return _after_conflict(attempt, conflict, desk)
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    return _done(attempt, desk)


def _send(attempt: Attempt, desk: Desk) -> None:
    service = _service(attempt, desk)
    column_url = _column_url(attempt, service, desk)
    service.send(column_url, attempt.score)


def _done(attempt: Attempt, desk: Desk) -> datetime | None:
    with transaction() as session:
        newer = mark_sent(session, attempt)
    return desk.clock() if newer else None


def _after_conflict(attempt: Attempt, conflict: ServiceConflict, desk: Desk) -> datetime | None:
    """Read before deciding: our score may have arrived after all, or somebody else may have graded."""
    try:
        service = _service(attempt, desk)
        shown = service.result(_column_url(attempt, service, desk), attempt.score.subject)
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    if shown is not None and shown.shows(attempt.score):
        return _done(attempt, desk)
    if attempt.number < CONFLICTS:
        return _later(attempt, conflict, desk.clock() + DELAYS[min(attempt.number, len(DELAYS)) - 1])
    with transaction() as session:
        mark_over(session, attempt, "superseded", conflict.code)
    return None


def _after_failure(attempt: Attempt, error: ToolError, desk: Desk) -> datetime | None:
    log.info("grade %s, attempt %s: %s %s", attempt.intent_id, attempt.number, error.code, error.detail)
    if isinstance(error, ServiceTargetGone):
        _forget_column(attempt)
    now = desk.clock()
    final = isinstance(error, ServiceRefused | ServiceAddressForeign)
    if final or now - attempt.wanted_at >= KEEP_TRYING:
        with transaction() as session:
            mark_over(session, attempt, "dead", error.code)
        return None
    return _later(attempt, error, next_attempt(attempt, error, now, desk.jitter()))


def next_attempt(attempt: Attempt, error: ToolError, now: datetime, jitter: float) -> datetime:
    """Say when to try again: soon, then every five minutes, or when the LMS asked us to."""
    if isinstance(error, ServiceBusy):
        usual = now + DELAYS[min(attempt.number, len(DELAYS)) - 1] * (1 + jitter / 4)
        return max(usual, error.retry_at or usual)
    return now + PATIENCE * (1 + jitter / 4)


def _later(attempt: Attempt, error: ToolError, at: datetime) -> datetime:
    with transaction() as session:
        mark_for_later(session, attempt, error.code, at)
    return at


def _service(attempt: Attempt, desk: Desk) -> GradebookService:
    row = (
        read_session()
        .execute(
            select(Platform, Context.scopes, Context.lineitems_url, Deployment.status)
            .join(Deployment, Deployment.platform_id == Platform.id)
            .join(Context, Context.deployment_id == Deployment.id)
            .where(Context.id == attempt.context_id, Context.organisation_id == attempt.organisation_id)
        )
        .one()
    )
    end_read()
    if row.Platform.status != "active" or row.status != "active":
        raise GradebookNotLinked("the platform or the deployment is switched off")
    return GradebookService(desk.client_for(row.Platform), tuple(row.scopes), row.lineitems_url)


def _column_url(attempt: Attempt, service: GradebookService, desk: Desk) -> str:
    known = _known_column(attempt)
    if known is not None:
        return known
    with desk.column_lock:
        known = _known_column(attempt)
        if known is not None:
            return known
        wanted = WantedColumn(attempt.activity_key, attempt.label, attempt.score.maximum)
        column = service.column(wanted)
        _store_column(attempt, column)
        return column.url


def _known_column(attempt: Attempt) -> str | None:
    url = read_session().scalar(select(LineItem.url).where(*_place(attempt)))
    end_read()
    return url


def _store_column(attempt: Attempt, column: Column) -> None:
    with transaction() as session:
        if session.scalar(select(LineItem.id).where(*_place(attempt))) is None:
            session.add(
                LineItem(
                    id=uuid.uuid5(attempt.context_id, f"line-item:{attempt.activity_key}"),
                    organisation_id=attempt.organisation_id,
                    context_id=attempt.context_id,
                    activity_key=attempt.activity_key,
                    url=column.url,
                    score_maximum=column.score_maximum,
                    made_by_us=column.made_by_us,
                )
            )


def _forget_column(attempt: Attempt) -> None:
    """Let the next wish look for the column again, or make it."""
    with transaction() as session:
        session.execute(delete(LineItem).where(*_place(attempt)).execution_options(synchronize_session=False))


def _place(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        LineItem.organisation_id == attempt.organisation_id,
        LineItem.context_id == attempt.context_id,
        LineItem.activity_key == attempt.activity_key,
    )
