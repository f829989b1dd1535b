"""Coach pages: whole-group sessions, 1:1s and notes. Each asks for the coach's own cohort first."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from ltitool.cohorts.attendance import Held, SessionRecord, record_attendance, session_record
from ltitool.cohorts.coaching import (
    CoachEntry,
    change_one_to_one,
    entries_for_coach,
    find_entry,
    record_one_to_one,
)
from ltitool.cohorts.days import day_words, local_day
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.listing import offering_lists
from ltitool.cohorts.memberships import Member, members
from ltitool.cohorts.names import name_of
from ltitool.cohorts.programs_in_use import program_of
from ltitool.cohorts.roster_reading import read_roster_here
from ltitool.cohorts.schemas import read_one_to_one, read_session
from ltitool.cohorts.scope import CoachedCohort, ParticipantScope, coach_scope, coached_cohort
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session as reading
from ltitool.foundation.db import transaction
from ltitool.foundation.services import services
from ltitool.programs import Activity, ActivityKind
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import with_draft
from ltitool.web.once import id_to_make
from ltitool.web.visit import current_visit

pages = guarded_blueprint("coaching", __name__, guard=Guard.COACH, path="/cohorts/<uuid:cohort_id>")
USUAL_ONE_TO_ONE = 60
USUAL_SESSION = 120


@pages.get("/sessions")
def sessions(cohort_id: uuid.UUID) -> ResponseReturnValue:
    session, visit = reading(), current_visit()
    cohort = _cohort(session, cohort_id)
    program = program_of(session, visit.organisation_id, cohort.offering_id)
    items = [
        (activity, session_record(session, visit.organisation_id, cohort, activity.key))
        for activity in program.of_kind(ActivityKind.GROUP_SESSION)
    ]
    return render_template(
        "cohorts/sessions.html", cohort=cohort, program=program, items=items, day_words=day_words
    )


@pages.get("/sessions/<key>")
def session(cohort_id: uuid.UUID, key: str) -> ResponseReturnValue:
    return _show_session(cohort_id, key, {}, {})


@pages.post("/sessions/<key>")
def record_session(cohort_id: uuid.UUID, key: str) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _record(session, _cohort(session, cohort_id), key)
    except Invalid as invalid:
        return _show_session(cohort_id, key, request.form, invalid.faults), invalid.status
    return redirect(url_for("coaching.sessions", cohort_id=cohort_id, saved=key), 303)


def _record(session: Session, cohort: CoachedCohort, key: str) -> None:
    visit = current_visit()
    _session_activity(session, cohort, key)
    sent = read_session(_people(session, cohort), request.form)
    record_attendance(
        session,
        Held(key, sent.held_on, sent.minutes),
        sent.present,
        organisation_id=visit.organisation_id,
        cohort=cohort,
        recorded_by=visit.person_id,
        at=services().clock(),
    )


@pages.post("/roster")
def read_lists(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Read the rosters of all courses that lead to the cohort's offering."""
    session, visit = reading(), current_visit()
    cohort = _cohort(session, cohort_id)
    lists = offering_lists(session, visit.organisation_id, cohort.offering_id)
    shared = [course.context_id for course in lists.courses if course.shares_roster]
    for context_id in shared:
        read_roster_here(visit.organisation_id, context_id)
    return redirect(url_for("home.page"), 303)


@pages.get("/people/<uuid:person_id>")
def notes(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    session = reading()
    scope = _scope(session, cohort_id, person_id)
    return render_template(
        "cohorts/notes.html",
        cohort_id=cohort_id,
        person_id=person_id,
        name=name_of(session, scope.organisation_id, person_id),
        entries=entries_for_coach(session, scope),
        day_words=day_words,
        saved="saved" in request.args,
    )


@pages.get("/people/<uuid:person_id>/one-to-one")
def one_to_one(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    return _show_one_to_one(cohort_id, person_id, None, {})


@pages.post("/people/<uuid:person_id>/one-to-one")
def record(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    visit, found = current_visit(), services()
    try:
        said = read_one_to_one()
        with transaction() as session:
            record_one_to_one(
                session,
                _scope(session, cohort_id, person_id),
                said,
                entry_id=id_to_make(visit.person_id),
                recorded_by=visit.person_id,
                at=found.clock(),
            )
    except Invalid as invalid:
        return _show_one_to_one(cohort_id, person_id, None, invalid.faults), invalid.status
    return redirect(url_for("coaching.notes", cohort_id=cohort_id, person_id=person_id, saved=1), 303)


@pages.get("/people/<uuid:person_id>/one-to-ones/<uuid:entry_id>")
def entry(cohort_id: uuid.UUID, person_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    return _show_one_to_one(cohort_id, person_id, entry_id, {})


@pages.post("/people/<uuid:person_id>/one-to-ones/<uuid:entry_id>")
def change(cohort_id: uuid.UUID, person_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    visit, now = current_visit(), services().clock()
    try:
        said = read_one_to_one()
        with transaction() as session:
            change_one_to_one(
                session,
                _scope(session, cohort_id, person_id),
                said,
                entry_id=entry_id,
                recorded_by=visit.person_id,
                at=now,
            )
    except Invalid as invalid:
        return _show_one_to_one(cohort_id, person_id, entry_id, invalid.faults), invalid.status
    return redirect(url_for("coaching.notes", cohort_id=cohort_id, person_id=person_id, saved=1), 303)


def _show_session(cohort_id: uuid.UUID, key: str, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    session, visit = reading(), current_visit()
    cohort = _cohort(session, cohort_id)
    activity = _session_activity(session, cohort, key)
    record = session_record(session, visit.organisation_id, cohort, key)
    people = members(session, visit.organisation_id, cohort.offering_id, cohort_id=cohort_id)
    action = url_for("coaching.record_session", cohort_id=cohort_id, key=key)
    saved = _session_values(activity, record, people, local_day(services().clock(), cohort.timezone))
    return render_template(
        "cohorts/session.html",
        cohort=cohort,
        activity=activity,
        record=record,
        people=people,
        action=action,
        values=typed if faults else with_draft(action, saved),
        faults=faults,
        summary=_summary(faults, people),
        ids={str(member.person_id): f"f-minutes-{member.person_id}" for member in people},
    )


def _session_values(
    activity: Activity, record: SessionRecord, people: list[Member], today: date
) -> dict[str, object]:
    """Fill the grid: what is recorded, else the planned minutes for everybody."""
    planned = activity.planned_minutes or USUAL_SESSION
    held = record.held
    values: dict[str, object] = {
        "held_on": held.held_on if held else today,
        "minutes": held.minutes if held else planned,
    }
    for member in people:
        line = record.people.get(member.person_id)
        values[f"minutes-{member.person_id}"] = line.minutes if line else planned
        values[f"note-{member.person_id}"] = line.note if line else ""
    return values


def _summary(faults: Mapping[str, str], people: list[Member]) -> dict[str, str]:
    """Word the faults for the head of the page; a person's line is named by the person."""
    names = {str(member.person_id): member.name for member in people}
    return {
        field: f"{names[field]}: {gettext(fault)}" if field in names else gettext(fault)
        for field, fault in faults.items()
    }


def _show_one_to_one(
    cohort_id: uuid.UUID, person_id: uuid.UUID, entry_id: uuid.UUID | None, faults: Mapping[str, str]
) -> str:
    session = reading()
    scope = _scope(session, cohort_id, person_id)
    saved = find_entry(session, scope, entry_id) if entry_id else None
    address: dict[str, Any] = {"cohort_id": cohort_id, "person_id": person_id}
    if entry_id:
        action = url_for("coaching.change", entry_id=entry_id, **address)
    else:
        action = url_for("coaching.record", **address)
    return render_template(
        "cohorts/one_to_one.html",
        name=name_of(session, scope.organisation_id, person_id),
        back=url_for("coaching.notes", **address),
        action=action,
        changing=entry_id is not None,
        values=request.form if faults else with_draft(action, _one_to_one_values(scope, saved)),
        faults=faults,
    )


def _one_to_one_values(scope: ParticipantScope, saved: CoachEntry | None) -> dict[str, object]:
    if saved is not None:
        names = ("held_on", "minutes", "focus", "next_step", "shared_note", "private_note")
        return {name: getattr(saved, name) for name in names}
    today = local_day(services().clock(), scope.timezone)
    return {"held_on": today, "minutes": _planned_one_to_one(scope)}


def _planned_one_to_one(scope: ParticipantScope) -> int:
    planned = [one.planned_minutes for one in scope.program.of_kind(ActivityKind.COACHING_SESSION)]
    return next((minutes for minutes in planned if minutes), USUAL_ONE_TO_ONE)


def _cohort(session: Session, cohort_id: uuid.UUID) -> CoachedCohort:
    visit = current_visit()
    return coached_cohort(
        session, organisation_id=visit.organisation_id, coach_id=visit.person_id, cohort_id=cohort_id
    )


def _scope(session: Session, cohort_id: uuid.UUID, person_id: uuid.UUID) -> ParticipantScope:
    visit = current_visit()
    cohort = _cohort(session, cohort_id)
    scope = coach_scope(
        session,
        organisation_id=visit.organisation_id,
        coach_id=visit.person_id,
        participant_id=person_id,
        offering_id=cohort.offering_id,
    )
    if scope.cohort_id != cohort_id:
        raise OfferingUnknown(f"{person_id} is not in {cohort_id}")
    return scope


def _people(session: Session, cohort: CoachedCohort) -> list[uuid.UUID]:
    visit = current_visit()
    own = members(session, visit.organisation_id, cohort.offering_id, cohort_id=cohort.cohort_id)
    return [member.person_id for member in own]


def _session_activity(session: Session, cohort: CoachedCohort, key: str) -> Activity:
    program = program_of(session, current_visit().organisation_id, cohort.offering_id)
    for activity in program.of_kind(ActivityKind.GROUP_SESSION):
        if activity.key == key:
            return activity
    raise OfferingUnknown(f"session {key}")
