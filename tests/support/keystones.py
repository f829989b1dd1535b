"""Keystones that are ready to score, made through the use cases of evidence."""

import uuid
from datetime import datetime

from support.world import Someone

from ltitool.cohorts.scope import ParticipantScope, participant_scope
from ltitool.evidence.guided_entries import save_entry, send_entry
from ltitool.evidence.keystone import Citation, CitationKind, Claim
from ltitool.evidence.keystone_editing import save_claim, save_words
from ltitool.evidence.keystone_submission import submit_keystone
from ltitool.evidence.questions import sheet_of
from ltitool.evidence.speech import ENGLISH
from ltitool.foundation.db import read_session, transaction

WORDS = {
    "title": "Doors that open from both sides",
    "q.question": "Whose voice opens doors here?",
    "q.own_leadership": "I stopped answering first.",
    "q.school": "Parents now set half of the agenda.",
    "q.next": "The library committee, by May.",
}
LOG = {"tried": "Invited two parents.", "happened": "They came."}


def scope_of(person: Someone) -> ParticipantScope:
    """Give a participant's own scope."""
    return participant_scope(
        read_session(),
        organisation_id=person.organisation_id,
        person_id=person.id,
        context_id=person.context_id,
    )


def send_keystone(person: Someone, at: datetime) -> uuid.UUID:
    """Write a keystone that cites the practice log for every criterion, send it, give its submission."""
    scope = scope_of(person)
    sheet = sheet_of(scope.program, "practice_1")
    cited = Citation(CitationKind.ANSWER, "practice_1/tried")
    with transaction() as session:
        save_entry(session, scope, sheet, dict(LOG), shown=frozenset(LOG), at=at)
        send_entry(session, scope, sheet, at=at)
        document = save_words(session, scope, dict(WORDS), seen_revision=0, at=at)
        for criterion in scope.program.rubric.criteria:
            claim = Claim("", criterion.id, f"We show {criterion.id}.", (cited,))
            document = save_claim(session, scope, claim, seen_revision=document.revision, at=at)
        return submit_keystone(session, scope, ENGLISH, submission_id=uuid.uuid4(), at=at).id
