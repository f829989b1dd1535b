"""The ground of the demo: organisation, platform, courses, offering, cohorts, and who is who in them."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from ltitool.cli.demo_seed.arriving import Arrivals
from ltitool.cli.demo_seed.place import TIMEZONE, DemoPlace, When
from ltitool.cohorts.coaches import grant_coach
from ltitool.cohorts.offerings import (
    NewOffering,
    connect_course,
    create_cohort,
    create_offering,
    place_person,
)
from ltitool.credentials.issuers import ensure_issuer
from ltitool.foundation.db import transaction
from ltitool.lti.models import Platform
from ltitool.lti.platforms import Registration, add_platform
from ltitool.people.grants import grant
from ltitool.people.models import Organisation
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.sandbox.config import Endpoints
from ltitool.sandbox.seed import COHORT_3, COHORT_4, DEMO, Activity, Enrolment
from ltitool.sandbox.vocabulary import Role
from ltitool.settings import Settings

SLUG = "valle-verde"
COHORTS = {COHORT_3: "Cohort 3", COHORT_4: "Cohort 4"}
COACHES = {COHORT_3: DemoPlace.COACH, COHORT_4: DemoPlace.OTHER_COACH}
FIRST_DAY = When(1, "mon", 8)
SEASONS = (*["Spring"] * 5, *["Summer"] * 2, *["Fall"] * 5)  # as schools name them, by the month of the start


def lay_ground(place: DemoPlace, settings: Settings) -> None:
    """Register the practice LMS, let everybody arrive on the first day, and form the two cohorts."""
    at = place.instant(FIRST_DAY)
    with transaction() as session:
        _organisation(session, place)
        arrivals = Arrivals(place, _platform(session, place, settings))
        contexts = _everybody_arrives(session, arrivals)
        grant(
            session,
            organisation_id=place.organisation_id,
            person_id=place.person_id(DemoPlace.DIRECTOR),
            role="director",
            granted_by=None,
            at=at,
        )
        _offering(session, place)
        for course_id in COHORTS:
            _cohort(session, place, contexts, course_id)


def _organisation(session: Session, place: DemoPlace) -> None:
    at = place.instant(FIRST_DAY)
    session.add(Organisation(id=place.organisation_id, slug=SLUG, name=DEMO.district, created_at=at))
    session.flush()
    ensure_issuer(session, place.organisation_id, public_url=place.tool_url, at=at)


def _platform(session: Session, place: DemoPlace, settings: Settings) -> Platform:
    doors = Endpoints(place.lms_url)
    return add_platform(
        session,
        Registration(
            name="Practice LMS",
            issuer=doors.issuer,
            client_id=DEMO.client_id,
            auth_login_url=doors.authorization,
            auth_token_url=doors.token,
            jwks_url=doors.jwks,
            deployment_ids=(DEMO.deployment_id,),
        ),
        organisation_id=place.organisation_id,
        platform_id=place.id_of("platform"),
        settings=settings,
        at=place.instant(FIRST_DAY),
    )


def _everybody_arrives(session: Session, arrivals: Arrivals) -> dict[str, uuid.UUID]:
    """Let each person open each activity of their course once: people and courses become known."""
    at = arrivals.place.instant(FIRST_DAY)
    contexts: dict[str, uuid.UUID] = {}
    for enrolment in _staff_first(DEMO.enrolments):
        for activity in _activities(enrolment.course_id):
            contexts[enrolment.course_id] = arrivals.come(session, enrolment, activity, at).id
    return contexts


def _staff_first(enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    return sorted(enrolments, key=lambda one: one.role is Role.LEARNER)


def _activities(course_id: str) -> list[Activity]:
    return [activity for activity in DEMO.activities if activity.course_id == course_id]


def _offering(session: Session, place: DemoPlace) -> None:
    program = load_shipped()[DEFAULT_PROGRAM]
    season = SEASONS[place.starts_on.month - 1]
    wanted = NewOffering(
        f"{program.title.in_('en')}, {season} {place.starts_on.year}", place.starts_on, TIMEZONE
    )
    create_offering(
        session,
        wanted,
        program,
        organisation_id=place.organisation_id,
        offering_id=place.offering_id,
        at=place.instant(FIRST_DAY),
    )
    session.flush()


def _cohort(session: Session, place: DemoPlace, contexts: Mapping[str, uuid.UUID], course_id: str) -> None:
    at = place.instant(FIRST_DAY)
    known = {"organisation_id": place.organisation_id, "offering_id": place.offering_id}
    cohort_id = place.cohort_id(course_id)
    connect_course(session, **known, context_id=contexts[course_id], at=at)
    session.flush()
    create_cohort(session, **known, cohort_id=cohort_id, name=COHORTS[course_id])
    for person in DEMO.enrolled(course_id, Role.LEARNER):
        place_person(session, **known, person_id=place.person_id(person.key), cohort_id=cohort_id)
    coach = place.person_id(COACHES[course_id])
    grant_coach(
        session,
        **known,
        cohort_id=cohort_id,
        person_id=coach,
        by=place.person_id(DemoPlace.DIRECTOR),
        at=at,
    )
    session.flush()
