"""The operator's home: the LMSs of an organisation, and what in them wants attention."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ltitool.dashboards.doors import Door, tabs_of
from ltitool.foundation.db import read_session
from ltitool.lti.platform_standing import platform_lines
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.visit import current_visit

pages = guarded_blueprint("platforms", __name__, guard=Guard.OPERATOR, path="/platforms")


@pages.get("")
def page() -> ResponseReturnValue:
    return show_platforms()


def show_platforms() -> str:
    """Show the operator's home."""
    visit = current_visit()
    return render_template(
        "dashboards/platforms.html",
        lines=platform_lines(read_session(), visit.organisation_id),
        tabs=tabs_of(visit, Door.PLATFORMS),
    )
