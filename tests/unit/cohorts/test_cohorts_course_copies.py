"""P34: a copied course is offered its structure again, to directors and teachers; people stay behind."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from support.clock import MovableClock
from support.newcomers import launched, new_course, new_person
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.course_copies import copies_waiting, find_copy
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import Cohort, CoursePerson, Membership, Offering, OfferingContext
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import AuditEntry
from ltitool.lti.models import Context, Platform
from ltitool.lti.roles import LtiRole
from ltitool.people.models import WebSession

Opened = Callable[..., Visitor]
COPY = uuid.uuid5(uuid.NAMESPACE_URL, "https://valle-verde.example/a-copy")
RUN = {"title": "Autumn", "starts_on": "2026-09-07", "timezone": "America/Denver"}


@pytest.fixture
def teacher(world: World, clock: MovableClock) -> uuid.UUID:
    """A teacher of the copy whom nobody here knows; the copied course has no row of an offering."""
    new_course(world, "a-copy", "Spring (copy)", COPY)
    return new_person(world, "Tess", clock())


@pytest.fixture
def arrive(world: World, clock: MovableClock, teacher: uuid.UUID) -> Callable[..., None]:
    def arrived(role: LtiRole = LtiRole.INSTRUCTOR, **custom: str) -> None:
        came = launched(
            world, teacher, subject="tess", context_id=COPY, resource_link_id=None, role=role, custom=custom
        )
        with transaction() as session:
            landing(clock, {})(session, came)

    return arrived


def source_lms_id(world: World) -> str:
    return read_session().scalars(select(Context.lms_id).where(Context.id == world.context_id)).one()


def waiting(world: World) -> list[tuple[str, list[uuid.UUID]]]:
    session = read_session()
    session.expire_all()
    found = copies_waiting(session, world.organisation_id)
    session.commit()
    return [(copy.title, [one.offering_id for one in copy.sources]) for copy in found]


def test_p34_the_history_of_a_launch_names_the_course(world: World, arrive: Callable[..., None]) -> None:
    arrive(context_history=f"unknown%2Ccourse,{source_lms_id(world)}")
    assert waiting(world) == [("Spring (copy)", [world.offering_id])]
    kept = read_session().scalars(select(Context.copied_from).where(Context.id == COPY)).one()
    assert kept == ["unknown,course", source_lms_id(world)]


@pytest.mark.parametrize("custom", [{}, {"context_history": ""}, {"opens": "this-week"}, {"week": "x"}])
def test_an_ordinary_course_is_no_copy(
    world: World, arrive: Callable[..., None], custom: dict[str, str]
) -> None:
    arrive(**custom)
    assert waiting(world) == []


def test_p34_a_link_that_names_a_step_was_brought_by_a_copy(
    world: World, arrive: Callable[..., None]
) -> None:
    arrive(week="3", opens="week")
    assert waiting(world) == [("Spring (copy)", [world.offering_id])]


def test_a_history_of_strangers_alone_offers_nothing(world: World, arrive: Callable[..., None]) -> None:
    arrive(context_history="a-course-of-nobody", week="3")
    assert waiting(world) == []


def test_the_nearest_ancestor_comes_first(
    world: World, clock: MovableClock, arrive: Callable[..., None]
) -> None:
    middle, run = new_course(world, "the-middle", ""), uuid.uuid4()
    with transaction() as session:
        old = session.scalars(select(Offering).where(Offering.id == world.offering_id)).one()
        fields = {
            name: getattr(old, name)
            for name in ("organisation_id", "program_id", "program_version", "program_source")
        }
        session.add(
            Offering(
                id=run,
                title="Older run",
                program_digest=old.program_digest,
                starts_on=old.starts_on.replace(year=2025),
                timezone=old.timezone,
                created_at=clock(),
                **fields,
            )
        )
        session.flush()
        session.add(
            OfferingContext(
                id=uuid.uuid4(), organisation_id=world.organisation_id, offering_id=run, context_id=middle
            )
        )
    arrive(context_history=f"the-middle,{source_lms_id(world)}")
    assert waiting(world) == [("Spring (copy)", [run, world.offering_id])]


def test_another_organisation_s_course_of_the_same_name_is_not_offered(
    world: World, arrive: Callable[..., None]
) -> None:
    arrive(context_history=source_lms_id(world))
    assert waiting(world) != []
    with transaction() as session:
        theirs = session.scalars(
            select(Offering.id).where(Offering.organisation_id == world.stranger.organisation_id)
        ).one()
        session.execute(
            update(Context)
            .where(Context.organisation_id == world.stranger.organisation_id)
            .values(lms_id="their-course")
        )
    arrive(context_history="their-course")
    assert theirs not in {one for _, sources in waiting(world) for one in sources}
    assert copies_waiting(read_session(), world.stranger.organisation_id) == []
    assert find_copy(read_session(), world.stranger.organisation_id, COPY) is None


def director_of(visit_as: Opened, world: World) -> Visitor:
    return visit_as(world.director, "director")


def test_the_overview_counts_a_copied_course_once(
    world: World, arrive: Callable[..., None], visit_as: Opened
) -> None:
    director = director_of(visit_as, world)
    assert "1 course has opened the activity" in page_text(director.get("overview"))
    arrive(context_history=source_lms_id(world))
    offered = page_text(director.get("overview"))
    assert "Copied courses" in offered
    assert "leads to no offering yet" not in offered
    new_course(world, "new", "New")
    assert "1 course has opened the activity" in page_text(director.get("overview"))


def test_p34_the_director_takes_the_weeks_and_nobody_comes_along(
    world: World, arrive: Callable[..., None], visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    overview = page_text(director.get("overview"))
    assert "Copied courses" in overview
    assert "Spring (copy)" in overview
    offered = page_text(director.get(f"copies/{COPY}"))
    assert "its 13 steps, its schedule and its links" in offered
    assert world.amara.name not in offered
    before = counts()
    answer = director.post(f"copies/{COPY}", {**RUN, "source": str(world.offering_id)})
    assert answer.status_code == 303
    new_id = uuid.UUID(answer.location.rpartition("/")[2])
    made = {row.id: row for row in read_session().scalars(select(Offering)).all()}
    old, new = made[world.offering_id], made[new_id]
    assert (new.title, str(new.starts_on), new.timezone) == ("Autumn", "2026-09-07", "America/Denver")
    assert (new.program_source, new.program_digest) == (old.program_source, old.program_digest)
    assert counts() == before
    shown = page_text(director.get(f"offerings/{new_id}"))
    assert world.amara.name not in shown
    assert world.coach.name not in shown
    assert waiting(world) == []
    arrive(LtiRole.LEARNER)
    people = (
        read_session().scalars(select(Membership.person_id).where(Membership.offering_id == new_id)).all()
    )
    assert len(people) == 1
    assert people[0] not in {world.amara.id, world.ben.id}


def counts() -> tuple[int, int]:
    session = read_session()
    found = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Membership, Cohort)]
    session.commit()
    return found[0], found[1]


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("starts_on", "soon"), ("timezone", "Mars"), ("source", "")]
)
def test_a_faulty_form_is_shown_again(
    world: World, arrive: Callable[..., None], visit_as: Opened, field: str, value: str
) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    sent = {**RUN, "source": str(world.offering_id), field: value}
    assert director.post(f"copies/{COPY}", sent).status_code == 422
    assert waiting(world) != []
    assert director.post(f"copies/{COPY}", {**sent, field: {**RUN, "source": str(world.offering_id)}[field]})


def test_a_run_that_is_no_ancestor_cannot_be_taken(
    world: World, arrive: Callable[..., None], visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    theirs = (
        read_session()
        .scalars(select(Offering.id).where(Offering.organisation_id == world.stranger.organisation_id))
        .one()
    )
    director = director_of(visit_as, world)
    for source in (theirs, uuid.uuid4()):
        answer = director.post(f"copies/{COPY}", {**RUN, "source": str(source)})
        assert (answer.status_code, OfferingUnknown.code in answer.text) == (404, True)
    assert director.get(f"copies/{world.context_id}").status_code == 404
    good = director.post(f"copies/{COPY}", {**RUN, "source": str(world.offering_id)})
    assert good.status_code == 303
    assert director.post(f"copies/{COPY}", {**RUN, "source": str(world.offering_id)}).status_code == 409


def test_sending_twice_makes_one_run(world: World, arrive: Callable[..., None], visit_as: Opened) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    sent = {**RUN, "source": str(world.offering_id), "once": "the-same"}
    first, second = (director.post(f"copies/{COPY}", sent) for _ in range(2))
    assert (first.location, first.status_code) == (second.location, second.status_code)


def teaching(world: World, teacher: uuid.UUID, visit_as: Opened, *roles: str) -> Visitor:
    """Open a visit of the teacher of the copy, from the copy."""
    visitor = visit_as(world.amara)
    with transaction() as session:
        of_visit = update(WebSession).where(WebSession.short == visitor.short)
        session.execute(of_visit.values(person_id=teacher, context_id=COPY, roles=list(roles)))
    return visitor


def started(world: World) -> list[str]:
    session = read_session()
    session.expire_all()
    here = select(OfferingContext.offering_id).where(OfferingContext.context_id == COPY)
    found = session.scalars(select(Offering.title).where(Offering.id.in_(here))).all()
    session.commit()
    return list(found)


def test_p34_a_teacher_is_offered_the_copy_and_sees_nobody(
    world: World, arrive: Callable[..., None], teacher: uuid.UUID, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    home, offered = page_text(visitor.get("")), page_text(visitor.get("copy"))
    assert "This course is a copy" in home
    assert "Use the weeks again" in home
    assert "its 13 steps, its schedule and its links" in offered
    for person in (world.amara, world.ben, world.coach):
        assert person.name not in home + offered
    before, sent = counts(), {**RUN, "source": str(world.offering_id), "once": "the-same"}
    assert [visitor.post("copy", sent).status_code for _ in range(2)] == [303, 303]
    assert (started(world), counts()) == (["Autumn"], before)
    with transaction() as session:
        (line,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "offering.started-by-teacher")
        ).all()
        assert (line.actor_id, line.details["source"]) == (teacher, str(world.offering_id))
        assert session.scalars(select(WebSession.roles).where(WebSession.person_id == teacher)).one() == []
    assert "This course is a copy" not in page_text(visitor.get(""))
    assert visitor.get(f"offerings/{world.offering_id}").status_code == 403


@pytest.mark.parametrize("field", ["title", "starts_on", "timezone", "source"])
def test_a_teachers_faulty_form_is_shown_again(
    world: World, arrive: Callable[..., None], teacher: uuid.UUID, visit_as: Opened, field: str
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    sent = {**RUN, "source": str(world.offering_id)}
    assert visitor.post("copy", {**sent, field: ""}).status_code == 422
    assert started(world) == []
    assert visitor.post("copy", sent).status_code == 303


def _as_learner(_world: World, session: Any) -> None:
    session.execute(update(CoursePerson).where(CoursePerson.context_id == COPY).values(role="learner"))


def _by_roster(_world: World, session: Any) -> None:
    session.execute(update(CoursePerson).where(CoursePerson.context_id == COPY).values(proved_by="roster"))


def _unnamed(_world: World, session: Any) -> None:
    session.execute(update(Context).where(Context.id == COPY).values(copied_from=[], brings_links=True))


def _from_elsewhere(world: World, session: Any) -> None:
    session.execute(
        update(WebSession).where(WebSession.context_id == COPY).values(context_id=world.context_id)
    )


@pytest.mark.parametrize("change", [_as_learner, _by_roster, _unnamed, _from_elsewhere])
def test_only_who_teaches_a_named_copy_may_start_it(
    world: World, arrive: Callable[..., None], teacher: uuid.UUID, visit_as: Opened, change: Any
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    assert visitor.get("copy").status_code == 200  # the control
    with transaction() as session:
        change(world, session)
    for answer in (
        visitor.get("copy"),
        visitor.post("copy", {**RUN, "source": str(world.offering_id)}),
    ):
        assert (answer.status_code, OfferingUnknown.code in answer.text) == (404, True)
    assert started(world) == []


def test_a_teacher_cannot_take_a_run_that_is_no_ancestor(
    world: World, arrive: Callable[..., None], teacher: uuid.UUID, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    assert visitor.post("copy", {**RUN, "source": str(uuid.uuid4())}).status_code == 404
    assert started(world) == []


def test_a_coach_who_teaches_a_copy_is_offered_it_on_the_board(
    world: World, arrive: Callable[..., None], visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    coach = visit_as(world.coach, "coach")
    assert "is a copy" not in page_text(coach.get("board/"))
    with transaction() as session:
        session.execute(update(CoursePerson).values(person_id=world.coach.id))
        session.execute(update(WebSession).values(context_id=COPY))
    assert "The course that you come from is a copy" in page_text(coach.get("board/"))


def test_p34_a_teacher_is_told_whom_to_ask_and_sees_nobody(
    world: World, arrive: Callable[..., None], teacher: uuid.UUID, visit_as: Opened
) -> None:
    arrive(week="3")  # the LMS names no course: it is likely a copy, and nobody knows of which
    visitor = teaching(world, teacher, visit_as)
    page = page_text(visitor.get(""))
    assert "This course is a copy" in page
    assert "Ask the director of the program" in page
    for person in (world.amara, world.ben, world.coach):
        assert person.name not in page
    assert visitor.get(f"copies/{COPY}").status_code == 403
    with transaction() as session:
        session.execute(update(Platform).values(name="x"))
        session.execute(update(Context).where(Context.id == COPY).values(brings_links=False))
    assert "This course is a copy" not in page_text(visitor.get(""))
