"""Scoring: whole sheets only, one lock, one outcome, one wish for the gradebook."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from support.clock import MovableClock
from support.keystones import scope_of, send_keystone
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.cohorts.progress import Stage, progress_of
from ltitool.errors import NotFound
from ltitool.evidence.models import KeystoneSubmission
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import GradeIntent
from ltitool.scoring.errors import AlreadyScored, SheetIncomplete, SubmissionUnknown
from ltitool.scoring.models import Outcome
from ltitool.scoring.outcomes import latest_outcome, waiting_submissions
from ltitool.scoring.sheets import Scorer, lock_sheet, open_sheet, save_scores
from rubrics import Score

VisitAs = Callable[..., Visitor]


@pytest.fixture
def submission(world: World, clock: MovableClock) -> uuid.UUID:
    return send_keystone(world.amara, clock())


def scorer(person: Someone) -> Scorer:
    return Scorer(person.organisation_id, person.id)


def scores(world: World, level: str = "proficient", **changed: Score) -> list[Score]:
    program = scope_of(world.amara).program
    whole = {one.id: Score(one.id, level, "The photos show it.") for one in program.rubric.criteria}
    return list({**whole, **changed}.values())


def lock(world: World, submission: uuid.UUID, entered: list[Score], clock: MovableClock) -> Outcome | None:
    for_whom = scorer(world.coach)
    with transaction() as session:
        sheet = open_sheet(session, for_whom, submission, new_id=uuid.uuid4(), at=clock())
        save_scores(session, sheet, entered)
    with transaction() as session:
        sheet = open_sheet(session, for_whom, submission, new_id=uuid.uuid4(), at=clock())
        return lock_sheet(session, sheet, outcome_id=uuid.uuid4(), at=clock())


def test_a_passing_sheet_releases_outcome_progress_and_wish(
    world: World, submission: uuid.UUID, clock: MovableClock
) -> None:
    outcome = lock(world, submission, scores(world), clock)
    assert outcome is not None
    assert (outcome.passed, outcome.points, outcome.points_maximum) == (True, 18.0, 24.0)
    session = read_session()
    assert session.get_one(KeystoneSubmission, submission).state == "scored"
    progress = progress_of(session, world.organisation_id, world.offering_id, world.amara.id)
    assert progress["keystone"].state is Stage.DONE
    wish = session.scalars(select(GradeIntent)).one()
    assert (wish.subject, wish.score_given, wish.score_maximum) == (world.amara.subject, 18.0, 24.0)
    assert (wish.state, wish.grading_progress) == ("wanted", "FullyGraded")


def test_one_criterion_below_the_rule_returns_the_keystone(
    world: World, submission: uuid.UUID, clock: MovableClock
) -> None:
    first = scope_of(world.amara).program.rubric.criteria[0].id
    entered = scores(world, **{first: Score(first, "emerging", "No act is named.")})
    outcome = lock(world, submission, entered, clock)
    assert outcome is not None
    assert outcome.passed is False
    progress = progress_of(read_session(), world.organisation_id, world.offering_id, world.amara.id)
    assert progress["keystone"].state is Stage.RETURNED
    released = latest_outcome(read_session(), scope_of(world.amara))
    assert released is not None
    assert released.judgement.missing == (first,)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None),
        ({"level_id": ""}, "level"),
        ({"level_id": "magnificent"}, "level"),
        ({"rationale": "  "}, "rationale"),
        ({"rationale": "x" * 5_001}, "rationale"),
    ],
)
def test_an_incomplete_sheet_cannot_be_locked(
    world: World, submission: uuid.UUID, clock: MovableClock, changed: dict[str, str], field: str | None
) -> None:
    first = scope_of(world.amara).program.rubric.criteria[0].id
    parts = {"criterion_id": first, "level_id": "proficient", "rationale": "Seen.", **changed}
    entered = scores(world, **{first: Score(**parts)})
    if field is None:
        assert lock(world, submission, entered, clock) is not None
        return
    with pytest.raises(SheetIncomplete) as refused:
        lock(world, submission, entered, clock)
    assert set(refused.value.faults) == {f"{first}-{field}"}
    assert read_session().scalars(select(Outcome)).all() == []
    assert read_session().scalars(select(GradeIntent)).all() == []


def test_a_locked_sheet_stays_as_it_is(world: World, submission: uuid.UUID, clock: MovableClock) -> None:
    lock(world, submission, scores(world), clock)
    with pytest.raises(AlreadyScored):
        lock(world, submission, scores(world, "leading"), clock)
    released = latest_outcome(read_session(), scope_of(world.amara))
    assert released is not None
    assert {score.level_id for score in released.sheet.scores} == {"proficient"}


@pytest.mark.parametrize("who", ["other_coach", "director", "ben", "stranger_coach"])
def test_nobody_but_the_cohorts_coach_may_score(
    world: World, submission: uuid.UUID, clock: MovableClock, who: str
) -> None:
    with transaction() as session:  # the control
        open_sheet(session, scorer(world.coach), submission, new_id=uuid.uuid4(), at=clock())
    with pytest.raises(NotFound) as refused, transaction() as session:
        open_sheet(session, scorer(getattr(world, who)), submission, new_id=uuid.uuid4(), at=clock())
    assert refused.value.code in {"cohort.unknown", "scoring.submission-unknown"}


def test_a_submission_that_is_not_there_is_unknown(world: World, clock: MovableClock) -> None:
    with pytest.raises(SubmissionUnknown), transaction() as session:
        open_sheet(session, scorer(world.coach), uuid.uuid4(), new_id=uuid.uuid4(), at=clock())


def test_what_waits_for_scores_is_listed_until_it_is_scored(
    world: World, submission: uuid.UUID, clock: MovableClock
) -> None:
    people = [world.amara.id, world.ben.id]
    waiting = waiting_submissions(read_session(), world.organisation_id, world.offering_id, people)
    assert [(one.submission_id, one.name) for one in waiting] == [(submission, "Amara Okafor")]
    lock(world, submission, scores(world), clock)
    read_session().rollback()
    assert waiting_submissions(read_session(), world.organisation_id, world.offering_id, people) == []


def test_the_coachs_page_keeps_what_was_entered_and_says_what_is_missing(
    app: Flask, world: World, submission: uuid.UUID, visit_as: VisitAs
) -> None:
    coach = visit_as(world.coach, "coach")
    first, second = scope_of(world.amara).program.rubric.criteria[:2]
    page = coach.get(f"scoring/{submission}")
    assert page.status_code == 200
    assert "Doors that open from both sides" in page_text(page)
    entered = {f"{first.id}-level": "leading", f"{first.id}-rationale": "Two named acts."}
    saved = coach.post(f"scoring/{submission}", entered)
    assert saved.status_code == 303
    again = coach.get(f"scoring/{submission}")
    assert "Two named acts." in again.text
    refused = coach.post(f"scoring/{submission}", {**entered, "lock": "yes"})
    assert refused.status_code == 422
    assert f"{second.title.in_('en')}: Choose a level." in page_text(refused)
    assert "Two named acts." in refused.text


def test_the_participant_reads_the_outcome_once_it_is_released(
    app: Flask, world: World, submission: uuid.UUID, visit_as: VisitAs, clock: MovableClock
) -> None:
    amara = visit_as(world.amara, "participant")
    assert "Not scored yet" in page_text(amara.get("keystone/outcome"))
    lock(world, submission, scores(world), clock)
    read = page_text(amara.get("keystone/outcome"))
    assert "Your keystone stands" in read
    assert "The photos show it." in read
    ben = visit_as(world.ben, "participant")
    assert "The photos show it." not in page_text(ben.get("keystone/outcome"))
