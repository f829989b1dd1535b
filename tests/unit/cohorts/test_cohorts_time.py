"""Attendance, 1:1s and the hours that are the sum of their rows."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from support.clock import MovableClock
from support.world import Someone, World

from ltitool.cohorts.attendance import (
    LONGER_THAN_SESSION,
    WHY_CHANGED,
    Held,
    Present,
    attended_by,
    record_attendance,
    session_record,
)
from ltitool.cohorts.coaching import (
    OneToOne,
    change_one_to_one,
    days_of_one_to_ones,
    entries_for_coach,
    find_entry,
    record_one_to_one,
    shared_entries,
)
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.hours import as_hours, hours_ledger, hours_ledgers
from ltitool.cohorts.models import Attendance, GroupSession
from ltitool.cohorts.scope import CoachedCohort, ParticipantScope, coached_cohorts, participant_scope
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.programs.activities import ActivityKind

FIRST = Held("session_1", date(2026, 2, 3), 120)
SAID = OneToOne(date(2026, 2, 20), 50, "Team", "Invite two parents", "You listened.", "Tired; go gently.")


def cohort_of(world: World, coach: Someone) -> CoachedCohort:
    return coached_cohorts(read_session(), organisation_id=world.organisation_id, coach_id=coach.id)[0]


def scope_of(world: World, person: Someone) -> ParticipantScope:
    return participant_scope(
        read_session(),
        organisation_id=world.organisation_id,
        person_id=person.id,
        context_id=world.context_id,
    )


def attend(
    world: World,
    clock: MovableClock,
    lines: Mapping[uuid.UUID, Present],
    held: Held = FIRST,
    coach: Someone | None = None,
) -> None:
    by = coach or world.coach
    with transaction() as session:
        record_attendance(
            session,
            held,
            lines,
            organisation_id=world.organisation_id,
            cohort=cohort_of(world, by),
            recorded_by=by.id,
            at=clock(),
        )


def meet(world: World, clock: MovableClock, person: Someone, said: OneToOne = SAID) -> uuid.UUID:
    entry_id = uuid.uuid4()
    with transaction() as session:
        record_one_to_one(
            session,
            scope_of(world, person),
            said,
            entry_id=entry_id,
            recorded_by=world.coach.id,
            at=clock(),
        )
    return entry_id


def minutes_of(world: World, *people: Someone) -> list[Mapping[str, int]]:
    ids = [person.id for person in people]
    found = attended_by(read_session(), world.organisation_id, world.offering_id, ids)
    return [found[one] for one in ids]


def test_minutes_are_recorded_for_the_coachs_own_people(world: World, clock: MovableClock) -> None:
    attend(
        world, clock, {world.amara.id: Present(120), world.ben.id: Present(0), world.dario.id: Present(120)}
    )

    assert minutes_of(world, world.amara, world.ben, world.dario) == [
        {"session_1": 120},
        {"session_1": 0},
        {},
    ]
    assert (
        session_record(read_session(), world.organisation_id, cohort_of(world, world.coach), "session_1").held
        == FIRST
    )


def test_both_cohorts_share_the_session_and_not_its_people(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(120)})
    attend(world, clock, {world.dario.id: Present(90)}, coach=world.other_coach)

    assert read_session().scalar(select(func.count()).select_from(GroupSession)) == 1
    for coach, people in ((world.coach, {world.amara.id}), (world.other_coach, {world.dario.id})):
        record = session_record(read_session(), world.organisation_id, cohort_of(world, coach), "session_1")
        assert set(record.people) == people


def test_nothing_is_recorded_before_somebody_records(world: World) -> None:
    record = session_record(read_session(), world.organisation_id, cohort_of(world, world.coach), "session_1")

    assert (record.held, record.people) == (None, {})


def test_nobody_was_there_longer_than_the_session(world: World, clock: MovableClock) -> None:
    with pytest.raises(Invalid) as refused:
        attend(world, clock, {world.amara.id: Present(121), world.ben.id: Present(120)})

    assert refused.value.faults == {str(world.amara.id): LONGER_THAN_SESSION}
    assert read_session().scalar(select(func.count()).select_from(GroupSession)) == 0


def test_a_correction_says_why_and_keeps_what_was_there(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(120)})
    recorded_at = clock()
    clock.forward(days=1)
    with pytest.raises(Invalid) as refused:
        attend(world, clock, {world.amara.id: Present(90)})
    assert refused.value.faults == {str(world.amara.id): WHY_CHANGED}

    attend(world, clock, {world.amara.id: Present(90, "left for a fire drill")})

    row = read_session().scalars(select(Attendance)).one()
    assert (row.minutes, row.note, row.recorded_at) == (90, "left for a fire drill", clock())
    assert row.corrections == [
        {"minutes": 120, "note": "", "by": str(world.coach.id), "at": recorded_at.isoformat()}
    ]


def test_the_same_line_again_is_no_correction(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(120, "early")})
    first = clock()
    clock.forward(days=1)
    attend(world, clock, {world.amara.id: Present(120, "early")})
    row = read_session().scalars(select(Attendance)).one()
    assert (row.recorded_at, row.corrections) == (first, [])

    attend(world, clock, {world.amara.id: Present(120, "came early")})
    row = read_session().scalars(select(Attendance)).one()
    assert (row.note, row.corrections) == ("came early", [])


@pytest.mark.parametrize(
    ("day", "accepted"),
    [
        (date(2026, 2, 1), False),  # before the program began
        (date(2026, 2, 2), True),
        (date(2026, 3, 12), True),  # today, in Denver
        (date(2026, 3, 13), False),  # not come yet
    ],
)
def test_time_is_recorded_for_days_that_were(
    world: World, clock: MovableClock, day: date, accepted: bool
) -> None:
    said = OneToOne(day, 30, "", "", "", "")
    held = Held("session_1", day, 120)
    if accepted:
        meet(world, clock, world.amara, said)
        attend(world, clock, {world.amara.id: Present(120)}, held)
        return
    for record in (
        lambda: meet(world, clock, world.amara, said),
        lambda: attend(world, clock, {world.amara.id: Present(120)}, held),
    ):
        with pytest.raises(Invalid) as refused:
            record()
        assert set(refused.value.faults) == {"held_on"}


def test_today_is_where_the_people_are(world: World, clock: MovableClock) -> None:
    clock.now = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)  # still the 12th in Denver
    with pytest.raises(Invalid):
        meet(world, clock, world.amara, OneToOne(date(2026, 3, 13), 30, "", "", "", ""))
    assert meet(world, clock, world.amara, OneToOne(date(2026, 3, 12), 30, "", "", "", ""))


def test_the_private_note_stays_with_coaches(world: World, clock: MovableClock) -> None:
    meet(world, clock, world.amara)
    scope = scope_of(world, world.amara)

    (shared,) = shared_entries(read_session(), scope)
    (full,) = entries_for_coach(read_session(), scope)

    assert (shared.next_step, shared.shared_note, shared.coach) == (
        "Invite two parents",
        "You listened.",
        "Ruth Adeyemi",
    )
    assert not hasattr(shared, "private_note")
    assert "gently" not in repr(shared)
    assert full.private_note == "Tired; go gently."


def test_one_to_ones_are_listed_newest_first(world: World, clock: MovableClock) -> None:
    for day in (10, 3, 17):
        meet(world, clock, world.amara, OneToOne(date(2026, 2, day), 30, str(day), "", "", ""))

    assert [entry.focus for entry in shared_entries(read_session(), scope_of(world, world.amara))] == [
        "17",
        "10",
        "3",
    ]
    days = days_of_one_to_ones(
        read_session(), world.organisation_id, world.offering_id, [world.amara.id, world.ben.id]
    )
    assert [day.day for day in days[world.amara.id]] == [3, 10, 17]
    assert days[world.ben.id] == []


def test_an_entry_is_changed_only_as_the_participants_own(world: World, clock: MovableClock) -> None:
    entry_id = meet(world, clock, world.amara)
    changed = OneToOne(date(2026, 2, 21), 45, "Team", "", "", "")

    def change(person: Someone) -> None:
        with transaction() as session:
            change_one_to_one(
                session,
                scope_of(world, person),
                changed,
                entry_id=entry_id,
                recorded_by=world.coach.id,
                at=clock(),
            )

    change(world.amara)
    assert find_entry(read_session(), scope_of(world, world.amara), entry_id).minutes == 45
    with pytest.raises(OfferingUnknown):
        change(world.ben)
    with pytest.raises(OfferingUnknown):
        find_entry(read_session(), scope_of(world, world.ben), entry_id)


def test_hours_are_the_sum_of_rows(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(110)})
    attend(world, clock, {world.amara.id: Present(0)}, Held("session_2", date(2026, 3, 3), 120))
    meet(world, clock, world.amara)
    meet(world, clock, world.amara, OneToOne(date(2026, 3, 9), 45, "", "", "", ""))

    ledger = hours_ledger(read_session(), scope_of(world, world.amara))

    assert ledger is not None
    assert [(line.held_on, line.kind.value, line.minutes) for line in ledger.lines] == [
        (date(2026, 2, 3), "group_session", 110),
        (date(2026, 2, 20), "coaching_session", 50),
        (date(2026, 3, 9), "coaching_session", 45),
    ]
    assert ledger.minutes == 205
    assert ledger.hours == Decimal("3.41")  # 3.41666…: never rounded up
    assert dict(ledger.minutes_by_kind) == {
        ActivityKind.GROUP_SESSION: 110,
        ActivityKind.COACHING_SESSION: 95,
    }


def test_without_rows_there_are_no_hours(world: World, clock: MovableClock) -> None:
    assert hours_ledger(read_session(), scope_of(world, world.amara)) is None
    attend(world, clock, {world.amara.id: Present(0)})
    assert hours_ledger(read_session(), scope_of(world, world.amara)) is None


def test_a_correction_changes_the_hours(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(120)})
    attend(world, clock, {world.amara.id: Present(60, "came late")})
    ledger = hours_ledger(read_session(), scope_of(world, world.amara))
    assert ledger is not None
    assert ledger.hours == 1


def test_ledgers_of_several_people_stay_apart(world: World, clock: MovableClock) -> None:
    attend(world, clock, {world.amara.id: Present(120)})
    meet(world, clock, world.ben)

    found = hours_ledgers(
        read_session(), scope_of(world, world.amara), [world.amara.id, world.ben.id, world.chloe.id]
    )

    assert [ledger.minutes if ledger else None for ledger in found.values()] == [120, 50, None]


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, "0.00"), (1, "0.01"), (20, "0.33"), (59, "0.98"), (60, "1.00"), (100, "1.66")]
)
def test_minutes_become_hours_rounded_down(minutes: int, hours: str) -> None:
    assert as_hours(minutes) == Decimal(hours)
