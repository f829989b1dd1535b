"""Coach pages: the cohort board and a person's brief."""

import uuid

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ltitool.cohorts.days import day_words, local_day, past_words
from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.memberships import offering_of_course
from ltitool.cohorts.programs_in_use import program_of
from ltitool.cohorts.scope import (
    CoachedCohort,
    ParticipantScope,
    coach_scope,
    coached_cohort,
    coached_cohorts,
)
from ltitool.cohorts.taught_copies import Taught, find_taught_copy
from ltitool.dashboards import words
from ltitool.dashboards.board import Board, board, look_at_board
from ltitool.dashboards.board_words import lines_about
from ltitool.dashboards.brief import brief
from ltitool.dashboards.doors import Door, tabs_of
from ltitool.dashboards.links import evidence_url, scoring_url
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.visit import Visit, current_visit

pages = guarded_blueprint("board", __name__, guard=Guard.COACH, path="/board")
# What the brief's page calls to say things.
SAID = {
    "words": words,
    "past_words": past_words,
    "day_words": day_words,
    "local_day": local_day,
    "scoring_url": scoring_url,
}


@pages.get("/")
def page() -> ResponseReturnValue:
    return show_board(None)


@pages.get("/<uuid:cohort_id>")
def cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    return show_board(cohort_id)


@pages.get("/<uuid:cohort_id>/<uuid:person_id>")
def person(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    at = services().clock()
    own, scope = _of_my_cohort(cohort_id, person_id)
    return render_template(
        "dashboards/brief.html",
        brief=brief(read_session(), scope, at),
        cohort=own,
        person_id=person_id,
        timezone=scope.timezone,
        today=local_day(at, scope.timezone),
        evidence=evidence_url(scope.offering_id, person_id),
        **SAID,
    )


def _of_my_cohort(cohort_id: uuid.UUID, person_id: uuid.UUID) -> tuple[CoachedCohort, ParticipantScope]:
    session, visit = read_session(), current_visit()
    own = coached_cohort(
        session, organisation_id=visit.organisation_id, coach_id=visit.person_id, cohort_id=cohort_id
    )
    scope = coach_scope(
        session,
        organisation_id=visit.organisation_id,
        coach_id=visit.person_id,
        participant_id=person_id,
        offering_id=own.offering_id,
    )
    if scope.cohort_id != cohort_id:
        raise OfferingUnknown(f"{person_id} is not in {cohort_id}")
    return own, scope


def show_board(cohort_id: uuid.UUID | None) -> str:
    """Show one of the coach's cohorts; without an id, the one of this course."""
    visit, at = current_visit(), services().clock()
    with transaction() as session:
        cohorts = coached_cohorts(session, organisation_id=visit.organisation_id, coach_id=visit.person_id)
        own = _choose(session, visit, cohorts, cohort_id)
        since = look_at_board(
            session, own, organisation_id=visit.organisation_id, coach_id=visit.person_id, at=at
        )
        shown = board(session, own, organisation_id=visit.organisation_id, since=since, at=at)
        program = program_of(session, visit.organisation_id, own.offering_id)
        copy = find_taught_copy(session, Taught(visit.organisation_id, visit.context_id, visit.person_id))
    return render_template(
        "dashboards/board.html",
        board=shown,
        rows=[(row, lines_about(row, own), _stones(shown, row.person_id)) for row in shown.rows],
        since=past_words(local_day(since, own.timezone), local_day(at, own.timezone)) if since else None,
        empty_arch=words.empty_arch(program),
        scoring_url=scoring_url,
        needing=sum(row.need > 0 for row in shown.rows),
        others=[
            (
                f"{one.name}, {one.offering_title}",
                url_for("board.cohort", cohort_id=one.cohort_id),
                one == own,
            )
            for one in cohorts
        ],
        offered=copy is not None,
        tabs=tabs_of(visit, Door.BOARD),
    )


def _stones(shown: Board, person_id: uuid.UUID) -> list[words.FlatStone]:
    row = next(row for row in shown.rows if row.person_id == person_id)
    return words.flat_stones(row.journey, keystone_waits=row.waiting is not None)


def _choose(
    session: Session, visit: Visit, cohorts: list[CoachedCohort], cohort_id: uuid.UUID | None
) -> CoachedCohort:
    if cohort_id is None:
        here = offering_of_course(session, visit.organisation_id, visit.context_id)
        preferred = [one for one in cohorts if one.offering_id == here]
        found = next(iter(preferred or cohorts), None)
    else:
        found = next((one for one in cohorts if one.cohort_id == cohort_id), None)
    if found is None:
        raise OfferingUnknown(f"cohort {cohort_id} for {visit.person_id}")
    return found
