"""The cohort board: who needs the coach, what is new, and the brief behind each row."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.cohorts.coaching import OneToOne, record_one_to_one
from ltitool.cohorts.models import BoardLook, Membership
from ltitool.cohorts.progress import note_progress
from ltitool.cohorts.scope import CoachedCohort, coached_cohorts, participant_scope
from ltitool.dashboards.board import Board, board, look_at_board
from ltitool.evidence.models import Keystone, KeystoneSubmission, Photo
from ltitool.foundation.db import read_session, transaction
from ltitool.programs import load_shipped

Opened = Callable[..., Visitor]


@pytest.fixture
def coach(world: World, visit_as: Opened) -> Visitor:
    return visit_as(world.coach, "coach")


def note(world: World, person: Someone, key: str, state: str, at: datetime) -> None:
    with transaction() as session:
        note_progress(
            session,
            organisation_id=world.organisation_id,
            offering_id=world.offering_id,
            person_id=person.id,
            activity_key=key,
            state=state,
            at=at,
        )


def up_to_date(world: World, person: Someone, at: datetime) -> None:
    for key in ("photovoice", "photovoice_analysis"):
        note(world, person, key, "done", at)


def meet(world: World, person: Someone, day: date, at: datetime, next_step: str = "") -> None:
    with transaction() as session:
        scope = participant_scope(
            session,
            organisation_id=world.organisation_id,
            person_id=person.id,
            context_id=world.context_id,
        )
        record_one_to_one(
            session,
            scope,
            OneToOne(day, 50, "", next_step, "", ""),
            entry_id=uuid.uuid4(),
            recorded_by=world.coach.id,
            at=at,
        )


def submit_keystone(world: World, person: Someone, at: datetime, state: str = "submitted") -> uuid.UUID:
    keystone_id, submission_id = uuid.uuid4(), uuid.uuid4()
    own = {
        "organisation_id": world.organisation_id,
        "offering_id": world.offering_id,
        "person_id": person.id,
    }
    with transaction() as session:
        session.add(
            Keystone(
                id=keystone_id,
                title="",
                summary="",
                answers={},
                claims=[],
                revision=1,
                updated_at=at,
                **own,
            )
        )
        session.flush()
        session.add(
            KeystoneSubmission(
                id=submission_id,
                keystone_id=keystone_id,
                number=1,
                body={},
                state=state,
                submitted_at=at,
                **own,
            )
        )
    return submission_id


def cohort_of(world: World) -> CoachedCohort:
    return coached_cohorts(read_session(), organisation_id=world.organisation_id, coach_id=world.coach.id)[0]


def read_board(world: World, at: datetime, since: datetime | None = None) -> Board:
    return board(read_session(), cohort_of(world), organisation_id=world.organisation_id, since=since, at=at)


def all_is_well(world: World, clock: MovableClock) -> None:
    for person in (world.amara, world.ben, world.chloe):
        up_to_date(world, person, clock() - timedelta(days=1))
        meet(world, person, date(2026, 3, 5), clock())


def test_nobody_needs_the_coach_when_all_is_well(world: World, clock: MovableClock, coach: Visitor) -> None:
    all_is_well(world, clock)

    assert [row.need for row in read_board(world, clock()).rows] == [0, 0, 0]
    text = page_text(coach.get(""))
    assert "Nobody needs you right now." in text
    assert text.count("Nothing waits for you.") == 3


def test_only_the_cohorts_own_active_people_are_on_its_board(world: World, clock: MovableClock) -> None:
    with transaction() as session:
        session.execute(
            update(Membership).where(Membership.person_id == world.ben.id).values(status="inactive")
        )
    assert [row.name for row in read_board(world, clock()).rows] == [world.amara.name, world.chloe.name]


def test_those_who_need_the_coach_come_first(world: World, clock: MovableClock, coach: Visitor) -> None:
    all_is_well(world, clock)
    submission = submit_keystone(world, world.chloe, clock() - timedelta(days=2))
    note(world, world.ben, "photovoice", "returned", clock())

    rows = read_board(world, clock()).rows
    text = page_text(coach.get(""))

    assert [row.name for row in rows] == [world.chloe.name, world.ben.name, world.amara.name]
    assert "2 people need you." in text
    assert "Keystone sent on Tuesday, March 10, waits for your scores" in text
    assert f"/scoring/{submission}" in coach.get("").get_data(as_text=True)
    assert "Late: PhotoVoice: find the strengths (since Mar 1)" in text


def test_many_late_things_are_counted_and_the_oldest_named(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    all_is_well(world, clock)
    for key in ("photovoice", "photovoice_analysis"):
        note(world, world.ben, key, "returned", clock())
    clock.forward(days=7)
    text = page_text(visit_as(world.coach, "coach").get(""))

    assert "2 things late, first: PhotoVoice: find the strengths (since Mar 1)" in text
    assert "What do the photos tell us? (since" not in text


def test_somebody_whose_keystone_has_passed_is_not_missed(world: World, clock: MovableClock) -> None:
    all_is_well(world, clock)
    clock.forward(days=30)
    for activity in load_shipped()["collaborative-leadership-13"].required_activities:
        for person in (world.amara, world.ben):
            note(world, person, activity.key, "done" if person is world.amara else "submitted", clock())
    rows = {row.person_id: row for row in read_board(world, clock()).rows}

    assert rows[world.ben.id].one_to_one_missing_since is not None
    assert rows[world.amara.id].one_to_one_missing_since is None


def test_a_scored_keystone_waits_no_longer(world: World, clock: MovableClock) -> None:
    submit_keystone(world, world.chloe, clock(), state="scored")

    assert all(row.waiting is None for row in read_board(world, clock()).rows)


@pytest.mark.parametrize(("day", "missing"), [(date(2026, 2, 20), False), (date(2026, 2, 19), True)])
def test_three_weeks_without_a_one_to_one_are_too_many(
    world: World, clock: MovableClock, day: date, missing: bool
) -> None:
    meet(world, world.amara, day, clock())
    row = next(row for row in read_board(world, clock()).rows if row.person_id == world.amara.id)

    assert (row.one_to_one_missing_since is not None) is missing


def test_the_first_one_to_one_may_take_three_weeks(world: World, clock: MovableClock) -> None:
    early = datetime(2026, 2, 22, 15, tzinfo=UTC)
    assert all(row.one_to_one_missing_since is None for row in read_board(world, early).rows)
    late = read_board(world, early + timedelta(days=1)).rows
    assert all(row.one_to_one_missing_since is not None and not row.had_one_to_one for row in late)


def test_two_quiet_weeks_are_noticed(world: World, clock: MovableClock, coach: Visitor) -> None:
    all_is_well(world, clock)
    for key in ("photovoice", "photovoice_analysis"):
        note(world, world.ben, key, "done", clock() - timedelta(days=14))

    assert [row.quiet_since for row in read_board(world, clock()).rows if row.person_id == world.ben.id] == [
        date(2026, 2, 26)
    ]
    assert "Nothing has moved since Feb 26" in page_text(coach.get(""))


def test_before_the_start_nobody_is_missed(world: World) -> None:
    rows = read_board(world, datetime(2026, 1, 10, 15, tzinfo=UTC)).rows

    assert [row.need for row in rows] == [0, 0, 0]


def test_a_look_within_the_hour_is_the_same_look(world: World, clock: MovableClock) -> None:
    def look() -> datetime | None:
        with transaction() as session:
            return look_at_board(
                session,
                cohort_of(world),
                organisation_id=world.organisation_id,
                coach_id=world.coach.id,
                at=clock(),
            )

    first = clock()
    assert look() is None
    clock.forward(minutes=50)
    assert look() == first
    clock.forward(minutes=50)
    assert look() == first
    last = clock()
    clock.forward(days=3)
    assert look() == last


def test_news_is_what_was_sent_since_the_last_look(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    all_is_well(world, clock)
    assert "Sent" not in page_text(visit_as(world.coach, "coach").get(""))
    clock.forward(days=1)
    note(world, world.ben, "power_map", "submitted", clock())
    note(world, world.amara, "power_map", "started", clock())
    clock.forward(days=1)
    text = page_text(visit_as(world.coach, "coach").get(""))

    assert "You last looked on Thursday, March 12." in text
    assert "Sent The map: power and decisions yesterday" in text
    assert text.count("Sent ") == 1  # what is only started is its writer's own affair
    assert text.index("Ben Whitcomb") < text.index("Amara Okafor")


def test_an_empty_cohort_shows_the_arch(world: World, coach: Visitor) -> None:
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.role == "participant"))
    text = page_text(coach.get(""))

    assert "Nobody is in this cohort yet" in text
    assert "An arch that is not built yet" in text


def test_a_coach_of_several_cohorts_chooses(world: World, coach: Visitor) -> None:
    with transaction() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == world.other_coach.id)
            .values(person_id=world.coach.id)
        )
    assert "Cohort B, Spring 2026" in page_text(coach.get(""))
    assert "Darío Salas" in page_text(coach.get(f"board/{world.other_cohort_id}"))
    assert "Darío Salas" not in page_text(coach.get("board/"))


def test_the_brief_holds_facts(world: World, clock: MovableClock, coach: Visitor) -> None:
    meet(world, world.amara, date(2026, 3, 5), clock(), next_step="Ask two parents")
    note(world, world.amara, "photovoice", "done", clock() - timedelta(days=12))
    with transaction() as session:
        session.add_all(photo(world, number, clock()) for number in (1, 2, 3))
        session.flush()
        session.execute(update(Photo).where(Photo.upload_key == "3").values(withdrawn_at=clock()))
    text = page_text(coach.get(f"board/{world.cohort_id}/{world.amara.id}"))

    assert "Ask two parents (on Thursday, March 5)" in text
    assert "PhotoVoice: find the strengths, on Saturday, February 28" in text
    assert "Photos 2" in text
    assert "Hours 0.83 hours" in text
    assert "Late What do the photos tell us?, was due on Sunday, March 8" in text


def photo(world: World, number: int, at: datetime) -> Photo:
    return Photo(
        id=uuid.uuid4(),
        organisation_id=world.organisation_id,
        offering_id=world.offering_id,
        person_id=world.amara.id,
        upload_key=str(number),
        lens="people",
        caption="",
        alt_text="",
        answers={},
        who_is_in_it="nobody",
        object_key=f"photo-{number}",
        width=10,
        height=10,
        created_at=at,
    )


def test_the_brief_of_somebody_new_says_so(world: World, coach: Visitor) -> None:
    text = page_text(coach.get(f"board/{world.cohort_id}/{world.amara.id}"))

    assert "No next step is written down." in text
    assert "Nothing has been sent yet." in text
    assert "Hours none recorded" in text


def test_a_waiting_keystone_makes_scoring_the_main_thing(
    world: World, clock: MovableClock, coach: Visitor
) -> None:
    path = f"board/{world.cohort_id}/{world.amara.id}"
    assert "Score the keystone" not in page_text(coach.get(path))
    submit_keystone(world, world.amara, clock())
    assert "Score the keystone" in page_text(coach.get(path))


@pytest.mark.parametrize(
    ("who", "roles", "status"),
    [
        ("coach", ["coach"], 200),
        ("other_coach", ["coach"], 404),
        ("stranger_coach", ["coach"], 404),
        ("director", ["coach"], 404),
        ("director", ["director"], 403),
        ("amara", ["participant"], 403),
    ],
)
def test_a_board_is_its_coachs_own(
    world: World, visit_as: Opened, who: str, roles: list[str], status: int
) -> None:
    visitor = visit_as(getattr(world, who), *roles)

    assert visitor.get(f"board/{world.cohort_id}").status_code == status
    assert visitor.get(f"board/{world.cohort_id}/{world.amara.id}").status_code == status


def test_a_brief_stays_in_its_cohort(world: World, coach: Visitor) -> None:
    assert coach.get(f"board/{world.cohort_id}/{world.dario.id}").status_code == 404
    with transaction() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == world.other_coach.id)
            .values(person_id=world.coach.id)
        )
    assert coach.get(f"board/{world.cohort_id}/{world.dario.id}").status_code == 404
    assert coach.get(f"board/{world.other_cohort_id}/{world.dario.id}").status_code == 200


def test_looking_leaves_one_row(world: World, coach: Visitor) -> None:
    for _ in range(3):
        coach.get("")
    assert len(read_session().scalars(select(BoardLook)).all()) == 1
