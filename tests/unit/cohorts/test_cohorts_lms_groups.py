"""P22: a person's groups in the LMS stand beside those who wait for a cohort, and can be placed whole."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.lms_groups import waiting_groups
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.rosters import RosterFilling
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.course_groups import NamedGroup, groups_in, keep_groups
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context
from ltitool.lti.platform_offer import PlatformOffer
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member
from ltitool.lti.toolconfig import canvas_configuration, registration_body
from ltitool.lti.vocabulary import TOOL_CONFIGURATION
from ltitool.people.models import Person

Opened = Callable[..., Visitor]
LMS = "https://lms.example"
TOOL = "http://localhost:8000"


def arrive(world: World, clock: MovableClock, person_id: uuid.UUID, subject: str, **custom: str) -> None:
    launched = Launched(
        organisation_id=world.organisation_id,
        platform_id=world.platform_id,
        person_id=person_id,
        subject=subject,
        context_id=world.context_id,
        resource_link_id=None,
        role=LtiRole.LEARNER,
        test_user=False,
        target_link_uri=f"{TOOL}/lti/launch",
        custom=custom,
    )
    with transaction() as session:
        landing(clock, {})(session, launched)


def unplace(*people: uuid.UUID) -> None:
    with transaction() as session:
        places = Membership.person_id.in_(people) & (Membership.role == "participant")
        session.execute(update(Membership).where(places).values(cohort_id=None))


def cohort_of(person_id: uuid.UUID) -> uuid.UUID | None:
    session = read_session()
    session.expire_all()
    own = (Membership.person_id == person_id) & (Membership.role == "participant")
    return session.scalars(select(Membership.cohort_id).where(own)).one()


def kept_groups(world: World, person_id: uuid.UUID) -> list[str]:
    session = read_session()
    session.expire_all()
    own = (CoursePerson.person_id == person_id) & (CoursePerson.context_id == world.context_id)
    return list(session.scalars(select(CoursePerson.lms_groups).where(own)).one())


@pytest.fixture
def waiting(world: World, clock: MovableClock) -> tuple[uuid.UUID, uuid.UUID]:
    """Two people who have come from groups of their course, and wait for a cohort."""
    arrive(world, clock, world.amara.id, "amara", moodle_groups="7,12")
    arrive(world, clock, world.ben.id, "ben", moodle_groups="12")
    unplace(world.amara.id, world.ben.id)
    return world.amara.id, world.ben.id


@pytest.mark.parametrize(
    ("custom", "groups"),
    [
        ({"moodle_groups": "7, 12,7"}, ["7", "12"]),
        ({"canvas_groups": "ab12,cd34"}, ["ab12", "cd34"]),
        ({"moodle_groups": ","}, []),
        ({"moodle_groups": ""}, []),
        ({"week": "3"}, None),
        ({"moodle_groups": "x" * 300}, []),
        ({"moodle_groups": ",".join(map(str, range(80)))}, [str(number) for number in range(50)]),
    ],
)
def test_groups_are_read_from_their_own_fields_alone(
    custom: dict[str, str], groups: list[str] | None
) -> None:
    assert groups_in(custom) == groups


def test_p22_groups_of_a_launch_stand_beside_who_waits(
    world: World, waiting: tuple[uuid.UUID, uuid.UUID], visit_as: Opened
) -> None:
    director = visit_as(world.director, "director")
    text = page_text(director.get(f"offerings/{world.offering_id}"))
    assert "LMS group 7" in text
    assert "LMS group 12" in text
    assert "1 person waits" in text
    assert "2 people wait" in text
    assert kept_groups(world, waiting[0]) == ["7", "12"]


def test_a_launch_that_says_nothing_of_groups_keeps_them(
    world: World, clock: MovableClock, waiting: tuple[uuid.UUID, uuid.UUID]
) -> None:
    arrive(world, clock, waiting[0], "amara")
    assert kept_groups(world, waiting[0]) == ["7", "12"]
    arrive(world, clock, waiting[0], "amara", moodle_groups="9")
    assert kept_groups(world, waiting[0]) == ["9"]
    arrive(world, clock, waiting[0], "amara", moodle_groups="")
    assert kept_groups(world, waiting[0]) == []


def test_p22_a_whole_group_is_placed_at_once(
    world: World, waiting: tuple[uuid.UUID, uuid.UUID], visit_as: Opened
) -> None:
    amara, ben = waiting
    director = visit_as(world.director, "director")
    form = {"course": str(world.context_id), "group": "7", "cohort": str(world.other_cohort_id)}
    path = f"offerings/{world.offering_id}/places/group"
    for change in (
        {"group": "8"},
        {"course": str(world.stranger.context_id)},
        {"cohort": str(uuid.uuid4())},
    ):
        assert director.post(path, {**form, **change}).status_code == 404
        assert (cohort_of(amara), cohort_of(ben)) == (None, None)
    assert director.post(path, {**form, "group": ""}).status_code in {404, 422}
    assert director.post(path, form).status_code == 303
    assert (cohort_of(amara), cohort_of(ben)) == (world.other_cohort_id, None)
    assert director.post(path, {**form, "group": "12", "cohort": str(world.cohort_id)}).status_code == 303
    assert (cohort_of(amara), cohort_of(ben)) == (world.other_cohort_id, world.cohort_id)


def test_p22_groups_are_asked_for_only_where_they_are_offered() -> None:
    def asked(*variables: str) -> dict[str, str]:
        offer = PlatformOffer(
            *(LMS, LMS, LMS, LMS, LMS),
            token_audience=None,
            scopes=None,
            claims=None,
            variables=variables,
            messages={},
            product="",
        )
        found: dict[str, str] = registration_body(offer, TOOL)[TOOL_CONFIGURATION]["custom_parameters"]
        return found

    assert asked("Context.id.history") == {"context_history": "$Context.id.history"}
    assert asked("Moodle.Person.userGroupIds") == {"moodle_groups": "$Moodle.Person.userGroupIds"}
    canvas = canvas_configuration(TOOL)
    assert canvas["custom_fields"]["canvas_groups"] == "$Canvas.group.contextIds"
    assert "Moodle" not in json.dumps(canvas["custom_fields"])


def read_roster(world: World, clock: MovableClock, *members: Member) -> None:
    clock.forward(seconds=1)
    own = {"organisation_id": world.organisation_id, "context_id": world.context_id}
    with transaction() as session:
        filling = RosterFilling(session, new_id=uuid.uuid4, at=clock(), **own)
        filling.take(session, members)
        filling.finish(session)


def listed(person: Someone, groups: tuple[str, ...] | None) -> Member:
    return Member(
        person.subject, person.name, None, LtiRole.LEARNER, active=True, test_user=False, groups=groups
    )


def test_p22_a_roster_says_who_is_in_which_group_and_who_has_left(world: World, clock: MovableClock) -> None:
    amara, ben, new = world.amara, world.ben, replace(world.ben, subject="new-here", name="Nadia")
    for groups in ((("tuesday", "north"), ("tuesday",)), (("north",), ())):
        read_roster(world, clock, listed(amara, groups[0]), listed(ben, groups[1]), listed(new, groups[0]))
        assert kept_groups(world, amara.id) == list(groups[0])
        assert kept_groups(world, ben.id) == list(groups[1])
        assert kept_groups(world, person_called("Nadia")) == list(groups[0])
    read_roster(world, clock, listed(amara, None), listed(ben, None))
    assert kept_groups(world, amara.id) == ["north"]


def person_called(name: str) -> uuid.UUID:
    return read_session().scalars(select(Person.id).where(Person.display_name == name)).one()


def test_p22_who_has_a_place_keeps_it_when_they_leave_a_group(world: World, clock: MovableClock) -> None:
    unplace(world.ben.id)
    read_roster(world, clock, listed(world.amara, ("tuesday",)), listed(world.ben, ("tuesday",)))
    waits = waiting_groups(read_session(), world.organisation_id, world.offering_id)
    assert list(waits.of_person) == [world.ben.id]
    read_roster(world, clock, listed(world.amara, ()), listed(world.ben, ()))
    assert cohort_of(world.amara.id) == world.cohort_id
    waits = waiting_groups(read_session(), world.organisation_id, world.offering_id)
    assert (waits.of_person, waits.sizes) == ({}, ())


def test_p22_groups_are_shown_by_their_names_where_the_lms_names_them(
    world: World, waiting: tuple[uuid.UUID, uuid.UUID], visit_as: Opened
) -> None:
    assert waiting
    with transaction() as session:
        course = session.get_one(Context, world.context_id)
        named = [NamedGroup("7", "<b>Tuesday", "Coaching days"), NamedGroup("8", "Nobody waits", "")]
        keep_groups(session, course, named, new_id=uuid.uuid4)
        course.groups_error = "service.refused"
    page = visit_as(world.director, "director").get(f"offerings/{world.offering_id}")
    text = page_text(page)
    assert "&lt;b&gt;Tuesday (Coaching days)" in page.text
    assert "<b>Tuesday" not in page.text
    assert "LMS group 7" not in text
    assert "LMS group 12" in text
    assert "Nobody waits" not in text
    assert "Its groups could not be read" in text
