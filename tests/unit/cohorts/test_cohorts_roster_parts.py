"""A roster is taken over part by part, in few statements however many people, on both databases."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, event, func, select, text, update
from support.clock import MovableClock
from support.pg_tool import build_tool
from support.world import World, build_world

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.roster_reading import read_roster
from ltitool.cohorts.rosters import Filled, RosterFilling
from ltitool.foundation.bulk import given_rows, insert_all, table_of
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member
from ltitool.people.identities import LmsUser, recognise
from ltitool.people.models import LtiIdentity, Organisation, Person
from ltitool.people.sessions import Entry, open_session

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


def somebody(number: int, **changes: object) -> Member:
    known = {"name": f"Zoë “Z” {number}", "email": f"z{number}@school.example", "role": LtiRole.LEARNER}
    return Member(subject=f"sub-{number}", active=True, test_user=False, **{**known, **changes})  # type: ignore[arg-type]


def fill(world: World, clock: MovableClock, *parts: list[Member]) -> Filled:
    clock.forward(seconds=1)
    own = {"organisation_id": world.organisation_id, "context_id": world.context_id}
    with transaction() as session:
        filling = RosterFilling(session, new_id=uuid.uuid4, at=clock(), **own)
    for part in parts:
        with transaction() as session:
            filling.take(session, part)
    with transaction() as session:
        filling.finish(session)
    return filling.filled


def people(world: World) -> dict[str, tuple[str, str | None, str, bool, str | None]]:
    """Give name, e-mail, role, listed and the place's status of everybody in the course, by subject."""
    read_session().expire_all()
    place = (Membership.person_id == Person.id) & (Membership.role == "participant")
    rows = read_session().execute(
        select(
            CoursePerson.lms_subject,
            Person.display_name,
            Person.email,
            CoursePerson.role,
            CoursePerson.listed,
            Membership.status,
        )
        .join(Person, Person.id == CoursePerson.person_id)
        .outerjoin(Membership, place)
        .where(CoursePerson.context_id == world.context_id)
    )
    return {row[0]: tuple(row[1:]) for row in rows}


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
    assert counts[1] <= ADDED_STATEMENTS + 8  # finding the course, and who has gone


def test_a_roster_without_news_rewrites_nobody(world: World, clock: MovableClock) -> None:
    everybody = [somebody(number) for number in range(50)]
    fill(world, clock, everybody)
    with statements() as said:
        assert fill(world, clock, everybody) == Filled(listed=50, joined=0, left=0)
    written = [one.split()[0:3] for one in said if one.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    # One to mark them as listed; the two at the end look for who has gone, and find nobody.
    assert [words[1] for words in written] == ["course_person", "course_person", "membership"]
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


def begin(world: World, clock: MovableClock) -> RosterFilling:
    clock.forward(seconds=1)
    own = {"organisation_id": world.organisation_id, "context_id": world.context_id}
    with transaction() as session:
        return RosterFilling(session, new_id=uuid.uuid4, at=clock(), **own)


def go_on(filling: RosterFilling, *members: Member) -> None:
    with transaction() as session:
        filling.take(session, members)


def end(world: World, filling: RosterFilling, began: datetime) -> Filled:
    """End a reading as `refresh_roster` does."""
    with transaction() as session:
        filling.finish(session)
        course = session.get_one(Context, world.context_id)
        course.roster_read_at = max(began, course.roster_read_at or began)
    return filling.filled


def standing(world: World, *numbers: int) -> list[tuple[bool, str | None]]:
    found = people(world)
    return [found[f"sub-{number}"][3:] for number in numbers]


HERE, GONE = (True, "active"), (False, "inactive")


@pytest.mark.parametrize("earlier_takes_last", [False, True])
@pytest.mark.parametrize("earlier_ends_last", [False, True])
def test_two_readings_at_once_miss_only_who_is_in_neither(
    world: World, clock: MovableClock, *, earlier_takes_last: bool, earlier_ends_last: bool
) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    earlier, later = (begin(world, clock), clock()), (begin(world, clock), clock())
    for filling, _ in (later, earlier) if earlier_takes_last else (earlier, later):
        go_on(filling, somebody(1), somebody(2))
    gone = [
        end(world, *reading).left for reading in ((later, earlier) if earlier_ends_last else (earlier, later))
    ]
    assert standing(world, 1, 2, 3) == [HERE, HERE, GONE]
    assert sorted(gone) == [0, 1] if earlier_ends_last else sum(gone) >= 1


def test_a_reading_that_was_overtaken_marks_nobody(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2)])
    earlier, began = begin(world, clock), clock()
    go_on(earlier, somebody(1))
    later = begin(world, clock)
    go_on(later, somebody(1), somebody(2))
    end(world, later, clock())
    assert end(world, earlier, began) == Filled(listed=1, joined=0, left=0)
    assert standing(world, 1, 2) == [HERE, HERE]
    alone = begin(world, clock)  # the control
    go_on(alone, somebody(1))
    assert end(world, alone, clock()).left == 1
    assert standing(world, 1, 2) == [HERE, GONE]


def launch(world: World, clock: MovableClock, filling: RosterFilling, number: int) -> None:
    """Do what a launch does once it is proved."""
    course, who = filling._course, somebody(number)
    user = LmsUser(course.issuer, course.client_id, who.subject, who.name, who.email)
    own = {"organisation_id": world.organisation_id}
    with transaction() as session:
        person = recognise(session, user, person_id=uuid.uuid4(), at=clock(), **own)
        session.flush()
        came = Launched(
            organisation_id=world.organisation_id,
            platform_id=world.platform_id,
            person_id=person.id,
            subject=who.subject,
            context_id=world.context_id,
            resource_link_id=None,
            role=LtiRole.LEARNER,
            test_user=False,
            target_link_uri="",
            custom={},
        )
        roles = landing(clock)(session, came).roles
        entry = Entry(world.organisation_id, person.id, "lti", roles, "en", context_id=world.context_id)
        open_session(session, entry, session_id=uuid.uuid4(), new_token=lambda: uuid.uuid4().hex, at=clock())


def test_who_launches_while_the_roster_is_read_is_not_gone(world: World, clock: MovableClock) -> None:
    fill(world, clock, [somebody(1), somebody(2), somebody(3)])
    for number in (2, 3):
        launch(world, clock, begin(world, clock), number)
    reading = begin(world, clock)
    clock.forward(seconds=1)
    launch(world, clock, reading, 2)  # seen a moment ago: nothing of them is written anew
    launch(world, clock, reading, 9)
    go_on(reading, somebody(1))
    assert end(world, reading, clock()).left == 1
    assert standing(world, 1, 2, 9, 3) == [HERE, HERE, HERE, GONE]
    assert fill(world, clock, [somebody(1)]).left == 2  # who does not come again is gone at the next


ROSTER = "https://lms.valle-verde.example/roster"


class Answering(PlatformClient):
    """A platform whose roster names two people."""

    def send(self, call: Call) -> HttpAnswer:
        assert call.url == ROSTER
        listed = [{"user_id": f"sub-{number}", "roles": ["Learner"]} for number in (1, 9)]
        return HttpAnswer(200, {}, json.dumps({"members": listed}).encode())


def read_whole(world: World, clock: MovableClock) -> Filled:
    clock.forward(seconds=1)
    with transaction() as session:
        session.execute(update(Context).where(Context.id == world.context_id).values(memberships_url=ROSTER))
    return read_roster(
        world.context_id,
        organisation_id=world.organisation_id,
        client_for=lambda platform: Answering(platform, None, None, clock),  # type: ignore[arg-type] # it answers by itself
        new_id=uuid.uuid4,
        at=clock(),
    )


def come_from_elsewhere(world: World, clock: MovableClock, number: int) -> None:
    """Launch from a thread of one's own, as another process does."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # the thread has none

    def come() -> None:
        with app.app_context():
            launch(world, clock, begin(world, clock), number)
            db.session.remove()

    other = Thread(target=come)
    other.start()
    other.join()


@pytest.mark.parametrize("world", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("table", [LtiIdentity, CoursePerson, Membership])
def test_who_launches_between_look_and_insert_is_taken_as_known(
    world: World, clock: MovableClock, table: type[LtiIdentity | CoursePerson | Membership]
) -> None:
    """Somebody of whom the reading has seen no row in a table has one when it writes its own there."""
    fill(world, clock, [somebody(1)])
    if table is not LtiIdentity:
        launch(world, clock, begin(world, clock), 9)
    with transaction() as session:
        for lacking in {CoursePerson: [Membership, CoursePerson], Membership: [Membership]}.get(table, []):
            session.execute(delete(lacking).where(lacking.lms_subject == "sub-9"))
    raced = []

    def launch_now(*told: object) -> None:
        said = str(told[2])
        if not raced and "json_to_recordset" in said and f" {table.__tablename__} " in said:
            raced.append(table)
            come_from_elsewhere(world, clock, 9)

    event.listen(db.engine, "after_cursor_execute", launch_now)
    try:
        filled = read_whole(world, clock)
    finally:
        event.remove(db.engine, "after_cursor_execute", launch_now)
    assert (raced, filled.listed) == ([table], 2)
    assert standing(world, 1, 9) == [HERE, HERE]
    for one in (LtiIdentity.subject, CoursePerson.lms_subject, Membership.lms_subject):
        assert read_session().scalar(select(func.count()).where(one == "sub-9")) == 1
