"""Readings of the world's roster, step by step, and launches between the steps."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from support.clock import MovableClock
from support.world import World

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.rosters import Filled, RosterFilling
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context, Platform
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member, course_in_turn
from ltitool.people.identities import LmsUser, recognise
from ltitool.people.models import Person
from ltitool.people.sessions import Entry, open_session

HERE, GONE = (True, "active"), (False, "inactive")


def somebody(number: int, **changes: object) -> Member:
    known = {"name": f"Zoë “Z” {number}", "email": f"z{number}@school.example", "role": LtiRole.LEARNER}
    return Member(subject=f"sub-{number}", active=True, test_user=False, **{**known, **changes})  # type: ignore[arg-type]


def fill(world: World, clock: MovableClock, *parts: list[Member]) -> Filled:
    """Read a whole roster, part by part."""
    filling = begin(world, clock)
    for part in parts:
        go_on(world, filling, *part)
    return end(world, filling)


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


def begin(world: World, clock: MovableClock) -> RosterFilling:
    clock.forward(seconds=1)
    own = {"organisation_id": world.organisation_id, "context_id": world.context_id}
    with transaction() as session:
        return RosterFilling(session, new_id=uuid.uuid4, at=clock(), **own)


def go_on(world: World, filling: RosterFilling, *members: Member) -> None:
    """Take one part over as `refresh_roster` does."""
    with transaction() as session:
        if turn(session, world, filling):
            filling.take(session, members)


def end(world: World, filling: RosterFilling) -> Filled:
    """End a reading as `refresh_roster` does."""
    with transaction() as session:
        if course := turn(session, world, filling):
            filling.finish(session)
            course.roster_read_at = filling._at
    return filling.filled


def turn(session: Session, world: World, filling: RosterFilling) -> Context | None:
    return course_in_turn(session, world.organisation_id, world.context_id, began=filling._at)


def standing(world: World, *numbers: int) -> list[tuple[bool, str | None]]:
    found = people(world)
    return [found[f"sub-{number}"][3:] for number in numbers]


def launch(world: World, clock: MovableClock, number: int) -> None:
    """Do what a launch does once it is proved."""
    clock.forward(seconds=1)
    with transaction() as session:
        come(session, world, clock, number)


def come(session: Session, world: World, clock: MovableClock, number: int, **custom: str) -> None:
    """Do what a launch does within its transaction."""
    own, who = {"organisation_id": world.organisation_id}, somebody(number)
    lms = session.get_one(Platform, world.platform_id)
    user = LmsUser(lms.issuer, lms.client_id, who.subject, who.name, who.email)
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
        custom=custom,
    )
    roles = landing(clock)(session, came).roles
    entry = Entry(world.organisation_id, person.id, "lti", roles, "en", context_id=world.context_id)
    open_session(session, entry, session_id=uuid.uuid4(), new_token=lambda: uuid.uuid4().hex, at=clock())


@contextmanager
def elsewhere(act: Callable[[], object]) -> Iterator[Thread]:
    """Do something in a thread of its own, as another process does; at the end it is waited for."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # the thread has none
    faults: list[BaseException] = []

    def do() -> None:
        with app.app_context():
            try:
                act()
            except BaseException as fault:  # noqa: BLE001 - told to whoever waits
                faults.append(fault)
            db.session.remove()

    other = Thread(target=do)
    yield other
    other.join()
    assert faults == []


def until_it_waits(other: Thread, *, waiting: int = 1) -> None:
    """Start a thread and go on when so many wait in the database, or when it has ended without."""
    other.start()
    counted = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with db.engine.connect() as looking:
        while other.is_alive() and (looking.scalar(counted) or 0) < waiting:
            pass
