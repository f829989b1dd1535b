"""Somebody who was here before launches, in one statement, while a reading of their course's roster ends."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from flask import Flask, request_started
from sqlalchemy import event, insert, select
from support import pg_tool
from support.clock import MovableClock
from support.practice import ACTIVITY, ORGANISATION, PERSON, Browser, Wire
from support.reading_rosters import elsewhere, somebody, until_it_waits

from ltitool.cohorts.arrivals import landing
from ltitool.cohorts.known_arrivals import known_arrivals
from ltitool.cohorts.models import CoursePerson, Membership
from ltitool.cohorts.offerings import NewOffering, connect_course, create_offering
from ltitool.cohorts.rosters import RosterFilling
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti import vocabulary as words
from ltitool.lti.landing import bind_landing
from ltitool.lti.launchrows import nonce_hash
from ltitool.lti.models import BurntNonce, Context
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member, course_in_turn
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.sandbox.forge import Forge

pytestmark = pytest.mark.postgres
SOMEBODY_ELSE = Member("another", "Somebody else", None, LtiRole.LEARNER, active=True, test_user=False)


@dataclass
class Course:
    """A course that runs the program, and one person who has come from it before."""

    id: uuid.UUID
    browser: Browser
    clock: MovableClock

    def ask(self) -> tuple[str, dict[str, str]]:
        """Log in; gives the nonce, and the launch that an LMS would post."""
        query = self.browser.ask()
        token = self.browser.forge.mint(self.browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
        return query["nonce"], {"state": query["state"], "id_token": token}

    def launch(self, form: dict[str, str], ordinary: list[str]) -> None:
        """Launch, and note what is sent besides the one statement: on the ordinary way, everything."""
        here = get_ident()

        def note(*told: Any) -> None:
            if get_ident() == here:
                ordinary.append(told[2])

        event.listen(db.engine, "after_cursor_execute", note)
        try:
            assert self.browser.launch(form).status_code == 303
        finally:
            event.remove(db.engine, "after_cursor_execute", note)

    def missing_them(self) -> RosterFilling:
        """Read a roster that lists somebody else, up to its end."""
        self.clock.forward(seconds=1)
        with transaction() as session:
            reading = RosterFilling(
                session,
                organisation_id=ORGANISATION,
                context_id=self.id,
                new_id=uuid.uuid4,
                at=self.clock(),
            )
        with transaction() as session:
            reading.take(session, [SOMEBODY_ELSE])
        self.clock.forward(seconds=1)
        return reading

    def standing(self) -> tuple[bool, str]:
        session = read_session()
        session.expire_all()
        theirs = select(CoursePerson).where(CoursePerson.lms_subject != SOMEBODY_ELSE.subject)
        known = session.scalars(theirs).one()
        place = session.scalars(select(Membership).where(Membership.person_id == known.person_id)).one()
        session.commit()
        return known.listed, place.status


@pytest.fixture
def course(
    postgres_url: str, tmp_path: Path, wire: Wire, forge: Forge, clock: MovableClock
) -> Iterator[Course]:
    tool: Flask = pg_tool.build_tool(postgres_url, tmp_path, clock)
    with tool.app_context(), request_started.connected_to(pg_tool.forget_request, tool):
        pg_tool.empty(tool, wire, clock)
        bind_landing(tool, landing(clock), known_arrivals())
        browser = Browser(tool.test_client(), forge)
        assert browser.launch_well().status_code == 303
        context_id = read_session().scalars(select(Context.id)).one()
        with transaction() as session:
            ids = {"organisation_id": ORGANISATION, "offering_id": uuid.uuid4()}
            run = NewOffering("Autumn", date(2026, 2, 2), "UTC")
            create_offering(session, run, load_shipped()[DEFAULT_PROGRAM], at=clock(), **ids)
            session.flush()
            connect_course(session, context_id=context_id, at=clock(), **ids)
        assert browser.launch_well().status_code == 303
        yield Course(context_id, browser, clock)
        db.session.remove()
        db.engine.dispose()


def test_a_reading_that_ends_waits_for_a_launch_that_is_under_way(course: Course) -> None:
    reading, ordinary = course.missing_them(), list[str]()
    nonce, form = course.ask()

    def end() -> None:
        with transaction() as session:
            reading.finish(session)

    with (
        elsewhere(end) as ending,
        elsewhere(lambda: course.launch(form, ordinary)) as launching,
        transaction() as session,
    ):
        # The same nonce, not committed and never to be: the launch waits at it, in its one statement.
        burnt = {"nonce_hash": nonce_hash(nonce), "keep_until": course.clock()}
        session.execute(insert(BurntNonce).values(burnt))
        until_it_waits(launching)
        until_it_waits(ending, waiting=2)
        session.rollback()
    assert (ordinary, course.standing()) == ([], (True, "active"))


def test_a_launch_that_comes_while_a_reading_ends_takes_the_ordinary_way(course: Course) -> None:
    reading, ordinary = course.missing_them(), list[str]()
    _nonce, form = course.ask()
    with elsewhere(lambda: course.launch(form, ordinary)) as launching, transaction() as session:
        reading.finish(session)
        session.flush()
        until_it_waits(launching)
    assert reading.filled.left == 1
    assert course.standing() == (True, "active")
    assert ordinary != []


def test_nobody_who_comes_at_another_time_is_spared(course: Course) -> None:
    """The control: the same reading, with nobody launching."""
    reading = course.missing_them()
    with transaction() as session:
        reading.finish(session)
    assert course.standing() == (False, "inactive")


def test_a_newcomer_whose_launch_changes_the_course_and_a_part_that_lists_them_never_wait_for_each_other(
    course: Course,
) -> None:
    """The launch takes the course's row before the newcomer's; the part waits there, and then knows them."""
    reading, newcomer, waited = course.missing_them(), somebody(9), list[bool]()
    query, forge = course.browser.ask(), course.browser.forge
    claims = forge.claims(PERSON, ACTIVITY, query["nonce"])
    claims["sub"] = newcomer.subject
    claims[words.CUSTOM] = {**claims.get(words.CUSTOM, {}), "context_history": "a-course-of-last-year"}

    def take() -> None:
        with transaction() as session:
            assert course_in_turn(session, ORGANISATION, course.id, began=reading._at)
            reading.take(session, [newcomer])

    with elsewhere(take) as taking:

        def take_now(*told: Any) -> None:
            if told[2].startswith("INSERT INTO lti_identity") and not taking.is_alive():
                until_it_waits(taking)
                waited.append(taking.is_alive())

        event.listen(db.engine, "after_cursor_execute", take_now)
        try:
            form = {"state": query["state"], "id_token": forge.mint(claims)}
            assert course.browser.launch(form).status_code == 303
        finally:
            event.remove(db.engine, "after_cursor_execute", take_now)
    assert waited == [True]
    known = select(CoursePerson.listed_at).where(CoursePerson.lms_subject == newcomer.subject)
    assert read_session().scalars(known).all() == [reading._at]
