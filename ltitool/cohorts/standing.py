"""Gather what one person has done, for the completion rule."""

from sqlalchemy.orm import Session

from ltitool.cohorts.attendance import attended_by
from ltitool.cohorts.coaching import days_of_one_to_ones
from ltitool.cohorts.completion import Done
from ltitool.cohorts.progress import progress_of
from ltitool.cohorts.scope import ParticipantScope


def done_so_far(session: Session, scope: ParticipantScope, *, keystone_passed: bool) -> Done:
    """Count a participant's rows; whether the keystone passed is for scoring to say."""
    own = (session, scope.organisation_id, scope.offering_id)
    return Done(
        progress=progress_of(*own, scope.person_id),
        attended=attended_by(*own, [scope.person_id])[scope.person_id],
        one_to_ones=len(days_of_one_to_ones(*own, [scope.person_id])[scope.person_id]),
        keystone_passed=keystone_passed,
    )
