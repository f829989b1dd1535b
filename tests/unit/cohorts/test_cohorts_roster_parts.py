"""A roster is taken over part by part, in few statements however many people, on both databases."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, select, text, update
from support.clock import MovableClock
from support.pg_tool import build_tool
from support.reading_rosters import (
    GONE,
    HERE,
    begin,
    elsewhere,
    end,
    fill,
    go_on,
    launch,
    people,
    somebody,
    standing,
)
from support.world import World, build_world

from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.roster_reading import read_roster
from ltitool.cohorts.rosters import Filled
from ltitool.foundation.bulk import given_rows, insert_all, table_of
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.models import Context
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.roles import LtiRole
from ltitool.lti.service_errors import ServiceAnswerUnreadable
from ltitool.people.models import LtiIdentity, Organisation

ADDED_STATEMENTS = 12  # a part whose people are half new and half known, everything in it changed


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, clock: MovableClock, tmp_path: Path) -> Iterator[World]:
    if request.param == "sqlite":
        request.getfixturevalue("app")
        yield request.getfixturevalue("world_template").world
        return
    tool = build_tool(request.getfixturevalue("postgres_url"), tmp_path, clock)
    with tool.app_context():
        yield build_world(clock)
        db.session.remove()
        db.engine.dispose()


def shown(
    number: int, *, name: str = "", role: str = "learner", listed: bool = True, place: str | None
) -> object:
    return name or f"Zoë “Z” {number}", f"z{number}@school.example", role, listed, place


def test_new_changed_gone_and_back_in_parts(world: World, clock: MovableClock) -> None:
    first = [somebody(1), somebody(2), somebody(3, role=LtiRole.INSTRUCTOR)]
    assert fill(world, clock, first[:2], first[2:]).joined == 2
    found = people(world)
    assert found["sub-1"] == shown(1, place="active")
    assert found["sub-3"] == shown(3, role="instructor", place=None)

    later = [somebody(1, name="Zoë New"), somebody(3), somebody(4)]
    assert fill(world, clock, later) == Filled(listed=3, joined=2, left=1)
    found = people(world)
    assert found["sub-1"] == shown(1, name="Zoë New", place="active")
    assert found["sub-2"] == shown(2, listed=False, place="inactive")
    assert found["sub-3"] == shown(3, place="active")
    assert found["sub-4"] == shown(4, place="active")

    assert fill(world, clock, later, [somebody(2)]) == Filled(listed=4, joined=1, left=0)
    assert people(world)["sub-2"] == shown(2, place="active")


def test_a_roster_lowers_nothing_that_a_launch_has_shown(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2, role=LtiRole.INSTRUCTOR)])
    with transaction() as session:
        taught = CoursePerson.lms_subject == "sub-2"
        session.execute(update(CoursePerson).where(taught).values(proved_by="launch"))
    assert fill(world, clock, [somebody(1), somebody(2)]).joined == 0
    assert people(world)["sub-2"] == shown(2, role="instructor", place=None)
    with transaction() as session:
        session.execute(update(CoursePerson).where(taught).values(proved_by="roster"))
    assert fill(world, clock, [somebody(1), somebody(2)]).joined == 1


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_part_takes_the_same_few_statements_whatever_its_size(world: World, clock: MovableClock) -> None:
    counts = []
    for start, size in ((0, 4), (1000, 400)):
        known = [somebody(number) for number in range(start, start + size)]
        fill(world, clock, known)
        changed = [
            somebody(number, name="Zoë New", role=LtiRole.INSTRUCTOR) for number in range(start, start + size)
        ]
        strangers = [somebody(number) for number in range(start + size, start + 2 * size)]
        with statements() as said:
            fill(world, clock, changed + strangers)
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[1] <= ADDED_STATEMENTS + 10  # finding and holding the course, and who has gone


def test_a_roster_without_news_rewrites_nobody(world: World, clock: MovableClock) -> None:
    everybody = [somebody(number) for number in range(50)]
    fill(world, clock, everybody)
    with statements() as said:
        assert fill(world, clock, everybody) == Filled(listed=50, joined=0, left=0)
    written = [one.split()[0:3] for one in said if one.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    # One to mark them as listed; two at the end look for who has gone, and find nobody; then it was read.
    assert [words[1] for words in written] == ["course_person", "course_person", "membership", "context"]
    if db.engine.dialect.name == "postgresql":
        before = stamps()
        fill(world, clock, everybody)
        assert stamps() == before


def stamps() -> set[tuple[str, ...]]:
    """Give which transaction wrote each row that a roster without news leaves alone."""
    with db.engine.connect() as connection:
        return {
            (table, str(row[0]), str(row[1]))
            for table in ("person", "lti_identity", "membership")
            for row in connection.execute(text(f"SELECT id, xmin FROM {table}"))  # noqa: S608 - our own names
        }


def test_rows_put_in_together_are_those_that_were_given(world: World, clock: MovableClock) -> None:
    rows = [
        {"id": uuid.uuid4(), "slug": slug, "name": name, "created_at": clock()}
        for slug, name in (("quoted", 'a "b" \\ {c}'), ("lines", "a\nb\tç 😀"))
    ]
    with transaction() as session:
        insert_all(session, Organisation, rows)
        insert_all(session, Organisation, [])
    found = read_session().execute(
        select(Organisation.id, Organisation.slug, Organisation.name, Organisation.created_at).where(
            Organisation.slug.in_(["quoted", "lines"])
        )
    )
    assert sorted(found.mappings(), key=lambda row: row["slug"]) == sorted(
        rows, key=lambda row: str(row["slug"])
    )


def test_a_value_that_json_has_no_word_for_is_refused(world: World) -> None:
    types = {"subject": table_of(LtiIdentity).c.subject.type}
    given = given_rows(read_session(), [{"subject": "a"}], types)
    assert read_session().execute(select(func.count()).select_from(given)).scalar() == 1
    with pytest.raises(TypeError, match="set cannot be given"):
        given_rows(read_session(), [{"subject": {"a"}}], types)


@pytest.mark.parametrize("earlier_takes_last", [False, True])
@pytest.mark.parametrize("earlier_ends_last", [False, True])
def test_two_readings_at_once_miss_only_who_is_in_neither(
    world: World, clock: MovableClock, *, earlier_takes_last: bool, earlier_ends_last: bool
) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    earlier, later = begin(world, clock), begin(world, clock)
    for filling in (later, earlier) if earlier_takes_last else (earlier, later):
        go_on(world, filling, somebody(1), somebody(2))
    gone = [end(world, one).left for one in ((later, earlier) if earlier_ends_last else (earlier, later))]
    assert standing(world, 1, 2, 3) == [HERE, HERE, GONE]
    assert sorted(gone) == [0, 1] if earlier_ends_last else sum(gone) >= 1


def test_a_reading_that_was_overtaken_marks_nobody(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2)])
    earlier = begin(world, clock)
    go_on(world, earlier, somebody(1))
    later = begin(world, clock)
    go_on(world, later, somebody(1), somebody(2))
    end(world, later)
    assert end(world, earlier) == Filled(listed=1, joined=0, left=0)
    assert standing(world, 1, 2) == [HERE, HERE]
    alone = begin(world, clock)  # the control
    go_on(world, alone, somebody(1))
    assert end(world, alone).left == 1
    assert standing(world, 1, 2) == [HERE, GONE]


def test_who_launches_while_the_roster_is_read_is_not_gone(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    for number in (2, 3):
        launch(world, clock, number)
    reading = begin(world, clock)
    clock.forward(seconds=1)
    launch(world, clock, 2)  # seen a moment ago: nothing of them is written anew
    launch(world, clock, 9)
    go_on(world, reading, somebody(1))
    assert end(world, reading).left == 1
    assert standing(world, 1, 2, 9, 3) == [HERE, HERE, HERE, GONE]
    assert fill(world, clock, [somebody(1)]).left == 2  # who does not come again is gone at the next


ROSTER = "https://lms.valle-verde.example/roster"


def nothing() -> None:
    """Let nothing happen while the LMS answers."""


@dataclass(frozen=True)
class Answering(PlatformClient):
    """A platform whose roster names these people, and what happens before the answer is here."""

    numbers: tuple[int, ...] = ()
    meanwhile: Callable[[], object] = nothing

    def send(self, call: Call) -> HttpAnswer:
        assert call.url == ROSTER
        self.meanwhile()
        listed = [{"user_id": f"sub-{number}", "roles": ["Learner"]} for number in self.numbers]
        return HttpAnswer(200, {}, json.dumps({"members": listed}).encode())


def read_whole(
    world: World, clock: MovableClock, *numbers: int, meanwhile: Callable[[], object] = nothing
) -> Filled:
    clock.forward(seconds=1)
    with transaction() as session:
        session.execute(update(Context).where(Context.id == world.context_id).values(memberships_url=ROSTER))
    return read_roster(
        world.context_id,
        organisation_id=world.organisation_id,
        client_for=lambda platform: Answering(
            platform, None, None, clock, numbers=numbers, meanwhile=meanwhile
        ),  # type: ignore[arg-type] # it answers by itself
        new_id=uuid.uuid4,
        at=clock(),
    )


def course(world: World) -> Context:
    session = read_session()
    session.expire_all()
    found = session.get_one(Context, world.context_id)
    session.commit()
    return found


def test_a_reading_that_was_overtaken_brings_nobody_back(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2)])
    read_whole(world, clock, 1, 2, 9, meanwhile=lambda: read_whole(world, clock, 1))
    assert standing(world, 1, 2) == [HERE, GONE]
    assert "sub-9" not in people(world)
    assert course(world).roster_read_at == clock.now  # that of the later one
    read_whole(world, clock, 1, 2, 9)  # the control
    assert standing(world, 1, 2, 9) == [HERE, HERE, HERE]


def test_a_reading_that_was_overtaken_and_fails_says_nothing(world: World, clock: MovableClock) -> None:
    def refuse() -> None:
        raise ServiceAnswerUnreadable("a page that is none")

    def be_overtaken_and_refuse() -> None:
        read_whole(world, clock, 1)
        refuse()

    with pytest.raises(ServiceAnswerUnreadable):
        read_whole(world, clock, 1, meanwhile=be_overtaken_and_refuse)
    assert course(world).roster_error is None
    with pytest.raises(ServiceAnswerUnreadable):
        read_whole(world, clock, 1, meanwhile=refuse)  # the control
    assert course(world).roster_error == ServiceAnswerUnreadable.code


@pytest.mark.parametrize("world", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("table", [LtiIdentity, CoursePerson, Membership])
def test_who_launches_between_look_and_insert_is_taken_as_known(
    world: World, clock: MovableClock, table: type[LtiIdentity | CoursePerson | Membership]
) -> None:
    """Somebody of whom the reading has seen no row in a table has one when it writes its own there."""
    fill(world, clock, [somebody(1)])
    if table is not LtiIdentity:
        launch(world, clock, 9)
    with transaction() as session:
        for lacking in {CoursePerson: [Membership, CoursePerson], Membership: [Membership]}.get(table, []):
            session.execute(delete(lacking).where(lacking.lms_subject == "sub-9"))
    raced = []

    def launch_now(*told: object) -> None:
        said = str(told[2])
        if not raced and "json_to_recordset" in said and f" {table.__tablename__} " in said:
            raced.append(table)
            with elsewhere(lambda: launch(world, clock, 9)) as other:
                other.start()

    event.listen(db.engine, "after_cursor_execute", launch_now)
    try:
        filled = read_whole(world, clock, 1, 9)
    finally:
        event.remove(db.engine, "after_cursor_execute", launch_now)
    assert (raced, filled.listed) == ([table], 2)
    assert standing(world, 1, 9) == [HERE, HERE]
    for one in (LtiIdentity.subject, CoursePerson.lms_subject, Membership.lms_subject):
        assert read_session().scalar(select(func.count()).where(one == "sub-9")) == 1
