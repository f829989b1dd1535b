"""The participant's home, each week, and the record."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import update
from support.clock import MovableClock
from support.holders import confirm, finish, reserve
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.cohorts.attendance import Held, Present, record_attendance
from ltitool.cohorts.coaching import OneToOne, record_one_to_one
from ltitool.cohorts.models import Membership, Offering
from ltitool.cohorts.progress import note_progress
from ltitool.cohorts.scope import coached_cohorts, participant_scope
from ltitool.credentials.awarding import issue_award
from ltitool.credentials.models import Award
from ltitool.dashboards.words import minutes_words, step_name
from ltitool.foundation.db import transaction
from ltitool.foundation.services import EXTENSION
from ltitool.programs import StepUnit, load_shipped

Opened = Callable[..., Visitor]


@pytest.fixture
def amara(world: World, visit_as: Opened) -> Visitor:
    return visit_as(world.amara, "participant")


def note(world: World, clock: MovableClock, key: str, state: str, person: Someone | None = None) -> None:
    with transaction() as session:
        note_progress(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            person_id=(person or world.amara).id,
            activity_key=key,
            state=state,
            at=clock(),
        )


def meet(world: World, clock: MovableClock, **changes: str) -> None:
    words = {"focus": "", "next_step": "", "shared_note": "", "private_note": "Careful.", **changes}
    with transaction() as session:
        scope = participant_scope(
            session,
            organisation_id=world.organisation_id,
            person_id=world.amara.id,
            context_id=world.context_id,
        )
        record_one_to_one(
            session,
            scope,
            OneToOne(held_on=date(2026, 3, 11), minutes=50, **words),
            entry_id=uuid.uuid4(),
            recorded_by=world.coach.id,
            at=clock(),
        )


def attend(world: World, clock: MovableClock, minutes: int) -> None:
    with transaction() as session:
        cohort = coached_cohorts(session, organisation_id=world.organisation_id, coach_id=world.coach.id)[0]
        record_attendance(
            session,
            Held("session_1", date(2026, 2, 3), 120),
            {world.amara.id: Present(minutes)},
            organisation_id=world.organisation_id,
            cohort=cohort,
            recorded_by=world.coach.id,
            at=clock(),
        )


def test_home_says_the_week_and_the_one_thing_to_do(amara: Visitor) -> None:
    text = page_text(amara.get(""))

    assert "Mar 9 to Mar 15 Week 6: Where are decisions made?" in text
    assert "Do this next PhotoVoice: find the strengths Late was due on Sunday, March 1" in text
    assert "3 of 13 stones laid" in text
    assert "After your first 1:1, the next step that you agree on stands here." in text


def test_sent_work_gives_way_to_the_next(world: World, clock: MovableClock, amara: Visitor) -> None:
    for key in ("photovoice", "photovoice_analysis"):
        note(world, clock, key, "done")
    note(world, clock, "power_map", "started")
    text = page_text(amara.get(""))

    assert "5 of 13 stones laid" in text
    assert "Do this next The map: power and decisions Started by Sunday, March 29 about 2.5 hours" in text


def test_returned_work_comes_first(world: World, clock: MovableClock, amara: Visitor) -> None:
    note(world, clock, "power_map", "returned")

    assert "Do this next The map: power and decisions Came back to you" in page_text(amara.get(""))


def test_the_coachs_shared_words_are_shown_and_the_private_ones_are_not(
    world: World, clock: MovableClock, amara: Visitor
) -> None:
    meet(world, clock, next_step="Ask two parents", shared_note="You waited, and she spoke.")
    for path in ("", "record"):
        text = page_text(amara.get(path))
        assert "Ask two parents" in text
        assert "You waited, and she spoke." in text
        assert "Careful" not in text


def test_without_a_note_the_meeting_is_named(world: World, clock: MovableClock, amara: Visitor) -> None:
    meet(world, clock, focus="Photos")

    assert "You met Ruth Adeyemi yesterday. Photos" in page_text(amara.get(""))


def test_hours_so_far_lead_to_the_record(world: World, clock: MovableClock, amara: Visitor) -> None:
    assert "Your record: hours, 1:1s and what is missing" in page_text(amara.get(""))
    attend(world, clock, 110)
    meet(world, clock)

    assert "2.66 hours recorded so far" in page_text(amara.get(""))
    record = page_text(amara.get("record"))
    assert "Whole-group sessions 1.83 hours" in record
    assert "1:1 with a coach 0.83 hours" in record
    assert "Together 2.66 hours" in record
    assert "Tuesday, February 3" in record


def test_the_record_names_what_is_missing(world: World, clock: MovableClock, amara: Visitor) -> None:
    meet(world, clock)
    attend(world, clock, 120)
    note(world, clock, "photovoice", "submitted")
    text = page_text(amara.get("record"))

    assert "Not sent yet: The map: power and decisions" in text
    assert "Not sent yet: PhotoVoice" not in text
    assert "2 more whole-group sessions" in text
    assert "2 more 1:1s with your coach" in text
    assert "A keystone that passes" in text


def test_when_nothing_is_to_be_sent_it_says_what_is_next(
    world: World, clock: MovableClock, amara: Visitor
) -> None:
    for key in ("photovoice", "photovoice_analysis", "power_map", "team_composition", "practice_1"):
        note(world, clock, key, "done")
    note(world, clock, "practice_2", "submitted")
    text = page_text(amara.get(""))

    assert "Nothing to send right now" in text
    assert "Your coach has Practice log, weeks 6 to 8." in text
    assert "from Monday, March 30" in text


def test_before_the_start_the_day_is_named(clock: MovableClock, amara: Visitor) -> None:
    clock.now = datetime(2026, 1, 30, 15, tzinfo=UTC)
    # The session was opened later than this moment; it is alive all the same.
    text = page_text(amara.get(""))

    assert "It starts on Monday, February 2" in text
    assert "Nothing to send right now" in text


def test_after_the_end_open_work_can_be_finished(world: World, clock: MovableClock, visit_as: Opened) -> None:
    clock.now = datetime(2026, 5, 20, 15, tzinfo=UTC)
    text = page_text(visit_as(world.amara, "participant").get(""))

    assert "The last week is behind us" in text
    assert "Do this next PhotoVoice" in text


def test_a_passed_keystone_closes_the_arch(world: World, clock: MovableClock, visit_as: Opened) -> None:
    clock.now = datetime(2026, 5, 4, 15, tzinfo=UTC)
    for activity in load_shipped()["collaborative-leadership-13"].activities:
        if not activity.is_session:
            note(world, clock, activity.key, "done")
    text = page_text(visit_as(world.amara, "participant").get(""))

    assert "Your arch is closed" in text
    assert "13 of 13 stones laid" in text
    assert "Not everything for the badge is recorded yet" in text  # no session, no 1:1
    assert "Do this next" not in text


def test_behind_a_passed_keystone_the_badge_comes_next(
    app: Flask, world: World, clock: MovableClock, visit_as: Opened
) -> None:
    clock.now = datetime(2026, 4, 29, 15, tzinfo=UTC)
    scope = finish(world, world.amara, clock)
    note(world, clock, "keystone", "done")
    amara = visit_as(world.amara, "participant")
    before = page_text(amara.get(""))
    confirm(scope, world.amara, clock)
    award = reserve(app, scope, clock)
    meanwhile = page_text(amara.get(""))
    issue_award(award.id, app.extensions[EXTENSION])
    after = page_text(amara.get(""))

    assert "13 of 13 stones laid" in before
    assert "Do this next Confirm the name for your badge" in before
    assert "Who is on our team?" not in before  # not needed for the badge, and never before it
    assert "Your badge is being prepared" in meanwhile
    assert "Your badge is ready" in after
    with transaction() as session:
        session.execute(update(Award).where(Award.id == award.id).values(state="revoked"))
    assert "Your badge was revoked" in page_text(amara.get(""))


def test_behind_a_passed_keystone_missing_work_comes_next(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    clock.now = datetime(2026, 4, 29, 15, tzinfo=UTC)
    note(world, clock, "keystone", "done")
    text = page_text(visit_as(world.amara, "participant").get(""))

    assert "For the badge, something else is still missing." in text
    assert "Do this next PhotoVoice: find the strengths" in text


def test_work_that_nobody_asks_for_is_offered_and_not_late(
    world: World, clock: MovableClock, amara: Visitor
) -> None:
    for activity in load_shipped()["collaborative-leadership-13"].activities:
        if not activity.is_session and activity.key != "team_composition":
            note(world, clock, activity.key, "submitted")
    text = page_text(amara.get(""))

    assert "If you have time Who is on our team? Not started" in text
    assert "not needed for the badge" in text
    assert "Late" not in text


def test_each_week_lists_its_activities_with_neighbours(amara: Visitor) -> None:
    text = page_text(amara.get("weeks/4"))

    assert "Week 4: Strengths in structures, climate and culture" in text
    assert "Who is on our team?" in text
    assert "not needed for the badge" in text
    assert "Week 3: Strengths in people and groups Week 5: What the photos tell us" in text
    assert "Week 2" not in page_text(amara.get("weeks/1")).split("What there is to do")[0]


def test_work_ahead_is_shown_and_not_linked(amara: Visitor) -> None:
    answer = amara.get("weeks/9")

    assert "Not open yet" in page_text(answer)
    assert "/activities/map_analysis" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", [0, 14, 99])
def test_a_week_that_is_not_in_the_program_is_not_there(amara: Visitor, number: int) -> None:
    assert amara.get(f"weeks/{number}").status_code == 404
    assert amara.get("weeks/13").status_code == 200


def test_a_session_stands_in_its_week(world: World, clock: MovableClock, amara: Visitor) -> None:
    assert "In this step, with everybody" in page_text(amara.get("weeks/1"))
    attend(world, clock, 120)
    assert "You were there" in page_text(amara.get("weeks/1"))


def test_an_absence_is_said(world: World, clock: MovableClock, amara: Visitor) -> None:
    attend(world, clock, 0)
    assert "Missed" in page_text(amara.get("weeks/1"))


def test_program_text_and_days_speak_spanish(amara: Visitor) -> None:
    amara.client.get(f"/l/{amara.short}/language/es?next=/", base_url=amara.origin)
    text = page_text(amara.get(""))

    assert "¿Dónde se toman las decisiones?" in text
    assert "domingo 1 de marzo" in text


def test_a_lapsed_participant_gets_no_week(world: World, amara: Visitor) -> None:
    assert amara.get("weeks/1").status_code == 200
    with transaction() as session:
        session.execute(
            update(Membership).where(Membership.person_id == world.amara.id).values(status="inactive")
        )
    for path in ("weeks/1", "weeks/", "record"):
        answer = amara.get(path)
        assert answer.status_code == 403
        assert "You are not in this program yet" in page_text(answer)
    assert "You do not take part in this program" in page_text(amara.get(""))


@pytest.mark.parametrize("path", ["weeks/1", "weeks/", "record"])
def test_participant_pages_are_for_participants(world: World, visit_as: Opened, path: str) -> None:
    for person, role in ((world.coach, "coach"), (world.director, "director")):
        assert visit_as(person, role).get(path).status_code == 403


@pytest.mark.parametrize("name", sorted(load_shipped()))
def test_every_shipped_program_has_a_home_and_all_its_steps(
    world: World, visit_as: Opened, name: str
) -> None:
    program = load_shipped()[name]
    change_program(world, name)
    visitor = visit_as(world.amara, "participant")

    assert visitor.get("").status_code == 200
    for step in program.steps:
        answer = visitor.get(f"weeks/{step.number}")
        assert answer.status_code == 200
        assert step.title.in_("en") in answer.get_data(as_text=True).replace("&#39;", "'")


def change_program(world: World, name: str) -> None:

    program = load_shipped()[name]
    with transaction() as session:
        session.execute(
            update(Offering)
            .where(Offering.id == world.offering_id)
            .values(program_source=program.source, program_digest=program.digest)
        )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (15, "about 15 minutes"),
        (1, "about 1 minute"),
        (60, "about 1 hour"),
        (90, "about 1.5 hours"),
        (120, "about 2 hours"),
        (75, "about 75 minutes"),
        (30, "about 30 minutes"),
    ],
)
def test_lengths_are_said_plainly(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context():
        assert minutes_words(minutes) == words


@pytest.mark.parametrize(
    ("unit", "words"), [(StepUnit.WEEK, "Week 2"), (StepUnit.DAY, "Day 2"), (StepUnit.STEP, "Step 2")]
)
def test_steps_are_called_what_the_program_calls_them(app: Flask, unit: StepUnit, words: str) -> None:
    program = replace(load_shipped()["collaborative-leadership-13"], unit=unit)
    with app.test_request_context():
        assert step_name(program, program.step(2)) == words
