"""What the runner on PostgreSQL does beyond the suite that both runners pass: hints, rescue, many workers."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from support.postgres import create_tables

from ltitool.foundation.clock import system_clock
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.distributed import DistributedRunner, Pulse
from ltitool.foundation.jobs import Handler, Work, enqueue
from ltitool.foundation.models import Job, SealedKey

pytestmark = pytest.mark.postgres

QUICK = Pulse(beat=0.2, dead_after=1.0, poll=0.05)
LONG = 60.0  # seconds that nothing here takes
ROOT = Path(__file__).parents[3]


@pytest.fixture
def app(postgres_url: str, make_app: Callable[[str], Flask]) -> Flask:
    app = make_app(postgres_url)
    with app.app_context():
        create_tables(db.engine, [Job.__table__, SealedKey.__table__])
    return app


def wish(app: Flask, subject: str = "1", *, at: datetime | None = None) -> None:
    with app.app_context(), transaction() as session:
        enqueue(session, "grade", subject, at or system_clock())


def queued(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = read_session().execute(
            text("SELECT status::text, args->>'subject' FROM procrastinate_jobs ORDER BY priority DESC, id")
        )
        return [(row[0], row[1]) for row in rows]


def state_of(app: Flask, subject: str = "1") -> str:
    with app.app_context():
        return read_session().scalars(select(Job.state).where(Job.subject == subject)).one()


@contextmanager
def serving(app: Flask, handler: Handler, **options: Any) -> Iterator[DistributedRunner]:
    options = {"pulse": QUICK, "clock": system_clock} | options
    runner = DistributedRunner(app, {"grade": handler}, {}, **options)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop(LONG)


class Seen:
    """Notes what handlers were given, and lets a test wait for it."""

    def __init__(self, wanted: int = 1) -> None:
        self.subjects: list[str] = []
        self._wanted = wanted
        self._all = threading.Event()

    def __call__(self, work: Work) -> None:
        self.subjects.append(work.subject)
        if len(self.subjects) >= self._wanted:
            self._all.set()

    def wait(self) -> None:
        assert self._all.wait(LONG), self.subjects


# --- hints ---


def test_a_hint_is_given_in_the_transaction_of_the_use_case(app: Flask) -> None:
    def use_case() -> None:
        with app.app_context(), transaction() as session:
            enqueue(session, "grade", "1", system_clock())
            raise KeyError

    with pytest.raises(KeyError):
        use_case()
    assert queued(app) == []
    wish(app)
    assert queued(app) == [("todo", "1")]


def test_a_job_has_one_hint_that_waits(app: Flask) -> None:
    for _ in range(3):
        wish(app)
    assert queued(app) == [("todo", "1")]


def test_many_may_wish_for_one_job_at_the_same_moment(app: Flask) -> None:
    together = threading.Barrier(8)

    def wishes() -> None:
        together.wait(LONG)
        for _ in range(10):
            wish(app)

    threads = [threading.Thread(target=wishes) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queued(app) == [("todo", "1")]


def test_a_sooner_wish_brings_the_hint_forward(app: Flask) -> None:
    wish(app, at=system_clock() + timedelta(hours=1))
    seen = Seen()
    with serving(app, seen):
        wish(app)
        seen.wait()
    assert seen.subjects == ["1"]


def test_a_hint_that_comes_too_early_comes_again(app: Flask) -> None:
    """Our clock may run behind the database's; the job still starts when it is due by ours."""
    behind = timedelta(seconds=3)
    wish(app, at=system_clock() - behind + timedelta(seconds=2))
    seen = Seen()
    with serving(app, seen, clock=lambda: system_clock() - behind):
        seen.wait()
    assert state_of(app) == "done"


def test_a_job_whose_hint_was_lost_is_found_by_the_first_sweep(app: Flask) -> None:
    wish(app)
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    seen = Seen()
    with serving(app, seen):
        seen.wait()


def test_a_hint_without_its_row_is_dropped(app: Flask) -> None:
    wish(app)
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM job"))
    seen = Seen()
    assert DistributedRunner(app, {"grade": seen}, {}, clock=system_clock).run_due() == 0
    wish(app, "2")
    assert DistributedRunner(app, {"grade": seen}, {}, clock=system_clock).run_due() == 1
    assert (queued(app), seen.subjects) == ([], ["2"])


# --- workers ---


def test_a_worker_hears_of_a_job_without_looking(app: Flask) -> None:
    seen = Seen()
    slow_to_look = Pulse(beat=QUICK.beat, dead_after=QUICK.dead_after, poll=LONG * 10)
    with serving(app, seen, pulse=slow_to_look) as runner:
        wait_for_listener(app)
        wish(app)
        seen.wait()
        assert runner.attempts.names == {"grade"}


def wait_for_listener(app: Flask) -> None:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    for _ in range(2000):
        with app.app_context(), db.engine.connect() as connection:
            if connection.scalar(asked):
                return
    raise AssertionError("no worker listens")


def test_a_worker_runs_several_jobs_at_a_time(app: Flask) -> None:
    together = threading.Barrier(3)
    for subject in ("1", "2", "3"):
        wish(app, subject)
    seen = Seen(wanted=3)

    def meet(work: Work) -> None:
        together.wait(LONG)
        seen(work)

    with serving(app, meet, concurrency=3):
        seen.wait()


def test_a_worker_outlives_a_database_that_ends_its_connections(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Seen(), Seen(wanted=2)

    def both(work: Work) -> None:
        first(work)
        second(work)

    with serving(app, both):
        wish(app, "1")
        first.wait()
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(text(f"{cut} AND datname = current_database()"))
        with app.app_context():
            db.engine.dispose()
        wish(app, "2")
        second.wait()
    assert sorted(set(second.subjects)) == ["1", "2"]


def test_of_two_workers_the_other_takes_over_when_one_is_killed(app: Flask, postgres_url: str) -> None:
    """Long before the lease ends: the dead one's heart has stopped."""
    wish(app, "photo:7")
    script = Path(__file__).with_name("hang_in_a_job.py")
    command = [sys.executable, str(script), postgres_url, system_clock().isoformat()]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "working on photo:7\n"
        seen = Seen()
        with serving(app, seen):
            child.send_signal(signal.SIGKILL)
            seen.wait()
    assert (seen.subjects, state_of(app, "photo:7")) == (["photo:7"], "done")
