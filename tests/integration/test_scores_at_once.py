"""Many scores for one LMS: how many it sees at a time, what each costs it, what happens when it has enough.

Counts, not times: the LMS keeps the first scores waiting until as many are there as it should be sent.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from support import pg_tool
from support.clock import MovableClock
from support.many_scores import LEARNERS, MANY, SUBJECTS, intents, know_people, states, want_scores
from support.served_lms import PLATFORM, ServedLms, serving_lms
from support.working_processes import until, workers

from ltitool.app import services_of
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.foundation.errors import LeaseLost
from ltitool.foundation.jobs import Work
from ltitool.foundation.runners import open_runner
from ltitool.lti import grade_posting, grade_sending
from ltitool.lti.grade_intents import JOB, line_up, sweep_grades
from ltitool.lti.grade_posting import post_grades
from ltitool.lti.models import GradeIntent, Platform
from ltitool.lti.platform_pace import GENTLE, Pace
from ltitool.lti.wiring import send_grades_job, sending_desk
from ltitool.sandbox.faults import Fault, Kind, Service

pytestmark = [pytest.mark.postgres, pytest.mark.server]
Patch = pytest.MonkeyPatch
SLOW = Fault(Kind.SLOW, 0.05)  # long enough for one too many to be seen


@pytest.fixture
def tool(postgres_url: str, tmp_path: Path, clock: MovableClock) -> Iterator[Flask]:
    app = pg_tool.build_tool(postgres_url, tmp_path, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def lms(tool: Flask, tmp_path: Path, clock: MovableClock) -> Iterator[ServedLms]:
    """The LMS, with its column and a token known from an earlier score."""
    with serving_lms(tool, tmp_path / "lms", clock=clock, seed=MANY) as lms:
        know_people(LEARNERS, clock())
        want_scores(SUBJECTS[:1], clock())
        run(tool)
        clock.forward(seconds=5)
        lms.asked.clear()
        lms.sent.clear()
        lms.subjects.clear()
        yield lms


def run(tool: Flask) -> int:
    """Work off what is due, as a worker does."""
    clock = services_of(tool).clock
    runner = open_runner(tool, {JOB: send_grades_job}, {JOB: sweep_grades}, clock=clock, jitter=lambda: 0.0)
    return runner.run_once()


def bears(count: int | None) -> None:
    """Say how many scores the platform bears at a time."""
    with transaction() as session:
        session.execute(update(Platform).values(scores_at_once=count))


def busy_until() -> Any:
    read_session().rollback()
    found = read_session().scalar(select(Platform.busy_until))
    end_read()
    return found


def work(**changes: Any) -> Work:
    return Work(
        **{"name": JOB, "subject": str(PLATFORM), "attempt": 1, "fencing_token": 1, "renew": list} | changes
    )


def test_each_score_takes_one_request(tool: Flask, lms: ServedLms, clock: MovableClock) -> None:
    want_scores(SUBJECTS[1:41], clock())
    run(tool)
    assert states() == {"sent": 41}
    assert lms.asked == {"scores": 40}
    assert set(lms.subjects.values()) == {1}


@pytest.mark.parametrize("count", [1, 2, 8, 20])
def test_so_many_are_sent_at_a_time_and_never_more(
    tool: Flask, lms: ServedLms, clock: MovableClock, count: int
) -> None:
    bears(count)
    lms.gather = count
    lms.board.set_fault(Service.SCORES, SLOW)
    want_scores(SUBJECTS[:50], clock())
    run(tool)
    assert (lms.most, states(), lms.asked["scores"]) == (count, {"sent": 50}, 50)


def test_a_platform_without_a_number_of_its_own_is_sent_as_many_as_the_settings_say(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    bears(None)
    lms.gather = services_of(tool).settings.scores_at_once
    lms.board.set_fault(Service.SCORES, SLOW)
    want_scores(SUBJECTS[:30], clock())
    run(tool)
    assert (lms.most, lms.gather, states()) == (8, 8, {"sent": 30})


def test_two_workers_together_send_no_more(
    tool: Flask, lms: ServedLms, clock: MovableClock, postgres_url: str, tmp_path: Path
) -> None:
    bears(3)
    lms.gather = 3
    lms.board.set_fault(Service.SCORES, SLOW)
    with workers(2, postgres_url, tmp_path, clock()):
        for start in range(0, 60, 5):  # news each few milliseconds: both workers hear of all of it
            want_scores(SUBJECTS[start : start + 5], clock())
        with tool.app_context():
            until(lambda: states() == {"sent": 60})
    assert (lms.most, lms.asked["scores"], set(lms.subjects.values())) == (3, 60, {1})


def test_without_the_one_job_two_workers_send_twice_as_many(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    bears(3)
    lms.gather = 6
    want_scores(SUBJECTS[:50], clock())

    def post() -> None:
        with tool.app_context():
            post_grades(PLATFORM, work(), sending_desk())

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (lms.most, lms.asked["scores"], states()) == (6, 50, {"sent": 50})


# --- an LMS that has enough -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.TOO_MANY, Kind.THROTTLED, Kind.UNAVAILABLE])
def test_a_call_for_peace_stops_all_scores(
    tool: Flask, lms: ServedLms, clock: MovableClock, kind: Kind
) -> None:
    enough_after(lms, 10, Fault(kind, 120.0))
    want_scores(SUBJECTS[1:51], clock())
    run(tool)
    assert 1 <= lms.refused <= 8
    assert states() == {"sent": 1 + len(lms.accepted), "wanted": 50 - len(lms.accepted)}
    untried = [row for row in intents() if row.state == "wanted" and row.error is None]
    assert len(untried) == 50 - len(lms.sent)
    assert {(row.attempts, row.lease_until, row.unclear) for row in untried} == {(0, None, False)}
    wait = timedelta(seconds=10 if kind is Kind.THROTTLED else 120)
    assert wait <= busy_until() - clock() <= wait * 1.25


def test_after_the_pause_it_goes_on_gently_and_nothing_is_lost(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    enough_after(lms, 10, Fault(Kind.TOO_MANY, 120.0))
    want_scores(SUBJECTS[1:51], clock())
    run(tool)
    tried = len(lms.sent)
    lms.board.clear_faults()
    clock.forward(seconds=119)
    run(tool)
    assert len(lms.sent) == tried
    clock.forward(seconds=2)
    lms.board.set_fault(Service.SCORES, SLOW)
    begun: list[int] = []
    lms.most, lms.on_score = 0, lambda _number: begun.append(lms.present)
    run(tool)
    assert (states(), set(lms.subjects.values())) == ({"sent": 51}, {1})
    assert (begun[0], max(begun[:2]), lms.most) == (0, 0, 8)


def test_a_fault_of_one_score_stops_no_other(tool: Flask, lms: ServedLms, clock: MovableClock) -> None:
    lms.board.set_fault(Service.SCORES, Fault(Kind.BROKEN, times=1))
    want_scores(SUBJECTS[1:31], clock())
    run(tool)
    assert (states(), busy_until()) == ({"sent": 30, "wanted": 1}, None)
    clock.forward(minutes=1)
    run(tool)
    assert (states(), set(lms.subjects.values())) == ({"sent": 31}, {1})


def test_without_hearing_the_call_all_scores_run_into_it(
    tool: Flask, lms: ServedLms, clock: MovableClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(grade_sending, "wants_peace", lambda _error: False)
    enough_after(lms, 10, Fault(Kind.TOO_MANY, 120.0))
    want_scores(SUBJECTS[1:51], clock())
    run(tool)
    assert lms.refused >= 41  # those that were there already when it had enough may be among them
    assert states() == {"sent": 51 - lms.refused, "wanted": lms.refused}


def test_a_dead_token_endpoint_is_asked_once_and_no_score_counts_as_tried(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    clock.forward(hours=2)
    lms.board.set_fault(Service.TOKEN, Fault(Kind.BROKEN))
    want_scores(SUBJECTS[1:51], clock())
    run(tool)
    assert lms.asked["scores"] == 0
    assert 1 <= lms.asked["token"] <= 8
    assert sum(row.attempts for row in intents() if row.state == "wanted") <= 8
    lms.board.clear_faults()
    clock.forward(minutes=1)
    run(tool)
    assert states() == {"sent": 51}


def enough_after(lms: ServedLms, number: int, fault: Fault) -> None:
    """Let the LMS have enough from this score on."""

    def note(count: int) -> None:
        if count == number:
            lms.board.set_fault(Service.SCORES, fault)

    lms.on_score = note


# --- one after the other, and whoever has to stop -----------------------------------------------------------


def test_a_score_never_overtakes_itself(tool: Flask, lms: ServedLms, clock: MovableClock) -> None:
    """A newer score that comes while the older one is under way waits for it."""
    want_scores(SUBJECTS[1:2], clock(), 70.0)

    def decide_anew(number: int) -> None:
        if number == 1:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(_decide, tool, clock).result()

    lms.on_score = decide_anew
    run(tool)
    assert [score for score, _ in lms.accepted] == [70.0]
    clock.forward(seconds=1)
    run(tool)
    assert ([score for score, _ in lms.accepted], states()) == ([70.0, 90.0], {"sent": 2})
    stamps = [moment for _, moment in lms.accepted]
    assert stamps == sorted(set(stamps))
    assert lms.most == 1


@pytest.mark.parametrize("in_line", [True, False])
def test_who_wants_many_grades_and_who_writes_down_many_never_wait_crosswise(
    tool: Flask, lms: ServedLms, clock: MovableClock, monkeypatch: Patch, *, in_line: bool
) -> None:
    """Somebody takes one row, then all others, and meanwhile the attempts at all of them are written down."""
    want_scores(SUBJECTS[1:31], clock())
    if not in_line:
        monkeypatch.setattr(grade_posting, "line_up", lambda *_, **__: None)
    holding, faults = threading.Event(), list[OperationalError]()

    def take_all() -> None:
        with tool.app_context(), transaction() as session:
            line_up(session, platform_id=PLATFORM)
            leased = list(session.scalars(select(GradeIntent.id).where(GradeIntent.lease_until.is_not(None))))
            _take(session, leased.pop(len(leased) // 2))
            holding.set()
            _wait_for_who_waits(session, sender)
            for intent_id in leased:
                _take(session, intent_id)

    def send() -> None:
        with tool.app_context():
            post_grades(PLATFORM, work(), sending_desk())

    taker, sender = (threading.Thread(target=_noting, args=(faults, one)) for one in (take_all, send))
    lms.on_score = lambda number: _start(taker, holding) if number == 1 else None
    sender.start()
    sender.join(timeout=60)
    taker.join(timeout=60)
    assert [type(fault.orig).__name__ for fault in faults] == ([] if in_line else ["DeadlockDetected"])


def _start(thread: threading.Thread, begun: threading.Event) -> None:
    thread.start()
    assert begun.wait(60)


def _noting(faults: list[OperationalError], do: Callable[[], None]) -> None:
    try:
        do()
    except OperationalError as fault:
        faults.append(fault)


def _wait_for_who_waits(session: Session, sender: threading.Thread) -> None:
    while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
        assert sender.is_alive()


def _take(session: Session, intent_id: uuid.UUID) -> None:
    session.execute(select(GradeIntent.id).where(GradeIntent.id == intent_id).with_for_update())


def _decide(tool: Flask, clock: MovableClock) -> None:
    with tool.app_context():
        want_scores(SUBJECTS[1:2], clock(), 90.0)


def test_a_runner_that_is_told_to_stop_gives_back_what_it_has_not_begun(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    want_scores(SUBJECTS[1:51], clock())
    told = threading.Event()
    lms.on_score = lambda number: told.set() if number == 10 else None
    with tool.app_context():
        assert post_grades(PLATFORM, work(stopping=told.is_set), sending_desk()) == clock()
    assert 10 <= len(lms.sent) <= 10 + 2 * 8
    assert states() == {"sent": 1 + len(lms.sent), "wanted": 50 - len(lms.sent)}
    left = [row for row in intents() if row.state == "wanted"]
    assert {(row.attempts, row.lease_until, row.unclear) for row in left} == {(0, None, False)}
    clock.forward(seconds=1)
    run(tool)
    assert (states(), set(lms.subjects.values())) == ({"sent": 51}, {1})
    assert set(lms.asked) == {"scores"}, "nobody had to look first"


def test_whoever_lost_the_job_sends_nothing_more(
    tool: Flask, lms: ServedLms, clock: MovableClock, monkeypatch: Patch
) -> None:
    want_scores(SUBJECTS[1:51], clock())
    monkeypatch.setattr(grade_posting, "RENEW", timedelta(0))

    def renew() -> None:
        if lms.asked["scores"] >= 10:
            raise LeaseLost(JOB)

    with tool.app_context(), pytest.raises(LeaseLost):
        post_grades(PLATFORM, work(renew=renew), sending_desk())
    assert 10 <= len(lms.sent) <= 10 + 2 * 8
    assert states() == {"sent": 1 + len(lms.sent), "wanted": 50 - len(lms.sent)}
    monkeypatch.setattr(grade_posting, "RENEW", timedelta(hours=1))
    clock.forward(seconds=1)
    with tool.app_context():
        post_grades(PLATFORM, work(renew=renew), sending_desk())
    assert states() == {"sent": 51}, "without asking whether the job is still its own, it goes on"


def test_what_was_claimed_long_ago_is_claimed_anew_before_it_is_sent(
    tool: Flask, lms: ServedLms, clock: MovableClock, monkeypatch: Patch
) -> None:
    """A process that slept must not send what another may have sent meanwhile."""
    bears(1)
    want_scores(SUBJECTS[1:4], clock())
    lms.on_score = lambda number: clock.forward(seconds=30) if number == 1 else None
    with tool.app_context():
        post_grades(PLATFORM, work(), sending_desk())
    assert len(lms.sent) == 1, "its time is over, too"
    run(tool)
    assert (states(), set(lms.subjects.values())) == ({"sent": 4}, {1})
    del monkeypatch


def test_a_flow_of_scores_lets_other_jobs_have_their_turn(
    tool: Flask, lms: ServedLms, clock: MovableClock
) -> None:
    bears(1)
    want_scores(SUBJECTS[1:11], clock())
    lms.on_score = lambda _number: clock.forward(seconds=6)
    with tool.app_context():
        assert post_grades(PLATFORM, work(), sending_desk()) == clock()
    assert len(lms.sent) == 4


def test_how_a_platform_is_approached_after_a_call_for_peace(clock: MovableClock) -> None:
    now = clock()
    assert Pace(8, None).first_step(now) == 8
    assert [Pace(8, now - ago).first_step(now) for ago in (GENTLE / 2, GENTLE)] == [1, 8]
    assert [Pace(8, now + wait).is_busy(now) for wait in (timedelta(0), timedelta(seconds=1))] == [
        False,
        True,
    ]
