"""P34: a copied course is offered its structure again, to directors; people stay behind."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from support.clock import MovableClock
from support.copied_course import COPY, RUN, Arrive, older_run, places_and_cohorts, source_lms_id
from support.newcomers import new_course
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.course_copies import copies_waiting, find_copy
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import Membership, Offering
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context
from ltitool.lti.roles import LtiRole

Opened = Callable[..., Visitor]


def waiting(world: World) -> list[tuple[str, list[uuid.UUID]]]:
    session = read_session()
    session.expire_all()
    found = copies_waiting(session, world.organisation_id)
    session.commit()
    return [(copy.title, [one.offering_id for one in copy.sources]) for copy in found]


def test_p34_the_history_of_a_launch_names_the_course(world: World, arrive: Arrive) -> None:
    arrive(context_history=f"unknown%2Ccourse,{source_lms_id(world)}")
    assert waiting(world) == [("Spring (copy)", [world.offering_id])]
    kept = read_session().scalars(select(Context.copied_from).where(Context.id == COPY)).one()
    assert kept == ["unknown,course", source_lms_id(world)]


@pytest.mark.parametrize("custom", [{}, {"context_history": ""}, {"opens": "this-week"}, {"week": "x"}])
def test_an_ordinary_course_is_no_copy(world: World, arrive: Arrive, custom: dict[str, str]) -> None:
    arrive(**custom)
    assert waiting(world) == []


def test_p34_a_link_that_names_a_step_was_brought_by_a_copy(world: World, arrive: Arrive) -> None:
    arrive(week="3", opens="week")
    assert waiting(world) == [("Spring (copy)", [world.offering_id])]


def test_a_history_of_strangers_alone_offers_nothing(world: World, arrive: Arrive) -> None:
    arrive(context_history="a-course-of-nobody", week="3")
    assert waiting(world) == []


def test_the_nearest_ancestor_comes_first(world: World, clock: MovableClock, arrive: Arrive) -> None:
    run = older_run(world, clock, "the-middle")
    arrive(context_history=f"the-middle,{source_lms_id(world)}")
    assert waiting(world) == [("Spring (copy)", [run, world.offering_id])]


def test_another_organisation_s_course_of_the_same_name_is_not_offered(world: World, arrive: Arrive) -> None:
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


def test_the_overview_counts_a_copied_course_once(world: World, arrive: Arrive, visit_as: Opened) -> None:
    director = director_of(visit_as, world)
    assert "1 course has opened the activity" in page_text(director.get("overview"))
    arrive(context_history=source_lms_id(world))
    offered = page_text(director.get("overview"))
    assert "Copied courses" in offered
    assert "leads to no offering yet" not in offered
    new_course(world, "new", "New")
    assert "1 course has opened the activity" in page_text(director.get("overview"))


def test_p34_the_director_takes_the_weeks_and_nobody_comes_along(
    world: World, arrive: Arrive, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    overview = page_text(director.get("overview"))
    assert "Copied courses" in overview
    assert "Spring (copy)" in overview
    offered = page_text(director.get(f"copies/{COPY}"))
    assert "its 13 steps, its schedule and its links" in offered
    assert world.amara.name not in offered
    before = places_and_cohorts()
    answer = director.post(f"copies/{COPY}", {**RUN, "source": str(world.offering_id)})
    assert answer.status_code == 303
    new_id = uuid.UUID(answer.location.rpartition("/")[2])
    made = {row.id: row for row in read_session().scalars(select(Offering)).all()}
    old, new = made[world.offering_id], made[new_id]
    assert (new.title, str(new.starts_on), new.timezone) == ("Autumn", "2026-09-07", "America/Denver")
    assert (new.program_source, new.program_digest) == (old.program_source, old.program_digest)
    assert places_and_cohorts() == before
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


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("starts_on", "soon"), ("timezone", "Mars"), ("source", "")]
)
def test_a_faulty_form_is_shown_again(
    world: World, arrive: Arrive, visit_as: Opened, field: str, value: str
) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    sent = {**RUN, "source": str(world.offering_id), field: value}
    assert director.post(f"copies/{COPY}", sent).status_code == 422
    assert waiting(world) != []
    assert director.post(f"copies/{COPY}", {**sent, field: {**RUN, "source": str(world.offering_id)}[field]})


def test_a_run_that_is_no_ancestor_cannot_be_taken(world: World, arrive: Arrive, visit_as: Opened) -> None:
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


def test_sending_twice_makes_one_run(world: World, arrive: Arrive, visit_as: Opened) -> None:
    arrive(context_history=source_lms_id(world))
    director = director_of(visit_as, world)
    sent = {**RUN, "source": str(world.offering_id), "once": "the-same"}
    first, second = (director.post(f"copies/{COPY}", sent) for _ in range(2))
    assert (first.location, first.status_code) == (second.location, second.status_code)
