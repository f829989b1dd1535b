"""A coach's sheet: opened, filled in piece by piece, locked once. Locking releases the outcome.

One transaction writes the lock, the outcome, the participant's progress and the grade that the LMS
should show; sending the grade is the gradebook's own work afterwards.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage, note_progress
from ltitool.cohorts.scope import ParticipantScope, coach_scope
from ltitool.evidence.models import KeystoneSubmission
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.programs import Program
from ltitool.scoring.errors import AlreadyScored, SheetIncomplete, SubmissionUnknown
from ltitool.scoring.models import CriterionScore, Outcome, ScoringTask
from ltitool.scoring.policy import policy_of
from ltitool.scoring.words import FAULT_WORDS
from rubrics import Judgement, Rubric, Score, ScoreSheet, ScoresInvalid, scale_for_gradebook, score_sheet

SUBMITTED, SCORED = "submitted", "scored"


@dataclass(frozen=True)
class Scorer:
    """The coach who scores."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class OpenSheet:
    """One submission in front of one scorer."""

    submission: KeystoneSubmission
    scope: ParticipantScope
    task: ScoringTask
    scores: tuple[Score, ...]

    @property
    def rubric(self) -> Rubric:
        """The rubric of the program version that this offering runs."""
        return rubric_of(self.scope.program)


def rubric_of(program: Program) -> Rubric:
    """Give the rubric of a program that has a keystone."""
    if program.rubric is None:
        message = f"{program.id} has no rubric"
        raise ValueError(message)
    return program.rubric


def open_sheet(
    session: Session, scorer: Scorer, submission_id: uuid.UUID, *, new_id: uuid.UUID, at: datetime
) -> OpenSheet:
    """Give a coach their sheet for a submission, making it at the first look.

    Raises:
        SubmissionUnknown: not there, or not of a participant whom this person coaches.
    """
    submission, scope = _submission(session, scorer, submission_id)
    task = session.scalar(
        select(ScoringTask).where(
            ScoringTask.submission_id == submission.id, ScoringTask.scorer_id == scorer.person_id
        )
    )
    if task is None:
        task = _new_task(session, scorer, submission, scope, new_id=new_id, at=at)
    return OpenSheet(submission, scope, task, _scores_of(session, task))


def save_scores(session: Session, sheet: OpenSheet, scores: Sequence[Score]) -> None:
    """Keep what a scorer has entered so far; nothing of it is shown to anybody else.

    Raises:
        AlreadyScored: the submission has a result.
    """
    _refuse_if_scored(sheet)
    rows = {row.criterion_id: row for row in _rows_of(session, sheet.task)}
    for score in scores:
        row = rows.get(score.criterion_id)
        if row is None:
            row = CriterionScore(
                id=uuid.uuid5(sheet.task.id, score.criterion_id),
                organisation_id=sheet.task.organisation_id,
                task_id=sheet.task.id,
                criterion_id=score.criterion_id,
            )
            session.add(row)
        row.level_id = score.level_id
        row.rationale = score.rationale


def lock_sheet(session: Session, sheet: OpenSheet, *, outcome_id: uuid.UUID, at: datetime) -> Outcome | None:
    """Lock a complete sheet, and release the outcome once the program's policy has what it needs.

    Raises:
        AlreadyScored: the submission has a result.
        SheetIncomplete: a criterion lacks its level or its reason.
    """
    _refuse_if_scored(sheet)
    try:
        checked = score_sheet(sheet.rubric, sheet.scores)
    except ScoresInvalid as error:
        raise SheetIncomplete(_faults(error)) from error
    sheet.task.locked_at = at
    counting = policy_of(sheet.scope.program).decide([*_locked_sheets(session, sheet), checked])
    if counting is None:
        return None
    return _release(session, sheet, counting, outcome_id=outcome_id, at=at)


def judge(program: Program, sheet: ScoreSheet) -> Judgement:
    """Apply the program's pass rule to a sheet."""
    if program.pass_rule is None:
        message = f"{program.id} has no pass rule"
        raise ValueError(message)
    return program.pass_rule.judge(sheet)


def _release(
    session: Session, sheet: OpenSheet, counting: ScoreSheet, *, outcome_id: uuid.UUID, at: datetime
) -> Outcome:
    judgement = judge(sheet.scope.program, counting)
    outcome = Outcome(
        id=outcome_id,
        organisation_id=sheet.task.organisation_id,
        submission_id=sheet.submission.id,
        rubric_id=counting.rubric.id,
        rubric_version=counting.rubric.version,
        passed=judgement.passed,
        points=float(counting.points),
        points_maximum=float(counting.maximum),
        decided_by=sheet.task.scorer_id,
        released_at=at,
    )
    session.add(outcome)
    sheet.submission.state = SCORED
    _tell_progress(session, sheet, judgement, at)
    _tell_gradebook(session, sheet, counting, at)
    return outcome


def _tell_progress(session: Session, sheet: OpenSheet, judgement: Judgement, at: datetime) -> None:
    keystone = sheet.scope.program.keystone
    if keystone is not None:
        note_progress(
            session,
            organisation_id=sheet.scope.organisation_id,
            offering_id=sheet.scope.offering_id,
            person_id=sheet.scope.person_id,
            activity_key=keystone.key,
            state=Stage.DONE if judgement.passed else Stage.RETURNED,
            at=at,
            details={"passed": judgement.passed, "submission": str(sheet.submission.id)},
        )


def _tell_gradebook(session: Session, sheet: OpenSheet, counting: ScoreSheet, at: datetime) -> None:
    scope, keystone = sheet.scope, sheet.scope.program.keystone
    if keystone is None or not keystone.graded or scope.context_id is None or scope.lms_subject is None:
        return
    grade = scale_for_gradebook(counting, keystone.points)
    want_grade(
        session,
        WantedGrade(
            organisation_id=scope.organisation_id,
            context_id=scope.context_id,
            activity_key=keystone.key,
            person_id=scope.person_id,
            subject=scope.lms_subject,
            label=keystone.title.in_("en"),
            score_given=float(grade.given),
            score_maximum=float(grade.maximum),
        ),
        at=at,
    )


def _submission(
    session: Session, scorer: Scorer, submission_id: uuid.UUID
) -> tuple[KeystoneSubmission, ParticipantScope]:
    submission = session.scalar(
        select(KeystoneSubmission)
        .where(
            KeystoneSubmission.organisation_id == scorer.organisation_id,
            KeystoneSubmission.id == submission_id,
        )
        .with_for_update()
    )
    if submission is None:
        raise SubmissionUnknown(str(submission_id))
    scope = coach_scope(
        session,
        organisation_id=scorer.organisation_id,
        coach_id=scorer.person_id,
        participant_id=submission.person_id,
        offering_id=submission.offering_id,
    )
    return submission, scope


def _new_task(
    session: Session,
    scorer: Scorer,
    submission: KeystoneSubmission,
    scope: ParticipantScope,
    *,
    new_id: uuid.UUID,
    at: datetime,
) -> ScoringTask:
    others = session.scalars(
        select(ScoringTask.scorer_id).where(ScoringTask.submission_id == submission.id)
    ).all()
    if not policy_of(scope.program).may_open(scorer.person_id, others):
        raise SubmissionUnknown("the policy does not allow this scorer")
    task = ScoringTask(
        id=new_id,
        organisation_id=scorer.organisation_id,
        submission_id=submission.id,
        scorer_id=scorer.person_id,
        opened_at=at,
        locked_at=None,
    )
    session.add(task)
    session.flush()
    return task


def _refuse_if_scored(sheet: OpenSheet) -> None:
    if sheet.submission.state == SCORED or sheet.task.locked_at is not None:
        raise AlreadyScored(str(sheet.submission.id))


def _rows_of(session: Session, task: ScoringTask) -> Sequence[CriterionScore]:
    return session.scalars(select(CriterionScore).where(CriterionScore.task_id == task.id)).all()


def _scores_of(session: Session, task: ScoringTask) -> tuple[Score, ...]:
    return tuple(Score(row.criterion_id, row.level_id, row.rationale) for row in _rows_of(session, task))


def _locked_sheets(session: Session, sheet: OpenSheet) -> list[ScoreSheet]:
    tasks = session.scalars(
        select(ScoringTask)
        .where(
            ScoringTask.submission_id == sheet.submission.id,
            ScoringTask.id != sheet.task.id,
            ScoringTask.locked_at.is_not(None),
        )
        .order_by(ScoringTask.locked_at)
    )
    return [score_sheet(sheet.rubric, _scores_of(session, task)) for task in tasks]


def _faults(error: ScoresInvalid) -> dict[str, str]:
    return {
        f"{fault.criterion_id}-{'rationale' if fault.code.startswith('rationale') else 'level'}": FAULT_WORDS[
            fault.code
        ]
        for fault in error.faults
    }
