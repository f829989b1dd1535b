"""Coaches are granted in the tool: by a director, or by an invitation that works once and here."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from support.clock import MovableClock
from support.world import World

from ltitool.cohorts.coaches import (
    CoachInvitation,
    accept_in_visit,
    accept_invitation,
    coach_candidates,
    grant_coach,
    invite_coach,
    withdraw_coach,
)
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.memberships import LAUNCH, Came, note_course_person
from ltitool.cohorts.models import Cohort, Membership
from ltitool.cohorts.scope import coached_cohorts
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.roles import LtiRole
from ltitool.people.errors import InvitationUnusable
from ltitool.people.grants import roles_of
from ltitool.people.invitations import NewInvitation, invite
from ltitool.people.models import Person, WebSession

TOKEN = "an-invitation-with-plenty-of-random-bits"


def cohorts_of(world: World, person_id: uuid.UUID) -> list[uuid.UUID]:
    own = coached_cohorts(read_session(), organisation_id=world.organisation_id, coach_id=person_id)
    return [cohort.cohort_id for cohort in own]


def give(world: World, person_id: uuid.UUID, cohort_id: uuid.UUID, clock: MovableClock) -> None:
    with transaction() as session:
        grant_coach(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            cohort_id=cohort_id,
            person_id=person_id,
            by=world.director.id,
            at=clock(),
        )


def take(world: World, person_id: uuid.UUID, cohort_id: uuid.UUID, clock: MovableClock) -> None:
    with transaction() as session:
        withdraw_coach(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            cohort_id=cohort_id,
            person_id=person_id,
            by=world.director.id,
            at=clock(),
        )


def send_invitation(world: World, clock: MovableClock, cohort_id: uuid.UUID | None = None) -> None:
    with transaction() as session:
        wanted = CoachInvitation(
            uuid.uuid4(),
            world.organisation_id,
            world.offering_id,
            cohort_id or world.cohort_id,
            "for Lena",
            world.director.id,
        )
        invite_coach(session, wanted, token=TOKEN, at=clock())


def accept(clock: MovableClock, token: str = TOKEN) -> uuid.UUID:
    with transaction() as session:
        return accept_invitation(
            session, token, new_person_id=uuid.uuid4(), full_name="Lena Frost", at=clock()
        ).person_id


def accept_here(person_id: uuid.UUID, organisation_id: uuid.UUID, clock: MovableClock) -> None:
    with transaction() as session:
        accept_in_visit(session, TOKEN, organisation_id=organisation_id, person_id=person_id, at=clock())


def test_a_coach_may_hold_several_cohorts_of_an_offering(world: World, clock: MovableClock) -> None:
    give(world, world.coach.id, world.other_cohort_id, clock)
    give(world, world.coach.id, world.other_cohort_id, clock)  # twice changes nothing

    assert cohorts_of(world, world.coach.id) == [world.cohort_id, world.other_cohort_id]


def test_a_withdrawn_cohort_ends_sessions_and_can_be_given_again(
    world: World, clock: MovableClock, visit_as: object
) -> None:
    visit_as(world.coach, "coach")  # type: ignore[operator]
    take(world, world.coach.id, world.cohort_id, clock)

    assert cohorts_of(world, world.coach.id) == []
    assert read_session().scalars(select(WebSession.closed_at)).one() == clock()
    give(world, world.coach.id, world.cohort_id, clock)
    assert cohorts_of(world, world.coach.id) == [world.cohort_id]


def test_only_a_coach_can_lose_a_cohort(world: World, clock: MovableClock) -> None:
    with pytest.raises(OfferingUnknown):
        take(world, world.amara.id, world.cohort_id, clock)
    with pytest.raises(OfferingUnknown):
        take(world, world.other_coach.id, world.cohort_id, clock)


def test_nobody_from_elsewhere_becomes_a_coach_here(world: World, clock: MovableClock) -> None:
    with pytest.raises(OfferingUnknown):
        give(world, world.stranger_coach.id, world.cohort_id, clock)
    with pytest.raises(OfferingUnknown):
        give(world, world.coach.id, uuid.uuid4(), clock)


def test_an_invitation_makes_a_person_and_a_coach(world: World, clock: MovableClock) -> None:
    send_invitation(world, clock)
    person_id = accept(clock)

    assert read_session().get_one(Person, person_id).display_name == "Lena Frost"
    assert cohorts_of(world, person_id) == [world.cohort_id]


def test_an_invitation_works_once_and_for_a_week(world: World, clock: MovableClock) -> None:
    send_invitation(world, clock)
    accept(clock)
    with pytest.raises(InvitationUnusable):
        accept(clock)


def test_an_old_invitation_is_refused(world: World, clock: MovableClock) -> None:
    send_invitation(world, clock)
    clock.now += timedelta(days=7)
    with pytest.raises(InvitationUnusable) as refused:
        accept(clock)
    assert refused.value.code == "invitation.unusable"


def test_an_invitation_to_a_cohort_that_is_gone_is_refused_whole(world: World, clock: MovableClock) -> None:
    send_invitation(world, clock)
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.cohort_id == world.cohort_id))
        session.execute(delete(Cohort).where(Cohort.id == world.cohort_id))
    before = len(read_session().scalars(select(Person)).all())
    with pytest.raises(InvitationUnusable):
        accept(clock)

    assert len(read_session().scalars(select(Person)).all()) == before


def test_a_director_is_invited_the_same_way_and_gets_no_cohort(world: World, clock: MovableClock) -> None:
    with transaction() as session:
        wanted = NewInvitation(uuid.uuid4(), world.organisation_id, "director", None, "")
        invite(session, wanted, token=TOKEN, at=clock())
    assert cohorts_of(world, accept(clock)) == []


def test_somebody_who_is_here_uses_a_code(world: World, clock: MovableClock) -> None:
    send_invitation(world, clock, world.other_cohort_id)
    accept_here(world.director.id, world.organisation_id, clock)

    assert cohorts_of(world, world.director.id) == [world.other_cohort_id]
    with pytest.raises(InvitationUnusable):
        accept_here(world.amara.id, world.organisation_id, clock)


def test_a_code_of_another_organisation_is_refused_and_stays_usable(
    world: World, clock: MovableClock
) -> None:
    send_invitation(world, clock)
    with pytest.raises(InvitationUnusable):
        accept_here(world.stranger.id, world.stranger.organisation_id, clock)
    accept_here(world.director.id, world.organisation_id, clock)


@pytest.mark.parametrize(("role", "works"), [("director", True), ("sign-in", False)])
def test_a_directors_code_works_in_a_visit_and_a_sign_in_link_does_not(
    world: World, clock: MovableClock, role: str, works: bool
) -> None:
    with transaction() as session:
        wanted = NewInvitation(
            uuid.uuid4(),
            world.organisation_id,
            role,
            str(world.director.id) if role == "sign-in" else None,
            "",
        )
        invite(session, wanted, token=TOKEN, at=clock())
    if works:
        accept_here(world.amara.id, world.organisation_id, clock)
        assert roles_of(read_session(), world.organisation_id, world.amara.id) == {"director"}
    else:
        with pytest.raises(InvitationUnusable):
            accept_here(world.amara.id, world.organisation_id, clock)


def test_teachers_of_a_connected_course_can_be_chosen(world: World, clock: MovableClock) -> None:
    for person, role in ((world.director, LtiRole.INSTRUCTOR), (world.amara, LtiRole.LEARNER)):
        with transaction() as session:
            came = Came(world.context_id, person.id, person.subject, role, LAUNCH)
            note_course_person(session, organisation_id=world.organisation_id, came=came, at=clock())

    found = coach_candidates(read_session(), world.organisation_id, world.offering_id)

    assert [one.name for one in found] == [world.director.name]
    assert coach_candidates(read_session(), world.stranger.organisation_id, world.offering_id) == []
