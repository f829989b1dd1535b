"""How far somebody is from their badge: what is done, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ltitool.cohorts.attendance import attended_by
from ltitool.cohorts.coaching import shared_entries
from ltitool.cohorts.completion import Completion, Done, completion
from ltitool.cohorts.hours import HoursLedger, hours_ledger
from ltitool.cohorts.progress import progress_of
from ltitool.cohorts.scope import ParticipantScope
from ltitool.scoring.outcomes import ReleasedOutcome, latest_outcome


@dataclass(frozen=True)
class Standing:
    """Everything that a badge is made of, as the records have it now."""

    completion: Completion
    released: ReleasedOutcome | None
    hours: HoursLedger | None


def standing(session: Session, scope: ParticipantScope) -> Standing:
    """Read a participant's records against the program's completion rule."""
    released = latest_outcome(session, scope)
    done = Done(
        progress=progress_of(session, scope.organisation_id, scope.offering_id, scope.person_id),
        attended=_attended(session, scope),
        one_to_ones=len(shared_entries(session, scope)),
        keystone_passed=released is not None and released.outcome.passed,
    )
    return Standing(completion(scope.program, done), released, hours_ledger(session, scope))


def _attended(session: Session, scope: ParticipantScope) -> Mapping[str, int]:
    people = attended_by(session, scope.organisation_id, scope.offering_id, [scope.person_id])
    return people[scope.person_id]
