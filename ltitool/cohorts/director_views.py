"""Director pages: start an offering, connect courses, make cohorts, place people, grant coaches."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ltitool.cohorts.coaches import (
    CoachInvitation,
    coach_candidates,
    grant_coach,
    invite_coach,
    withdraw_coach,
)
from ltitool.cohorts.days import full_day, local_day
from ltitool.cohorts.listing import free_courses, offering_lists
from ltitool.cohorts.lms_groups import LmsGroup, place_group, waiting_groups
from ltitool.cohorts.offerings import (
    check_connected,
    connect_course,
    create_cohort,
    create_offering,
    disconnect_course,
    find_offering,
    place_person,
)
from ltitool.cohorts.roster_reading import read_roster_here
from ltitool.cohorts.schemas import (
    CoachInvitationSchema,
    CoachSchema,
    CohortSchema,
    CourseSchema,
    GroupSchema,
    PlaceSchema,
    read_offering,
)
from ltitool.cohorts.timezones import timezone_choices
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.drafts import below_visit, discard_draft, with_draft
from ltitool.web.forms import FormSchema, read_form
from ltitool.web.languages import current_language
from ltitool.web.once import id_to_make, token_to_give
from ltitool.web.visit import current_visit

pages = guarded_blueprint("directing", __name__, guard=Guard.DIRECTOR, path="/offerings")


@pages.get("/new")
def new_offering() -> ResponseReturnValue:
    return _show_new({"program": DEFAULT_PROGRAM}, {})


@pages.post("/new")
def create() -> ResponseReturnValue:
    try:
        wanted, program = read_offering()
    except Invalid as invalid:
        return _show_new(request.form, invalid.faults), invalid.status
    visit = current_visit()
    offering_id = id_to_make(visit.person_id)
    ids = {"organisation_id": visit.organisation_id, "offering_id": offering_id}
    with transaction() as session:
        create_offering(session, wanted, program, at=services().clock(), **ids)
    return redirect(url_for("directing.offering", offering_id=offering_id), 303)


@pages.get("/<uuid:offering_id>")
def offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    return _show_offering(offering_id, {}, {})


@pages.post("/<uuid:offering_id>/cohorts")
def add_cohort(offering_id: uuid.UUID) -> ResponseReturnValue:
    visit, found = current_visit(), services()
    try:
        sent = read_form(CohortSchema())
        with transaction() as session:
            create_cohort(
                session,
                organisation_id=visit.organisation_id,
                offering_id=offering_id,
                cohort_id=found.new_id(),
                name=sent["name"],
            )
    except Invalid as invalid:
        return _show_offering(offering_id, request.form, invalid.faults), invalid.status
    return _back(offering_id)


@pages.post("/<uuid:offering_id>/places")
def place(offering_id: uuid.UUID) -> ResponseReturnValue:
    sent = _read(PlaceSchema())
    with transaction() as session:
        place_person(
            session,
            organisation_id=current_visit().organisation_id,
            offering_id=offering_id,
            person_id=sent["person"],
            cohort_id=sent["cohort"],
        )
    return _back(offering_id)


@pages.post("/<uuid:offering_id>/places/group")
def place_whole_group(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Place everybody of a group of the LMS who waits."""
    sent = read_form(GroupSchema())
    with transaction() as session:
        place_group(
            session,
            LmsGroup(sent["group"], sent["course"]),
            organisation_id=current_visit().organisation_id,
            offering_id=offering_id,
            cohort_id=sent["cohort"],
        )
    return _back(offering_id)


@pages.post("/<uuid:offering_id>/coaches")
def grant(offering_id: uuid.UUID) -> ResponseReturnValue:
    return _change_coach(offering_id, grant_coach)


@pages.post("/<uuid:offering_id>/coaches/withdraw")
def withdraw(offering_id: uuid.UUID) -> ResponseReturnValue:
    return _change_coach(offering_id, withdraw_coach)


def _change_coach(offering_id: uuid.UUID, change: Callable[..., None]) -> ResponseReturnValue:
    sent = _read(CoachSchema())
    with transaction() as session:
        change(
            session,
            organisation_id=current_visit().organisation_id,
            offering_id=offering_id,
            cohort_id=sent["cohort"],
            person_id=sent["person"],
            by=current_visit().person_id,
            at=services().clock(),
        )
    return _back(offering_id)


@pages.post("/<uuid:offering_id>/invitations")
def invite(offering_id: uuid.UUID) -> ResponseReturnValue:
    try:
        sent = read_form(CoachInvitationSchema())
    except Invalid as invalid:
        return _show_offering(offering_id, request.form, invalid.faults), invalid.status
    token, until = _invite(offering_id, sent["cohort"], sent["note"])
    discard_draft(current_visit(), below_visit(request.path))  # no redirect follows that would say so
    return render_template(
        "cohorts/invited.html",
        offering_id=offering_id,
        note=sent["note"],
        link=f"{services().settings.public_url}/invitations/{token}",
        code=token,
        until=full_day(until, current_language()),
    )


def _invite(offering_id: uuid.UUID, cohort_id: uuid.UUID, note: str) -> tuple[str, date]:
    """Invite, and give the token and the last day on which it works, as the program counts its days."""
    visit = current_visit()
    invitation_id = id_to_make(visit.person_id)
    token = token_to_give(invitation_id)
    with transaction() as session:
        wanted = CoachInvitation(
            invitation_id, visit.organisation_id, offering_id, cohort_id, note, visit.person_id
        )
        until = invite_coach(session, wanted, token=token, at=services().clock())
        offering = find_offering(session, visit.organisation_id, offering_id)
    return token, local_day(until, offering.timezone)


@pages.post("/<uuid:offering_id>/courses")
def connect(offering_id: uuid.UUID) -> ResponseReturnValue:
    sent = _read(CourseSchema())
    with transaction() as session:
        connect_course(
            session,
            organisation_id=current_visit().organisation_id,
            offering_id=offering_id,
            context_id=sent["course"],
            at=services().clock(),
        )
    return _back(offering_id)


@pages.post("/<uuid:offering_id>/courses/roster")
def read_list(offering_id: uuid.UUID) -> ResponseReturnValue:
    sent, organisation_id = _read(CourseSchema()), current_visit().organisation_id
    check_connected(read_session(), organisation_id, offering_id, sent["course"])
    filled = read_roster_here(organisation_id, sent["course"])
    return redirect(
        url_for("directing.offering", offering_id=offering_id, joined=filled.joined, left=filled.left), 303
    )


@pages.post("/<uuid:offering_id>/courses/disconnect")
def disconnect(offering_id: uuid.UUID) -> ResponseReturnValue:
    sent = _read(CourseSchema())
    with transaction() as session:
        disconnect_course(
            session,
            organisation_id=current_visit().organisation_id,
            offering_id=offering_id,
            context_id=sent["course"],
        )
    return _back(offering_id)


def _read(schema: FormSchema) -> dict[str, uuid.UUID]:
    """Read a form that only holds choices of ours; a wrong one was not made on our page."""
    return read_form(schema)


def _back(offering_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("directing.offering", offering_id=offering_id), 303)


def _show_new(values: Mapping[str, object], faults: Mapping[str, str]) -> str:
    action = url_for("directing.create")
    language = current_language()
    return render_template(
        "cohorts/new_offering.html",
        action=action,
        programs=[(one.id, one.title.in_(language)) for one in load_shipped().values()],
        timezones=timezone_choices(language),
        values=values if faults else with_draft(action, values),
        faults=faults,
    )


def _show_offering(offering_id: uuid.UUID, values: Mapping[str, object], faults: Mapping[str, str]) -> str:
    session, organisation_id = read_session(), current_visit().organisation_id
    offering = find_offering(session, organisation_id, offering_id)
    lists = offering_lists(session, organisation_id, offering_id)
    return render_template(
        "cohorts/offering.html",
        offering=offering,
        program=load_shipped().get(offering.program_id),
        starts=full_day(offering.starts_on, current_language()),
        lists=lists,
        groups=waiting_groups(session, organisation_id, offering_id),
        cohort_choices=[(cohort.cohort_id, cohort.name) for cohort in lists.cohorts],
        candidates=coach_candidates(session, organisation_id, offering_id),
        free=free_courses(session, organisation_id),
        new_cohort=values or with_draft(url_for("directing.add_cohort", offering_id=offering_id), {}),
        invitation=values or with_draft(url_for("directing.invite", offering_id=offering_id), {}),
        faults=faults,
    )
