"""Pages of grades that did not arrive, and the button that sends one again.

Directors see whose grade it is. Operators run the connection and have no right to learners' grades: they see
where and why, for all LMSs of their organisation.
"""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.grade_letters import UNDELIVERED, dead_letters, send_again, stuck_grades
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.visit import current_visit

pages = guarded_blueprint("grades", __name__, guard=Guard.DIRECTOR, path="/grades")
operator_pages = guarded_blueprint(
    "undelivered", __name__, guard=Guard.OPERATOR, path="/platforms/undelivered"
)


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


@operator_pages.get("")
def letters() -> ResponseReturnValue:
    """List the grades that did not arrive in any LMS, without names."""
    found = dead_letters(read_session(), current_visit().organisation_id)
    return render_template("lti/dead_letters.html", letters=found)


@operator_pages.post("/<uuid:intent_id>/again")
def deliver(intent_id: uuid.UUID) -> ResponseReturnValue:
    """Send a grade again that did not arrive; what a teacher changed in the LMS is the director's matter."""
    organisation_id, now = current_visit().organisation_id, services().clock()
    with transaction() as session:
        send_again(session, organisation_id, intent_id, at=now, states=UNDELIVERED)
    return redirect(url_for("undelivered.letters"), 303)
