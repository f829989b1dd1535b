"""The director's page of grades that did not arrive, and the button that sends one again."""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.grade_letters import send_again, stuck_grades
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.visit import current_visit

pages = guarded_blueprint("grades", __name__, guard=Guard.DIRECTOR, path="/grades")


@pages.get("")
def stuck() -> ResponseReturnValue:
    """List grades that did not arrive, or that an LMS shows otherwise."""
    grades = stuck_grades(read_session(), current_visit().organisation_id)
    return render_template("lti/grades.html", grades=grades)


@pages.post("/<uuid:intent_id>/again")
def again(intent_id: uuid.UUID) -> ResponseReturnValue:
    """Send a grade again."""
    with transaction() as session:
        send_again(session, current_visit().organisation_id, intent_id, at=services().clock())
    return redirect(url_for("grades.stuck"), 303)
