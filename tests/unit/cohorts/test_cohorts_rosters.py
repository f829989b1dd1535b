"""Rosters fill: new people, new names, who has gone. Nobody is deleted, nobody is demoted."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.visitor import Visitor
from support.world import Someone, World

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.errors import OfferingUnknown, RosterEmpty
from ltitool.cohorts.models import Membership, OfferingContext
from ltitool.cohorts.roster_reading import JOB, read_roster, read_roster_job, rosters_due
from ltitool.cohorts.rosters import Filled, RosterFilling
from ltitool.errors import ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import GiveUp, Work
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member
from ltitool.lti.service_errors import ServiceBusy
from ltitool.people.models import LtiIdentity, Person

ROSTER = "https://lms.valle-verde.example/roster"


def listed(person: Someone, **changes: object) -> Member:
    member = Member(
        subject=person.subject,
        name=person.name,
        email=None,
        role=LtiRole.LEARNER,
        active=True,
        test_user=False,
    )
    return replace(member, **changes)  # type: ignore[arg-type]


def everybody(world: World) -> list[Member]:
    return [
        *(listed(person) for person in (world.amara, world.ben, world.chloe, world.dario)),
        listed(world.coach, role=LtiRole.INSTRUCTOR),
    ]


def fill(world: World, clock: MovableClock, members: list[Member], **changes: uuid.UUID) -> Filled:
    values = {"organisation_id": world.organisation_id, "context_id": world.context_id, **changes}
    clock.forward(seconds=1)  # two readings are never at the same time
    with transaction() as session:
        filling = RosterFilling(session, new_id=uuid.uuid4, at=clock(), **values)
        for start in range(0, len(members), 2):
            filling.take(session, members[start : start + 2])
        filling.finish(session)
    return filling.filled


def status_of(person_id: uuid.UUID) -> str | None:
    return read_session().scalar(
        select(Membership.status).where(Membership.person_id == person_id, Membership.role == "participant")
    )


def person_of(subject: str) -> Person:
    return (
        read_session()
        .scalars(
            select(Person)
            .join(LtiIdentity, LtiIdentity.person_id == Person.id)
            .where(LtiIdentity.subject == subject)
        )
        .one()
    )


def test_the_same_people_change_nothing(world: World, clock: MovableClock) -> None:
    assert fill(world, clock, everybody(world)) == Filled(listed=5, joined=0, left=0)


def test_a_new_person_joins_unplaced(world: World, clock: MovableClock) -> None:
    nadia = Member("nadia", "Nadia New", "nadia@example.org", LtiRole.LEARNER, active=True, test_user=False)

    assert fill(world, clock, [*everybody(world), nadia]) == Filled(listed=6, joined=1, left=0)

    person = person_of("nadia")
    place = read_session().scalars(select(Membership).where(Membership.person_id == person.id)).one()
    assert (person.display_name, place.source, place.cohort_id) == ("Nadia New", "roster", None)
    assert (place.context_id, place.lms_subject) == (world.context_id, "nadia")


def test_a_changed_name_is_taken_over(world: World, clock: MovableClock) -> None:
    members = [
        replace(one, name="Amara Okafor-Diaz") if i == 0 else one for i, one in enumerate(everybody(world))
    ]
    fill(world, clock, members)

    assert person_of(world.amara.subject).display_name == "Amara Okafor-Diaz"


def test_the_vanished_become_inactive_and_come_back(world: World, clock: MovableClock) -> None:
    without_ben = [member for member in everybody(world) if member.subject != world.ben.subject]

    assert fill(world, clock, without_ben) == Filled(listed=4, joined=0, left=1)
    assert status_of(world.ben.id) == "inactive"
    assert fill(world, clock, everybody(world)) == Filled(listed=5, joined=1, left=0)
    assert status_of(world.ben.id) == "active"


def test_an_inactive_member_counts_as_gone(world: World, clock: MovableClock) -> None:
    members = [replace(one, active=one.subject != world.ben.subject) for one in everybody(world)]

    assert fill(world, clock, members).left == 1
    assert status_of(world.ben.id) == "inactive"


def test_a_teacher_is_not_enrolled(world: World, clock: MovableClock) -> None:
    teacher = Member("tess", "Tess", None, LtiRole.INSTRUCTOR, active=True, test_user=False)

    assert fill(world, clock, [*everybody(world), teacher]).joined == 0
    assert status_of(person_of("tess").id) is None


def test_a_preview_person_is_passed_over(world: World, clock: MovableClock) -> None:
    preview = Member("preview", "Test student", None, LtiRole.LEARNER, active=True, test_user=True)

    assert fill(world, clock, [*everybody(world), preview]) == Filled(listed=5, joined=0, left=0)
    assert read_session().scalar(select(LtiIdentity).where(LtiIdentity.subject == "preview")) is None


def test_a_roster_does_not_make_a_learner_of_whom_a_launch_showed_as_teacher(
    world: World, clock: MovableClock
) -> None:
    teacher = Member("tess", "Tess", None, LtiRole.INSTRUCTOR, active=True, test_user=False)
    fill(world, clock, [*everybody(world), teacher])
    tess = person_of("tess").id
    with transaction() as session:
        landing(clock)(
            session,
            Launched(
                organisation_id=world.organisation_id,
                platform_id=world.platform_id,
                person_id=tess,
                subject="tess",
                context_id=world.context_id,
                resource_link_id=None,
                role=LtiRole.INSTRUCTOR,
                test_user=False,
                target_link_uri="",
                custom={},
            ),
        )
    as_learner = replace(teacher, role=LtiRole.LEARNER)

    assert fill(world, clock, [*everybody(world), as_learner]).joined == 0
    assert status_of(tess) is None


def test_without_that_launch_the_roster_is_believed(world: World, clock: MovableClock) -> None:
    learner = Member("tess", "Tess", None, LtiRole.LEARNER, active=True, test_user=False)

    assert fill(world, clock, [*everybody(world), learner]).joined == 1


def test_a_granted_coach_whom_the_roster_lists_as_learner_stays_a_coach(
    world: World, clock: MovableClock
) -> None:
    members = [*everybody(world)[:-1], listed(world.coach)]

    assert fill(world, clock, members).joined == 0
    assert status_of(world.coach.id) is None


def test_a_missing_coach_keeps_the_cohort(world: World, clock: MovableClock) -> None:
    fill(world, clock, everybody(world)[:-1])

    kept = read_session().scalar(select(Membership.status).where(Membership.person_id == world.coach.id))
    assert kept == "active"


def test_an_empty_roster_is_refused_and_changes_nothing(world: World, clock: MovableClock) -> None:
    with pytest.raises(RosterEmpty) as refused:
        fill(world, clock, [])

    assert refused.value.code == "cohort.roster-empty"
    assert status_of(world.amara.id) == "active"


def test_a_course_without_a_program_enrols_nobody(world: World, clock: MovableClock) -> None:
    with transaction() as session:
        session.execute(delete(OfferingContext).where(OfferingContext.context_id == world.context_id))
    nadia = Member("nadia", "Nadia", None, LtiRole.LEARNER, active=True, test_user=False)

    assert fill(world, clock, [nadia]) == Filled(listed=1, joined=0, left=0)
    assert person_of("nadia").display_name == "Nadia"


def test_another_organisations_course_is_not_there(world: World, clock: MovableClock) -> None:
    with pytest.raises(OfferingUnknown):
        fill(world, clock, everybody(world), context_id=world.stranger.context_id)


class Answering(PlatformClient):
    """A platform that answers with one page, or refuses."""

    def send(self, call: Call) -> HttpAnswer:
        assert call.url == ROSTER
        return HttpAnswer(200, {}, BODY)


BODY = b'{"members": [{"user_id": "nadia", "name": "Nadia", "roles": ["Learner"]}]}'


def share_roster(world: World) -> None:
    with transaction() as session:
        session.execute(update(Context).where(Context.id == world.context_id).values(memberships_url=ROSTER))


def read_now(world: World, clock: MovableClock) -> Filled:
    def client_for(platform: object) -> PlatformClient:
        return Answering(platform, None, None, clock)  # type: ignore[arg-type]

    return read_roster(
        world.context_id,
        organisation_id=world.organisation_id,
        client_for=client_for,
        new_id=uuid.uuid4,
        at=clock(),
    )


def test_reading_fills_and_notes_when(world: World, clock: MovableClock) -> None:
    share_roster(world)

    assert read_now(world, clock) == Filled(listed=1, joined=1, left=4)
    course = read_session().scalars(select(Context).where(Context.id == world.context_id)).one()
    assert (course.roster_read_at, course.roster_error) == (clock(), None)


def test_the_sweep_finds_rosters_that_were_not_read_for_a_day(world: World, clock: MovableClock) -> None:
    assert rosters_due(read_session(), clock()) == []
    share_roster(world)
    assert rosters_due(read_session(), clock()) == [str(world.context_id)]
    read_now(world, clock)
    assert rosters_due(read_session(), clock() + timedelta(hours=23)) == []
    assert rosters_due(read_session(), clock() + timedelta(hours=24)) == [str(world.context_id)]


@pytest.mark.parametrize("switched", [Platform, Deployment], ids=["platform", "deployment"])
def test_the_sweep_passes_over_an_lms_that_is_switched_off(
    world: World, clock: MovableClock, switched: type[Platform | Deployment]
) -> None:
    share_roster(world)
    for status, due in (("disabled", []), ("active", [str(world.context_id)])):
        with transaction() as session:
            session.execute(update(switched).values(status=status))
        assert rosters_due(read_session(), clock()) == due


def work_on(subject: uuid.UUID) -> Work:
    return Work(JOB, str(subject), 1, 1, lambda: None)


def test_a_job_for_a_course_that_shares_nothing_is_given_up(world: World) -> None:
    with pytest.raises(GiveUp, match=r"roster\.not-linked"):
        read_roster_job(work_on(world.context_id))
    with pytest.raises(GiveUp, match="gone"):
        read_roster_job(work_on(uuid.uuid4()))


def test_a_job_reads_with_what_the_application_holds(
    world: World, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_roster(world)
    monkeypatch.setattr(PlatformClient, "send", Answering.send)

    assert read_roster_job(work_on(world.context_id)) is None
    assert person_of("nadia").display_name == "Nadia"


def test_a_failing_lms_leaves_the_roster_as_it_was(
    world: World, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_roster(world)

    def refuse(_client: PlatformClient, _call: Call) -> HttpAnswer:
        raise ToolError("down")

    monkeypatch.setattr(Answering, "send", refuse)
    with pytest.raises(ToolError, match="down"):
        read_now(world, clock)
    assert status_of(world.amara.id) == "active"
    course = read_session().scalars(select(Context).where(Context.id == world.context_id)).one()
    assert course.roster_error == "tool.error"


def test_a67_a_script_in_a_name_is_shown_as_text(
    world: World, clock: MovableClock, visit_as: Callable[..., Visitor]
) -> None:
    name = "<script>alert(1)</script>"
    fill(world, clock, [*everybody(world), Member("m", name, None, LtiRole.LEARNER, True, False)])  # noqa: FBT003 - active, no test user
    page = visit_as(world.director, "director").get(f"offerings/{world.offering_id}").text
    assert ("&lt;script&gt;alert(1)" in page, name in page) == (True, False)


@pytest.mark.parametrize("asked", [None, timedelta(hours=3)])
def test_p20_an_lms_that_is_busy_is_asked_later_and_the_roster_stays(
    world: World, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, asked: timedelta | None
) -> None:
    share_roster(world)
    read_now(world, clock)
    before = [status_of(one.id) for one in (world.amara, world.ben)]
    busy = ServiceBusy("429", None if asked is None else clock() + asked)

    def fail(*_: object, **__: object) -> None:
        raise busy

    monkeypatch.setattr("ltitool.cohorts.roster_reading.read_roster_here", fail)
    monkeypatch.setattr("ltitool.cohorts.roster_reading.services", lambda: SimpleNamespace(clock=clock))
    later = read_roster_job(work_on(world.context_id))
    assert later is not None
    assert later - clock() >= (asked or timedelta(minutes=2))
    assert [status_of(one.id) for one in (world.amara, world.ben)] == before


def test_p20_a_roster_that_breaks_off_misses_nobody(world: World, clock: MovableClock) -> None:
    share_roster(world)

    class BreakingOff(PlatformClient):
        """The first page comes, the second does not."""

        def send(self, call: Call) -> HttpAnswer:
            if call.url != ROSTER:
                raise ServiceBusy("gone")
            return HttpAnswer(200, {"link": f'<{ROSTER}?page=2>; rel="next"'}, BODY)

    with pytest.raises(ServiceBusy):
        read_roster(
            world.context_id,
            organisation_id=world.organisation_id,
            client_for=lambda platform: BreakingOff(platform, None, None, clock),  # type: ignore[arg-type] # it answers by itself
            new_id=uuid.uuid4,
            at=clock(),
        )
    assert status_of(world.amara.id) == "active"
    course = read_session().scalars(select(Context).where(Context.id == world.context_id)).one()
    assert (course.roster_read_at, course.roster_error) == (None, "service.busy")


def test_an_empty_roster_is_told_and_its_job_given_up(
    world: World, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, visit_as: Callable[..., Visitor]
) -> None:
    share_roster(world)
    renewed: list[str] = []
    work = Work(JOB, str(world.context_id), 1, 1, lambda: renewed.append("a part"))
    monkeypatch.setattr(PlatformClient, "send", Answering.send)
    assert read_roster_job(work) is None  # the control
    assert renewed == ["a part"]

    nobody = HttpAnswer(200, {}, b'{"members": []}')
    monkeypatch.setattr(PlatformClient, "send", lambda _client, _call: nobody)
    with pytest.raises(GiveUp, match=r"cohort\.roster-empty"):
        read_roster_job(work)
    page = visit_as(world.director, "director").get(f"offerings/{world.offering_id}").text
    assert "The course listed nobody" in page
