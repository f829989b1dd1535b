"""Released outcomes, and what still waits for a scorer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.models import KeystoneSubmission
from ltitool.people.models import Person
from ltitool.scoring.models import CriterionScore, Outcome, ScoringTask
from ltitool.scoring.sheets import SUBMITTED, judge, rubric_of
from rubrics import Judgement, Score, ScoreSheet, score_sheet


@dataclass(frozen=True)
class ReleasedOutcome:
    """What the participant may read: each level with its reason, and what the rule made of them."""

    outcome: Outcome
    submission: KeystoneSubmission
    scored_by: str
    sheet: ScoreSheet
    judgement: Judgement


@dataclass(frozen=True)
class Waiting:
    """A keystone that nobody has scored yet."""

    submission_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    number: int
    submitted_at: datetime


def latest_outcome(session: Session, scope: ParticipantScope) -> ReleasedOutcome | None:
    """Give the newest released outcome of a participant's keystone, or None."""
    row = session.execute(
        select(Outcome, KeystoneSubmission, Person.display_name)
        .join(KeystoneSubmission, KeystoneSubmission.id == Outcome.submission_id)
        .join(Person, Person.id == Outcome.decided_by)
        .where(
            Outcome.organisation_id == scope.organisation_id,
            KeystoneSubmission.offering_id == scope.offering_id,
            KeystoneSubmission.person_id == scope.person_id,
        )
        .order_by(KeystoneSubmission.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    outcome, submission, scored_by = row
    sheet = score_sheet(rubric_of(scope.program), _counting_scores(session, outcome))
    return ReleasedOutcome(outcome, submission, scored_by, sheet, judge(scope.program, sheet))


def waiting_submissions(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: Sequence[uuid.UUID]
) -> list[Waiting]:
    """List the keystones of these people that wait for scores, the longest wait first."""
    rows = session.execute(
        select(KeystoneSubmission, Person.display_name)
        .join(Person, Person.id == KeystoneSubmission.person_id)
        .where(
            KeystoneSubmission.organisation_id == organisation_id,
            KeystoneSubmission.offering_id == offering_id,
            KeystoneSubmission.person_id.in_(people),
            KeystoneSubmission.state == SUBMITTED,
        )
        .order_by(KeystoneSubmission.submitted_at)
    )
    return [Waiting(one.id, one.person_id, name, one.number, one.submitted_at) for one, name in rows]


def _counting_scores(session: Session, outcome: Outcome) -> list[Score]:
    rows = session.scalars(
        select(CriterionScore)
        .join(ScoringTask, ScoringTask.id == CriterionScore.task_id)
        .where(
            ScoringTask.submission_id == outcome.submission_id, ScoringTask.scorer_id == outcome.decided_by
        )
    )
    return [Score(row.criterion_id, row.level_id, row.rationale) for row in rows]
