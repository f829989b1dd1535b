"""Scores that many learners of the served practice LMS should get, and what became of them."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from support.served_lms import COURSE, ORGANISATION

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import GradeIntent
from ltitool.people.models import Person
from ltitool.sandbox.seed import COHORT_3, DEMO, with_members
from ltitool.sandbox.vocabulary import Role

LEARNERS = 60
MANY = with_members(DEMO, COHORT_3, LEARNERS)
SUBJECTS = tuple(person.sub for person in MANY.enrolled(COHORT_3, Role.LEARNER))


def know_people(count: int, at: datetime) -> None:
    """Know so many learners, as their launches would have left them."""
    with transaction() as session:
        for subject in SUBJECTS[:count]:
            person_id = uuid.uuid5(ORGANISATION, subject)
            session.add(
                Person(id=person_id, organisation_id=ORGANISATION, display_name=subject[:8], created_at=at)
            )


def want_scores(subjects: Sequence[str], at: datetime, given: float = 80.0) -> None:
    """Decide on a score for each."""
    with transaction() as session:
        for subject in subjects:
            want_grade(
                session,
                WantedGrade(
                    organisation_id=ORGANISATION,
                    context_id=COURSE,
                    activity_key="keystone",
                    person_id=uuid.uuid5(ORGANISATION, subject),
                    subject=subject,
                    label="Keystone",
                    score_given=given,
                    score_maximum=100.0,
                ),
                at=at,
            )


def intents() -> list[GradeIntent]:
    """Read all that is wanted."""
    session = read_session()
    session.rollback()
    rows = list(session.scalars(select(GradeIntent).execution_options(populate_existing=True)))
    end_read()
    return rows


def states() -> Counter[str]:
    """Count the intents by their state."""
    return Counter(row.state for row in intents())
