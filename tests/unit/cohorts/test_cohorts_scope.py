"""The wall: whose work may be read by whom, and that a closed door looks like no door."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select, update
from support.world import STARTS_ON, World

from ltitool.cohorts.errors import NotEnrolled, OfferingUnknown
from ltitool.cohorts.models import Membership, Offering, OfferingContext
from ltitool.cohorts.programs_in_use import _by_digest, program_of
from ltitool.cohorts.scope import (
    ParticipantScope,
    coach_scope,
    coached_cohort,
    coached_cohorts,
    participant_scope,
    reader_scope,
)
from ltitool.foundation.db import read_session, transaction


def set_membership(person_id: uuid.UUID, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Membership).where(Membership.person_id == person_id).values(**values))


def own_scope(world: World, **changes: Any) -> ParticipantScope:
    values = {
        "organisation_id": world.organisation_id,
        "person_id": world.amara.id,
        "context_id": world.context_id,
        **changes,
    }
    return participant_scope(read_session(), **values)


def read(world: World, reader: Any, *roles: str, **changes: Any) -> ParticipantScope:
    values = {
        "organisation_id": reader.organisation_id,
        "reader_id": reader.id,
        "roles": frozenset(roles),
        "participant_id": world.amara.id,
        "offering_id": world.offering_id,
        **changes,
    }
    return reader_scope(read_session(), **values)


def test_a_participant_finds_their_own_place(world: World) -> None:
    scope = own_scope(world)

    assert (scope.offering_id, scope.cohort_id, scope.person_id) == (
        world.offering_id,
        world.cohort_id,
        world.amara.id,
    )
    assert (scope.starts_on, scope.timezone) == (STARTS_ON, "America/Denver")
    assert (scope.context_id, scope.lms_subject) == (world.context_id, world.amara.subject)
    assert scope.program.id == "collaborative-leadership-13"


def test_without_a_course_there_is_no_place(world: World) -> None:
    with pytest.raises(NotEnrolled):
        own_scope(world, context_id=None)


def test_a_course_of_another_organisation_leads_nowhere(world: World) -> None:
    with pytest.raises(NotEnrolled):
        own_scope(world, context_id=world.stranger.context_id)
    with pytest.raises(NotEnrolled):
        own_scope(world, organisation_id=world.stranger.organisation_id)


def test_a_coach_is_no_participant(world: World) -> None:
    with pytest.raises(NotEnrolled):
        own_scope(world, person_id=world.coach.id)


def test_a_lapsed_place_is_closed_to_its_holder(world: World) -> None:
    assert own_scope(world)
    set_membership(world.amara.id, status="inactive")

    with pytest.raises(NotEnrolled):
        own_scope(world)


def test_a_disconnected_course_leads_nowhere(world: World) -> None:
    with transaction() as session:
        session.delete(
            session.scalars(
                select(OfferingContext).where(OfferingContext.context_id == world.context_id)
            ).one()
        )
    with pytest.raises(NotEnrolled):
        own_scope(world)


@pytest.mark.parametrize(
    ("reader", "roles"),
    [
        ("amara", ["participant"]),
        ("coach", ["coach"]),
        ("director", ["director"]),
    ],
)
def test_those_who_may_read_do(world: World, reader: str, roles: list[str]) -> None:
    assert read(world, getattr(world, reader), *roles).person_id == world.amara.id


@pytest.mark.parametrize(
    ("reader", "roles"),
    [
        ("ben", ["participant"]),  # same cohort, another participant
        ("other_coach", ["coach"]),  # coach of the other cohort
        ("coach", ["participant"]),  # the coach in a visit without that role
        ("director", []),
        ("dario", ["coach"]),  # says so, but is none
        ("stranger", ["participant"]),
        ("stranger_coach", ["coach"]),
        ("stranger_coach", ["director"]),  # a director, of the other organisation
    ],
)
def test_everybody_else_finds_nothing(world: World, reader: str, roles: list[str]) -> None:
    with pytest.raises(OfferingUnknown) as refused:
        read(world, getattr(world, reader), *roles)
    assert refused.value.code == "cohort.unknown"
    assert refused.value.status == 404


def test_not_there_and_not_yours_look_the_same(world: World) -> None:
    with pytest.raises(OfferingUnknown) as absent:
        read(world, world.coach, "coach", participant_id=uuid.uuid4())
    with pytest.raises(OfferingUnknown) as foreign:
        read(world, world.other_coach, "coach")

    assert (absent.value.code, absent.value.title) == (foreign.value.code, foreign.value.title)


def test_a_withdrawn_coach_finds_nothing(world: World) -> None:
    assert read(world, world.coach, "coach")
    set_membership(world.coach.id, status="inactive")

    with pytest.raises(OfferingUnknown):
        read(world, world.coach, "coach")


def test_nobody_coaches_somebody_who_is_not_placed(world: World) -> None:
    set_membership(world.amara.id, cohort_id=None)

    with pytest.raises(OfferingUnknown):
        read(world, world.coach, "coach")
    assert read(world, world.director, "director").cohort_id is None


def test_work_of_a_lapsed_participant_can_still_be_read(world: World) -> None:
    set_membership(world.amara.id, status="inactive")

    assert read(world, world.coach, "coach").person_id == world.amara.id


@pytest.mark.parametrize("coach", ["other_coach", "director", "amara", "stranger_coach"])
def test_only_a_coach_of_the_cohort_has_a_coachs_scope(world: World, coach: str) -> None:
    def scope_for(name: str) -> ParticipantScope:
        person = getattr(world, name)
        return coach_scope(
            read_session(),
            organisation_id=person.organisation_id,
            coach_id=person.id,
            participant_id=world.amara.id,
            offering_id=world.offering_id,
        )

    assert scope_for("coach").person_id == world.amara.id
    with pytest.raises(OfferingUnknown):
        scope_for(coach)


def test_coached_cohorts_are_the_coachs_own(world: World) -> None:
    own = coached_cohorts(read_session(), organisation_id=world.organisation_id, coach_id=world.coach.id)

    assert [(one.cohort_id, one.name, one.offering_title) for one in own] == [
        (world.cohort_id, "Cohort A", "Spring 2026")
    ]
    assert not coached_cohorts(
        read_session(), organisation_id=world.stranger.organisation_id, coach_id=world.coach.id
    )


def test_one_cohort_is_given_to_its_coach_alone(world: World) -> None:
    def cohort_for(coach_id: uuid.UUID) -> uuid.UUID:
        return coached_cohort(
            read_session(),
            organisation_id=world.organisation_id,
            coach_id=coach_id,
            cohort_id=world.cohort_id,
        ).cohort_id

    assert cohort_for(world.coach.id) == world.cohort_id
    with pytest.raises(OfferingUnknown):
        cohort_for(world.other_coach.id)


def test_a_program_is_rebuilt_once_from_what_the_offering_kept(world: World) -> None:
    own_scope(world)  # the program is known from here on
    queries: list[str] = []
    engine = read_session().get_bind()
    record: Callable[..., None] = lambda _c, _cur, text, *_rest: queries.append(text)  # noqa: E731 - an event wants one callable
    event.listen(engine, "before_cursor_execute", record)
    first, second = own_scope(world).program, own_scope(world).program
    event.remove(engine, "before_cursor_execute", record)

    assert first is second
    assert not any("program_source" in text for text in queries)


def test_an_offering_stays_on_the_text_it_began_with(world: World) -> None:
    with transaction() as session:
        offering = session.scalars(select(Offering).where(Offering.id == world.offering_id)).one()
        offering.program_source = offering.program_source.replace(
            "Meeting each other, and the cycle", "Meeting each other", 1
        )
        offering.program_digest = "sha256:another"
    program = own_scope(world).program

    assert program.steps[0].title.in_("en") == "Meeting each other"
    _by_digest.pop(program.digest)


def test_an_unknown_offering_has_no_program(world: World) -> None:
    with pytest.raises(OfferingUnknown):
        program_of(read_session(), world.stranger.organisation_id, world.offering_id)
    assert program_of(read_session(), world.organisation_id, world.offering_id).keystone is not None
