"""What others may see of somebody's evidence: their coach, a director, and they themselves.

Each view asks the cohort scope before it reads; what is not there and what is somebody else's get the
same answer. A sheet that was not sent is shown to nobody but its writer.
"""

import uuid

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ltitool.evidence.answer_words import answered
from ltitool.evidence.errors import EvidenceUnknown
from ltitool.evidence.guided_entries import all_entries, read_entry
from ltitool.evidence.keystone import rubric_of
from ltitool.evidence.keystone_submission import find_submission, frozen_keystone, submissions_of
from ltitool.evidence.pages import readable_scope, reading, show, speech
from ltitool.evidence.photo_rows import any_photo, object_name, photos_of
from ltitool.evidence.photo_sizes import SIZES
from ltitool.evidence.power_map import versions_of
from ltitool.evidence.questions import sheet_of
from ltitool.foundation.db import read_session
from ltitool.foundation.services import services
from ltitool.people.models import Person
from ltitool.web.visit import current_visit

PICTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@reading.get("/photos/<uuid:photo_id>/<int:size>")
def photo_file(photo_id: uuid.UUID, size: int) -> ResponseReturnValue:
    photo = any_photo(read_session(), current_visit().organisation_id, photo_id)
    readable_scope(photo.offering_id, photo.person_id)
    if size not in SIZES:
        raise EvidenceUnknown(f"size {size}")
    return _picture(services().store.get(object_name(photo.object_key, size)))


@reading.get("/people/<uuid:offering_id>/<uuid:person_id>/evidence")
def gathered(offering_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    scope = readable_scope(offering_id, person_id)
    session = read_session()
    sent = [entry for entry in all_entries(session, scope).values() if entry.submitted_at is not None]
    return show(
        "gathered.html",
        scope=scope,
        name=_name(scope.organisation_id, person_id),
        photos=photos_of(session, scope),
        versions=versions_of(session, scope),
        entries=[(scope.program.activity(entry.activity_key), entry) for entry in sent],
        submissions=submissions_of(session, scope),
    )


@reading.get("/people/<uuid:offering_id>/<uuid:person_id>/evidence/<activity_key>")
def entry(offering_id: uuid.UUID, person_id: uuid.UUID, activity_key: str) -> ResponseReturnValue:
    scope = readable_scope(offering_id, person_id)
    sheet = sheet_of(scope.program, activity_key)
    state = read_entry(read_session(), scope, activity_key)
    if state.submitted_at is None:
        raise EvidenceUnknown(f"{activity_key} was not sent")
    return show(
        "entry_read.html",
        scope=scope,
        sheet=sheet,
        state=state,
        name=_name(scope.organisation_id, person_id),
        told=list(answered(sheet, state.answers, speech())),
    )


@reading.get("/keystones/<uuid:submission_id>")
def submission(submission_id: uuid.UUID) -> ResponseReturnValue:
    visit = current_visit()
    row = find_submission(read_session(), visit.organisation_id, submission_id)
    scope = readable_scope(row.offering_id, row.person_id)
    return show(
        "submission.html",
        sent=frozen_keystone(read_session(), row),
        rubric=rubric_of(scope.program),
        name=_name(scope.organisation_id, row.person_id),
        is_own=visit.person_id == row.person_id,
    )


def _name(organisation_id: uuid.UUID, person_id: uuid.UUID) -> str:
    return (
        read_session()
        .scalars(
            select(Person.display_name).where(
                Person.organisation_id == organisation_id, Person.id == person_id
            )
        )
        .one()
    )


def _picture(data: bytes) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = "image/webp"
    response.headers["Content-Disposition"] = "inline; filename=photo.webp"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
