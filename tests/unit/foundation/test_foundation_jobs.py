import logging
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import NotAllowed
from ltitool.foundation import jobs, leases
from ltitool.foundation import runner as runner_module
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import JobMissing, LeaseLost
from ltitool.foundation.jobs import (
    GiveUp,
    Handler,
    Sweeper,
    Work,
    dead_jobs,
    enqueue,
    enqueue_missing,
    revive,
)
from ltitool.foundation.leases import Retry
from ltitool.foundation.models import Job
from ltitool.foundation.runner import JobRunner
from ltitool.foundation.runners import Runner, open_runner

LEASE = timedelta(minutes=5)
LONG = 60.0  # seconds that nothing here takes


class Desk:
    """What a test needs around a job: the table, a runner, and a note of who was called."""

    def __init__(self, app: Flask, clock: Any) -> None:
        self.app = app
        self.clock = clock
        self.done: list[str] = []

    def enqueue(self, subject: str = "1", *, name: str = "grade", after: float = 0) -> None:
        with self.app.app_context(), transaction() as session:
            enqueue(session, name, subject, self.clock() + timedelta(seconds=after))

    def note(self, work: Work) -> None:
        self.done.append(work.subject)

    def runner(
        self, handler: Handler | None = None, sweeper: Sweeper | None = None, **options: Any
    ) -> Runner:
        options = {"clock": self.clock, "lease": LEASE, "jitter": lambda: 1.0} | options
        sweepers = {"grade": sweeper} if sweeper else {}
        return open_runner(self.app, {"grade": handler or self.note}, sweepers, **options)

    def row(self, subject: str = "1") -> Job:
        with self.app.app_context():
            return read_session().scalars(select(Job).where(Job.subject == subject)).one()

    def rows(self) -> dict[str, str]:
        with self.app.app_context():
            return {job.subject: job.state for job in read_session().scalars(select(Job))}


@pytest.fixture
def desk(bare_app: Flask, clock: Any) -> Desk:
    return Desk(bare_app, clock)


def failing(_work: Work) -> None:
    message = "something personal"
    raise ValueError(message)


# --- enqueue ---


def test_a_job_is_run_once_it_is_due(desk: Desk) -> None:
    desk.enqueue(after=10)
    assert desk.runner().run_once() == 0
    desk.clock.forward(seconds=10)
    assert desk.runner().run_once() == 1
    assert desk.done == ["1"]
    assert desk.runner().run_once() == 0
    assert desk.row().state == "done"


def test_a_use_case_that_fails_leaves_no_job(desk: Desk) -> None:
    def use_case() -> None:
        with desk.app.app_context(), transaction() as session:
            enqueue(session, "grade", "1", desk.clock())
            raise NotAllowed

    with pytest.raises(NotAllowed):
        use_case()
    assert desk.rows() == {}


def test_there_is_one_job_per_name_and_subject(desk: Desk) -> None:
    for after in (20, 10, 30):
        desk.enqueue(after=after)
    desk.enqueue("2", after=5)
    desk.enqueue("1", name="other", after=5)
    desk.clock.forward(seconds=9)
    assert desk.runner().run_once() == 1
    desk.clock.forward(seconds=1)
    assert desk.runner().run_once() == 1
    assert desk.done == ["2", "1"]


def test_a_done_job_begins_anew(desk: Desk) -> None:
    for _ in range(2):
        desk.enqueue()
        assert desk.runner().run_once() == 1
    assert desk.row().fencing_token == 2


def test_jobs_without_a_handler_wait_for_one(desk: Desk) -> None:
    desk.enqueue(name="from a newer version")
    assert desk.runner().run_once() == 0
    assert desk.rows() == {"1": "waiting"}


def test_the_longest_due_is_first(desk: Desk) -> None:
    for subject, after in (("c", 3), ("a", 1), ("b", 2)):
        desk.enqueue(subject, after=after)
    desk.clock.forward(seconds=5)
    desk.runner().run_once()
    assert desk.done == ["a", "b", "c"]


# --- what a handler says ---


def test_a_handler_is_told_what_it_works_on(desk: Desk) -> None:
    given: list[Work] = []
    desk.enqueue("line-item:7")
    desk.runner(given.append).run_once()
    (work,) = given
    assert (work.name, work.subject, work.attempt, work.fencing_token) == ("grade", "line-item:7", 1, 1)


def test_a_failed_job_waits_twice_as_long_each_time(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.enqueue()
    runner = desk.runner(failing, retry=Retry(first=timedelta(seconds=10), longest=timedelta(seconds=35)))
    waits = []
    for _ in range(4):
        assert runner.run_once() == 1
        waits.append((desk.row().run_at - desk.clock()).total_seconds())
        desk.clock.now = desk.row().run_at
    assert waits == [10, 20, 35, 35]
    assert desk.row().error == "ValueError"
    assert "grade 1 failed" in caplog.text


def test_jitter_spreads_the_waits_over_their_upper_half() -> None:
    retry = Retry(first=timedelta(seconds=10))
    assert retry.delay(1, 0.0) == timedelta(seconds=5)
    assert retry.delay(1, 0.5) == timedelta(seconds=7.5)
    assert retry.delay(10_000, 1.0) == timedelta(hours=1)


def test_a_job_that_went_well_forgets_its_failures(desk: Desk) -> None:
    desk.enqueue()
    desk.runner(failing).run_once()
    desk.clock.forward(hours=1)
    desk.runner().run_once()
    assert (desk.row().state, desk.row().attempts, desk.row().error) == ("done", 0, None)


def test_a_job_that_fails_too_often_is_dead(desk: Desk) -> None:
    desk.enqueue()
    runner = desk.runner(failing, retry=Retry(attempts=3))
    for count in (1, 1, 1, 0):
        assert runner.run_once() == count
        desk.clock.forward(days=1)
    assert desk.rows() == {"1": "dead"}


def test_a_handler_may_give_up(desk: Desk) -> None:
    def give_up(_work: Work) -> None:
        message = "the line item is gone"
        raise GiveUp(message)

    desk.enqueue()
    desk.runner(give_up).run_once()
    with desk.app.app_context():
        (job,) = dead_jobs(read_session())
    assert (job.subject, job.error) == ("1", "the line item is gone")


def test_an_error_of_ours_is_noted_by_its_code(desk: Desk) -> None:
    def refuse(_work: Work) -> None:
        raise NotAllowed

    desk.enqueue()
    desk.runner(refuse).run_once()
    assert desk.row().error == "request.not-allowed"


def test_a_handler_may_go_on_later(desk: Desk) -> None:
    def poll(work: Work) -> datetime | None:
        desk.note(work)
        return desk.clock() + timedelta(minutes=1) if len(desk.done) < 3 else None

    desk.enqueue()
    runner = desk.runner(poll)
    for count in (1, 0):
        assert runner.run_once() == count
    for _ in range(2):
        desk.clock.forward(minutes=1)
        runner.run_once()
    assert (len(desk.done), desk.row().state) == (3, "done")


def test_going_on_at_once_is_not_going_on_for_ever(desk: Desk) -> None:
    desk.enqueue()
    assert desk.runner(lambda _work: desk.clock()).run_once() == 1


def test_news_during_the_work_runs_it_once_more(desk: Desk) -> None:
    def hears_news(work: Work) -> None:
        desk.note(work)
        if len(desk.done) == 1:
            desk.enqueue(after=30)
            desk.enqueue(after=20)
            desk.enqueue(after=40)

    desk.enqueue()
    runner = desk.runner(hears_news)
    assert runner.run_once() == 1
    assert (desk.row().state, desk.row().run_at) == ("waiting", desk.clock() + timedelta(seconds=20))
    desk.clock.forward(seconds=20)
    assert runner.run_once() == 1
    assert desk.row().state == "done"


def test_news_during_a_failure_brings_the_next_attempt_forward(desk: Desk) -> None:
    def hears_news_and_fails(_work: Work) -> None:
        desk.enqueue(after=1)
        failing(_work)

    desk.enqueue()
    desk.runner(hears_news_and_fails, retry=Retry(attempts=1)).run_once()
    assert (desk.row().state, desk.row().attempts) == ("waiting", 0)
    assert desk.row().run_at == desk.clock() + timedelta(seconds=1)


def test_a_handler_has_a_use_case_of_its_own(desk: Desk) -> None:
    def writes(_work: Work) -> None:
        with transaction() as session:
            enqueue(session, "grade", "2", desk.clock())

    desk.enqueue()
    runner = open_runner(
        desk.app,
        {"grade": lambda work: writes(work) if work.subject == "1" else desk.note(work)},
        {},
        clock=desk.clock,
    )
    assert runner.run_once() == 2
    assert desk.done == ["2"]


# --- dead jobs ---


def test_a_dead_job_begins_anew_on_news_or_by_hand(desk: Desk) -> None:
    for subject in ("1", "2"):
        desk.enqueue(subject)
    desk.runner(failing, retry=Retry(attempts=1)).run_once()
    assert desk.rows() == {"1": "dead", "2": "dead"}
    desk.enqueue("1")
    with desk.app.app_context(), transaction() as session:
        revive(session, desk.row("2").id, desk.clock())
    assert desk.runner().run_once() == 2
    assert sorted(desk.done) == ["1", "2"]


def test_only_the_dead_are_revived(desk: Desk) -> None:
    desk.enqueue()
    with desk.app.app_context(), transaction() as session:
        for job_id in (desk.row().id, uuid.uuid4()):
            with pytest.raises(JobMissing) as refused:
                revive(session, job_id, desk.clock())
            assert refused.value.code == "job.missing"


# --- sweeping ---


def sweeping(*subjects: str) -> Sweeper:
    def sweeper(_session: Session, _now: datetime) -> Iterable[str]:
        return iter(subjects)

    return sweeper


def test_a_lost_hint_is_found_by_the_sweeper(desk: Desk) -> None:
    assert desk.runner(None, sweeping("a", "b", "a")).run_once() == 2
    assert sorted(desk.done) == ["a", "b"]


def test_a_sweeper_may_find_very_many(desk: Desk) -> None:
    subjects = [str(number) for number in range(jobs.BATCH * 2 + 1)]
    desk.runner(None, sweeping(*subjects)).sweep()
    assert desk.rows() == dict.fromkeys(subjects, "waiting")


def test_a_sweeper_leaves_the_waiting_and_the_dead_alone(desk: Desk) -> None:
    for subject in ("fails", "dies", "running"):
        desk.enqueue(subject)

    def handler(work: Work) -> None:
        if work.subject == "dies":
            raise GiveUp
        if work.subject == "fails":
            failing(work)
        desk.runner(None, sweeping("running")).sweep()
        assert desk.row("running").again_at is None

    desk.runner(handler).run_once()
    before = desk.row("fails").run_at
    assert desk.runner(None, sweeping("fails", "dies", "running")).run_once() == 1
    assert desk.done == ["running"]
    assert desk.rows() == {"fails": "waiting", "dies": "dead", "running": "done"}
    assert desk.row("fails").run_at == before


def test_a_sweeper_that_fails_does_not_stop_the_others(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_session: Session, _now: datetime) -> Iterable[str]:
        message = "no such column"
        raise RuntimeError(message)

    runner = open_runner(
        desk.app,
        {"a": desk.note, "b": desk.note},
        {"a": broken, "b": sweeping("found")},
        clock=desk.clock,
    )
    assert runner.run_once() == 1
    assert "the sweeper of a failed" in caplog.text


def test_a_sweeper_needs_a_handler(desk: Desk) -> None:
    with pytest.raises(ValueError, match="grade"):
        open_runner(desk.app, {}, {"grade": sweeping()}, clock=desk.clock)


def test_what_has_been_done_for_long_is_forgotten(desk: Desk) -> None:
    desk.enqueue("old")
    desk.runner().run_once()
    desk.clock.forward(days=6)
    desk.enqueue("young")
    desk.runner().run_once()
    desk.clock.forward(days=1, seconds=1)
    desk.runner().sweep()
    assert desk.rows() == {"young": "done"}


def test_missing_jobs_of_nothing(desk: Desk) -> None:
    with desk.app.app_context(), transaction() as session:
        enqueue_missing(session, "grade", [], desk.clock())
    assert desk.rows() == {}


# --- leases ---


def test_a_lease_keeps_others_away_until_it_ends(desk: Desk) -> None:
    counts = []

    def while_another_looks(_work: Work) -> None:
        counts.append(desk.runner().run_once())
        desk.clock.forward(minutes=4)
        counts.append(desk.runner().run_once())

    desk.enqueue()
    desk.runner(while_another_looks).run_once()
    assert counts == [0, 0]
    assert desk.row().state == "done"


@pytest.mark.parametrize("end", [None, failing], ids=["done", "failed"])
def test_a_late_runner_undoes_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture, end: Handler | None
) -> None:
    def too_slow(work: Work) -> None:
        desk.clock.forward(minutes=5)
        assert desk.runner(lambda work: desk.clock() + timedelta(hours=work.fencing_token)).run_once() == 1
        if end:
            end(work)

    desk.enqueue()
    desk.runner(too_slow).run_once()
    row = desk.row()
    assert (row.state, row.fencing_token) == ("waiting", 2)
    assert row.run_at == desk.clock() + timedelta(hours=2)
    assert "took longer than its lease" in caplog.text


def test_a_token_never_goes_back_while_a_late_runner_may_live(desk: Desk) -> None:
    tokens = []

    def too_slow(_work: Work) -> None:
        for _ in range(2):
            desk.clock.forward(minutes=5)
            desk.runner(lambda work: tokens.append(work.fencing_token)).run_once()
            desk.enqueue()

    desk.enqueue()
    attempts = desk.runner(too_slow).attempts
    attempts.work(attempts.take())
    assert tokens == [2, 3]
    assert desk.row().state == "waiting"


def test_long_work_renews_its_lease(desk: Desk) -> None:
    counts = []

    def long(work: Work) -> None:
        for _ in range(3):
            desk.clock.forward(minutes=4)
            work.renew()
            counts.append(desk.runner().run_once())

    desk.enqueue()
    desk.runner(long).run_once()
    assert counts == [0, 0, 0]
    assert desk.row().state == "done"


def test_a_lost_lease_cannot_be_renewed(desk: Desk) -> None:
    codes = []

    def too_slow(work: Work) -> None:
        desk.clock.forward(minutes=5)
        desk.runner().run_once()
        try:
            work.renew()
        except LeaseLost as fault:
            codes.append(fault.code)
            raise

    desk.enqueue()
    desk.runner(too_slow).run_once()
    assert codes == ["job.lease-lost"]
    assert desk.row().state == "done"


class Killed(BaseException):
    """What no handler and no runner catches."""


def killed(_work: Work) -> None:
    raise Killed


def test_a_job_that_kills_its_runners_is_given_up(desk: Desk) -> None:
    desk.enqueue()
    for _ in range(2):
        with suppress(Killed):
            desk.runner(killed, retry=Retry(attempts=2)).run_once()
        desk.clock.forward(minutes=5)
    assert desk.runner(retry=Retry(attempts=2)).run_once() == 0
    assert (desk.row().state, desk.row().error) == ("dead", "its runner was stopped each time")


def test_of_many_runners_each_job_has_one(
    desk: Desk, database_url: str, make_app: Callable[[str], Flask]
) -> None:
    for number in range(30):
        desk.enqueue(str(number))
    apps = [desk.app, desk.app, make_app(database_url), make_app(database_url)]
    together = threading.Barrier(len(apps))

    def run(app: Flask) -> int:
        runner = open_runner(app, {"grade": desk.note}, {}, clock=desk.clock)
        together.wait(LONG)
        count = 0
        while "waiting" in desk.rows().values():
            count += runner.run_due()
        return count

    with ThreadPoolExecutor(len(apps)) as pool:
        assert sum(pool.map(run, apps)) == 30
    assert sorted(desk.done, key=int) == [str(number) for number in range(30)]


def test_a_job_of_a_killed_process_is_taken_over_when_its_lease_ends(desk: Desk, database_url: str) -> None:
    desk.enqueue("photo:7")
    script = Path(__file__).with_name("hang_in_a_job.py")
    command = [sys.executable, str(script), database_url, desk.clock().isoformat()]
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment(root)
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "working on photo:7\n"
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    desk.clock.forward(minutes=4, seconds=59)
    assert desk.runner().run_once() == 0
    desk.clock.forward(seconds=1)
    assert desk.runner().run_once() == 1
    assert (desk.done, desk.row("photo:7").fencing_token) == (["photo:7"], 2)


def environment(root: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(root), "PATH": ""}


# --- the thread ---


@pytest.fixture
def called() -> threading.Event:
    return threading.Event()


def test_the_thread_runs_what_is_enqueued(
    desk: Desk, called: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 60.0)
    runner = desk.runner(lambda _work: called.set())
    runner.stop(LONG)
    runner.start()
    runner.start()
    try:
        desk.enqueue()
        runner.nudge()
        assert called.wait(LONG)
    finally:
        runner.stop(LONG)
    assert [thread for thread in threading.enumerate() if thread.name == "jobs"] == []


def test_the_thread_sweeps(desk: Desk, called: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "SWEEP_SECONDS", 0.0)
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 0.01)
    swept = []
    runner = desk.runner(lambda _work: called.set(), lambda _session, _now: swept.append(1) or ["found"])
    runner.start()
    try:
        assert called.wait(LONG)
    finally:
        runner.stop(LONG)
    assert swept


def test_the_thread_outlives_a_database_that_is_away(
    desk: Desk, called: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 0.01)
    caplog.set_level(logging.ERROR)
    real, away = leases.anything_due, iter([True, True])

    def sometimes(*given: Any) -> bool:
        if next(away, False):
            raise ConnectionError
        return real(*given)

    monkeypatch.setattr(leases, "anything_due", sometimes)
    runner = JobRunner(desk.app, {"grade": lambda _work: called.set()}, {}, clock=desk.clock)
    desk.enqueue()
    runner.start()
    try:
        assert called.wait(LONG)
    finally:
        runner.stop(LONG)
    assert caplog.text.count("could not look for work") == 2


def test_stopping_waits_for_the_job_at_hand(desk: Desk) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        began.set()
        go_on.wait(LONG)
        desk.note(work)

    for subject, after in (("1", -1), ("2", 0)):
        desk.enqueue(subject, after=after)
    runner = desk.runner(slow)
    runner.start()
    assert began.wait(LONG)
    threading.Timer(0.05, go_on.set).start()
    runner.stop(LONG)
    assert desk.done == ["1"]
    assert desk.rows() == {"1": "done", "2": "waiting"}


def test_what_is_due_but_held_by_others_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.enqueue()
    monkeypatch.setattr(leases, "take", lambda *_given: None)
    assert JobRunner(desk.app, {"grade": desk.note}, {}, clock=desk.clock).run_once() == 0
