"""Grades on their way to a gradebook: the practice LMS's own, and its failures one by one."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from support.grade_desk import Desk
from support.practice import PLATFORM, down

from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import enqueue
from ltitool.foundation.models import Job
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.grade_claims import LEASE, Attempt, claim, for_later, over, record, sent
from ltitool.lti.grade_intents import JOB
from ltitool.lti.grade_letters import send_again, stuck_grades
from ltitool.lti.models import AccessToken, Context, Deployment, GradeIntent, LineItem, Platform

SCORES = "/api/courses/collaborative-leadership-3/lineitems/li-keystone-3/scores"
RESULTS = "/api/courses/collaborative-leadership-3/lineitems/li-keystone-3/results"
ITEMS = "/api/courses/collaborative-leadership-3/lineitems"


def test_a_score_reaches_the_gradebook(desk: Desk) -> None:
    desk.want()
    row = desk.run()
    assert (row.state, row.sent_version, row.error) == ("sent", 1, None)
    assert desk.shown() == 80.0
    column = read_session().scalars(select(LineItem)).one()
    assert (column.made_by_us, column.url.endswith("/li-keystone-3")) == (False, True)


def test_a_second_score_takes_one_request(desk: Desk) -> None:
    desk.want()
    desk.run()
    desk.wire.requests.clear()
    desk.clock.forward(seconds=5)
    desk.want(90.0)
    assert desk.run().state == "sent"
    assert len(desk.wire.requests) == 1
    assert desk.shown() == 90.0


def test_two_scores_of_one_second_go_out_a_second_apart(desk: Desk) -> None:
    desk.want()
    desk.run()
    desk.want(90.0)
    assert desk.run().state == "wanted"
    desk.clock.forward(seconds=1)
    assert desk.run().state == "sent"
    first, second = (score["timestamp"] for score in desk.sent_scores())
    assert first < second
    assert desk.shown() == 90.0


def test_a_missing_column_is_made_once(desk: Desk) -> None:
    desk.want(activity_key="reflection", label="Reflection")
    assert desk.run().state == "sent"
    column = read_session().scalars(select(LineItem)).one()
    assert column.made_by_us
    posts = [url for method, url in desk.wire.requests if method == "POST" and url.endswith("/lineitems")]
    assert len(posts) == 1


def test_killed_between_saving_and_sending(desk: Desk) -> None:
    desk.want()
    with transaction() as session:
        session.execute(delete(Job))  # the hint is lost with the process; the row is not
    assert desk.run().state == "sent"


def take(desk: Desk) -> Attempt:
    """Take what is due, as a sender does before it sends."""
    with transaction() as session:
        (attempt,) = claim(session, PLATFORM, at=desk.clock(), most=5)
    return attempt


def test_killed_while_sending(desk: Desk) -> None:
    desk.want()
    take(desk)
    assert desk.run().state == "wanted"
    desk.clock.now += LEASE
    assert desk.run().state == "sent"
    assert desk.shown() == 80.0


def test_a_paused_sender_cannot_overwrite(desk: Desk) -> None:
    desk.want()
    paused = take(desk)
    desk.clock.now += LEASE
    desk.run()
    with transaction() as session:
        record(session, [for_later(paused, "service.busy", desk.clock())])
        record(session, [over(paused, "dead", "service.refused")])
    row = desk.row()
    assert (row.state, row.error) == ("sent", None)


def test_a_wish_that_changes_while_it_is_sent_stays(desk: Desk) -> None:
    desk.want(70.0)
    attempt = take(desk)
    desk.want(75.0)
    with transaction() as session:
        record(session, [sent(attempt)])
    row = desk.row()
    assert (row.state, row.version, row.sent_version) == ("wanted", 2, 1)
    desk.clock.forward(seconds=2)
    assert desk.run().state == "sent"
    assert desk.shown() == 75.0


def busy_answers() -> list[Any]:
    return [
        pytest.param(HttpAnswer(500, {}, b""), id="500"),
        pytest.param(HttpAnswer(429, {"retry-after": "40"}, b""), id="429"),
        pytest.param(HttpAnswer(403, {}, b"403 Forbidden (Rate Limit Exceeded)"), id="throttled"),
        pytest.param(HttpAnswer(401, {}, b""), id="401 for every token"),
        pytest.param(down(), id="no answer"),
    ]


@pytest.mark.parametrize("answer", busy_answers())
def test_what_passes_is_tried_again(desk: Desk, answer: HttpAnswer | Exception) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = answer
    row = desk.run()
    silent = isinstance(answer, Exception) or answer.status == 500
    assert (row.state, row.error) == ("wanted", "service.silent" if silent else "service.busy")
    assert row.unclear is silent
    assert row.next_attempt_at > desk.clock()
    desk.wire.overrides.clear()
    desk.clock.forward(seconds=60)
    assert desk.run().state == "sent"


def test_retry_after_is_kept(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(429, {"retry-after": "3600"}, b"")
    assert timedelta(hours=1) <= desk.run().next_attempt_at - desk.clock() <= timedelta(hours=1.25)


def test_we_try_for_fourteen_days(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = down()
    desk.run()
    desk.clock.forward(days=13, hours=23)
    assert desk.run().state == "wanted"
    desk.clock.forward(hours=2)
    row = desk.run()
    assert (row.state, row.error) == ("dead", "service.silent")
    with transaction() as session:
        assert [one.intent_id for one in stuck_grades(session, desk.who.organisation_id)] == [row.id]


def test_a_token_that_the_lms_forgot_is_replaced_once(desk: Desk) -> None:
    desk.want()
    desk.run()
    with transaction() as session:
        session.execute(update(AccessToken).values(token="forgotten"))
    desk.clock.forward(seconds=5)
    desk.want(90.0)
    desk.wire.requests.clear()
    assert desk.run().state == "sent"
    assert [url.rpartition("/")[2] for _, url in desk.wire.requests] == ["scores", "token", "scores"]


def test_a_clear_no_is_final(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(400, {}, b"bad request")
    row = desk.run()
    assert (row.state, row.error) == ("dead", "service.refused")


def test_p30_a_deleted_column_is_not_made_again_until_somebody_says_so(desk: Desk) -> None:
    desk.want(activity_key="reflection", label="Reflection")
    desk.run()
    desk.clock.forward(seconds=5)
    (made,) = desk.columns("reflection")
    desk.delete_column(made)
    desk.want(90.0, activity_key="reflection", label="Reflection")
    row = desk.run()
    assert (row.state, row.error) == ("dead", "gradebook.column-lost")
    desk.wire.requests.clear()
    desk.clock.forward(seconds=5)
    desk.want(91.0, activity_key="reflection", label="Reflection")
    assert desk.run().state == "dead"
    assert desk.wire.requests == []
    with transaction() as session:
        assert send_again(session, desk.who.organisation_id, row.id, at=desk.clock()) == 1
    desk.clock.forward(seconds=1)
    assert desk.run().state == "sent"
    assert len(desk.columns("reflection")) == 1


def results(score: float | None) -> HttpAnswer:
    shown = [] if score is None else [{"userId": "X", "resultScore": score, "resultMaximum": 50}]
    return HttpAnswer(200, {}, json.dumps(shown).encode())


def test_a_conflict_after_our_score_arrived_is_a_success(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(409, {}, b"")
    body = results(40).body.replace(b'"X"', json.dumps(desk.who.subject).encode())
    desk.wire.overrides[RESULTS] = HttpAnswer(200, {}, body)
    row = desk.run()
    assert (row.state, row.sent_version) == ("sent", 1)


@pytest.mark.parametrize("shown", [None, 12.0])
def test_a_conflict_that_stays_means_somebody_else_graded(desk: Desk, shown: float | None) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(409, {}, b"")
    desk.wire.overrides[RESULTS] = results(shown)
    states = []
    for _ in range(4):
        states.append(desk.run().state)
        desk.clock.forward(minutes=5)
    assert states == ["wanted", "wanted", "wanted", "superseded"]


def test_a_conflict_whose_results_cannot_be_read_is_tried_again(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(409, {}, b"")
    desk.wire.overrides[RESULTS] = down()
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "service.silent")


def test_a_token_never_leaves_for_another_origin(desk: Desk) -> None:
    with transaction() as session:
        session.execute(update(Context).values(lineitems_url="https://evil.example/lineitems"))
    desk.want()
    row = desk.run()
    assert (row.state, row.error) == ("dead", "service.address-foreign")
    assert desk.wire.requests == []


@pytest.mark.parametrize(
    "change",
    [
        update(Context).values(lineitems_url=None),
        update(Context).values(scopes=[]),
        update(Platform).values(status="disabled"),
        update(Deployment).values(status="disabled"),
    ],
    ids=["no address", "no scope", "platform off", "deployment off"],
)
def test_where_there_is_no_gradebook_we_wait_for_somebody_to_link_it(desk: Desk, change: Any) -> None:
    with transaction() as session:
        session.execute(change)
    desk.want()
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "gradebook.not-linked")
    assert timedelta(hours=1) <= row.next_attempt_at - desk.clock() <= timedelta(hours=1.25)


def test_without_the_right_to_make_a_column_we_wait_for_a_teacher(desk: Desk) -> None:
    with transaction() as session:
        context = session.scalars(select(Context)).one()
        context.scopes = [scope for scope in context.scopes if not scope.endswith("/lineitem")]
        context.scopes.append("https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly")
    desk.want(activity_key="reflection")
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "gradebook.not-linked")


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'[{"resourceId":"keystone"}]', b'[{"id":1}, 5]'])
def test_an_unreadable_list_of_columns_is_not_taken(desk: Desk, body: bytes) -> None:
    desk.want()
    desk.wire.overrides[ITEMS] = HttpAnswer(200, {}, body)
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "service.answer-unreadable")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given": 101.0}, "score_given"),
        ({"given": -1.0}, "score_given"),
        ({"given": float("nan")}, "score_given"),
        ({"score_maximum": 0.0}, "score_maximum"),
        ({"score_maximum": float("inf")}, "score_maximum"),
        ({"subject": ""}, "subject"),
    ],
)
def test_a_score_that_is_none_is_not_wanted(desk: Desk, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.want(**changes)
    assert list(refused.value.faults) == [field]
    assert read_session().scalars(select(GradeIntent)).all() == []
    desk.want()


def test_a_score_can_be_taken_back(desk: Desk) -> None:
    desk.want()
    desk.run()
    desk.clock.forward(seconds=2)
    desk.want(None, comment="Taken back")
    assert desk.run().state == "sent"
    assert desk.shown() is None
    assert "scoreGiven" not in desk.sent_scores()[-1]


@pytest.mark.parametrize("subject", [uuid.uuid4(), PLATFORM])
def test_a_job_for_nothing_is_no_error(desk: Desk, subject: uuid.UUID) -> None:
    """Such as one that an older version left, whose subject was a single grade."""
    with transaction() as session:
        enqueue(session, JOB, str(subject), desk.clock())
    assert desk.runner.run_once() == 1
    assert read_session().scalars(select(Job.state).where(Job.subject == str(subject))).one() == "done"
