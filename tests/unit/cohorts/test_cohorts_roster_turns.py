"""What a roster's reading says who is gone waits for what is being written about them: on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from support.clock import MovableClock
from support.pg_tool import build_tool
from support.reading_rosters import (
    GONE,
    HERE,
    begin,
    come,
    elsewhere,
    end,
    fill,
    go_on,
    launch,
    somebody,
    standing,
    turn,
    until_it_waits,
)
from support.world import World, build_world

from ltitool.cohorts.memberships import LAUNCH, Came, note_course_person
from ltitool.cohorts.models import CoursePerson
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti.roles import LtiRole

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(postgres_url: str, tmp_path: Path, clock: MovableClock) -> Iterator[World]:
    with build_tool(postgres_url, tmp_path, clock).app_context():
        yield build_world(clock)
        db.session.remove()
        db.engine.dispose()


def test_a_later_reading_ends_after_the_part_that_an_earlier_one_is_writing(
    world: World, clock: MovableClock
) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    fill(world, clock, [somebody(1), somebody(3)])
    earlier, later = begin(world, clock), begin(world, clock)
    go_on(world, later, somebody(1), somebody(3))
    with elsewhere(lambda: end(world, later)) as other, transaction() as session:
        assert turn(session, world, earlier)
        earlier.take(session, [somebody(1), somebody(2), somebody(9)])  # one was gone, one is new
        session.flush()
        until_it_waits(other)
    assert standing(world, 1, 2, 9, 3) == [HERE, GONE, GONE, HERE]
    assert later.filled.left == 2
    again = begin(world, clock)  # the control
    go_on(world, again, somebody(1), somebody(2), somebody(9))
    end(world, again)
    assert standing(world, 1, 2, 9, 3) == [HERE, HERE, HERE, GONE]


def test_who_is_launching_when_a_reading_ends_is_not_gone(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    launch(world, clock, 2)
    reading = begin(world, clock)
    go_on(world, reading, somebody(1))
    clock.forward(seconds=1)
    with elsewhere(lambda: end(world, reading)) as other, transaction() as session:
        come(session, world, clock, 2)  # they were here a moment ago: nothing of them is written anew
        session.flush()
        until_it_waits(other)
    assert standing(world, 1, 2, 3) == [HERE, HERE, GONE]


def test_who_launches_while_a_reading_is_ending_comes_back(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2)])
    reading = begin(world, clock)
    go_on(world, reading, somebody(1))

    def come_now() -> None:
        with transaction() as session:
            come(session, world, clock, 2)

    with elsewhere(come_now) as other, transaction() as session:
        course = turn(session, world, reading)
        assert course is not None
        reading.finish(session)
        course.roster_read_at = clock.now
        session.flush()
        until_it_waits(other)
    assert reading.filled.left == 1
    assert standing(world, 1, 2) == [HERE, HERE]


def test_a_launch_that_changes_its_course_and_a_reading_that_ends_never_wait_for_each_other(
    world: World, clock: MovableClock
) -> None:
    """Both take the course's row first, so the reading waits there until the launch has all that it needs."""
    fill(world, clock, [somebody(1), somebody(2)])
    reading = begin(world, clock)
    go_on(world, reading, somebody(1))
    clock.forward(seconds=1)
    with elsewhere(lambda: end(world, reading)) as other, transaction() as session:

        def end_now(*told: Any) -> None:
            if "FOR KEY SHARE" in told[2] and not other.is_alive():
                until_it_waits(other)

        event.listen(db.engine, "after_cursor_execute", end_now)
        try:
            come(session, world, clock, 2, context_history="a-course-of-last-year")
        finally:
            event.remove(db.engine, "after_cursor_execute", end_now)
        assert other.is_alive()
    assert standing(world, 1, 2) == [HERE, HERE]


@pytest.mark.parametrize("meanwhile", [False, True], ids=["before the reading", "while it looks"])
def test_nobody_becomes_less_than_a_launch_shows_while_a_part_is_taken(
    world: World, clock: MovableClock, *, meanwhile: bool
) -> None:
    fill(world, clock, [somebody(1), somebody(2)])
    person = read_session().scalars(select(CoursePerson).where(CoursePerson.lms_subject == "sub-2")).one()
    came = Came(world.context_id, person.person_id, "sub-2", LtiRole.INSTRUCTOR, LAUNCH)
    read_session().commit()
    reading, shown = begin(world, clock), list[bool]()

    def teach() -> None:
        with transaction() as session:
            note_course_person(session, organisation_id=world.organisation_id, came=came, at=clock())

    def teach_now(*told: Any) -> None:
        if meanwhile and not shown and "json_to_recordset" in told[2] and "lms_groups" in told[2]:
            shown.append(True)
            with elsewhere(teach) as other:
                other.start()

    event.listen(db.engine, "after_cursor_execute", teach_now)
    try:
        if not meanwhile:
            teach()
        go_on(world, reading, somebody(1), somebody(2, groups=("g",)))
    finally:
        event.remove(db.engine, "after_cursor_execute", teach_now)
    assert shown == [True] * meanwhile
    read_session().expire_all()
    row = read_session().scalars(select(CoursePerson).where(CoursePerson.lms_subject == "sub-2")).one()
    assert (row.role, row.proved_by, row.lms_groups) == ("instructor", "launch", ["g"])
