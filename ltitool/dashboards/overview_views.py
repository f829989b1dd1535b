"""The director's overview: offerings and what in them wants attention."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ltitool.cohorts.course_copies import copies_waiting
from ltitool.cohorts.days import full_day
from ltitool.cohorts.listing import free_courses, offering_summaries
from ltitool.dashboards.doors import Door, tabs_of
from ltitool.dashboards.links import awards_url
from ltitool.dashboards.words import empty_arch
from ltitool.foundation.db import read_session
from ltitool.lti.grade_letters import count_stuck
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.languages import current_language
from ltitool.web.visit import current_visit

pages = guarded_blueprint("overview", __name__, guard=Guard.DIRECTOR, path="/overview")


@pages.get("")
def page() -> ResponseReturnValue:
    return show_overview()


def show_overview() -> str:
    """Show the director's home."""
    session, visit = read_session(), current_visit()
    copies = copies_waiting(session, visit.organisation_id)
    offered = {copy.context_id for copy in copies}
    return render_template(
        "dashboards/overview.html",
        offerings=offering_summaries(session, visit.organisation_id),
        copies=copies,
        free=[one for one in free_courses(session, visit.organisation_id) if one.context_id not in offered],
        starts=lambda day: full_day(day, current_language()),
        awards=awards_url(),
        stuck_grades=count_stuck(session, visit.organisation_id),
        empty_arch=empty_arch(load_shipped()[DEFAULT_PROGRAM]),
        tabs=tabs_of(visit, Door.OVERVIEW),
    )
