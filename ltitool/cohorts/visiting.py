"""Whose work a visit is about: the visitor's own, in the offering that they came through."""

from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope, participant_scope
from ltitool.web.visit import Visit


def scope_of_visit(session: Session, visit: Visit) -> ParticipantScope:
    """Give the visitor's own scope.

    Raises:
        NotEnrolled: the course runs no program, or this person takes no part in it (any more).
    """
    return participant_scope(
        session,
        organisation_id=visit.organisation_id,
        person_id=visit.person_id,
        context_id=visit.context_id,
    )
