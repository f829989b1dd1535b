"""Pages of scoring: a coach's sheet, and the participant's outcome."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ltitool.cohorts.visiting import scope_of_visit
from ltitool.evidence.keystone_submission import frozen_keystone
from ltitool.evidence.speech import Speech
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.models import Person
from ltitool.scoring.errors import SheetIncomplete
from ltitool.scoring.outcomes import latest_outcome
from ltitool.scoring.schemas import read_scores
from ltitool.scoring.sheets import OpenSheet, Scorer, lock_sheet, open_sheet, save_scores
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import below_visit, discard_draft, with_draft
from ltitool.web.languages import current_language
from ltitool.web.visit import current_visit

coach_pages = guarded_blueprint("scoring", __name__, guard=Guard.COACH, path="/scoring")
participant_pages = guarded_blueprint("outcome", __name__, guard=Guard.PARTICIPANT, path="/keystone")


@coach_pages.get("/<uuid:submission_id>")
def sheet(submission_id: uuid.UUID) -> ResponseReturnValue:
    return _show_sheet(submission_id, {})


@coach_pages.post("/<uuid:submission_id>")
def save(submission_id: uuid.UUID) -> ResponseReturnValue:
    found = services()
    with transaction() as session:
        opened = open_sheet(session, _scorer(), submission_id, new_id=found.new_id(), at=found.clock())
        save_scores(session, opened, read_scores(opened.rubric, request.form))
    if "lock" not in request.form:
        return redirect(url_for("scoring.sheet", submission_id=submission_id, saved=1), 303)
    try:
        _lock(submission_id)
    except SheetIncomplete as incomplete:
        discard_draft(current_visit(), below_visit(request.path))  # all of it is saved, though not locked
        return _show_sheet(submission_id, incomplete.faults), incomplete.status
    return redirect(url_for("scoring.sheet", submission_id=submission_id), 303)


@participant_pages.get("/outcome")
def page() -> ResponseReturnValue:
    visit = current_visit()
    session = read_session()
    scope = scope_of_visit(session, visit)
    return render_template(
        "scoring/outcome.html",
        program=scope.program,
        released=latest_outcome(session, scope),
        language=current_language(),
    )


def _lock(submission_id: uuid.UUID) -> None:
    found = services()
    with transaction() as session:
        now = found.clock()
        opened = open_sheet(session, _scorer(), submission_id, new_id=found.new_id(), at=now)
        lock_sheet(session, opened, outcome_id=found.new_id(), at=now)


def _show_sheet(submission_id: uuid.UUID, faults: dict[str, str]) -> str:
    found = services()
    with transaction() as session:
        opened = open_sheet(session, _scorer(), submission_id, new_id=found.new_id(), at=found.clock())
        released = latest_outcome(session, opened.scope) if opened.submission.state == "scored" else None
        person = session.get_one(Person, opened.submission.person_id)
        sent = frozen_keystone(session, opened.submission)
    return render_template(
        "scoring/sheet.html",
        sheet=opened,
        values=with_draft(url_for("scoring.save", submission_id=submission_id), _values(opened)),
        sent=sent,
        rubric=opened.rubric,
        speech=Speech(current_language(), gettext),
        person=person,
        scores={score.criterion_id: score for score in opened.scores},
        faults=faults,
        released=released,
        language=current_language(),
        just_saved="saved" in request.args,
    )


def _values(opened: OpenSheet) -> dict[str, object]:
    saved: dict[str, object] = {}
    for score in opened.scores:
        saved[f"{score.criterion_id}-level"] = score.level_id
        saved[f"{score.criterion_id}-rationale"] = score.rationale
    return saved


def _scorer() -> Scorer:
    visit = current_visit()
    return Scorer(visit.organisation_id, visit.person_id)
