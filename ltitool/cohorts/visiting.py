"""Whose work a visit is about: the visitor's own, in the offering that they came through."""

from flask import g
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope, participant_scope
from ltitool.web.languages import tell_times_in
from ltitool.web.visit import Visit


def scope_of_visit(session: Session, visit: Visit) -> ParticipantScope:
    """Give the visitor's own scope; the door and the page behind it read it once between them.

    Raises:
        NotEnrolled: the course runs no program, or this person takes no part in it (any more).
    """
    whose, scope = g.get("scope_of_visit", (None, None))
    if whose != visit.session_id or not isinstance(scope, ParticipantScope):
        scope = participant_scope(
            session,
            organisation_id=visit.organisation_id,
            person_id=visit.person_id,
            context_id=visit.context_id,
        )
        tell_times_in(scope.timezone)
        g.scope_of_visit = visit.session_id, scope
    return scope
