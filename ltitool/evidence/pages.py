"""The two blueprints of evidence, and what all of its views do alike.

`pages` is for people working on their own evidence. `reading` is for whoever may look at it: its views
ask the cohort scope first.
"""

import uuid
from collections.abc import Mapping

from flask import Response, make_response, render_template, request
from flask_babel import gettext

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.scope import ParticipantScope, reader_scope
from ltitool.cohorts.visiting import scope_of_visit
from ltitool.evidence.errors import EvidenceUnknown
from ltitool.evidence.speech import Speech
from ltitool.foundation.db import read_session
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.languages import current_language
from ltitool.web.visit import current_visit

pages = guarded_blueprint("evidence", __name__, guard=Guard.PARTICIPANT)
reading = guarded_blueprint("evidence_reading", __name__, guard=Guard.LAUNCHED)
ACCEPTED, FAULTY = 200, 422


def own_scope() -> ParticipantScope:
    """Give the scope of whoever is here, in the offering that they came through."""
    return scope_of_visit(read_session(), current_visit())


def readable_scope(offering_id: uuid.UUID, person_id: uuid.UUID) -> ParticipantScope:
    """Give the scope of somebody whose work the visitor may read.

    Raises:
        EvidenceUnknown: it is not there, or not this visitor's to see: the same answer to the letter.
    """
    visit = current_visit()
    try:
        return reader_scope(
            read_session(),
            organisation_id=visit.organisation_id,
            reader_id=visit.person_id,
            roles=visit.roles,
            participant_id=person_id,
            offering_id=offering_id,
        )
    except OfferingUnknown as error:
        raise EvidenceUnknown(error.detail) from error


def speech() -> Speech:
    """Give the language of this request."""
    return Speech(current_language(), gettext)


def show(template: str, status: int = ACCEPTED, **values: object) -> Response:
    """Render a page of evidence; `speech` says the program's texts in the page's language."""
    return make_response(render_template(f"evidence/{template}", speech=speech(), **values), status)


def said(faults: Mapping[str, str]) -> dict[str, str]:
    """Say faults in the page's language."""
    return {name: gettext(message) for name, message in faults.items()}


def typed() -> dict[str, object]:
    """Give what was typed into a form, to show it again: one value, or a list where there are several."""
    sent = request.form.to_dict(flat=False)
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}
