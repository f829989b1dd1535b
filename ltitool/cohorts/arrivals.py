"""What a launch means here: a learner's place in the offering, and the rights of the session.

Implements `ltitool.lti.landing.Landing`; it runs inside the launch's transaction.
"""

import re
import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.course_copies import note_copy
from ltitool.cohorts.memberships import (
    LAUNCH,
    ROSTER,
    Came,
    coaches_here,
    enrol,
    lapse,
    note_course_person,
    offering_of_course,
    participant_place,
)
from ltitool.cohorts.models import CoursePerson, Membership, OfferingContext
from ltitool.cohorts.scope import ACTIVE, COACH, DIRECTOR, PARTICIPANT
from ltitool.foundation.clock import Clock
from ltitool.lti.course_groups import groups_in
from ltitool.lti.landing import Landing, Launched, Place
from ltitool.lti.review_errors import ReviewPersonUnknown
from ltitool.lti.roles import LtiRole
from ltitool.people.grants import roles_of

OPENS = "opens"  # a link's custom field: which page it stands for
WEEK = "week"  # a link's custom field: which step it stands for, where it names no page of its own
NO_PAGES: Mapping[str, str] = {}


def landing(clock: Clock, pages: Mapping[str, str] = NO_PAGES) -> Landing:
    """Make the landing that `app` binds.

    `pages` says which page of a participant a link's custom field `opens` means; a field
    `week` means that step; all else opens the home.
    """

    def land(session: Session, launched: Launched) -> Place:
        if launched.context_id is not None and not launched.test_user:
            _note_arrival(session, launched, launched.context_id, clock)
        roles = session_roles(session, launched.organisation_id, launched.person_id)
        if launched.for_subject is not None:
            return Place(roles, review_page(session, launched))
        wanted = page_of_link(launched.custom, pages)
        return Place(roles, wanted if wanted and _takes_part(session, launched) else "")

    return land


def session_roles(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> frozenset[str]:
    """Give what a person is here: participant or coach by their places, director by grant. Nothing more."""
    places = session.scalars(
        select(Membership.role)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.status == ACTIVE,
        )
        .distinct()
    )
    grants = roles_of(session, organisation_id, person_id)
    return frozenset(places) & {PARTICIPANT, COACH} | grants & {DIRECTOR}


def page_of_link(custom: Mapping[str, str], pages: Mapping[str, str]) -> str:
    """Say which page of a participant a link stands for; nothing for the home."""
    return pages.get(custom.get(OPENS, ""), "") or _step_page(custom.get(WEEK, ""))


def _step_page(number: str) -> str:
    return f"weeks/{number}" if re.fullmatch(r"[1-9][0-9]?", number, re.ASCII) else ""


def review_page(session: Session, launched: Launched) -> str:
    """Say where somebody sees the work of the person whom their gradebook names.

    A participant sees their own; a coach the person's page; everybody else their own first page. Each page
    asks the cohort once more who may see it.

    Raises:
        ReviewPersonUnknown: nobody of this course's program is called so in the LMS (N72, A54).
    """
    organisation_id = launched.organisation_id
    found = session.execute(
        select(Membership.person_id, Membership.cohort_id)
        .join(CoursePerson, CoursePerson.person_id == Membership.person_id)
        .join(OfferingContext, OfferingContext.offering_id == Membership.offering_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == PARTICIPANT,
            CoursePerson.context_id == launched.context_id,
            CoursePerson.lms_subject == launched.for_subject,
            OfferingContext.context_id == launched.context_id,
        )
    ).first()
    if found is None:
        raise ReviewPersonUnknown
    person_id, cohort_id = found
    if person_id == launched.person_id:
        return ""
    return f"board/{cohort_id}/{person_id}" if _coaches(session, launched, cohort_id) else ""


def _coaches(session: Session, launched: Launched, cohort_id: uuid.UUID | None) -> bool:
    found = select(Membership.id).where(
        Membership.organisation_id == launched.organisation_id,
        Membership.person_id == launched.person_id,
        Membership.role == COACH,
        Membership.status == ACTIVE,
        Membership.cohort_id == cohort_id,
    )
    return cohort_id is not None and session.scalar(found) is not None


def _takes_part(session: Session, launched: Launched) -> bool:
    """Say whether somebody has a participant's place in the offering of the course that they came through."""
    offering_id = offering_of_course(session, launched.organisation_id, launched.context_id)
    if offering_id is None:
        return False
    place = participant_place(session, launched.organisation_id, offering_id, launched.person_id)
    return place is not None and place.status == ACTIVE


def _note_arrival(session: Session, launched: Launched, context_id: uuid.UUID, clock: Clock) -> None:
    groups = groups_in(launched.custom)
    came = Came(context_id, launched.person_id, launched.subject, launched.role, LAUNCH, groups)
    at = clock()
    offering_id = offering_of_course(session, launched.organisation_id, context_id)
    names_step = bool(_step_page(launched.custom.get(WEEK, "")))
    # The course's row before its people's rows, as a reading of its roster takes them.
    note_copy(session, launched, names_step=names_step and offering_id is None)
    note_course_person(session, organisation_id=launched.organisation_id, came=came, at=at)
    if offering_id is None:
        return
    if came.role is LtiRole.LEARNER:
        if not coaches_here(session, launched.organisation_id, offering_id, came.person_id):
            enrol(
                session,
                organisation_id=launched.organisation_id,
                offering_id=offering_id,
                came=came,
                at=at,
            )
        return
    place = participant_place(session, launched.organisation_id, offering_id, came.person_id)
    if place is not None and place.source == ROSTER:
        lapse(place)  # a roster took a teacher for a learner; the launch knows better
