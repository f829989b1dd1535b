"""The doors of LTI: where a login comes in, where a launch comes in, and our public keys."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from ltitool.errors import ToolError
from ltitool.foundation.db import has_single_statements, read_session
from ltitool.foundation.services import services
from ltitool.lti.addresses import origin_of, with_query
from ltitool.lti.browser import (
    STORED,
    asks_storage,
    drop_secret,
    give_probe,
    give_secret,
    holds_secret,
    keeps_cookies,
    storage_key,
)
from ltitool.lti.landing import bound_known_arrivals, bound_landing
from ltitool.lti.launch import PRIVACY_PATH, Arrival, Doors, LaunchForm, launch
from ltitool.lti.launch_errors import OtherBrowser
from ltitool.lti.login import (
    Departure,
    LoginRequest,
    depart,
    find_platform,
    read_login,
    take_parameters,
)
from ltitool.lti.models import Platform
from ltitool.lti.tickets import State
from ltitool.lti.wiring import LtiMemory, lti_memory
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie
from ltitool.web.error_pages import reference
from ltitool.web.headers import allow_any_frame, allow_frame_of
from ltitool.web.incoming import posted_fields
from ltitool.web.new_tab import new_tab_of
from ltitool.web.path_sessions import agent_hash
from ltitool.web.redirects import lead_to

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
    memory = lti_memory()
    sent = posted_fields() if request.method == "POST" else dict(request.args.lists())
    parameters = take_parameters(sent)
    asked = read_login(parameters, memory.services.settings)
    if keeps_cookies(request):
        return _depart(asked, memory)
    ticket = memory.tickets.write_login(parameters, memory.services.clock())
    if len(ticket) > MAX_TICKET:
        return _depart(asked, memory)
    find_platform(memory.platforms, asked)  # refuse a stranger before asking for cookies
    response = redirect(url_for("lti.check_cookies", ticket=ticket))
    give_probe(response)
    return response


@pages.get("/login/check")
def check_cookies() -> ResponseReturnValue:
    """Go on with a login if the cookie came back; else offer a tab of its own, where it will."""
    memory, ticket = lti_memory(), request.args.get("ticket", "")
    found = memory.services
    asked = read_login(memory.tickets.read_login(ticket, found.clock()), found.settings)
    if keeps_cookies(request):
        return _depart(asked, memory)
    if "tab" not in request.args and "silent" not in request.args and asked.storage is not None:
        return _try_storage(asked, ticket, memory)
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
    form, doors = LaunchForm.of(posted_fields()), _doors(lti_memory())
    try:
        arrival = launch(form, lambda state: holds_secret(request, state), doors)
    except OtherBrowser:
        state = doors.tickets.read_state(form.state or "")
        if not asks_storage(request, state):
            raise
        return _ask_storage(form, state)
    except ToolError as error:
        _tell_way_back(error)
        raise
    return _let_in(arrival)


@pages.get("/jwks.json")
def jwks() -> ResponseReturnValue:
    """Publish the keys that we sign service requests with, retired ones included."""
    keys = services().keys.public_keys(KEY_OWNER, KEY_PURPOSE)
    response = jsonify({"keys": [{**key, "use": "sig", "alg": "RS256"} for key in keys]})
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE}"
    return response


def _let_in(arrival: Arrival) -> ResponseReturnValue:
    """Show the first page: the session in a cookie, in the path, or in a tab of its own.

    The tab is for staff, and for what an LMS's administrator may see of others.
    """
    opened, path = arrival.opened, arrival.path
    if arrival.state.storage is not None and not opened.in_path:
        allow_any_frame()
        own = new_tab_of(opened.short, f"/{path}")
        return render_template("lti/own_tab.html", own=own, is_privacy=path == PRIVACY_PATH)
    response = lead_to(f"/l/{opened.segment}/{path}", 303)
    if not opened.in_path:
        drop_secret(response, arrival.state)
        give_session_cookie(response, opened)
    return response


def _tell_way_back(error: ToolError) -> None:
    """Let the way back to the LMS say what went wrong: to people, and to whoever reads the LMS's log."""
    if error.way_back is None:
        return
    told = {"lti_errormsg": gettext(error.title), "lti_errorlog": f"{error.code} {reference()}"}
    error.way_back = with_query(error.way_back, told.items())


def _depart(asked: LoginRequest, memory: LtiMemory) -> Response:
    departure = _departure(find_platform(memory.platforms, asked), asked, memory)
    response = lead_to(departure.url)
    give_secret(response, departure)
    return response


def _departure(
    platform: Platform, asked: LoginRequest, memory: LtiMemory, storage: str | None = None
) -> Departure:
    found = memory.services
    return depart(
        platform,
        asked,
        tickets=memory.tickets,
        settings=found.settings,
        new_token=found.new_token,
        at=found.clock(),
        storage=storage,
    )


def _try_storage(asked: LoginRequest, ticket: str, memory: LtiMemory) -> str:
    """Have the LMS keep the secret; where it does not, the same login goes on in a tab."""
    platform = find_platform(memory.platforms, asked)
    departure = _departure(platform, asked, memory, asked.storage)
    allow_frame_of(platform.service_origins)
    return render_template(
        "lti/keep.html",
        frame=asked.storage,
        origin=origin_of(platform.auth_login_url),
        key=storage_key(departure.short),
        departure=departure,
        silent_link=url_for("lti.check_cookies", ticket=ticket, silent="yes"),
    )


def _ask_storage(form: LaunchForm, state: State) -> str:
    """Have our own page ask the LMS for the secret, and bring it here with the same launch."""
    platform = read_session().get_one(Platform, state.platform_id)
    allow_frame_of(platform.service_origins)
    return render_template(
        "lti/recall.html",
        frame=state.storage,
        origin=origin_of(platform.auth_login_url),
        key=storage_key(state.short),
        form=form,
        field=STORED,
    )


def _doors(memory: LtiMemory) -> Doors:
    return Doors(
        memory.services,
        memory.tickets,
        memory.platforms,
        memory.platform_keys,
        bound_landing(),
        bound_known_arrivals() if has_single_statements() else None,
        agent_hash,
    )
