"""The doors of LTI: where a login comes in, where a launch comes in, and our public keys."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from ltitool.foundation.db import read_session
from ltitool.foundation.services import Services, services
from ltitool.lti.browser import drop_secret, give_probe, give_secret, holds_secret, keeps_cookies
from ltitool.lti.landing import bound_landing
from ltitool.lti.launch import Doors, LaunchForm, launch
from ltitool.lti.login import LoginRequest, depart, find_platform, read_login, take_parameters
from ltitool.lti.tickets import Tickets
from ltitool.lti.wiring import lti_memory
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie
from ltitool.web.headers import allow_any_frame

KEY_OWNER = "tool"
KEY_PURPOSE = "lti-rs256"
MAX_BODY = 2**20
JWKS_MAX_AGE = 3600
MAX_TICKET = 6000  # longer, and some servers would refuse the address it stands in

pages = guarded_blueprint("lti", __name__, guard=Guard.PUBLIC, path="/lti")


@pages.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Take a third-party login; see ltitool/lti/login.py."""
    request.max_content_length = MAX_BODY
    found = services()
    parameters = take_parameters(request.form if request.method == "POST" else request.args)
    asked = read_login(parameters, found.settings)
    ticket = _tickets(found).write_login(parameters, found.clock())
    if keeps_cookies(request) or len(ticket) > MAX_TICKET:
        return _depart(asked, found)
    find_platform(read_session(), asked)  # refuse a stranger before asking for cookies
    response = redirect(url_for("lti.check_cookies", ticket=ticket))
    give_probe(response)
    return response


@pages.get("/login/check")
def check_cookies() -> ResponseReturnValue:
    """Go on with a login if the cookie came back; else offer a tab of its own, where it will."""
    found, ticket = services(), request.args.get("ticket", "")
    asked = read_login(_tickets(found).read_login(ticket, found.clock()), found.settings)
    if keeps_cookies(request):
        return _depart(asked, found)
    if request.args.get("tab") == "new":
        response = redirect(url_for("lti.check_cookies", ticket=ticket, tab="tried"))
        give_probe(response)
        return response
    allow_any_frame()
    tab_link = url_for("lti.check_cookies", ticket=ticket, tab="new")
    tried = request.args.get("tab") == "tried"
    return render_template("lti/check.html", tab_link=tab_link, tried=tried)


@pages.post("/launch")
def take_launch() -> ResponseReturnValue:
    """Take a launch; see ltitool/lti/launch.py."""
    request.max_content_length = MAX_BODY
    found = services()
    doors = Doors(found, _tickets(found), lti_memory().platform_keys, bound_landing())
    form = LaunchForm.of(request.form)
    arrival = launch(form, lambda state: holds_secret(request, state), doors)
    response = redirect(f"/l/{arrival.opened.short}/{arrival.place.path}", 303)
    drop_secret(response, arrival.state)
    give_session_cookie(response, arrival.opened)
    return response


@pages.get("/jwks.json")
def jwks() -> ResponseReturnValue:
    """Publish the keys that we sign service requests with, retired ones included."""
    keys = services().keys.public_keys(KEY_OWNER, KEY_PURPOSE)
    response = jsonify({"keys": [{**key, "use": "sig", "alg": "RS256"} for key in keys]})
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE}"
    return response


def _depart(asked: LoginRequest, found: Services) -> Response:
    departure = depart(
        find_platform(read_session(), asked),
        asked,
        tickets=_tickets(found),
        settings=found.settings,
        new_token=found.new_token,
        at=found.clock(),
    )
    response = redirect(departure.url)
    give_secret(response, departure)
    return response


def _tickets(found: Services) -> Tickets:
    return Tickets(found.settings.secret_key)
