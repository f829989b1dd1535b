"""What scoring keeps about a person: the sheets and outcomes of their keystones. See people/personal_data.py.

Sheets on which they scored others stay with those others.
"""

import uuid

from sqlalchemy import Select, select

from ltitool.errors import msg
from ltitool.evidence.models import KeystoneSubmission
from ltitool.people.personal_data import Held, TableKeeper, Who
from ltitool.scoring.models import CriterionScore, Outcome, ScoringTask


def _submissions(who: Who) -> Select[uuid.UUID]:
    return select(KeystoneSubmission.id).where(KeystoneSubmission.person_id == who.person_id)


def _tasks(who: Who) -> Select[uuid.UUID]:
    return select(ScoringTask.id).where(ScoringTask.submission_id.in_(_submissions(who)))


KEEPER = TableKeeper(
    (
        Held(
            CriterionScore,
            msg("Levels given, with reasons"),
            lambda who: CriterionScore.task_id.in_(_tasks(who)),
        ),
        Held(
            ScoringTask,
            msg("Scoring sheets"),
            lambda who: ScoringTask.submission_id.in_(_submissions(who)),
        ),
        Held(Outcome, msg("Outcomes"), lambda who: Outcome.submission_id.in_(_submissions(who))),
    )
)
