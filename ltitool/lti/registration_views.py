"""Pages for an LMS's administrator: the registration link, and the address of Canvas's configuration."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ltitool.foundation.db import read_session
from ltitool.foundation.services import services
from ltitool.lti.addresses import origin_of
from ltitool.lti.platform_invitations import open_platform_invitation
from ltitool.lti.registering import check_start, read_start, register
from ltitool.lti.toolconfig import canvas_configuration
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.csrf import ForeignRequest
from ltitool.web.headers import allow_any_frame

MAX_BODY = 2**16
CONFIGURATION_MAX_AGE = 300

pages = guarded_blueprint("registration", __name__, guard=Guard.PUBLIC, path="/lti")


@pages.get("/register")
def show() -> ResponseReturnValue:
    """Ask before registering; a person who opens the link by themselves is told what to do with it."""
    found = services()
    allow_any_frame()
    if "openid_configuration" not in request.args:
        invitation = open_platform_invitation(
            read_session(), request.args.get("invitation", ""), found.clock()
        )
        return render_template("lti/register_link.html", name=invitation.name, link=request.url)
    start = read_start(request.args)
    invitation = check_start(start, found)
    host = origin_of(start.configuration_url)
    return render_template("lti/register.html", name=invitation.name, host=host, start=start)


@pages.post("/register")
def take() -> ResponseReturnValue:
    """Register with the LMS that opened the link."""
    request.max_content_length = MAX_BODY
    found = services()
    if request.headers.get("Origin") != found.settings.public_url:
        raise ForeignRequest("registration")
    allow_any_frame()
    return render_template("lti/registered.html", registered=register(read_start(request.form), found))


@pages.get("/canvas.json")
def canvas() -> ResponseReturnValue:
    """Describe us in Canvas's own form."""
    response = jsonify(canvas_configuration(services().settings.public_url))
    response.headers["Cache-Control"] = f"public, max-age={CONFIGURATION_MAX_AGE}"
    return response
