"""Grades that did not get where they should: listed with the reason, and sent again when somebody says so."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ltitool.errors import NotFound, ToolError, msg
from ltitool.lti import service_errors
from ltitool.lti.grade_columns import forget_lost_column
from ltitool.lti.grade_intents import hint
from ltitool.lti.models import Context, Deployment, GradeIntent, Platform
from ltitool.lti.service_errors import ColumnLost, ServiceFailed
from ltitool.people.models import Person

NAMES = {"keystone": msg("Keystone")}  # an activity's title, "Your keystone", speaks to who does it
UNDELIVERED = ("dead", "absent")
STUCK = (
    *UNDELIVERED,
    "superseded",
    "overridden",
)  # the last two: a teacher's grade counts in the LMS
LISTED = 500
OVERRIDE = (
    msg("The LMS shows another grade: a teacher changed it there"),
    msg("We leave it as it is. Send ours again only if the teacher agrees."),
)


class GradeMissing(NotFound):
    """No such grade among those that wait for somebody."""

    code = "grade.missing"


@dataclass(frozen=True)
class StuckGrade:
    """One grade that waits for somebody to look."""

    intent_id: uuid.UUID
    person: str
    course: str
    label: str
    score_given: float | None
    score_maximum: float
    shown_score: float | None
    since: datetime
    state: str
    code: str
    title: str
    advice: str


@dataclass(frozen=True)
class DeadLetter:
    """A grade that did not arrive, as an operator may see it: where and why, neither whose nor how good."""

    intent_id: uuid.UUID
    platform_id: uuid.UUID
    platform: str
    course: str
    label: str
    since: datetime
    code: str
    title: str
    advice: str


def stuck_grades(session: Session, organisation_id: uuid.UUID) -> Sequence[StuckGrade]:
    """List an organisation's stuck grades, oldest first."""
    rows = session.execute(
        select(GradeIntent, Person.display_name, Context.title)
        .join(Person, Person.id == GradeIntent.person_id)
        .join(Context, Context.id == GradeIntent.context_id)
        .where(GradeIntent.organisation_id == organisation_id, GradeIntent.state.in_(STUCK))
        .order_by(GradeIntent.wanted_at, GradeIntent.id)
        .limit(LISTED)
    )
    return [_stuck(*row) for row in rows]


def count_stuck(session: Session, organisation_id: uuid.UUID) -> int:
    """Count an organisation's stuck grades."""
    wanted = select(func.count()).where(
        GradeIntent.organisation_id == organisation_id, GradeIntent.state.in_(STUCK)
    )
    return session.scalar(wanted) or 0


def dead_letters(session: Session, organisation_id: uuid.UUID) -> Sequence[DeadLetter]:
    """List the grades that did not arrive, by LMS and oldest first; names are not read."""
    rows = session.execute(
        select(GradeIntent, Platform.id, Platform.name, Context.title)
        .join(Context, Context.id == GradeIntent.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(GradeIntent.organisation_id == organisation_id, GradeIntent.state.in_(UNDELIVERED))
        .order_by(Platform.name, Platform.id, GradeIntent.wanted_at, GradeIntent.id)
        .limit(LISTED)
    )
    return [_letter(*row) for row in rows]


def send_again(
    session: Session,
    organisation_id: uuid.UUID,
    intent_id: uuid.UUID,
    *,
    at: datetime,
    states: Sequence[str] = STUCK,
) -> int:
    """Try a stuck grade anew for fourteen days; with a lost column, every grade that waits for it.

    Raises:
        GradeMissing: there is no such grade in the organisation, or it does not stand in one of these states.
    """
    ours = (GradeIntent.id == intent_id, GradeIntent.organisation_id == organisation_id)
    context_id = session.scalar(select(GradeIntent.context_id).where(*ours))
    if context_id is None:
        raise GradeMissing(str(intent_id))
    hint(session, context_id, at)
    row = session.scalar(select(GradeIntent).where(*ours, GradeIntent.state.in_(states)).with_for_update())
    if row is None:
        raise GradeMissing(str(intent_id))
    rows = [row]
    if row.error == ColumnLost.code:
        forget_lost_column(session, organisation_id, row.context_id, row.activity_key)
        rows = _waiting_for_column(session, row)
    for one in rows:
        one.state, one.error, one.attempts, one.healed_at = "wanted", None, 0, None
        one.wanted_at = one.next_attempt_at = at
    return len(rows)


def _waiting_for_column(session: Session, row: GradeIntent) -> list[GradeIntent]:
    return list(
        session.scalars(
            select(GradeIntent)
            .where(
                GradeIntent.organisation_id == row.organisation_id,
                GradeIntent.context_id == row.context_id,
                GradeIntent.activity_key == row.activity_key,
                GradeIntent.state == "dead",
                GradeIntent.error == ColumnLost.code,
            )
            .with_for_update()
        )
    )


def _letter(row: GradeIntent, platform_id: uuid.UUID, platform: str, course: str) -> DeadLetter:
    title, advice = _reason(row)
    return DeadLetter(
        intent_id=row.id,
        platform_id=platform_id,
        platform=platform,
        course=course,
        label=NAMES.get(row.activity_key, row.label),
        since=row.wanted_at,
        code=row.error or "",
        title=title,
        advice=advice,
    )


def _stuck(row: GradeIntent, person: str, course: str) -> StuckGrade:
    title, advice = _reason(row)
    return StuckGrade(
        intent_id=row.id,
        person=person,
        course=course,
        label=NAMES.get(row.activity_key, row.label),
        score_given=row.score_given,
        score_maximum=row.score_maximum,
        shown_score=row.shown_score,
        since=row.wanted_at,
        state=row.state,
        code=row.error or "",
        title=title,
        advice=advice,
    )


def _reason(row: GradeIntent) -> tuple[str, str]:
    if row.state in {"overridden", "superseded"}:
        return OVERRIDE
    error = _by_code().get(row.error or "", ServiceFailed)
    return error.title, error.advice


def _by_code() -> Mapping[str, type[ToolError]]:
    kinds = [one for one in vars(service_errors).values() if isinstance(one, type)]
    return {one.code: one for one in kinds if issubclass(one, ToolError)}
