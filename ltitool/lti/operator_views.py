"""The operator's pages for a new LMS: a registration link, a registration by hand."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ltitool.errors import Invalid, msg
from ltitool.foundation.db import transaction
from ltitool.foundation.services import services
from ltitool.lti.approving import Operator, register_by_hand
from ltitool.lti.platform_invitations import NewInvitation, invite_platform
from ltitool.lti.platforms import PlatformExists, Registration
from ltitool.lti.schemas import PlatformLinkSchema, PlatformSchema
from ltitool.lti.toolconfig import tool_addresses
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.forms import read_form
from ltitool.web.once import id_to_make, token_to_give
from ltitool.web.visit import current_visit

pages = guarded_blueprint("registering", __name__, guard=Guard.OPERATOR, path="/platforms")
KNOWN = msg("This LMS knows us under this client id already. Nothing was overwritten.")
NOT_IDS = msg("A deployment id has 1 to 255 characters")


@pages.get("/link")
def link() -> ResponseReturnValue:
    return render_template("lti/platform_link.html", values={}, faults={})


@pages.post("/link")
def make_link() -> ResponseReturnValue:
    """Make a link by which an LMS registers itself; it is shown this once."""
    try:
        name = read_form(PlatformLinkSchema())["name"]
    except Invalid as invalid:
        page = render_template("lti/platform_link.html", values=request.form, faults=invalid.faults)
        return page, invalid.status
    url, until = _invite(name)
    return render_template("lti/platform_link_made.html", name=name, link=url, until=until)


@pages.get("/by-hand")
def by_hand() -> ResponseReturnValue:
    return _show_form({"deployment_policy": "approve"}, {})


@pages.post("/by-hand")
def add() -> ResponseReturnValue:
    """Register an LMS from what its administrator copied."""
    try:
        platform_id = _add(read_form(PlatformSchema()))
    except Invalid as invalid:
        return _show_form(request.form, invalid.faults), invalid.status
    except PlatformExists:
        return _show_form(request.form, {"client_id": KNOWN}), PlatformExists.status
    return redirect(url_for("platform.page", platform_id=platform_id), 303)


def _invite(name: str) -> tuple[str, datetime]:
    found, visit = services(), current_visit()
    wanted = NewInvitation(id_to_make(visit.person_id), visit.organisation_id, name, visit.person_id)
    token = token_to_give(wanted.id)
    with transaction() as session:
        until = invite_platform(session, wanted, token, found.clock())
    return f"{found.settings.public_url}/lti/register?invitation={token}", until


def _add(sent: Mapping[str, str]) -> uuid.UUID:
    found, visit = services(), current_visit()
    platform_id = id_to_make(visit.person_id)
    wanted = Registration(**{**sent, "deployment_ids": sent["deployment_ids"].split()})  # type: ignore[arg-type] # the schema's own fields
    with transaction() as session:
        operator = Operator(visit.organisation_id, visit.person_id, found.clock())
        register_by_hand(session, operator, wanted, platform_id, found.settings)
    return platform_id


def _show_form(values: Mapping[str, object], faults: Mapping[str, str]) -> str:
    addresses = tool_addresses(services().settings.public_url)
    return render_template("lti/platform_by_hand.html", values=values, faults=faults, addresses=addresses)
