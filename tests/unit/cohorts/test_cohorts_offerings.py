"""A director starts offerings, connects courses, makes cohorts and places people, behind the wall."""

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from support.clock import MovableClock
from support.newcomers import new_course
from support.world import World

from ltitool.cohorts.errors import CourseTaken, OfferingUnknown
from ltitool.cohorts.listing import free_courses, offering_lists, offering_summaries
from ltitool.cohorts.memberships import LAUNCH, Came, members, note_course_person, offering_of_course
from ltitool.cohorts.models import Membership
from ltitool.cohorts.offerings import (
    NewOffering,
    connect_course,
    create_cohort,
    create_offering,
    disconnect_course,
    find_offering,
    place_person,
)
from ltitool.cohorts.programs_in_use import program_of
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context
from ltitool.lti.roles import LtiRole
from ltitool.programs import load_shipped


def within(act: Callable[[Session], object]) -> None:
    with transaction() as session:
        act(session)


@pytest.fixture
def second(world: World, clock: MovableClock) -> uuid.UUID:
    """Start a second offering of our organisation, with no course."""
    offering_id = uuid.uuid4()
    wanted = NewOffering("Fall 2026", date(2026, 9, 7), "America/Chicago")
    program = load_shipped()["collaborative-leadership-13"]
    within(
        lambda session: create_offering(
            session,
            wanted,
            program,
            organisation_id=world.organisation_id,
            offering_id=offering_id,
            at=clock(),
        )
    )
    return offering_id


@pytest.fixture
def free_course(world: World) -> uuid.UUID:
    """Add a course of our organisation that leads nowhere."""
    return new_course(world, "course-2", "Second course")


def connect(world: World, offering_id: uuid.UUID, context_id: uuid.UUID, clock: MovableClock) -> None:
    within(
        lambda session: connect_course(
            session,
            organisation_id=world.organisation_id,
            offering_id=offering_id,
            context_id=context_id,
            at=clock(),
        )
    )


def place(world: World, person_id: uuid.UUID, cohort_id: uuid.UUID | None) -> None:
    within(
        lambda session: place_person(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            person_id=person_id,
            cohort_id=cohort_id,
        )
    )


def test_an_offering_keeps_the_program_it_began_with(world: World, second: uuid.UUID) -> None:
    offering = find_offering(read_session(), world.organisation_id, second)
    program = program_of(read_session(), world.organisation_id, second)

    assert (offering.title, offering.starts_on, offering.timezone) == (
        "Fall 2026",
        date(2026, 9, 7),
        "America/Chicago",
    )
    assert offering.program_digest == program.digest
    assert offering.program_source == program.source


def test_an_offering_of_another_organisation_is_not_there(world: World, second: uuid.UUID) -> None:
    with pytest.raises(OfferingUnknown):
        find_offering(read_session(), world.stranger.organisation_id, second)


def test_a_course_is_connected_once(
    world: World, clock: MovableClock, second: uuid.UUID, free_course: uuid.UUID
) -> None:
    connect(world, second, free_course, clock)
    connect(world, second, free_course, clock)  # again: no change, no fault

    assert offering_of_course(read_session(), world.organisation_id, free_course) == second
    with pytest.raises(CourseTaken) as taken:
        connect(world, world.offering_id, free_course, clock)
    assert taken.value.code == "cohort.course-taken"
    assert offering_of_course(read_session(), world.organisation_id, free_course) == second


def test_neither_anothers_course_nor_anothers_offering_can_be_connected(
    world: World, clock: MovableClock, second: uuid.UUID
) -> None:
    with pytest.raises(OfferingUnknown):
        connect(world, second, world.stranger.context_id, clock)
    with pytest.raises(OfferingUnknown):
        connect(world, uuid.uuid4(), world.context_id, clock)


def test_learners_who_came_before_are_enrolled_when_the_course_is_connected(
    world: World, clock: MovableClock, second: uuid.UUID, free_course: uuid.UUID
) -> None:
    came = [(world.amara.id, LtiRole.LEARNER), (world.director.id, LtiRole.INSTRUCTOR)]
    for person_id, role in came:
        one = Came(free_course, person_id, f"lms-{person_id}", role, LAUNCH)
        within(
            lambda session, one=one: note_course_person(  # type: ignore[misc]
                session, organisation_id=world.organisation_id, came=one, at=clock()
            )
        )
    connect(world, second, free_course, clock)

    assert [one.person_id for one in members(read_session(), world.organisation_id, second)] == [
        world.amara.id
    ]


def test_disconnecting_keeps_people(world: World, clock: MovableClock) -> None:
    within(
        lambda session: disconnect_course(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            context_id=world.context_id,
        )
    )

    assert offering_of_course(read_session(), world.organisation_id, world.context_id) is None
    assert len(members(read_session(), world.organisation_id, world.offering_id)) == 4
    with pytest.raises(OfferingUnknown):
        within(
            lambda session: disconnect_course(
                session,
                organisation_id=world.organisation_id,
                offering_id=world.offering_id,
                context_id=world.context_id,
            )
        )


def test_a_cohorts_name_is_its_own(world: World) -> None:
    def make(name: str) -> None:
        within(
            lambda session: create_cohort(
                session,
                organisation_id=world.organisation_id,
                offering_id=world.offering_id,
                cohort_id=uuid.uuid4(),
                name=name,
            )
        )

    make("Cohort C")
    with pytest.raises(Invalid) as refused:
        make("Cohort C")
    assert set(refused.value.faults) == {"name"}
    lists = offering_lists(read_session(), world.organisation_id, world.offering_id)
    assert [cohort.name for cohort in lists.cohorts] == ["Cohort A", "Cohort B", "Cohort C"]


def test_people_are_placed_and_taken_out(world: World) -> None:
    place(world, world.amara.id, world.other_cohort_id)
    lists = offering_lists(read_session(), world.organisation_id, world.offering_id)
    assert world.amara.id in [one.person_id for one in lists.cohorts[1].people]

    place(world, world.amara.id, None)
    lists = offering_lists(read_session(), world.organisation_id, world.offering_id)
    assert [one.person_id for one in lists.unplaced] == [world.amara.id]


def test_only_an_offerings_own_people_and_cohorts_come_together(world: World, second: uuid.UUID) -> None:
    foreign_cohort = (
        read_session()
        .scalars(select(Membership.cohort_id).where(Membership.person_id == world.stranger.id))
        .one()
    )
    for person_id, cohort_id in (
        (world.stranger.id, world.cohort_id),
        (world.coach.id, world.cohort_id),
        (world.amara.id, foreign_cohort),
    ):
        with pytest.raises(OfferingUnknown):
            place(world, person_id, cohort_id)


def test_the_overview_counts_what_is_there(world: World, second: uuid.UUID, free_course: uuid.UUID) -> None:
    place(world, world.amara.id, None)
    within(
        lambda session: session.execute(
            update(Context).where(Context.id == world.context_id).values(roster_error="service.busy")
        )
    )
    newest, older = offering_summaries(read_session(), world.organisation_id)

    assert (newest.title, newest.people, newest.cohorts, newest.courses) == ("Fall 2026", 0, 0, 0)
    assert (older.title, older.people, older.unplaced) == ("Spring 2026", 4, 1)
    assert (older.cohorts, older.coaches, older.courses, older.roster_errors) == (2, 2, 1, 1)
    assert [course.context_id for course in free_courses(read_session(), world.organisation_id)] == [
        free_course
    ]


def test_lists_show_the_inactive_apart(world: World) -> None:
    within(
        lambda session: session.execute(
            update(Membership).where(Membership.person_id == world.ben.id).values(status="inactive")
        )
    )
    lists = offering_lists(read_session(), world.organisation_id, world.offering_id)

    assert [one.name for one in lists.inactive] == ["Ben Whitcomb"]
    assert "Ben Whitcomb" not in [one.name for one in lists.cohorts[0].people]
    assert [course.title for course in lists.courses] == ["Collaborative Leadership"]
