"""What a course can link to: this week, each step of its program, and what is graded by itself.

Implements `ltitool.lti.link_offers.Offering`.
"""

import uuid

from sqlalchemy.orm import Session

from ltitool.cohorts.arrivals import OPENS, WEEK
from ltitool.cohorts.memberships import offering_of_course
from ltitool.cohorts.programs_in_use import program_of
from ltitool.lti.link_offers import LinkOffers, OfferedColumn, OfferedLink
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.programs.activities import Activity
from ltitool.programs.model import Program, Step


def link_offers(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None, locale: str
) -> LinkOffers:
    """Give the links of a course's program; a course without one is offered the usual program's."""
    offering_id = offering_of_course(session, organisation_id, context_id)
    program = (
        load_shipped()[DEFAULT_PROGRAM]
        if offering_id is None
        else program_of(session, organisation_id, offering_id)
    )
    return offers_of(program, locale)


def offers_of(program: Program, locale: str) -> LinkOffers:
    """Give the links of a program in the words of a language."""
    whole = OfferedLink(
        "program", program.title.in_(locale), program.summary.in_(locale), {OPENS: "this-week"}
    )
    alone = [_activity(one, locale) for one in program.activities if not one.is_session]
    return LinkOffers(steps=[_step(one, locale) for one in program.steps], others=[whole, *alone])


def _step(step: Step, locale: str) -> OfferedLink:
    custom = {OPENS: "week", WEEK: str(step.number)}
    return OfferedLink(f"step-{step.number}", step.title.in_(locale), step.summary.in_(locale), custom)


def _activity(activity: Activity, locale: str) -> OfferedLink:
    """Link to an activity: its own page where links may open that, else the step in which it begins."""
    title = activity.title.in_(locale)
    column = None
    if activity.graded and activity.points:
        column = OfferedColumn(activity.key, title, float(activity.points))
    custom = {OPENS: activity.kind.value, WEEK: str(activity.opens)}
    return OfferedLink(f"activity-{activity.key}", title, activity.purpose.in_(locale), custom, column)
