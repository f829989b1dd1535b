"""What a launch gives: a learner's place, and the rights that were granted in the tool. Never more."""

import uuid
from typing import Any

import pytest
from sqlalchemy import delete, select
from support.clock import MovableClock
from support.newcomers import launched, new_person
from support.world import World

from ltitool.cohorts import memberships
from ltitool.cohorts.arrivals import landing, session_roles
from ltitool.cohorts.models import CoursePerson, Membership, OfferingContext
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.landing import Place
from ltitool.lti.review_errors import ReviewPersonUnknown
from ltitool.lti.roles import LtiRole
from ltitool.people.grants import grant

PAGES = {"keystone": "keystone"}


@pytest.fixture
def newcomer(world: World, clock: MovableClock) -> uuid.UUID:
    return new_person(world, "Nadia New", clock())


def arrive(world: World, clock: MovableClock, person_id: uuid.UUID, **changes: Any) -> Place:
    with transaction() as session:
        return landing(clock, PAGES)(session, launched(world, person_id, **changes))


def launch(world: World, clock: MovableClock, person_id: uuid.UUID, **changes: Any) -> frozenset[str]:
    place = arrive(world, clock, person_id, **changes)
    assert place.path == ""
    return place.roles


def place_of(person_id: uuid.UUID) -> Membership | None:
    return read_session().scalar(
        select(Membership).where(Membership.person_id == person_id, Membership.role == "participant")
    )


def test_a_learner_gets_a_place_without_a_cohort(
    world: World, clock: MovableClock, newcomer: uuid.UUID
) -> None:
    assert launch(world, clock, newcomer) == {"participant"}

    place = place_of(newcomer)
    assert place is not None
    assert (place.cohort_id, place.status, place.source) == (None, "active", "launch")
    assert (place.context_id, place.lms_subject) == (world.context_id, "lms-user")


def test_launching_again_keeps_the_cohort(world: World, clock: MovableClock) -> None:
    assert launch(world, clock, world.amara.id, subject="renamed") == {"participant"}

    place = place_of(world.amara.id)
    assert place is not None
    assert (place.cohort_id, place.lms_subject) == (world.cohort_id, "renamed")


def test_a_lapsed_participant_is_back_by_launching(world: World, clock: MovableClock) -> None:
    with transaction() as session:
        session.scalars(
            select(Membership).where(Membership.person_id == world.amara.id)
        ).one().status = "inactive"
    assert session_roles(read_session(), world.organisation_id, world.amara.id) == frozenset()

    assert launch(world, clock, world.amara.id) == {"participant"}


@pytest.mark.parametrize("role", [LtiRole.INSTRUCTOR, LtiRole.ADMINISTRATOR])
def test_an_lms_role_never_makes_a_coach_or_a_director(
    world: World, clock: MovableClock, newcomer: uuid.UUID, role: LtiRole
) -> None:
    assert launch(world, clock, newcomer, role=role) == frozenset()
    assert place_of(newcomer) is None


def test_a_preview_person_gets_no_place(world: World, clock: MovableClock, newcomer: uuid.UUID) -> None:
    assert launch(world, clock, newcomer, test_user=True) == frozenset()
    assert read_session().scalar(select(CoursePerson)) is None


def test_a_course_without_a_program_gives_no_place_and_is_remembered(
    world: World, clock: MovableClock, newcomer: uuid.UUID
) -> None:
    with transaction() as session:
        session.execute(delete(OfferingContext).where(OfferingContext.context_id == world.context_id))

    assert launch(world, clock, newcomer) == frozenset()
    remembered = read_session().scalars(select(CoursePerson)).one()
    assert (remembered.person_id, remembered.role, remembered.proved_by) == (newcomer, "learner", "launch")


def test_a_launch_outside_any_course_gives_what_was_granted(world: World, clock: MovableClock) -> None:
    assert launch(world, clock, world.director.id, context_id=None) == {"director"}


def test_granted_roles_come_with_every_launch(world: World, clock: MovableClock) -> None:
    assert launch(world, clock, world.coach.id, role=LtiRole.INSTRUCTOR) == {"coach"}
    with transaction() as session:
        grant(
            session,
            organisation_id=world.organisation_id,
            person_id=world.coach.id,
            role="director",
            granted_by=None,
            at=clock(),
        )
    assert launch(world, clock, world.coach.id, role=LtiRole.INSTRUCTOR) == {"coach", "director"}


def test_an_operator_grant_opens_no_page_of_a_visit(world: World, clock: MovableClock) -> None:
    with transaction() as session:
        grant(
            session,
            organisation_id=world.organisation_id,
            person_id=world.amara.id,
            role="operator",
            granted_by=None,
            at=clock(),
        )
    assert launch(world, clock, world.amara.id) == {"participant"}


def test_a_coach_whom_the_course_lists_as_learner_is_not_enrolled(world: World, clock: MovableClock) -> None:
    assert launch(world, clock, world.coach.id) == {"coach"}
    assert place_of(world.coach.id) is None


def test_a_teacher_whom_a_roster_took_for_a_learner_is_put_right_by_a_launch(
    world: World, clock: MovableClock
) -> None:
    with transaction() as session:
        session.scalars(
            select(Membership).where(Membership.person_id == world.amara.id)
        ).one().source = "roster"
    assert launch(world, clock, world.amara.id, role=LtiRole.INSTRUCTOR) == frozenset()

    place = place_of(world.amara.id)
    assert place is not None
    assert place.status == "inactive"


def test_a_participant_who_once_came_as_learner_stays_one(world: World, clock: MovableClock) -> None:
    assert launch(world, clock, world.amara.id, role=LtiRole.INSTRUCTOR) == {"participant"}


def test_another_organisations_grants_count_for_nothing(world: World) -> None:
    assert session_roles(read_session(), world.stranger.organisation_id, world.coach.id) == frozenset()


def test_two_launches_at_once_make_one_place(
    world: World, clock: MovableClock, newcomer: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one looks before the first has written, and finds its rows only when it inserts."""
    launch(world, clock, newcomer)
    for name in ("participant_place", "_course_person"):
        look, early = getattr(memberships, name), iter([None])
        monkeypatch.setattr(
            memberships,
            name,
            lambda *arguments, look=look, early=early: next(early, look(*arguments)),
        )

    assert launch(world, clock, newcomer, subject="renamed") == {"participant"}
    places = read_session().scalars(select(Membership).where(Membership.person_id == newcomer)).all()
    assert [place.lms_subject for place in places] == ["renamed"]


def test_a_link_may_open_a_page_of_its_own_for_participants(world: World, clock: MovableClock) -> None:
    assert arrive(world, clock, world.amara.id, custom={"opens": "keystone"}).path == "keystone"
    assert arrive(world, clock, world.amara.id, custom={"opens": "this-week"}).path == ""
    assert arrive(world, clock, world.amara.id, custom={"opens": "../admin"}).path == ""


def test_whoever_takes_no_part_begins_at_home_whatever_the_link_says(
    world: World, clock: MovableClock
) -> None:
    opens: dict[str, Any] = {"custom": {"opens": "keystone"}}
    coach = arrive(world, clock, world.coach.id, role=LtiRole.INSTRUCTOR, **opens)
    assert (coach.path, coach.roles) == ("", {"coach"})
    assert arrive(world, clock, world.amara.id, context_id=None, **opens).path == ""


@pytest.mark.parametrize(
    ("custom", "path"),
    [
        ({"opens": "week", "week": "6"}, "weeks/6"),
        ({"week": "13"}, "weeks/13"),
        ({"opens": "keystone", "week": "13"}, "keystone"),
        ({"week": "0"}, ""),
        ({"week": "06"}, ""),
        ({"week": "6/../../admin"}, ""),
        ({"week": "٦"}, ""),
    ],
)
def test_a_week_link_opens_its_week(
    world: World, clock: MovableClock, custom: dict[str, str], path: str
) -> None:
    assert arrive(world, clock, world.amara.id, custom=custom).path == path
    coach = arrive(world, clock, world.coach.id, role=LtiRole.INSTRUCTOR, custom=custom)
    assert coach.path == ""


def test_p33_a_review_opens_that_persons_work(world: World, clock: MovableClock) -> None:
    arrive(world, clock, world.amara.id, subject="amara-there")
    coach = arrive(world, clock, world.coach.id, role=LtiRole.INSTRUCTOR, for_subject="amara-there")
    assert coach.path == f"board/{world.cohort_id}/{world.amara.id}"
    assert arrive(world, clock, world.amara.id, subject="amara-there", for_subject="amara-there").path == ""
    assert arrive(world, clock, world.ben.id, role=LtiRole.INSTRUCTOR, for_subject="amara-there").path == ""


@pytest.mark.parametrize("subject", ["nobody", "coach-there"])
def test_n72_a_review_of_somebody_unknown_is_refused(world: World, clock: MovableClock, subject: str) -> None:
    arrive(world, clock, world.amara.id, subject="amara-there")
    arrive(world, clock, world.coach.id, subject="coach-there", role=LtiRole.INSTRUCTOR)
    review: dict[str, Any] = {"role": LtiRole.INSTRUCTOR}
    assert arrive(world, clock, world.coach.id, for_subject="amara-there", **review).path
    with pytest.raises(ReviewPersonUnknown):
        arrive(world, clock, world.coach.id, for_subject=subject, **review)


def test_a54_a_review_of_another_course_is_refused(world: World, clock: MovableClock) -> None:
    arrive(world, clock, world.amara.id, subject="amara-there")
    review: dict[str, Any] = {"role": LtiRole.INSTRUCTOR, "for_subject": "amara-there"}
    assert arrive(world, clock, world.coach.id, **review).path
    with pytest.raises(ReviewPersonUnknown):
        arrive(world, clock, world.coach.id, context_id=None, **review)
