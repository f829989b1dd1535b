"""The director's page of a copied course: run the same weeks again, with new people."""

import uuid
from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ltitool.cohorts.course_copies import CourseCopy, accept_copy, find_copy, source_program
from ltitool.cohorts.days import full_day
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.schemas import read_copy
from ltitool.cohorts.timezones import timezone_choices
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import with_draft
from ltitool.web.languages import current_language
from ltitool.web.once import id_to_make
from ltitool.web.visit import current_visit

pages = guarded_blueprint("copies", __name__, guard=Guard.DIRECTOR, path="/copies")


@pages.get("/<uuid:context_id>")
def show(context_id: uuid.UUID) -> ResponseReturnValue:
    """Offer the structure of a copied course."""
    copy = _copy(context_id)
    action = url_for("copies.accept", context_id=context_id)
    usual = {"title": copy.title, "timezone": copy.sources[0].timezone, "source": copy.sources[0].offering_id}
    return _page(copy, with_draft(action, usual), {})


@pages.post("/<uuid:context_id>")
def accept(context_id: uuid.UUID) -> ResponseReturnValue:
    """Start the run, and let the copied course lead to it."""
    visit = current_visit()
    offering_id = id_to_make(visit.person_id)
    try:
        wanted, source_id = read_copy()
    except Invalid as invalid:
        return _page(_copy(context_id), request.form, invalid.faults), invalid.status
    ids = {"organisation_id": visit.organisation_id, "context_id": context_id, "offering_id": offering_id}
    with transaction() as session:
        accept_copy(session, wanted, source_id=source_id, at=services().clock(), **ids)
    return redirect(url_for("directing.offering", offering_id=offering_id), 303)


def _copy(context_id: uuid.UUID) -> CourseCopy:
    copy = find_copy(read_session(), current_visit().organisation_id, context_id)
    if copy is None:
        raise OfferingUnknown(f"context {context_id} is no copy that waits")
    return copy


def _page(copy: CourseCopy, values: Mapping[str, object], faults: Mapping[str, str]) -> str:
    language = current_language()
    program = source_program(
        read_session(), current_visit().organisation_id, copy.context_id, copy.sources[0].offering_id
    )
    return render_template(
        "cohorts/course_copy.html",
        copy=copy,
        program=program.title.in_(language),
        steps=len(program.steps),
        sources=[
            (
                one.offering_id,
                gettext("%(title)s, from %(day)s", title=one.title, day=full_day(one.starts_on, language)),
            )
            for one in copy.sources
        ],
        timezones=timezone_choices(language),
        values=values,
        faults=faults,
    )
