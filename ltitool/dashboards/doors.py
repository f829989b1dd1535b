"""Which page a visit begins with. Somebody may be participant, coach and director at once."""

from enum import Enum

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import NotEnrolled
from ltitool.cohorts.memberships import offering_of_course
from ltitool.cohorts.models import CoursePerson
from ltitool.cohorts.scope import COACH, DIRECTOR, PARTICIPANT
from ltitool.cohorts.visiting import scope_of_visit
from ltitool.lti.roles import LtiRole
from ltitool.web.visit import Visit

OPERATOR = "operator"


class Door(Enum):
    """What a visit can begin with."""

    WEEK = "week"
    BOARD = "board"
    OVERVIEW = "overview"
    PLATFORMS = "platforms"
    BECOME_COACH = "become_coach"  # a teacher of the course without a cohort
    NOT_CONNECTED = "not_connected"  # a learner whose course runs no program
    NOT_TAKING_PART = "not_taking_part"  # the course runs one, and this person is not in it (any more)


def door_of(session: Session, visit: Visit) -> Door:
    """Choose the first page by rights, and in their absence by what the course says."""
    if PARTICIPANT in visit.roles and _takes_part_here(session, visit):
        return Door.WEEK
    for role, door in ((COACH, Door.BOARD), (DIRECTOR, Door.OVERVIEW), (OPERATOR, Door.PLATFORMS)):
        if role in visit.roles:
            return door
    if _teaches(session, visit):
        return Door.BECOME_COACH
    offering_id = offering_of_course(session, visit.organisation_id, visit.context_id)
    if visit.context_id is not None and offering_id is None:
        return Door.NOT_CONNECTED
    return Door.NOT_TAKING_PART


def tabs_of(visit: Visit, current: Door) -> list[tuple[str, str, bool]]:
    """Give the doors that are open to a visit, if there is more than one."""
    doors = [
        (PARTICIPANT, Door.WEEK, str(_("This week")), "week.now"),
        (COACH, Door.BOARD, str(_("Cohort")), "board.page"),
        (DIRECTOR, Door.OVERVIEW, str(_("Overview")), "overview.page"),
        (OPERATOR, Door.PLATFORMS, str(_("LMSs")), "platforms.page"),
    ]
    open_doors = [
        (label, url_for(endpoint), door is current)
        for role, door, label, endpoint in doors
        if role in visit.roles
    ]
    return open_doors if len(open_doors) > 1 else []


def _takes_part_here(session: Session, visit: Visit) -> bool:
    try:
        scope_of_visit(session, visit)
    except NotEnrolled:
        return False
    return True


def _teaches(session: Session, visit: Visit) -> bool:
    role = session.scalar(
        select(CoursePerson.role).where(
            CoursePerson.organisation_id == visit.organisation_id,
            CoursePerson.context_id == visit.context_id,
            CoursePerson.person_id == visit.person_id,
        )
    )
    return role is not None and role != LtiRole.LEARNER
