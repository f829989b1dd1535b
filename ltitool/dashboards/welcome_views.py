"""What this is, for anybody; and where those who were invited come in."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.arrivals import session_roles
from ltitool.cohorts.coaches import accept_invitation
from ltitool.dashboards.words import finished_arch
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.grants import roles_of
from ltitool.people.invitations import SIGN_IN, Invited, open_invitation
from ltitool.people.models import Organisation
from ltitool.people.sessions import Entry, OpenedSession, open_session
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie
from ltitool.web.csrf import ForeignRequest
from ltitool.web.forms import FormSchema, Line, read_form
from ltitool.web.languages import current_language
from ltitool.web.links import optional_url

welcome = guarded_blueprint("welcome", __name__, guard=Guard.PUBLIC)
invitations = guarded_blueprint("invitations", __name__, guard=Guard.PUBLIC, path="/invitations")
NAME = 200


class NameSchema(FormSchema):
    full_name = Line(required=True, validate=[validate.Length(min=1), validate.Length(max=NAME)])


@welcome.get("/")
def page() -> ResponseReturnValue:
    program = load_shipped()[DEFAULT_PROGRAM]
    return render_template(
        "dashboards/welcome.html", arch_svg=finished_arch(program), verify=optional_url("verify.page")
    )


@invitations.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return _show_invitation(token, "", {})


@invitations.post("/<token>")
def accept(token: str) -> ResponseReturnValue:
    found = services()
    if request.headers.get("Origin") != found.settings.public_url:
        raise ForeignRequest("invitation")
    try:
        opened = _accept(token)
    except Invalid as invalid:
        return _show_invitation(token, request.form.get("full_name", ""), invalid.faults), invalid.status
    response: Response = redirect(url_for("home.page", launch=opened.short), 303)  # type: ignore[assignment] # Flask's redirect makes its own Response
    give_session_cookie(response, opened)
    return response


def _show_invitation(token: str, typed: str, faults: dict[str, str]) -> str:
    session = read_session()
    invitation = open_invitation(session, token, services().clock())
    organisation = session.scalars(
        select(Organisation.name).where(Organisation.id == invitation.organisation_id)
    ).one()
    return render_template(
        "dashboards/invitation.html",
        token=token,
        organisation=organisation,
        role=invitation.role,
        signs_in=invitation.role == SIGN_IN,
        typed=typed,
        faults=faults,
    )


def _accept(token: str) -> OpenedSession:
    found = services()
    with transaction() as session:
        now = found.clock()
        signs_in = open_invitation(session, token, now).role == SIGN_IN
        full_name = "" if signs_in else read_form(NameSchema())["full_name"]
        invited = accept_invitation(session, token, new_person_id=found.new_id(), full_name=full_name, at=now)
        session.flush()
        return open_session(
            session,
            _entry(session, invited),
            session_id=found.new_id(),
            new_token=found.new_token,
            at=now,
        )


def _entry(session: Session, invited: Invited) -> Entry:
    roles = session_roles(session, invited.organisation_id, invited.person_id)
    return Entry(
        organisation_id=invited.organisation_id,
        person_id=invited.person_id,
        kind="staff",
        roles=sorted(roles | roles_of(session, invited.organisation_id, invited.person_id)),
        locale=current_language(),
    )
