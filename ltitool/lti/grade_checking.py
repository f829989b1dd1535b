"""Compare what was sent with what gradebooks show, every hour: heal what was lost, leave what was changed.

A grade that the LMS shows otherwise was changed by a teacher there: it is noted and left. A grade that is not
there at all is sent once more; if it vanishes again, somebody wants it so.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.grade_claims import SENT, WANTED
from ltitool.lti.grade_columns import lose_columns
from ltitool.lti.grade_courses import course_gradebook
from ltitool.lti.grade_intents import hint, line_up_for_course
from ltitool.lti.grade_sending import Desk
from ltitool.lti.gradebook import GradebookService, Result, Score
from ltitool.lti.models import Context, GradeIntent, LineItem
from ltitool.lti.service_errors import ServiceTargetGone

JOB = "grades.check"
EVERY = timedelta(hours=1)
WATCHED = timedelta(days=90)  # as long as a program of thirteen weeks
OVERRIDDEN = "overridden"
BATCH = 200
log = logging.getLogger(__name__)


def checks_due(session: Session, now: datetime) -> Iterable[str]:
    """Sweep for "grades.check": courses with grades of ours that were not compared for an hour."""
    watched = (
        select(GradeIntent.context_id)
        .where(GradeIntent.state.in_((SENT, OVERRIDDEN)), GradeIntent.wanted_at > now - WATCHED)
        .distinct()
    )
    due = or_(Context.grades_checked_at.is_(None), Context.grades_checked_at <= now - EVERY)
    rows = session.scalars(select(Context.id).where(Context.id.in_(watched), due).limit(BATCH))
    return [str(context_id) for context_id in rows]


def check_grades(context_id: uuid.UUID, desk: Desk) -> None:
    """Compare the grades of one course; one column's fault leaves the others' comparison standing."""
    now = desk.clock()
    organisation_id = read_session().scalar(select(Context.organisation_id).where(Context.id == context_id))
    end_read()
    if organisation_id is None:
        return
    for column in _columns(organisation_id, context_id):
        try:
            service = course_gradebook(context_id, desk.client_for)
            _check_column(column, service, now)
        except ToolError as error:
            log.info("grades of %s not compared: %s %s", column.id, error.code, error.detail)
    with transaction() as session:
        session.execute(
            update(Context)
            .where(Context.id == context_id, Context.organisation_id == organisation_id)
            .values(grades_checked_at=now)
            .execution_options(synchronize_session=False)
        )


def _columns(organisation_id: uuid.UUID, context_id: uuid.UUID) -> list[LineItem]:
    columns = read_session().scalars(
        select(LineItem).where(
            LineItem.organisation_id == organisation_id,
            LineItem.context_id == context_id,
            LineItem.url != "",
            LineItem.lost_at.is_(None),
        )
    )
    found = list(columns)
    end_read()
    return found


def _check_column(column: LineItem, service: GradebookService, now: datetime) -> None:
    sent = _sent(column, now)
    if not sent or not service.shows_results:
        return
    try:
        shown = {one.subject: one for one in service.results(column.url) if one.subject in sent}
    except ServiceTargetGone:
        with transaction() as session:
            lose_columns(session, LineItem.id == column.id, at=now)
        return
    verdicts = [(seen, _verdict(seen, shown.get(subject), now)) for subject, seen in sent.items()]
    with transaction() as session:
        line_up_for_course(session, column.context_id)
        if any(verdict["state"] == WANTED for _, verdict in verdicts):
            hint(session, column.context_id, now)
        for seen, verdict in verdicts:
            _settle(session, seen, verdict)


def _sent(column: LineItem, now: datetime) -> Mapping[str, GradeIntent]:
    rows = read_session().scalars(
        select(GradeIntent).where(
            GradeIntent.organisation_id == column.organisation_id,
            GradeIntent.context_id == column.context_id,
            GradeIntent.activity_key == column.activity_key,
            GradeIntent.state.in_((SENT, OVERRIDDEN)),
            GradeIntent.wanted_at > now - WATCHED,
        )
    )
    found = {row.subject: row for row in rows}
    end_read()
    return found


def _verdict(seen: GradeIntent, shown: Result | None, now: datetime) -> Mapping[str, object]:
    """Say what one comparison makes of an intent."""
    score = _score(seen, now)
    is_missing = shown is None or shown.score is None
    if (is_missing and seen.score_given is None) or (shown is not None and shown.shows(score)):
        return {"state": SENT, "error": None, "shown_score": None}
    if is_missing and seen.healed_at is None:
        return {"state": WANTED, "attempts": 0, "healed_at": now, "next_attempt_at": now}
    return {"state": OVERRIDDEN, "error": None, "shown_score": _on_our_scale(shown, seen)}


def _settle(session: Session, seen: GradeIntent, verdict: Mapping[str, object]) -> None:
    """Note what one comparison says, unless the intent has changed while we read."""
    session.execute(
        update(GradeIntent)
        .where(
            GradeIntent.id == seen.id,
            GradeIntent.version == seen.version,
            GradeIntent.fencing_token == seen.fencing_token,
            GradeIntent.state == seen.state,
        )
        .values(**verdict)
        .execution_options(synchronize_session=False)
    )


def _on_our_scale(shown: Result | None, seen: GradeIntent) -> float | None:
    if shown is None or shown.score is None:
        return None
    return shown.score * seen.score_maximum / (shown.maximum or seen.score_maximum)


def _score(row: GradeIntent, now: datetime) -> Score:
    return Score(
        subject=row.subject,
        given=row.score_given,
        maximum=row.score_maximum,
        activity_progress=row.activity_progress,
        grading_progress=row.grading_progress,
        comment=row.comment,
        stamp=row.last_stamp or now,
    )
