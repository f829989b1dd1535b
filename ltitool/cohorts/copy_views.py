"""The page of a copied course, for directors and who teaches it: the same weeks, with new people."""

import uuid
from collections.abc import Mapping, Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ltitool.cohorts.course_copies import CourseCopy, Source, accept_copy, find_copy, source_program
from ltitool.cohorts.days import full_day
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.schemas import read_copy
from ltitool.cohorts.taught_copies import Taught, TaughtCopy, accept_taught_copy, find_taught_copy
from ltitool.cohorts.timezones import timezone_choices
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import with_draft
from ltitool.web.languages import current_language
from ltitool.web.once import id_to_make
from ltitool.web.visit import Visit, current_visit

taught_pages = guarded_blueprint("taught_copy", __name__, guard=Guard.LAUNCHED, path="/copy")
pages = guarded_blueprint("copies", __name__, guard=Guard.DIRECTOR, path="/copies")


@pages.get("/<uuid:context_id>")
def show(context_id: uuid.UUID) -> ResponseReturnValue:
    """Offer the structure of a copied course."""
    return _directors_page(context_id, None, {})


@pages.post("/<uuid:context_id>")
def accept(context_id: uuid.UUID) -> ResponseReturnValue:
    """Start the run, and let the copied course lead to it."""
    visit = current_visit()
    offering_id = id_to_make(visit.person_id)
    try:
        wanted, source_id = read_copy()
    except Invalid as invalid:
        return _directors_page(context_id, request.form, invalid.faults), invalid.status
    ids = {"organisation_id": visit.organisation_id, "context_id": context_id, "offering_id": offering_id}
    with transaction() as session:
        accept_copy(session, wanted, source_id=source_id, at=services().clock(), **ids)
    return redirect(url_for("directing.offering", offering_id=offering_id), 303)


@taught_pages.get("")
def offer() -> ResponseReturnValue:
    """Offer the structure to whoever teaches the copied course that this visit comes from."""
    return _teachers_page(None, {})


@taught_pages.post("")
def take() -> ResponseReturnValue:
    """Start the run; its people come by their launches, and the director places them."""
    visit = current_visit()
    try:
        wanted, source_id = read_copy()
    except Invalid as invalid:
        return _teachers_page(request.form, invalid.faults), invalid.status
    ids = {"source_id": source_id, "offering_id": id_to_make(visit.person_id)}
    with transaction() as session:
        accept_taught_copy(session, wanted, _taught(visit), at=services().clock(), **ids)
    return redirect(url_for("home.page"), 303)


def _taught(visit: Visit) -> Taught:
    return Taught(visit.organisation_id, visit.context_id, visit.person_id)


def _teachers_page(sent: Mapping[str, object] | None, faults: Mapping[str, str]) -> str:
    visit = current_visit()
    copy = find_taught_copy(read_session(), _taught(visit))
    if copy is None:
        raise OfferingUnknown(f"{visit.person_id} teaches no copy that waits")
    runs = [(one.offering_id, one.run) for one in copy.sources]
    return _page(copy, runs, url_for("taught_copy.take"), sent, faults)


def _directors_page(
    context_id: uuid.UUID, sent: Mapping[str, object] | None, faults: Mapping[str, str]
) -> str:
    copy = find_copy(read_session(), current_visit().organisation_id, context_id)
    if copy is None:
        raise OfferingUnknown(f"context {context_id} is no copy that waits")
    runs = [(one.offering_id, one) for one in copy.sources]
    return _page(copy, runs, url_for("copies.accept", context_id=context_id), sent, faults)


def _page(
    copy: CourseCopy | TaughtCopy,
    runs: Sequence[tuple[uuid.UUID, Source | None]],
    action: str,
    sent: Mapping[str, object] | None,
    faults: Mapping[str, str],
) -> str:
    """Show the form; `runs` are what may be taken, the nearest first, and what may be said of each."""
    language = current_language()
    source_id, nearest = runs[0]
    usual = {"title": copy.title, "source": source_id, "timezone": nearest.timezone if nearest else ""}
    return render_template(
        "cohorts/course_copy.html",
        copy=copy,
        action=action,
        directs=Guard.DIRECTOR.value in current_visit().roles,
        program=_program_words(copy.context_id, nearest, language) if nearest else None,
        sources=[(source_id, _run_words(run, language)) for source_id, run in runs],
        timezones=timezone_choices(language),
        values=sent or with_draft(action, usual),
        faults=faults,
    )


def _program_words(context_id: uuid.UUID, run: Source, language: str) -> tuple[str, int]:
    organisation_id = current_visit().organisation_id
    program = source_program(read_session(), organisation_id, context_id, run.offering_id)
    return program.title.in_(language), len(program.steps)


def _run_words(run: Source | None, language: str) -> str:
    if run is None:
        return str(gettext("the course that this one was copied from"))
    return str(gettext("%(title)s, from %(day)s", title=run.title, day=full_day(run.starts_on, language)))
