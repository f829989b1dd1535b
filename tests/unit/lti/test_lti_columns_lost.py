"""A column is lost when it says so itself; and no score goes out late because its column was looked for."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType

import pytest
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.grade_desk import Desk
from support.practice import PLATFORM, down

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import vocabulary as words
from ltitool.lti.grade_claims import Ending, claim
from ltitool.lti.grade_courses import pack
from ltitool.lti.grade_sending import FRESH, send_grade
from ltitool.lti.models import AccessToken, Context, LineItem
from ltitool.lti.wiring import sending_desk

ITEM = "/api/courses/collaborative-leadership-3/lineitems/li-keystone-3"
SCORES, RESULTS = f"{ITEM}/scores", f"{ITEM}/results"
NOTHING_HERE = HttpAnswer(404, {}, b"")


def lost_at() -> datetime | None:
    read_session().commit()
    found = read_session().execute(select(LineItem.lost_at)).one()
    read_session().commit()
    return found.lost_at


def only_scores_are_granted() -> None:
    with transaction() as session:
        session.execute(update(Context).values(scopes=[words.SCOPE_SCORE]))
        session.execute(delete(AccessToken))


@pytest.fixture
def known(desk: Desk) -> Desk:
    """The desk, with a column that is known from a first score."""
    desk.want()
    assert desk.run().state == "sent"
    desk.clock.forward(seconds=5)
    return desk


def test_one_learners_404_does_not_lose_a_column_that_we_may_not_look_at(known: Desk) -> None:
    only_scores_are_granted()
    known.wire.overrides[SCORES] = NOTHING_HERE
    known.want(90.0)
    row = known.run()
    assert (row.state, row.error, lost_at()) == ("dead", "service.target-gone", None)
    known.wire.overrides.clear()
    known.clock.forward(seconds=5)
    known.want(91.0)
    assert known.run().state == "sent"


@pytest.mark.parametrize("status", [404, 410])
def test_a_column_that_says_itself_that_it_is_gone_is_lost(known: Desk, status: int) -> None:
    known.wire.overrides |= {SCORES: NOTHING_HERE, ITEM: HttpAnswer(status, {}, b"")}
    known.want(90.0)
    row = known.run()
    assert (row.state, row.error) == ("dead", "gradebook.column-lost")
    assert lost_at() == known.clock()


@pytest.mark.parametrize("gone", [True, False], ids=["the column too", "the results alone"])
def test_where_results_are_gone_the_column_is_asked(known: Desk, *, gone: bool) -> None:
    known.wire.overrides[SCORES] = down()
    known.want(90.0)
    assert known.run().unclear
    known.wire.overrides[RESULTS] = NOTHING_HERE
    if gone:
        known.wire.overrides[ITEM] = NOTHING_HERE
    known.clock.forward(seconds=60)
    row = known.run()
    code = "gradebook.column-lost" if gone else "service.target-gone"
    assert (row.state, row.error, lost_at() is not None) == ("dead", code, gone)


class Queue:
    """A lock that is had after a while."""

    def __init__(self, clock: MovableClock, wait: timedelta) -> None:
        self._clock, self._wait, self._lock = clock, wait, threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._clock.now += self._wait

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


def send_after(desk: Desk, wait: timedelta) -> Ending:
    """Send what is wanted, once whoever looks for the column has been waited for."""
    sending = sending_desk()
    with transaction() as session:
        attempts = claim(session, PLATFORM, at=desk.clock(), most=5)
    (parcel,) = pack(attempts, sending.client_for)
    queue = Queue(desk.clock, wait)
    return send_grade(parcel, replace(sending, column_lock=queue))  # type: ignore[arg-type] # held alike


def test_a_score_that_waited_too_long_for_its_column_is_given_back(desk: Desk) -> None:
    desk.want()
    late = send_after(desk, FRESH + timedelta(seconds=1))
    assert (late.state, late.tries, late.unclear) == ("wanted", 0, False)
    assert desk.wire.requests == []
    read_session().commit()
    assert desk.shown() is None


def test_a_score_that_waited_a_little_for_its_column_is_sent(desk: Desk) -> None:
    desk.want()
    assert send_after(desk, FRESH).state == "sent"
    assert desk.shown() == 80.0


def test_a_conflict_that_waited_too_long_is_looked_into_next_time(desk: Desk) -> None:
    desk.want()
    desk.wire.overrides[SCORES] = HttpAnswer(409, {}, b"")
    ending = send_after(desk, FRESH)  # in time for sending, late for what follows
    assert (ending.state, ending.reason, ending.unclear) == ("wanted", "service.conflict", True)
    assert desk.wire.count("/results") == 0
