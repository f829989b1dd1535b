"""What coaches wrote down over the weeks: who was at which session, 1:1s, scores; and their last look."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ltitool.cli.demo_seed.place import DemoPlace, When
from ltitool.cli.demo_seed.story import OneToOneTold, ScoresTold, Story
from ltitool.cohorts.attendance import Held, Present, record_attendance
from ltitool.cohorts.coaching import OneToOne, record_one_to_one
from ltitool.cohorts.scope import CoachedCohort, coach_scope, coached_cohort
from ltitool.dashboards.board import look_at_board
from ltitool.programs import Activity, ActivityKind, Program
from ltitool.scoring.sheets import Scorer, lock_sheet, open_sheet, save_scores
from rubrics import Score

SESSION_DAY, SESSION_HOUR = "thu", 16
LAST_LOOK = timedelta(days=6)


class Keeper:
    """A coach of one cohort, at the desk."""

    def __init__(self, session: Session, place: DemoPlace, coach: str, course_id: str) -> None:
        self._place = place
        self._coach_id = place.person_id(coach)
        self._cohort: CoachedCohort = coached_cohort(
            session,
            organisation_id=place.organisation_id,
            coach_id=self._coach_id,
            cohort_id=place.cohort_id(course_id),
        )

    def record_sessions(self, session: Session, program: Program, told: Sequence[Story]) -> None:
        """Write down the whole-group sessions of the weeks behind us."""
        for activity in program.of_kind(ActivityKind.GROUP_SESSION):
            present = {
                self._place.person_id(story.person): _present(story.attended[activity.key])
                for story in told
                if activity.key in story.attended
            }
            if present:
                self._record_session(session, activity, present)

    def _record_session(
        self, session: Session, activity: Activity, present: Mapping[uuid.UUID, Present]
    ) -> None:
        when = When(activity.opens, SESSION_DAY, SESSION_HOUR)
        record_attendance(
            session,
            Held(activity.key, self._place.day_of(when), activity.planned_minutes or 120),
            present,
            organisation_id=self._place.organisation_id,
            cohort=self._cohort,
            recorded_by=self._coach_id,
            at=self._place.instant(When(activity.opens, SESSION_DAY, SESSION_HOUR + 3)),
        )
        session.flush()

    def record_one_to_ones(self, session: Session, story: Story) -> None:
        """Write down somebody's 1:1s, each on its evening."""
        person_id = self._place.person_id(story.person)
        scope = coach_scope(
            session,
            organisation_id=self._place.organisation_id,
            coach_id=self._coach_id,
            participant_id=person_id,
            offering_id=self._cohort.offering_id,
        )
        for number, told in enumerate(story.one_to_ones):
            record_one_to_one(
                session,
                scope,
                _one_to_one(self._place, told),
                entry_id=self._place.id_of(f"one-to-one/{story.person}/{number}"),
                recorded_by=self._coach_id,
                at=self._place.instant(told.when) + timedelta(minutes=told.minutes),
            )

    def score(self, session: Session, submission_id: uuid.UUID, told: ScoresTold) -> None:
        """Score a keystone and lock the scores."""
        scorer = Scorer(self._place.organisation_id, self._coach_id)
        at = self._place.instant(told.when)
        task_id = uuid.uuid5(submission_id, "task")
        scores = [Score(criterion, level, why.strip()) for criterion, (level, why) in told.levels.items()]
        sheet = open_sheet(session, scorer, submission_id, new_id=task_id, at=at)
        save_scores(session, sheet, scores)
        session.flush()
        sheet = open_sheet(session, scorer, submission_id, new_id=task_id, at=at)
        lock_sheet(session, sheet, outcome_id=uuid.uuid5(submission_id, "outcome"), at=at)

    def look(self, session: Session) -> None:
        """Look at the board some days ago, so that it can say what is new."""
        look_at_board(
            session,
            self._cohort,
            organisation_id=self._place.organisation_id,
            coach_id=self._coach_id,
            at=self._place.now - LAST_LOOK,
        )


def _present(told: int | Sequence[Any]) -> Present:
    if isinstance(told, int):
        return Present(told)
    minutes, note = told
    return Present(int(minutes), str(note))


def _one_to_one(place: DemoPlace, told: OneToOneTold) -> OneToOne:
    return OneToOne(
        held_on=place.day_of(told.when),
        minutes=told.minutes,
        focus=told.focus,
        next_step=told.next_step,
        shared_note=told.shared_note.strip(),
        private_note=told.private_note.strip(),
    )
