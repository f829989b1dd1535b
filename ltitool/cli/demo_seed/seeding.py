"""Seed the demo: a cohort in its last week, laid down through the features' own use cases.

Seeding is all or nothing. Each person is laid down in their own transactions, and the coach's last look at
the board is the last thing written: a database without it was interrupted, and is started over.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cli.demo_seed.ground import COACHES, lay_ground
from ltitool.cli.demo_seed.keeping import Keeper
from ltitool.cli.demo_seed.photographing import Camera
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.demo_seed.story import Story, stories
from ltitool.cli.demo_seed.working import Worker
from ltitool.cohorts.models import BoardLook, Offering
from ltitool.cohorts.scope import ParticipantScope, reader_scope
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.models import Organisation
from ltitool.sandbox.seed import DEMO

Say = Callable[[str], None]
DRIFT = timedelta(days=7)  # further than this and the cohort no longer stands in its last week


def why_start_over(app: Flask, place: DemoPlace) -> str | None:
    """Say why what an earlier start laid down cannot be used now; None if it can, or if there is nothing."""
    with app.app_context():
        session = read_session()
        if session.scalar(select(Organisation.id).limit(1)) is None:
            return None
        offering = session.get(Offering, place.offering_id)
        if offering is None or session.scalar(select(BoardLook.id).limit(1)) is None:
            return "it comes from another version of the demo, or its seeding was interrupted"
        if abs(offering.starts_on - place.starts_on) > DRIFT:
            return f"its thirteen weeks began on {offering.starts_on} and are over"
        return None


def seed_demo(app: Flask, place: DemoPlace, say: Say = print) -> None:
    """Lay the demo down in an empty database; what an earlier start laid down is kept as people left it."""
    with app.app_context():
        if read_session().get(Offering, place.offering_id) is not None:
            return
        told = stories()
        with Camera(place, told) as camera:
            say("laying down the district, its two cohorts and their people")
            lay_ground(place, services().settings)
            _keep_records(place, told)
            for story in told:
                _play(place, story, camera, say)
        with transaction() as session:
            _keeper(session, place, DemoPlace.PARTICIPANT).look(session)


def _keep_records(place: DemoPlace, told: Sequence[Story]) -> None:
    for course_id, people in _by_course(told).items():
        with transaction() as session:
            keeper = Keeper(session, place, COACHES[course_id], course_id)
            program = _scope(session, place, people[0].person).program
            keeper.record_sessions(session, program, people)
            for story in people:
                keeper.record_one_to_ones(session, story)


def _play(place: DemoPlace, story: Story, camera: Camera, say: Say) -> None:
    """Let one person do what they have done, in the order in which it would have happened."""
    person = DEMO.person(story.person)
    if story.photos or story.power_map:
        say(f"{person.name}: {len(story.photos)} photos, {len(story.sheets)} answer sheets")
    worker = Worker(place, _scope(read_session(), place, story.person), person.locale)
    for photo in story.photos:
        camera.take(story.person, worker, photo)
    with transaction() as session:
        for sheet in story.sheets:
            worker.fill_in(session, sheet)
            session.flush()
        if story.power_map:
            worker.draw_map(session, story.power_map)
    _finish(place, story, worker)


def _finish(place: DemoPlace, story: Story, worker: Worker) -> None:
    keystone = story.keystone
    if keystone is None:
        return
    with transaction() as session:
        worker.write_keystone(session, keystone)
    if keystone.sent is None:
        return
    with transaction() as session:
        submission_id = worker.send_keystone(session, keystone.sent)
    if keystone.scores is not None:
        with transaction() as session:
            _keeper(session, place, story.person).score(session, submission_id, keystone.scores)


def _scope(session: Session, place: DemoPlace, person: str) -> ParticipantScope:
    person_id = place.person_id(person)
    read = partial(reader_scope, organisation_id=place.organisation_id, offering_id=place.offering_id)
    return read(session, reader_id=person_id, roles=(), participant_id=person_id)


def _keeper(session: Session, place: DemoPlace, person: str) -> Keeper:
    course_id = _course_of(person)
    return Keeper(session, place, COACHES[course_id], course_id)


def _by_course(told: Sequence[Story]) -> Mapping[str, list[Story]]:
    found: dict[str, list[Story]] = {}
    for story in told:
        found.setdefault(_course_of(story.person), []).append(story)
    return found


def _course_of(person: str) -> str:
    return next(one.course_id for one in DEMO.enrolments if one.person_key == person)
