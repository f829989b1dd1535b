"""People on the way to a badge: everything recorded that a program asks for, straight in the tables."""

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from support.clock import MovableClock
from support.world import Someone, World

from ltitool.cohorts.models import Attendance, CoachingEntry, GroupSession
from ltitool.cohorts.progress import note_progress
from ltitool.cohorts.scope import ParticipantScope, participant_scope
from ltitool.credentials.awarding import Randomness, issue_award, reserve_award
from ltitool.credentials.identity import HolderIdentity, confirm_identity
from ltitool.credentials.models import Award
from ltitool.evidence.models import Keystone, KeystoneSubmission
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import EXTENSION, Services
from ltitool.programs import ActivityKind
from ltitool.scoring.models import CriterionScore, Outcome, ScoringTask

LICENCE = "NM-448812"
SESSION_MINUTES, ONE_TO_ONE_MINUTES = 120, 50


def scope_of(person: Someone) -> ParticipantScope:
    return participant_scope(
        read_session(),
        organisation_id=person.organisation_id,
        person_id=person.id,
        context_id=person.context_id,
    )


def finish(
    world: World, person: Someone, clock: MovableClock, *, with_hours: bool = True
) -> ParticipantScope:
    """Record everything that the program asks of somebody, the passed keystone included."""
    scope = scope_of(person)
    with transaction() as session:
        for activity in scope.program.required_activities:
            note_progress(
                session,
                organisation_id=scope.organisation_id,
                offering_id=scope.offering_id,
                person_id=person.id,
                activity_key=activity.key,
                state="submitted",
                at=clock(),
            )
        if with_hours:
            sessions = scope.program.of_kind(ActivityKind.GROUP_SESSION)
            attend(session, scope, {one.key: SESSION_MINUTES for one in sessions}, world.coach.id)
            meet(session, scope, [ONE_TO_ONE_MINUTES] * scope.program.completion.coaching_minimum, world)
        score_keystone(session, scope, world.coach.id, clock)
    return scope


def attend(
    session: Session, scope: ParticipantScope, minutes: Mapping[str, int], coach_id: uuid.UUID
) -> None:
    """Record attendance by the session's activity key; sessions that are there already are used."""
    for key, present in minutes.items():
        held_id = uuid.uuid5(scope.offering_id, f"session:{key}")
        if session.get(GroupSession, held_id) is None:
            session.add(
                GroupSession(
                    id=held_id,
                    organisation_id=scope.organisation_id,
                    offering_id=scope.offering_id,
                    activity_key=key,
                    held_on=scope.starts_on,
                    minutes=1440,
                )
            )
            session.flush()
        session.add(
            Attendance(
                id=uuid.uuid4(),
                organisation_id=scope.organisation_id,
                group_session_id=held_id,
                person_id=scope.person_id,
                minutes=present,
                note="",
                corrections=[],
                recorded_by=coach_id,
                recorded_at=_noon(scope),
            )
        )


def meet(session: Session, scope: ParticipantScope, minutes: Sequence[int], world: World) -> None:
    """Record 1:1s of these lengths."""
    for number, length in enumerate(minutes):
        session.add(
            CoachingEntry(
                id=uuid.uuid4(),
                organisation_id=scope.organisation_id,
                offering_id=scope.offering_id,
                person_id=scope.person_id,
                held_on=scope.starts_on + timedelta(days=number),
                minutes=length,
                focus="",
                next_step="",
                shared_note="",
                private_note="",
                recorded_by=world.coach.id,
                recorded_at=_noon(scope),
            )
        )


def score_keystone(
    session: Session,
    scope: ParticipantScope,
    coach_id: uuid.UUID,
    clock: MovableClock,
    level: str = "proficient",
) -> None:
    """Send a keystone and lock a sheet that gives every criterion the same level."""
    rubric = scope.program.rubric
    assert rubric is not None
    common: dict[str, Any] = {"organisation_id": scope.organisation_id}
    person: dict[str, Any] = {**common, "offering_id": scope.offering_id, "person_id": scope.person_id}
    keystone_id, submission_id, task_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    session.add(_keystone(keystone_id, clock, person))
    session.flush()
    session.add(
        KeystoneSubmission(
            id=submission_id,
            keystone_id=keystone_id,
            number=1,
            body={},
            state="scored",
            submitted_at=clock(),
            **person,
        )
    )
    session.flush()
    session.add(
        ScoringTask(
            id=task_id,
            submission_id=submission_id,
            scorer_id=coach_id,
            opened_at=clock(),
            locked_at=clock(),
            **common,
        )
    )
    session.flush()
    for criterion in rubric.criteria:
        session.add(
            CriterionScore(
                id=uuid.uuid4(),
                task_id=task_id,
                criterion_id=criterion.id,
                level_id=level,
                rationale="As the photos show.",
                **common,
            )
        )
    session.add(
        Outcome(
            id=uuid.uuid4(),
            submission_id=submission_id,
            rubric_id=rubric.id,
            rubric_version=rubric.version,
            passed=True,
            points=18.0,
            points_maximum=24.0,
            decided_by=coach_id,
            released_at=clock(),
            **common,
        )
    )


def confirm(scope: ParticipantScope, person: Someone, clock: MovableClock) -> None:
    """Confirm the name, an e-mail and a licence number."""
    with transaction() as session:
        identity = HolderIdentity(person.name, "Holder@Example.org", LICENCE)
        confirm_identity(session, scope, identity, at=clock())


def randomness(found: Services) -> Randomness:
    """Give the real thing, as the page does."""

    return Randomness(
        award_id=found.new_id(),
        public_id=secrets.token_urlsafe(16),
        subject_id=found.new_id(),
        new_salt=lambda: secrets.token_urlsafe(16),
        randbelow=secrets.randbelow,
    )


def reserve(app: Flask, scope: ParticipantScope, clock: MovableClock) -> Award:
    found = app.extensions[EXTENSION]
    with transaction() as session:
        return reserve_award(
            session, scope, random=randomness(found), public_url=found.settings.public_url, at=clock()
        )


def award_to(app: Flask, world: World, person: Someone, clock: MovableClock, **options: Any) -> Award:
    """Take somebody all the way: finish, confirm, reserve, issue."""
    scope = finish(world, person, clock, **options)
    confirm(scope, person, clock)
    award = reserve(app, scope, clock)
    issue_award(award.id, app.extensions[EXTENSION])
    return reload(award)


def reload(award: Award) -> Award:
    """Read an award anew, as another request would."""
    session = read_session()
    session.rollback()
    session.expire_all()
    return session.get_one(Award, award.id)


def signed_text(award: Award) -> bytes:
    """Give the signed credential as the JSON file that its holder downloads."""
    return json.dumps(award.signed, ensure_ascii=False, indent=2).encode()


def _noon(scope: ParticipantScope) -> datetime:

    return datetime.combine(scope.starts_on, time(12), UTC)


def _keystone(keystone_id: uuid.UUID, clock: MovableClock, person: dict[str, Any]) -> Keystone:
    return Keystone(
        id=keystone_id,
        title="Doors that open",
        summary="",
        answers={},
        claims=[],
        revision=1,
        updated_at=clock(),
        **person,
    )
