"""Make one grade intent true: one attempt, and what follows from how the LMS answered.

Nothing of the database is held while we wait for the LMS. Where nobody knows whether a score arrived, the
gradebook is read before it is sent again (P28).
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask

from ltitool.errors import ToolError
from ltitool.lti.grade_claims import BETWEEN_STAMPS, Attempt, Ending, for_later, given_back, over, sent
from ltitool.lti.grade_columns import find_column, known_column, lose_column
from ltitool.lti.grade_courses import ClientFor, Parcel
from ltitool.lti.grade_intents import KEEP_TRYING
from ltitool.lti.gradebook import GradebookService
from ltitool.lti.service_errors import (
    AttemptsUsed,
    ColumnLost,
    GradebookNotLinked,
    LearnerAbsent,
    ServiceAddressForeign,
    ServiceBusy,
    ServiceConflict,
    ServiceFailed,
    ServiceOccupied,
    ServiceRefused,
    ServiceSilent,
)

DELAYS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300))
PATIENCE = timedelta(hours=1)  # where somebody has to change something in the LMS first
CONFLICTS = 4  # tries against a gradebook that says it has something newer
FRESH = timedelta(seconds=20)  # what was claimed longer ago is claimed anew before it is sent
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What sending needs from the application around it."""

    app: Flask
    client_for: ClientFor
    clock: Callable[[], datetime]
    at_once: int  # scores that a platform is sent at a time, if it has no number of its own
    jitter: Callable[[], float] = random.random
    column_lock: Lock = field(default_factory=Lock)  # senders wait for each other instead of asking again


def send_grade(parcel: Parcel, desk: Desk) -> Ending:
    """Try to make an intent true, and say how it ended; whatever happens, it ends."""
    attempt = parcel.attempt
    if _is_late(attempt, desk):  # this process slept, or the LMS was slow
        return given_back(attempt)
    try:
        with desk.app.app_context():
            return _attempted(parcel, desk)
    except Exception:  # a fault of ours must not keep the platform's other grades from their way
        log.exception("grade %s, attempt %s", attempt.intent_id, attempt.number)
        at = next_attempt(attempt, ServiceFailed(), desk.clock(), desk.jitter())
        return for_later(attempt, ServiceFailed.code, at, unclear=True)


def next_attempt(attempt: Attempt, error: ToolError, now: datetime, jitter: float) -> datetime:
    """Say when to try again: soon, then every five minutes, or when the LMS asked us to."""
    if isinstance(error, AttemptsUsed):
        return now + BETWEEN_STAMPS  # the next one says that it is no new attempt
    if isinstance(error, ServiceBusy):
        usual = now + DELAYS[min(attempt.number, len(DELAYS)) - 1] * (1 + jitter / 4)
        return max(usual, error.retry_at or usual)
    return now + PATIENCE * (1 + jitter / 4)


def wants_peace(error: ToolError) -> bool:
    """Say whether a failure means that the LMS wants no scores at all just now, and not only not this one."""
    if not isinstance(error, ServiceBusy) or isinstance(error, AttemptsUsed | ServiceOccupied):
        return False
    return error.retry_at is not None or not isinstance(error, ServiceSilent)


def _is_late(attempt: Attempt, desk: Desk) -> bool:
    return desk.clock() - attempt.score.stamp > FRESH


def _attempted(parcel: Parcel, desk: Desk) -> Ending:
    attempt = parcel.attempt
    try:
        service = _service(parcel)
        if service.manners.withholds(attempt.score.grading_progress):
            return over(attempt, "withheld", None)
        url = _column_url(parcel, service, desk)
        if url is None:
            return given_back(attempt)
        _send(attempt, service, url)
    except ServiceConflict as conflict:
        return _after_conflict(parcel, conflict, desk)
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    return sent(attempt)


def _service(parcel: Parcel) -> GradebookService:
    if parcel.service is None:
        raise GradebookNotLinked("the platform or the deployment is switched off")
    return parcel.service


def _send(attempt: Attempt, service: GradebookService, url: str) -> None:
    if attempt.unclear and _is_shown(attempt, service, url):
        return
    service.send(url, attempt.score, first=attempt.first, last_comment=attempt.sent_comment)


def _column_url(parcel: Parcel, service: GradebookService, desk: Desk) -> str | None:
    """Give the column's address, or None if the wait for who looks for it took too long to send now."""
    if parcel.lost_at is not None:
        raise ColumnLost(parcel.column_url or "")
    if parcel.column_url is not None:
        return parcel.column_url
    with desk.column_lock:
        if _is_late(parcel.attempt, desk):
            return None
        return known_column(parcel.attempt) or find_column(parcel.attempt, service, desk.clock())


def _is_shown(attempt: Attempt, service: GradebookService, url: str) -> bool:
    if not service.shows_results:
        return False
    shown = service.result(url, attempt.score.subject)
    if shown is None:
        return attempt.score.given is None
    return shown.shows(attempt.score)


def _after_conflict(parcel: Parcel, conflict: ServiceConflict, desk: Desk) -> Ending:
    """Read before deciding: our score may have arrived after all, or somebody else may have graded."""
    attempt = parcel.attempt
    try:
        service = _service(parcel)
        url = _column_url(parcel, service, desk)
        if url is None:
            return for_later(attempt, conflict.code, desk.clock(), unclear=True)
        arrived = _is_shown(attempt, service, url)
    except ToolError as error:
        return _after_failure(attempt, error, desk)
    if arrived:
        return sent(attempt)
    if attempt.number < CONFLICTS:
        return for_later(attempt, conflict.code, desk.clock() + DELAYS[attempt.number - 1])
    return over(attempt, "superseded", conflict.code)


def _after_failure(attempt: Attempt, error: ToolError, desk: Desk) -> Ending:
    log.info("grade %s, attempt %s: %s %s", attempt.intent_id, attempt.number, error.code, error.detail)
    now = desk.clock()
    if isinstance(error, ColumnLost):  # it said so itself; another address may be gone for one learner alone
        lose_column(attempt, now)
    if isinstance(error, LearnerAbsent):
        return over(attempt, "absent", error.code)
    final = isinstance(error, ServiceRefused | ServiceAddressForeign)
    if final or now - attempt.wanted_at >= KEEP_TRYING:
        return over(attempt, "dead", error.code)
    at = next_attempt(attempt, error, now, desk.jitter())
    pause = at if wants_peace(error) else None
    return for_later(attempt, error.code, at, unclear=isinstance(error, ServiceSilent), pause=pause)
