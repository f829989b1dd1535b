"""Somebody who is known and has no page yet; and the code that gives a teacher a cohort."""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from marshmallow import validate
from sqlalchemy import update
from sqlalchemy.orm import Session

from ltitool.cohorts.arrivals import session_roles
from ltitool.cohorts.coaches import accept_in_visit
from ltitool.cohorts.course_copies import find_copy
from ltitool.cohorts.taught_copies import Taught, find_taught_copy
from ltitool.dashboards.doors import Door
from ltitool.dashboards.words import empty_arch
from ltitool.errors import Invalid, msg
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.errors import InvitationUnusable
from ltitool.people.models import WebSession
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.forms import FormSchema, Line, read_form
from ltitool.web.visit import Visit, current_visit

codes = guarded_blueprint("codes", __name__, guard=Guard.LAUNCHED, path="/invitation")
CODE = 500
UNUSABLE = msg("This code cannot be used. It may have been used already, or be older than a week.")


class CodeSchema(FormSchema):
    code = Line(required=True, validate=[validate.Length(min=1), validate.Length(max=CODE)])


@codes.post("")
def use() -> ResponseReturnValue:
    """Take an invitation's code, or its whole link, from somebody who came from a course."""
    try:
        code = read_form(CodeSchema())["code"].rstrip("/").rpartition("/")[2]
        with transaction() as session:
            _accept(session, current_visit(), code)
    except Invalid as invalid:
        return show_waiting(Door.BECOME_COACH, invalid.faults["code"]), invalid.status
    except InvitationUnusable:
        return show_waiting(Door.BECOME_COACH, UNUSABLE), Invalid.status
    return redirect(url_for("home.page"), 303)


def show_waiting(door: Door, fault: str | None = None) -> str:
    """Say why there is no page yet, and what to do."""
    arch = empty_arch(load_shipped()[DEFAULT_PROGRAM])
    visit = current_visit()
    session, place = read_session(), (visit.organisation_id, visit.context_id)
    return render_template(
        "dashboards/waiting.html",
        door=door.value,
        fault=fault,
        empty_arch=arch,
        copied=door is Door.BECOME_COACH and find_copy(session, *place) is not None,
        offered=find_taught_copy(session, Taught(*place, visit.person_id)) is not None,
    )


def _accept(session: Session, visit: Visit, code: str) -> None:
    own = {"organisation_id": visit.organisation_id, "person_id": visit.person_id}
    accept_in_visit(session, code, at=services().clock(), **own)
    session.flush()
    roles = session_roles(session, **own)
    _renew_roles(session, visit.session_id, roles)


def _renew_roles(session: Session, session_id: uuid.UUID, roles: frozenset[str]) -> None:
    session.execute(update(WebSession).where(WebSession.id == session_id).values(roles=sorted(roles)))
