"""P34: who teaches a copied course is offered its structure, and of its origin what is proven theirs."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from support.clock import MovableClock
from support.copied_course import (
    COPY,
    RUN,
    Arrive,
    older_run,
    other_lms,
    places_and_cohorts,
    source_lms_id,
)
from support.newcomers import new_course
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.memberships import LAUNCH, ROSTER, Came, new_course_person
from ltitool.cohorts.models import CoursePerson, Offering, OfferingContext
from ltitool.cohorts.offerings import connect_course
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import AuditEntry
from ltitool.lti.course_origins import note_noticed_origins
from ltitool.lti.models import Context, Platform
from ltitool.lti.roles import LtiRole
from ltitool.people.models import WebSession

Opened = Callable[..., Visitor]
STARTED = datetime(2026, 2, 3, tzinfo=UTC)
Proof = Callable[[World, uuid.UUID], None]


def teaching(world: World, teacher: uuid.UUID, visit_as: Opened, *roles: str) -> Visitor:
    """Open a visit of the teacher of the copy, from the copy."""
    visitor = visit_as(world.amara)
    with transaction() as session:
        of_visit = update(WebSession).where(WebSession.short == visitor.short)
        own = {"person_id": teacher, "context_id": COPY, "course_title": None, "roles": list(roles)}
        session.execute(of_visit.values(own))
    return visitor


def started(world: World) -> list[str]:
    session = read_session()
    session.expire_all()
    here = select(OfferingContext.offering_id).where(OfferingContext.context_id == COPY)
    found = session.scalars(select(Offering.title).where(Offering.id.in_(here))).all()
    session.commit()
    return list(found)


def audited() -> list[tuple[uuid.UUID | None, str, str]]:
    session = read_session()
    session.expire_all()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "offering.started-by-teacher"))
    found = [(line.actor_id, line.details["source"], line.details["told_by"]) for line in lines]
    session.commit()
    return found


def seen(page: str) -> set[str]:
    """Give what a page says of the world's run, and whom of it."""
    details = {
        "name": "Spring 2026, from",  # the name alone is an example of the form, too
        "day": "February 2, 2026",
        "zone": 'value="America/Denver" selected',
        "length": "13 steps",
        "program": "Collaborative Leadership",
    }
    return {one for one, text in details.items() if text in page}


def test_p34_a_teacher_is_offered_the_copy_and_sees_nobody(
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    home, offered = visitor.get(""), visitor.get("copy")
    assert "This course is a copy" in page_text(home)
    assert "Use the weeks again" in page_text(home)
    assert "Taken from: the course that this one was copied from" in page_text(offered)
    assert seen(home.text + offered.text) == set()
    for person in (world.amara, world.ben, world.coach):
        assert person.name not in home.text + offered.text
    before, sent = places_and_cohorts(), {**RUN, "source": str(world.offering_id), "once": "the-same"}
    assert [visitor.post("copy", sent).status_code for _ in range(2)] == [303, 303]
    assert (started(world), places_and_cohorts()) == (["Autumn"], before)
    assert audited() == [(teacher, str(world.offering_id), "launch")]
    with transaction() as session:
        assert session.scalars(select(WebSession.roles).where(WebSession.person_id == teacher)).one() == []
    assert "This course is a copy" not in page_text(visitor.get(""))
    assert visitor.get(f"offerings/{world.offering_id}").status_code == 403


def notice(course: uuid.UUID, *origins: str) -> None:
    """Keep what a notice of the LMS says about a course; test_lti_notices.py has notices themselves."""
    with transaction() as session:
        note_noticed_origins(session.get_one(Context, course), origins)


def lead_to(world: World, course: uuid.UUID) -> None:
    """Let one more course lead to the world's run."""
    with transaction() as session:
        ids = {"organisation_id": world.organisation_id, "offering_id": world.offering_id}
        connect_course(session, context_id=course, at=STARTED, **ids)


def be_there(world: World, person_id: uuid.UUID, role: LtiRole, source: str) -> None:
    """Let somebody be in the course of the world's run."""
    came = Came(world.context_id, person_id, "tess", role, source)
    with transaction() as session:
        session.add(CoursePerson(**new_course_person(world.organisation_id, came, STARTED)))


def _of_a_notice(world: World, _teacher: uuid.UUID) -> None:
    notice(COPY, source_lms_id(world))


def _of_their_own(world: World, teacher: uuid.UUID) -> None:
    be_there(world, teacher, LtiRole.INSTRUCTOR, LAUNCH)


@pytest.mark.parametrize(("proof", "told_by"), [(_of_a_notice, "notice"), (_of_their_own, "taught")])
def test_p34_a_teacher_of_whom_it_is_proven_sees_which_run_it_was(
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened, proof: Proof, told_by: str
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    assert seen(visitor.get("copy").text) == set()
    proof(world, teacher)
    offered = visitor.get("copy").text
    assert seen(offered) == {"name", "day", "zone", "length", "program"}
    assert "Taken from: Spring 2026, from February 2, 2026" in page_text(visitor.get("copy"))
    for person in (world.amara, world.ben, world.coach):
        assert person.name not in offered
    assert visitor.post("copy", {**RUN, "source": str(world.offering_id)}).status_code == 303
    assert audited() == [(teacher, str(world.offering_id), told_by)]


def _as_a_learner_there(world: World, teacher: uuid.UUID) -> None:
    be_there(world, teacher, LtiRole.LEARNER, LAUNCH)


def _by_a_roster_there(world: World, teacher: uuid.UUID) -> None:
    be_there(world, teacher, LtiRole.INSTRUCTOR, ROSTER)


def _somebody_else_there(world: World, _teacher: uuid.UUID) -> None:
    be_there(world, world.coach.id, LtiRole.INSTRUCTOR, LAUNCH)


def _a_notice_of_another_course(_world: World, _teacher: uuid.UUID) -> None:
    notice(COPY, "another-course")


def _a_notice_about_another_course(world: World, _teacher: uuid.UUID) -> None:
    notice(new_course(world, "beside", "Beside"), source_lms_id(world))


@pytest.mark.parametrize(
    "change",
    [
        _as_a_learner_there,
        _by_a_roster_there,
        _somebody_else_there,
        _a_notice_of_another_course,
        _a_notice_about_another_course,
    ],
)
def test_what_proves_nothing_shows_a_teacher_nothing(
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened, change: Proof
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    change(world, teacher)
    offered = visitor.get("copy")
    assert (offered.status_code, seen(offered.text)) == (200, set())
    _of_a_notice(world, teacher)
    assert seen(visitor.get("copy").text) != set()  # the control


def test_a_notice_of_a_course_that_another_lms_calls_so_proves_nothing(
    world: World, clock: MovableClock, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened
) -> None:
    """Two LMSs may call a course by the same id, and both courses may lead to one run."""
    arrive(context_history=source_lms_id(world))
    notice(COPY, "course-2")
    theirs = new_course(world, "course-2", "", deployment_id=other_lms(world, clock))
    ours = new_course(world, "course-2", "")
    visitor = teaching(world, teacher, visit_as)
    lead_to(world, theirs)
    assert seen(visitor.get("copy").text) == set()
    lead_to(world, ours)
    assert "name" in seen(visitor.get("copy").text)  # the control


def test_of_several_runs_that_a_teacher_may_not_see_the_nearest_is_offered(
    world: World, clock: MovableClock, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened
) -> None:
    nearer, farther = (older_run(world, clock, name) for name in ("nearer", "farther"))
    arrive(context_history=f"nearer,farther,{source_lms_id(world)}")
    visitor = teaching(world, teacher, visit_as)
    assert [str(one) in visitor.get("copy").text for one in (nearer, farther)] == [True, False]
    _of_their_own(world, teacher)
    offered = visitor.get("copy")
    assert re.findall(r'<option value="([0-9a-f-]{36})"', offered.text) == [
        str(nearer),
        str(world.offering_id),
    ]
    assert seen(offered.text) == {"name", "day"}  # as a choice; what is proposed is the nearest one's
    assert "Older run" not in offered.text
    refused = visitor.post("copy", {**RUN, "source": str(farther)})
    assert (refused.status_code, OfferingUnknown.code in refused.text) == (404, True)
    assert started(world) == []
    assert visitor.post("copy", {**RUN, "source": str(nearer)}).status_code == 303
    assert audited() == [(teacher, str(nearer), "launch")]


@pytest.mark.parametrize("field", ["title", "starts_on", "timezone", "source"])
def test_a_teachers_faulty_form_is_shown_again(
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened, field: str
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
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened, change: Any
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
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    visitor = teaching(world, teacher, visit_as)
    assert visitor.post("copy", {**RUN, "source": str(uuid.uuid4())}).status_code == 404
    assert started(world) == []


def test_a_coach_who_teaches_a_copy_is_offered_it_on_the_board(
    world: World, arrive: Arrive, visit_as: Opened
) -> None:
    arrive(context_history=source_lms_id(world))
    coach = visit_as(world.coach, "coach")
    assert "is a copy" not in page_text(coach.get("board/"))
    with transaction() as session:
        session.execute(update(CoursePerson).values(person_id=world.coach.id))
        session.execute(update(WebSession).values(context_id=COPY))
    assert "The course that you come from is a copy" in page_text(coach.get("board/"))


def test_p34_a_teacher_is_told_whom_to_ask_and_sees_nobody(
    world: World, arrive: Arrive, teacher: uuid.UUID, visit_as: Opened
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
