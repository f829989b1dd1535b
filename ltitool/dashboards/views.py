"""The first page of a visit, and the participant's pages: this week, each week, the record."""

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ltitool.cohorts.activity_pages import activity_url
from ltitool.cohorts.coaching import shared_entries
from ltitool.cohorts.days import day_words, local_day, past_words
from ltitool.cohorts.journey import ActivityStanding
from ltitool.cohorts.scope import ParticipantScope
from ltitool.cohorts.visiting import scope_of_visit
from ltitool.credentials.standing import standing
from ltitool.dashboards import words
from ltitool.dashboards.board_views import show_board
from ltitool.dashboards.doors import Door, door_of, tabs_of
from ltitool.dashboards.gathering import journey_of
from ltitool.dashboards.missing_words import missing_words
from ltitool.dashboards.overview_views import show_overview
from ltitool.dashboards.platforms_views import show_platforms
from ltitool.dashboards.this_week import this_week
from ltitool.dashboards.waiting_views import show_waiting
from ltitool.foundation.db import read_session
from ltitool.foundation.services import services
from ltitool.programs import Program
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.languages import current_language
from ltitool.web.links import optional_url
from ltitool.web.visit import current_visit

home = guarded_blueprint("home", __name__, guard=Guard.LAUNCHED)
week = guarded_blueprint("week", __name__, guard=Guard.PARTICIPANT, path="/weeks")
record = guarded_blueprint("record", __name__, guard=Guard.PARTICIPANT, path="/record")


@home.get("/")
def page() -> ResponseReturnValue:
    """Open the door that fits this visit best."""
    match door_of(read_session(), current_visit()):
        case Door.WEEK:
            return show_this_week()
        case Door.BOARD:
            return show_board(None)
        case Door.OVERVIEW:
            return show_overview()
        case Door.PLATFORMS:
            return show_platforms()
        case door:
            return show_waiting(door)


@week.get("/")
def now() -> ResponseReturnValue:
    return show_this_week()


@week.get("/<int:number>", endpoint="page")
def step(number: int) -> ResponseReturnValue:
    session, visit = read_session(), current_visit()
    scope = _own_scope(session)
    journey = journey_of(session, scope, services().clock())
    chosen = scope.program.step(number)
    return render_template(
        "dashboards/week.html",
        journey=journey,
        step=journey.steps[chosen.number - 1],
        items=journey.of_step(number),
        words=words,
        activity_url=activity_url,
        before=_neighbour(scope.program, number - 1),
        after=_neighbour(scope.program, number + 1),
        tabs=tabs_of(visit, Door.WEEK),
    )


@record.get("", endpoint="page")
def own_record() -> ResponseReturnValue:
    session = read_session()
    scope = _own_scope(session)
    stands = standing(session, scope)
    return render_template(
        "dashboards/record.html",
        program=scope.program,
        standing=stands,
        missing=[missing_words(one) for one in stands.completion.missing],
        entries=shared_entries(session, scope),
        words=words,
        day_words=day_words,
        badge=optional_url("badge.page"),
    )


def show_this_week() -> str:
    """Show the participant's home."""
    session, visit, at = read_session(), current_visit(), services().clock()
    scope = _own_scope(session)
    return render_template(
        "dashboards/this_week.html",
        this=this_week(session, scope, at),
        words=words,
        titles_of=titles_of,
        activity_url=activity_url,
        past_words=past_words,
        day_words=day_words,
        today=local_day(at, scope.timezone),
        outcome=optional_url("outcome.page"),
        tabs=tabs_of(visit, Door.WEEK),
    )


def titles_of(items: Sequence[ActivityStanding]) -> str:
    """Name several activities in one sentence."""
    return ", ".join(item.activity.title.in_(current_language()) for item in items)


def _neighbour(program: Program, number: int) -> tuple[str, str] | None:
    if not 1 <= number <= len(program.steps):
        return None
    return url_for("week.page", number=number), words.step_heading(program, program.step(number))


def _own_scope(session: Session) -> ParticipantScope:
    return scope_of_visit(session, current_visit())
